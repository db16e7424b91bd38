"""The index on disk: what is written can be read, by other threads and after a crash."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search_index.base import Busy, Query, Unusable
from search_index.engine import WhooshEngine
from search_index.view import About
from search_index.whoosh_store import Row, WhooshStore
from tests.search_index.conftest import Build
from tests.search_index.entries import entry, keys

ABOUT = About("rules", 7)


def row(key: str, **tokens: float) -> Row:
    return Row(
        "service",
        key,
        key,
        tokens,
        {"kind": ("service",), "audience": ("public",)},
        {"de:Wort"},
        0.5,
    )


def store(folder: Path, *rows: Row) -> WhooshStore:
    return WhooshStore.create(folder, rows, ABOUT)


def test_tokens_weights_codes_and_trust_are_kept(tmp_path: Path):
    view = store(tmp_path, row("a", kurs=2.5), row("b", kurs=1.25, kind=1.0)).view()
    assert view.postings("kurs").numbers.tolist() == [0, 1]
    assert view.postings("kurs").weights.tolist() == [2.5, 1.25]
    assert view.postings("nichts").numbers.tolist() == []
    assert view.coded("kind", "service").tolist() == [0, 1]
    assert view.trust[:2].tolist() == [0.5, 0.5]
    assert view.stored(1) == ("service:b", "b")
    assert view.starting("ku", 5) == ["kurs"]
    assert dict(view.words()) == {"de:Wort": 2}


def test_what_an_index_says_about_itself_is_no_entry(tmp_path: Path):
    view = store(tmp_path, row("a", kurs=1.0)).view()
    assert view.about() == ABOUT
    assert int(view.live.sum()) == 1


def test_a_folder_without_an_index_is_unusable(tmp_path: Path):
    with pytest.raises(Unusable):
        WhooshStore.open(tmp_path)
    with pytest.raises(Unusable):
        WhooshStore.open(tmp_path / "nowhere")


def test_a_broken_index_is_unusable(tmp_path: Path):
    store(tmp_path, row("a", kurs=1.0)).close()
    for file in tmp_path.glob("*.toc"):
        file.write_bytes(b"broken")
    with pytest.raises(Unusable):
        WhooshStore.open(tmp_path)


def test_only_its_owner_may_read_the_folder(tmp_path: Path):
    folder = tmp_path / "index"
    store(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_other_rules_need_another_index(tmp_path: Path):
    WhooshEngine.build(tmp_path, [entry("a", "Kurs")]).close()
    assert keys(WhooshEngine.open(tmp_path), "Kurs") == ["a"]
    with pytest.raises(Unusable):
        WhooshEngine.open(tmp_path, [(("Kurs", "Lehrgang"), False)])


def test_a_changed_entry_is_found_by_its_new_words_only(build: Build):
    engine = build(entry("a", "Nähkurs"), entry("b", "Kochkurs"))
    engine.update([entry("a", "Malkurs")], [], last_change=3)
    assert keys(engine, "Malkurs")[0] == "a"
    assert "a" not in keys(engine, "nähen")
    assert engine.status().entries == 2
    assert engine.status().last_change == 3


def test_a_deleted_entry_is_gone_and_so_is_its_word(build: Build):
    engine = build(entry("a", "Zauberkurs"), entry("b", "Kochkurs"))
    engine.update([], [("service", "a")], last_change=4)
    assert "a" not in keys(engine, "Zauberkurs")
    assert keys(engine, "") == ["b"]
    assert engine.suggest("Zaub") == []
    assert engine.search(Query("Zauberkrus")).corrected == ""


def test_deleting_what_is_not_there_is_no_error(build: Build):
    engine = build(entry("a", "Kurs"))
    engine.update([], [("service", "x"), ("card", "a")], last_change=1)
    assert keys(engine, "Kurs") == ["a"]


def test_nothing_of_a_deleted_entry_stays_on_disk_after_compacting(tmp_path: Path):
    engine = WhooshEngine.build(tmp_path, [entry("a", "Xylophonistin"), entry("b", "Kurs")])
    engine.update([], [("service", "a")], last_change=1)
    engine.compact()
    assert keys(engine, "Kurs") == ["b"]
    assert not any(b"xylophonist" in file.read_bytes() for file in tmp_path.iterdir())


def test_another_process_sees_a_commit(tmp_path: Path):
    engine = WhooshEngine.build(tmp_path, [entry("a", "Kurs")])
    other = WhooshEngine.open(tmp_path)
    other.update([entry("b", "Kurs")], [], last_change=1)
    engine._store._next_look = 0.0
    assert sorted(keys(engine, "Kurs")) == ["a", "b"]


def test_a_failed_update_changes_nothing_and_frees_the_lock(
    build: Build, monkeypatch: pytest.MonkeyPatch
):
    engine = build(entry("a", "Kurs"))
    with monkeypatch.context() as patch:
        patch.setattr("search_index.whoosh_store._describe", _fail)
        with pytest.raises(ZeroDivisionError):
            engine.update([entry("b", "Kurs")], [], last_change=1)
    assert keys(engine, "Kurs") == ["a"]
    engine.update([entry("c", "Kurs")], [], last_change=2)
    assert sorted(keys(engine, "Kurs")) == ["a", "c"]


def _fail(*_: object) -> None:
    raise ZeroDivisionError


def test_only_one_writes_at_a_time(build: Build, monkeypatch: pytest.MonkeyPatch):
    engine = build(entry("a", "Kurs"))
    monkeypatch.setattr("search_index.whoosh_store._SECONDS_FOR_THE_LOCK", 0.0)
    writer = engine._store._index.writer()
    with pytest.raises(Busy):
        engine.update([entry("b", "Kurs")], [], last_change=1)
    writer.cancel()
    engine.update([entry("b", "Kurs")], [], last_change=1)


def test_threads_find_the_same_while_somebody_writes(build: Build):
    engine = build(*[entry(f"e{number}", f"Kurs Nummer{number}") for number in range(60)])
    wrong: list[list[str]] = []
    done = threading.Event()

    def read(number: int) -> None:
        while not done.is_set():
            found = keys(engine, f"Nummer{number}")
            if found != [f"e{number}"]:
                wrong.append(found)

    with ThreadPoolExecutor(6) as pool:
        reading = [pool.submit(read, number) for number in range(6)]
        for number in range(15):
            engine.update(
                [entry(f"e{30 + number}", f"Kurs Nummer{30 + number}")], [], last_change=number
            )
        done.set()
        for one in reading:
            one.result()
    assert wrong == []


KILLED = """
import os, sys, pathlib
from search_index import whoosh_store
from search_index.engine import WhooshEngine
from tests.search_index.entries import entry
engine = WhooshEngine.open(pathlib.Path(sys.argv[1]))
whoosh_store._describe = lambda *_: os._exit(9)
engine.update([entry("b", "Kurs")], [("service", "a")], last_change=1)
"""


def test_a_killed_writer_leaves_the_last_commit_and_no_lock(tmp_path: Path):
    folder = tmp_path / "index"
    WhooshEngine.build(folder, [entry("a", "Kurs")]).close()
    run = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)  # noqa: S603 - our own code
    assert run.returncode == 9
    engine = WhooshEngine.open(folder)
    assert keys(engine, "Kurs") == ["a"]
    engine.update([entry("c", "Kurs")], [], last_change=2)
    assert sorted(keys(engine, "Kurs")) == ["a", "c"]


def test_progress_is_told(build: Build):
    told: list[tuple[int, int]] = []
    build(*[entry(f"e{n}", "Kurs") for n in range(120)], progress=lambda *done: told.append(done))
    assert told == [(50, 120), (100, 120), (120, 120)]


def test_an_empty_index_answers(build: Build):
    engine = build()
    assert keys(engine, "Kurs") == []
    assert keys(engine, "") == []
    assert engine.suggest("Ku") == []
    assert engine.status().entries == 0

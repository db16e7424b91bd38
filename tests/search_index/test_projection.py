"""The index as a projection: it follows what is on disk, and nobody notices when it is gone."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

import search_index
from portal import clock, db
from portal.config import ROOT
from portal.domain import searching
from portal.domain.actors import SYSTEM
from portal.domain.changes import change, upkeep
from portal.domain.directory import search_words, services
from portal.domain.directory.codes import Move, State
from portal.domain.searchable import PUBLIC, Kind, touch
from portal.models.directory import Service
from portal.models.search import SearchChange
from search_index import Busy, Found, Query, indexing, projection
from search_index.base import Unusable
from search_index.engine import WhooshEngine
from search_index.projection import Projection
from search_index.shelf import LOCK, POINTER, Shelf
from tests.support.services import MakeService

pytestmark = pytest.mark.usefixtures("empty_directory")

SWIMMING = "Demo Schwimmkurs"
ASKED = Query("Schwimmkurs", kinds=frozenset({Kind.SERVICE}))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "search"


@pytest.fixture
def index(place: Path) -> Projection:
    """An index that is up to date before it answers."""
    return Projection(place, in_background=False)


@pytest.fixture
def busy(place: Path) -> Iterator[Projection]:
    """An index that is kept in the background, as in service."""
    kept = Projection(place)
    yield kept
    kept.settle()


@pytest.fixture
def in_service(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Projection]:
    """The search as the portal sets it up."""
    monkeypatch.setattr(search_index, "_projections", [])
    search_index.setup_search(place)
    yield search_index._projection()
    search_index.settle()


def keys(found: Found) -> list[str]:
    return [hit.key for hit in found.hits]


def current(place: Path) -> Path:
    path = Shelf(place).current()
    assert path is not None
    return path


def in_threads(work: Callable[[], None], count: int) -> None:
    """Run something in threads that take and give back connections of their own; pass errors on."""
    errors: list[BaseException] = []

    def run() -> None:
        db.connect()
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            db.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


# ------------------------------------------------------------------------------------ following


def test_what_is_published_is_found(index: Projection, make_service: MakeService) -> None:
    service = make_service(name=SWIMMING)
    found = index.find(ASKED)
    assert keys(found) == [service.key]
    assert not found.is_rebuilding


def test_a_change_is_followed_without_building_anew(
    index: Projection, place: Path, make_service: MakeService
) -> None:
    assert index.find(ASKED).total == 0
    before = current(place)
    service = make_service(name=SWIMMING)
    assert keys(index.find(ASKED)) == [service.key]
    services.move(SYSTEM, service.key, Move.SUSPEND, reason="Demo")
    assert index.find(ASKED).total == 0
    services.move(SYSTEM, service.key, Move.RESUME)
    assert keys(index.find(ASKED)) == [service.key]
    assert current(place) == before


def test_what_is_rolled_back_is_not_followed(index: Projection, make_service: MakeService) -> None:
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    before = index.state().last_change
    with suppress(ZeroDivisionError), change(by=SYSTEM, action="test:demo") as entry:
        Service.update(name="Demo Segelkurs").where(Service.id == service.id).execute()
        touch(entry, Kind.SERVICE, service.key)
        raise ZeroDivisionError
    assert index.find(replace(ASKED, text="Segelkurs")).total == 0
    assert index.state().last_change == before


def test_a_deleted_record_is_forgotten(index: Projection, make_service: MakeService) -> None:
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    with change(by=SYSTEM, action="test:demo") as entry:
        touch(entry, Kind.SERVICE, service.key)
        service.delete_instance(recursive=True)
    assert index.find(ASKED).total == 0


def test_many_changes_are_followed_in_batches(
    index: Projection, place: Path, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "AT_ONCE", 2)
    index.find(ASKED)
    before = current(place)
    made = {make_service(name=SWIMMING).key for _ in range(5)}
    assert set(keys(index.find(ASKED))) == made
    assert current(place) == before


def test_very_many_changes_are_met_by_building_anew(
    index: Projection, place: Path, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "MOST_FOLLOWED", 3)
    index.find(ASKED)
    before = current(place)
    made = {make_service(name=SWIMMING).key for _ in range(3)}
    assert set(keys(index.find(ASKED))) == made
    assert current(place) != before


def test_a_change_with_a_late_commit_is_followed(
    index: Projection, make_service: MakeService
) -> None:
    """On PostgreSQL a smaller number may turn up after a larger one."""
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    last = searching.latest_change()
    with upkeep():
        SearchChange.create(id=last + 5, kind=Kind.SERVICE, key="demo-other", at=service.created_at)
    index.find(ASKED)
    with upkeep():
        Service.update(name="Demo Segelkurs").where(Service.id == service.id).execute()
        SearchChange.create(id=last + 2, kind=Kind.SERVICE, key=service.key, at=service.created_at)
    index._indexer.catch_up()
    assert keys(index.find(replace(ASKED, text="Segelkurs"))) == [service.key]


def test_the_county_s_own_words_lead_to_a_new_index(
    index: Projection, place: Path, make_service: MakeService
) -> None:
    service = make_service(name=SWIMMING)
    planschen = replace(ASKED, text="Wasserratten")
    assert index.find(planschen).total == 0
    before = current(place)
    search_words.add(SYSTEM, ["Wasserratten", "Schwimmkurs"])
    assert keys(index.find(planschen)) == [service.key]
    assert current(place) != before


def test_the_next_day_has_a_new_index(
    index: Projection, make_service: MakeService, request: pytest.FixtureRequest
) -> None:
    """A service that begins tomorrow is found tomorrow, though no row changes."""
    tomorrow = clock.today() + timedelta(days=1)
    service = make_service(name=SWIMMING, valid_from=tomorrow)
    assert index.find(ASKED).total == 0
    request.getfixturevalue("clock").move(days=1)
    assert keys(index.find(ASKED)) == [service.key]


def test_an_index_that_missed_forgotten_changes_is_built_anew(
    index: Projection, place: Path, make_service: MakeService
) -> None:
    index.find(ASKED)
    before = current(place)
    service = make_service(name=SWIMMING)
    make_service()
    with upkeep():
        SearchChange.delete().where(SearchChange.id < searching.latest_change()).execute()
    assert keys(index.find(ASKED)) == [service.key]
    assert current(place) != before


def test_an_index_of_a_later_state_is_built_anew(
    index: Projection, place: Path, make_service: MakeService
) -> None:
    """As after a backup was brought back."""
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    before = current(place)
    with upkeep():
        SearchChange.delete().execute()
        Service.update(name="Demo Segelkurs").where(Service.id == service.id).execute()
    assert keys(index.find(replace(ASKED, text="Segelkurs"))) == [service.key]
    assert current(place) != before


# ------------------------------------------------------------------------------------ losing it


def test_what_was_built_is_used_by_the_next_process(
    index: Projection, place: Path, make_service: MakeService
) -> None:
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    before = current(place)
    assert keys(Projection(place, in_background=False).find(ASKED)) == [service.key]
    assert current(place) == before


def delete_folder(place: Path) -> None:
    for file in sorted(place.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    place.rmdir()


def delete_index(place: Path) -> None:
    delete_folder(current(place))


def delete_pointer(place: Path) -> None:
    (place / POINTER).unlink()


def point_elsewhere(place: Path) -> None:
    (place / POINTER).write_text("../../etc")


def point_nowhere(place: Path) -> None:
    (place / POINTER).write_bytes(b"\xff\xfe\x00")


@pytest.mark.parametrize(
    "lose", [delete_folder, delete_index, delete_pointer, point_elsewhere, point_nowhere]
)
def test_a_lost_index_is_built_anew(
    index: Projection, place: Path, make_service: MakeService, lose: Callable[[Path], None]
) -> None:
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    lose(place)
    assert keys(index.find(ASKED)) == [service.key]
    assert index.state().is_current
    assert keys(Projection(place, in_background=False).find(ASKED)) == [service.key]


def garble(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("spoil", [garble, empty, Path.unlink])
def test_each_broken_file_is_noticed_by_the_next_process(
    index: Projection, place: Path, make_service: MakeService, spoil: Callable[[Path], None]
) -> None:
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    index.find(replace(ASKED, text="Demo"))
    names = [file.name for file in current(place).iterdir() if file.stat().st_size]
    endings = {Path(name).suffix for name in names}
    assert {".toc", ".seg", ".json"} <= endings
    for ending in endings:
        before = current(place)
        spoil(next(file for file in before.iterdir() if file.suffix == ending))
        assert keys(Projection(place, in_background=False).find(ASKED)) == [service.key], ending
        assert current(place) != before, ending


def test_a_broken_file_does_not_stop_a_running_process(
    index: Projection, place: Path, make_service: MakeService
) -> None:
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    for file in current(place).iterdir():
        file.write_bytes(os.urandom(file.stat().st_size))  # as long as it was
    other = make_service(name=SWIMMING)
    assert set(keys(index.find(ASKED))) == {service.key, other.key}
    assert index.state().is_current


def test_an_error_of_the_engine_is_answered_from_the_records(
    index: Projection,
    place: Path,
    make_service: MakeService,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A mistake of ours must not make every page build the index anew."""
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    before = current(place)

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(WhooshEngine, "search", fail)
    found = index.find(ASKED)
    assert keys(found) == [service.key]
    assert found.is_rebuilding
    assert current(place) == before
    assert "index not readable" in caplog.text


def test_a_full_disk_breaks_no_page(
    index: Projection,
    place: Path,
    make_service: MakeService,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = make_service(name=SWIMMING)

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(WhooshEngine, "build", fail)
        found = index.find(ASKED)
        assert keys(found) == [service.key]
        assert found.is_rebuilding
        assert "No space left" in caplog.text
    index.changed()
    assert not index.find(ASKED).is_rebuilding
    with monkeypatch.context() as full:
        full.setattr(WhooshEngine, "update", fail)
        full.setattr(WhooshEngine, "build", fail)
        make_service(name=SWIMMING)
        assert keys(index.find(ASKED)) == [service.key]  # the old index still answers
    assert [path.name for path in place.glob("index-*")] == [current(place).name]


def test_a_folder_that_cannot_be_made_breaks_no_page(
    tmp_path: Path, make_service: MakeService
) -> None:
    service = make_service(name=SWIMMING)
    (tmp_path / "file").write_text("")
    index = Projection(tmp_path / "file" / "search", in_background=False)
    found = index.find(ASKED)
    assert keys(found) == [service.key]
    assert found.is_rebuilding
    assert index.suggest("Schwimm") == []
    assert index.highlight("Schwimmkurs", "Kurs") == [("Schwimmkurs", False)]


def test_only_the_portal_reads_the_folder(index: Projection, place: Path) -> None:
    index.find(ASKED)
    assert place.stat().st_mode & 0o777 == 0o700
    assert current(place).stat().st_mode & 0o777 == 0o700


# ------------------------------------------------------------------------------------ rights


def test_nothing_hidden_is_shown_while_the_index_is_behind(
    index: Projection, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = make_service(name=SWIMMING)
    assert index.find(ASKED).total == 1
    services.move(SYSTEM, service.key, Move.SUSPEND, reason="Demo")
    monkeypatch.setattr(index, "_keep_up", lambda: None)
    found = index.find(ASKED)
    assert (keys(found), found.total) == ([], 0)


@pytest.mark.parametrize("has_index", [True, False])
def test_what_is_for_staff_is_found_by_staff_only(
    index: Projection, make_service: MakeService, monkeypatch: pytest.MonkeyPatch, has_index: bool
) -> None:
    service = make_service(name=SWIMMING, state=State.IN_EDITING)
    if not has_index:
        monkeypatch.setattr(index, "_keep_up", lambda: None)
    staff = replace(ASKED, audiences=frozenset({PUBLIC, "directory_read"}))
    assert keys(index.find(ASKED)) == []
    record = searching.one(Kind.SERVICE, service.key)
    assert record is not None
    staff = replace(ASKED, audiences=frozenset({PUBLIC, record.audience}))
    assert keys(index.find(staff)) == [service.key]


def test_without_an_index_filters_and_counts_are_the_same(
    index: Projection, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_service("brakel", name=SWIMMING, topics=("meeting",))
    make_service("warburg", name=SWIMMING, topics=("meeting", "youth"))
    make_service("warburg", name="Demo Nähkurs", topics=("youth",))
    narrowed = replace(ASKED, filters={"town": frozenset({"warburg"})})
    queries = [ASKED, narrowed, replace(narrowed, text=""), replace(ASKED, limit=1, offset=1)]
    quick = [index.find(query) for query in queries]
    monkeypatch.setattr(index, "_asked", lambda _query: None)
    slow = [index.find(query) for query in queries]
    for one, other in zip(quick, slow, strict=True):
        assert len(one.hits) == len(other.hits)
        assert one.total == other.total
        for facet in ("town", "topic"):
            assert {code: n for code, n in one.facets[facet].items() if n} == other.facets[facet]


# ------------------------------------------------------------------------------------ side by side


def test_pages_are_answered_while_the_index_is_built(
    busy: Projection, place: Path, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = make_service(name=SWIMMING)
    build, may_go_on = WhooshEngine.build, threading.Event()

    def slowly(*arguments: object, **options: object) -> WhooshEngine:
        assert may_go_on.wait(60)
        return build(*arguments, **options)

    monkeypatch.setattr(WhooshEngine, "build", slowly)

    def ask() -> None:
        found = busy.find(ASKED)
        assert keys(found) == [service.key]
        assert found.is_rebuilding

    in_threads(ask, 4)
    may_go_on.set()
    busy.settle()
    assert not busy.find(ASKED).is_rebuilding


def test_queries_go_on_while_the_index_is_spoilt_again_and_again(
    busy: Projection, place: Path, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projection, "SECONDS_BETWEEN_LOOKS", 0.0)
    service = make_service(name=SWIMMING)
    busy.find(ASKED)
    busy.settle()
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            assert keys(busy.find(ASKED)) == [service.key]

    def spoil() -> None:
        try:
            for lose in (delete_pointer, delete_index, delete_pointer):
                bring_up_to_date(busy)
                lose(place)
                busy.find(ASKED)
        finally:
            done.set()

    asking = [
        threading.Thread(target=in_threads, args=(ask, 3)),
        threading.Thread(target=in_threads, args=(spoil, 1)),
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    bring_up_to_date(busy)


def bring_up_to_date(busy: Projection) -> None:
    """Ask as long as it takes, as people do; what failed meanwhile is tried again after a pause."""
    until = monotonic() + 60
    while not busy.state().is_current:
        assert monotonic() < until
        busy.find(ASKED)
        busy.settle()


def test_a_change_wakes_the_worker(
    in_service: Projection, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    search_index.find(ASKED)
    search_index.settle()
    service = make_service(name=SWIMMING)
    search_index.settle()
    monkeypatch.setattr(in_service, "_keep_up", lambda: None)
    assert keys(search_index.find(ASKED)) == [service.key]
    assert search_index.status().is_current


def test_two_projections_share_a_folder(
    index: Projection, place: Path, make_service: MakeService
) -> None:
    other = Projection(place, in_background=False)
    for asked in (index, other, index):
        service = make_service(name=SWIMMING)
        assert service.key in keys(asked.find(ASKED))
    assert set(keys(other.find(ASKED))) == set(keys(index.find(ASKED)))
    assert other.state().last_change == index.state().last_change
    index.rebuild()
    assert other.state().name == index.state().name


def test_only_one_writes_at_a_time(index: Projection, place: Path) -> None:
    index.find(ASKED)
    with Shelf(place).writing() as mine:
        assert mine
        with pytest.raises(Busy):
            index.rebuild()


WRITER = """
import sys
from pathlib import Path
from portal import clock, db
from search_index.engine import WhooshEngine
from search_index.projection import Projection

day = clock.frozen(clock.datetime.fromisoformat(sys.argv[3]))
day.__enter__()
db.open_database(sys.argv[1])
db.connect()
index = Projection(Path(sys.argv[2]), in_background=False)
{before}
print("ready", flush=True)
sys.stdin.readline()
index.rebuild()
print(index.state().name, flush=True)
"""
IN_THE_MIDDLE = """
def hang(entries):
    yield next(iter(entries))
    print("ready", flush=True)
    sys.stdin.readline()
build = WhooshEngine.build
WhooshEngine.build = lambda path, entries, *more, **options: build(path, hang(entries), *more, **options)
index.rebuild()
"""


def other_process(database: str, place: Path, before: str = "") -> subprocess.Popen[str]:
    now = clock.now().isoformat()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", WRITER.format(before=before), database, str(place), now],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_another_process_s_index_is_taken_over(
    index: Projection, place: Path, database: str, make_service: MakeService
) -> None:
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    before = index.state().name
    with other_process(database, place) as process:
        said, _nothing = process.communicate("\n")
    assert process.returncode == 0
    assert keys(index.find(ASKED)) == [service.key]
    assert index.state().name == said.strip() != before


def test_a_killed_writer_leaves_no_trace(
    index: Projection, place: Path, database: str, make_service: MakeService
) -> None:
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    before = current(place)
    with other_process(database, place, before=IN_THE_MIDDLE) as process:
        assert len(list(place.glob("index-*"))) == 2
        assert not index._indexer.rebuild(), "the other one holds the lock"
        process.send_signal(signal.SIGKILL)
    assert current(place) == before
    assert keys(index.find(ASKED)) == [service.key]
    other = make_service(name=SWIMMING)
    assert set(keys(index.find(ASKED))) == {service.key, other.key}
    index.rebuild()
    assert [path.name for path in place.glob("index-*")] == [current(place).name]


def test_a_commit_without_its_seal_is_not_believed(
    index: Projection, place: Path, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the two."""
    service = make_service(name=SWIMMING)
    index.find(ASKED)
    before = current(place)
    other = make_service(name=SWIMMING)
    with monkeypatch.context() as killed:
        killed.setattr(Shelf, "seal_again", lambda *_arguments: None)
        index.find(ASKED)
    following = Projection(place, in_background=False)
    assert set(keys(following.find(ASKED))) == {service.key, other.key}
    assert current(place) != before


# ------------------------------------------------------------------------------------ what else it says


def test_building_tells_its_progress(index: Projection, make_service: MakeService) -> None:
    make_service(name=SWIMMING)
    told: list[tuple[int, int]] = []
    index.rebuild(lambda done, total: told.append((done, total)))
    state = index.state()
    assert told[-1] == (state.entries, state.entries)
    assert state.is_current


def test_the_state_without_an_index(place: Path) -> None:
    state = Projection(place).state()
    assert (state.name, state.entries, state.is_current) == ("", 0, False)
    assert state.latest_change == searching.latest_change()
    assert not (place / LOCK).exists()


def test_words_are_completed_and_marked(index: Projection, make_service: MakeService) -> None:
    make_service(name=SWIMMING)
    index.find(ASKED)
    assert any("schwimmkurs" in text.casefold() for text in index.suggest("Schwimmk"))
    assert ("Schwimmkurs", True) in index.highlight("Ein Schwimmkurs.", "Kurs")


def test_an_index_of_other_words_is_not_opened(
    index: Projection, place: Path, make_service: MakeService
) -> None:
    make_service(name=SWIMMING)
    index.find(ASKED)
    with pytest.raises(Unusable):
        WhooshEngine.open(current(place), [(("Wasserratten", "Schwimmkurs"), False)])

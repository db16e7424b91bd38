"""The search's benchmark judges rightly and prints one JSON object; how fast anything is, no test says."""

import json
import sys
from pathlib import Path

import pytest

from search_index.base import Query
from tests.bench import search, search_engines
from tests.bench.search import Judged, entry_of, judge, quality

ROW = {
    "kind": "service", "provider": "Verein", "programme": "MBE", "town": "Warburg", "languages": ["uk"],
    "topics": ["Sprache"], "target": ["alle"], "description": "Offen für alle.",
}  # fmt: skip
CORPUS = [
    {**ROW, "id": "a", "name": "Nähkurs", "tr": {"uk": "Курс шиття"}},
    {**ROW, "id": "b", "name": "Schuldnerberatung", "tr": {}},
    {**ROW, "id": "c", "name": "Protokoll", "tr": {}, "kind": "protokoll"},
]
QUERIES = [
    {"id": "1", "cls": "exact", "q": "Nähkurs", "filters": {}, "prefix": False, "relevant": ["a"]},
    {"id": "2", "cls": "prefix", "q": "schuld", "filters": {"town": "Warburg"}, "prefix": True, "relevant": ["b"]},
    {"id": "3", "cls": "gov", "q": "", "filters": {"kind": "protokoll"}, "prefix": False, "relevant": ["c"]},
]  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Return the options that name a small corpus and its queries."""
    options = []
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        file = tmp_path / f"{name}.jsonl"
        file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
        options += [f"--{name}", str(file)]
    return options


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str) -> dict:
    monkeypatch.setattr(sys, "argv", ["search", *options, "--json"])
    search.main()
    return json.loads(capsys.readouterr().out)


@pytest.mark.sqlite_only
def test_a_run_prints_one_object(files, monkeypatch, capsys):
    outcome = run(monkeypatch, capsys, *files)
    assert outcome["recall_at_10"] == outcome["mrr"] == 1.0
    assert set(outcome["classes"]) == {"exact", "prefix", "gov"}
    assert outcome["entries"] == 3
    assert outcome["index_bytes"] > 0
    for measured in ("single_ms", "facets_ms", "threads_8_ms", "update_to_visible_ms"):
        assert 0 < outcome[measured]["p50"] <= outcome[measured]["p95"]


@pytest.mark.sqlite_only
def test_other_engines_are_asked_the_same(files, monkeypatch, capsys):
    monkeypatch.setattr(search_engines, "tantivy", None)
    compared = run(monkeypatch, capsys, *files, "--compare", "--quality-only")["compare"]
    assert compared["fts5"]["p50_ms"] > 0
    assert compared["ours_to_others"]["fts5"]["p50_ms"] > 0
    assert "pip install" in compared["tantivy"]


@pytest.mark.sqlite_only
def test_fts5_finds_the_same(tmp_path: Path):
    entries = [entry_of(row) for row in CORPUS]
    ours = search.WhooshEngine.build(tmp_path / "ours", entries)
    theirs = search_engines.Fts5(tmp_path / "theirs", entries, ours)
    for row in QUERIES:
        assert theirs.ask(search.judged_of(row).query) == row["relevant"]
    ours.close()
    theirs.close()


def test_recall_is_of_what_ten_places_can_hold():
    relevant = frozenset("abcdefghijklmno")
    assert quality(list("abcdefghij"), relevant).recall_at_10 == 1.0
    assert quality(["a", "x"], frozenset("ab")).recall_at_10 == 0.5
    assert quality(["x", "y", "a"], frozenset("a")).mrr == pytest.approx(1 / 3)
    assert quality([], frozenset("a")).mrr == 0.0


def test_every_query_counts_the_same():
    judged = [Judged("one", Query("a"), frozenset("a"))] * 3 + [
        Judged("two", Query("b"), frozenset("b"))
    ]
    outcome = judge(lambda query: list(query.text) if query.text == "a" else [], judged)
    assert outcome["recall_at_10"] == 0.75
    assert outcome["classes"]["two"] == {"recall_at_10": 0.0, "mrr": 0.0}

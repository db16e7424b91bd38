"""Judged queries of every kind over a small invented directory: how much of what answers is found."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import pytest

from portal.domain.searchable import Searchable
from search_index.base import Query
from search_index.engine import WhooshEngine
from tests.bench.search import Quality, quality

OWN = Path(__file__).parent / "own"
JUDGED: dict[str, dict[str, list[str]]] = tomllib.loads((OWN / "queries.toml").read_text("utf-8"))
# What the portal promises of its search on queries it was not tuned for.
RECALL = 0.93
MRR = 0.9


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshEngine]:
    rows = tomllib.loads((OWN / "entries.toml").read_text("utf-8"))["entry"]
    engine = WhooshEngine.build(tmp_path_factory.mktemp("own"), [_entry(row) for row in rows])
    yield engine
    engine.close()


def _entry(row: dict) -> Searchable:
    return Searchable(
        kind="service",
        key=row["key"],
        title=row["title"],
        names=tuple(row.get("names", ())),
        body=row["body"],
        translations=row.get("translations", {}),
        facets={"topic": tuple(row["topic"]), "town": tuple(filter(None, [row.get("town")]))},
    )


def _judge(engine: WhooshEngine, cls: str, text: str) -> Quality:
    found = engine.search(Query(text, prefix=cls == "prefix", limit=10))
    return quality([hit.key for hit in found.hits], frozenset(JUDGED[cls][text]))


def test_all_queries_together_find_what_answers_them(engine: WhooshEngine):
    results = [_judge(engine, cls, text) for cls, texts in JUDGED.items() for text in texts]
    assert len(results) >= 60
    assert fmean(one.recall_at_10 for one in results) >= RECALL
    assert fmean(one.mrr for one in results) >= MRR


@pytest.mark.parametrize("cls", JUDGED)
def test_no_kind_of_query_is_left_behind(engine: WhooshEngine, cls: str):
    results = [_judge(engine, cls, text) for text in JUDGED[cls]]
    assert fmean(one.recall_at_10 for one in results) >= 0.8

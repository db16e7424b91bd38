"""How well and how fast the search finds: `python -m tests.bench.search --corpus C.jsonl --queries Q.jsonl --json`.

A corpus is one entry a line (id, kind, name, provider, programme, town, description, languages, topics, target, tr);
judged queries are one a line (id, cls, q, filters, prefix, relevant). Everything runs through the portal's own
analysis and engine, into a folder that is removed afterwards.
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from portal.config import ROOT
from portal.domain.searchable import Searchable
from search_index.base import Query
from search_index.engine import WhooshEngine
from tests.bench import search_engines

FOLDER = ROOT / ".make"
DEPTH = 10
THREADS = 8
ROUNDS = 3
UPDATES = 15
GOVERNANCE = "governance"
AUDIENCES = frozenset({"public", GOVERNANCE})
PUBLIC_KIND = "service"

Ask = Callable[[Query], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and the keys of the entries that answer it."""

    cls: str
    query: Query
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over queries."""

    recall_at_10: float
    mrr: float


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds."""

    p50: float
    p95: float


def main() -> None:
    """Read the options, measure, answer."""
    options = _options()
    entries = [entry_of(json.loads(line)) for line in _lines(options.corpus)]
    judged = [judged_of(json.loads(line)) for line in _lines(options.queries)]
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="search-", dir=FOLDER) as folder:
        outcome = measure(entries, judged, Path(folder), speed=not options.quality_only)
        if options.compare:
            queries = [one.query for one in judged]
            outcome["compare"] = search_engines.compare(entries, queries, Path(folder))
    sys.stdout.write(_shown(outcome, as_json=options.json) + "\n")


def measure(
    entries: Sequence[Searchable], judged: Sequence[Judged], folder: Path, *, speed: bool = True
) -> dict[str, Any]:
    """Build an index, judge the answers, and measure how long everything takes."""
    index = folder / "index"
    begun = perf_counter()
    engine = WhooshEngine.build(index, entries)
    built = perf_counter() - begun
    outcome: dict[str, Any] = {
        **judge(lambda query: [hit.key for hit in engine.search(query).hits], judged),
        "entries": len(entries),
        "queries": len(judged),
        "build_seconds": round(built, 2),
        "index_bytes": sum(file.stat().st_size for file in index.rglob("*") if file.is_file()),
    }
    if speed:
        queries = [one.query for one in judged]
        outcome |= {
            "single_ms": asdict(_single(engine, queries)),
            "facets_ms": asdict(_single(engine, [replace(one, facets=True) for one in queries])),
            "threads_8_ms": asdict(_threads(engine, queries)),
            "update_to_visible_ms": asdict(_updates(engine, entries)),
        }
    engine.close()
    return outcome


def judge(ask: Ask, judged: Iterable[Judged]) -> dict[str, Any]:
    """Return recall@10 and the mean reciprocal rank, of all queries and of each class."""
    results: dict[str, list[Quality]] = defaultdict(list)
    for one in judged:
        results[one.cls].append(quality(ask(one.query)[:DEPTH], one.relevant))
    everything = [result for of_class in results.values() for result in of_class]
    return {
        **asdict(_mean(everything)),
        "classes": {cls: asdict(_mean(found)) for cls, found in sorted(results.items())},
    }


def quality(found: Sequence[str], relevant: frozenset[str]) -> Quality:
    """Judge one answer: relevant among the first ten by min(10, all relevant), and 1 by the rank of the first."""
    right = [place for place, key in enumerate(found, 1) if key in relevant]
    return Quality(len(right) / min(DEPTH, len(relevant)), 1 / right[0] if right else 0.0)


def _mean(results: Sequence[Quality]) -> Quality:
    return Quality(
        round(fmean(one.recall_at_10 for one in results), 4),
        round(fmean(one.mrr for one in results), 4),
    )


def entry_of(row: dict[str, Any]) -> Searchable:
    """Return an entry of the corpus as the directory would hand it over: labels are names, the rest is text."""
    return Searchable(
        kind=row["kind"],
        key=row["id"],
        title=row["name"],
        names=(row["programme"], *row["topics"]),
        body=" ".join((row["description"], row["provider"], row["town"], ", ".join(row["target"]))),
        translations=row["tr"],
        facets={
            "town": (row["town"],),
            "language": tuple(row["languages"]),
            "programme": (row["programme"],),
            "topic": tuple(row["topics"]),
        },
        audience="public" if row["kind"] == PUBLIC_KIND else GOVERNANCE,
    )


def judged_of(row: dict[str, Any]) -> Judged:
    """Return a judged query."""
    filters = {name: frozenset({code}) for name, code in row["filters"].items() if code}
    kinds = filters.pop("kind", frozenset())
    query = Query(
        row["q"],
        audiences=AUDIENCES,
        filters=filters,
        kinds=kinds,
        prefix=row["prefix"],
        limit=DEPTH,
        facets=False,
    )
    return Judged(row["cls"], query, frozenset(row["relevant"]))


def _single(engine: WhooshEngine, queries: Sequence[Query]) -> Times:
    for query in queries:
        engine.search(query)
    return times([_timed(engine, query) for _ in range(ROUNDS) for query in queries])


def _threads(engine: WhooshEngine, queries: Sequence[Query]) -> Times:
    shuffled = random.Random(1).sample(list(queries) * ROUNDS, len(queries) * ROUNDS)
    with ThreadPoolExecutor(THREADS) as pool:
        return times(list(pool.map(lambda query: _timed(engine, query), shuffled)))


def _timed(engine: WhooshEngine, query: Query) -> float:
    begun = perf_counter()
    engine.search(query)
    return perf_counter() - begun


def _updates(engine: WhooshEngine, entries: Sequence[Searchable]) -> Times:
    """Measure from a change to the first answer that holds it."""
    taken = []
    for number, entry in enumerate(entries[:: max(1, len(entries) // UPDATES)][:UPDATES]):
        word = f"neuigkeit{number}x"
        begun = perf_counter()
        engine.update([replace(entry, title=f"{entry.title} {word}")], [], last_change=number)
        found = engine.search(Query(word, audiences=AUDIENCES, facets=False))
        taken.append(perf_counter() - begun)
        if [hit.key for hit in found.hits] != [entry.key]:
            raise AssertionError(f"the change of {entry.key} is not visible")
    return times(taken)


def times(seconds: Sequence[float]) -> Times:
    """Return the median and what 95 of 100 stay below."""
    cuts = quantiles(seconds, n=20, method="inclusive")
    return Times(round(cuts[9] * 1000, 3), round(cuts[18] * 1000, 3))


def _shown(outcome: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(outcome, ensure_ascii=False)
    return "\n".join(f"{name}: {value}" for name, value in outcome.items())


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text("utf-8").splitlines() if line.strip()]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search", description=__doc__)
    parser.add_argument(
        "--corpus", type=Path, required=True, help="entries, one JSON object a line"
    )
    parser.add_argument("--queries", type=Path, required=True, help="judged queries, the same way")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quality-only", action="store_true", help="measure no times")
    parser.add_argument("--compare", action="store_true", help="beside SQLite's FTS5 and tantivy")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""Other engines with the very same tokens, asked in turn with ours: SQLite's FTS5 and, if installed, tantivy."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from portal.domain.searchable import Searchable
from search_index.answering import AUDIENCE, KIND, Question
from search_index.base import ENOUGH, Query
from search_index.engine import Language, WhooshEngine
from search_index.entries import codes_of
from search_index.scoring import Unit

try:
    import tantivy
except ImportError:
    tantivy = None

ROUNDS = 5
WEIGHTS = {"title": 4.0, "translations": 2.0, "body": 1.0}
"""How much a token counts in each column: as with us, titles most."""
CODES = "codes"
NO_TANTIVY = "not measured: pip install -r tests/bench/requirements.txt"

Ask = Callable[[Query], Sequence[str]]


def compare(
    entries: Sequence[Searchable], queries: Sequence[Query], folder: Path
) -> dict[str, Any]:
    """Build every engine, ask them the same queries in turn, and return times and ratios: ours to theirs."""
    begun = perf_counter()
    ours = WhooshEngine.build(folder / "ours", entries)
    built = {"ours": perf_counter() - begun}
    asks: dict[str, Ask] = {"ours": lambda query: [hit.key for hit in ours.search(query).hits]}
    kinds = {"fts5": Fts5} | ({"tantivy": Tantivy} if tantivy else {})
    others = []
    for name, kind in kinds.items():
        begun = perf_counter()
        engine = kind(folder / name, entries, ours)
        built[name] = perf_counter() - begun
        asks[name] = engine.ask
        others.append(engine)
    seconds = _in_turn(queries, asks)
    for engine in (ours, *others):
        engine.close()
    return _figures(seconds, built) | ({} if tantivy else {"tantivy": NO_TANTIVY})


def _in_turn(queries: Sequence[Query], asks: Mapping[str, Ask]) -> dict[str, list[float]]:
    """Ask every engine each query, one after the other, so that all of them share the machine's moods."""
    seconds: dict[str, list[float]] = {name: [] for name in asks}
    for number in range(ROUNDS + 1):
        for query in queries:
            for name, ask in asks.items():
                begun = perf_counter()
                ask(query)
                if number:  # the first round warms up
                    seconds[name].append(perf_counter() - begun)
    return seconds


def _figures(seconds: Mapping[str, Sequence[float]], built: Mapping[str, float]) -> dict[str, Any]:
    figures = {name: _figure(taken, built[name]) for name, taken in seconds.items()}
    ratios = {
        name: {what: round(figures["ours"][what] / theirs[what], 2) for what in theirs}
        for name, theirs in figures.items()
        if name != "ours"
    }
    return {**figures, "ours_to_others": ratios}


def _figure(taken: Sequence[float], build_seconds: float) -> dict[str, float]:
    cuts = quantiles(taken, n=20, method="inclusive")
    return {
        "p50_ms": round(cuts[9] * 1000, 3),
        "p95_ms": round(cuts[18] * 1000, 3),
        "build_seconds": round(build_seconds, 2),
    }


# ------------------------------------------------------------------------------------- the same words


def rows(entries: Sequence[Searchable]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each entry's key and its columns, made of the tokens of our own analysis."""
    reader = Language().entries
    for entry in entries:
        parts = {
            "title": replace(entry, body="", translations={}),
            "translations": replace(entry, title="", names=(), body=""),
            "body": replace(entry, title="", names=(), translations={}),
        }
        columns = {
            name: " ".join(word(token) for token in reader.terms(part).tokens if token[0] != "^")
            for name, part in parts.items()
        }
        codes = (code_word(facet, one) for facet, many in codes_of(entry).items() for one in many)
        yield entry.key, {**columns, CODES: " ".join(codes)}


def word(token: str) -> str:
    """Write a token as one word for every tokenizer."""
    return re.sub(r"\W", "_", token)


def code_word(facet: str, code: str) -> str:
    """Return the word that stands for a code to filter by."""
    return word(f"{facet}__{code}").lower()


def filters_of(query: Query) -> Iterator[list[str]]:
    """Yield for every filter the words of which one is needed."""
    kinds = {KIND: query.kinds} if query.kinds else {}
    for facet, codes in {AUDIENCE: query.audiences, **query.filters, **kinds}.items():
        yield sorted(code_word(facet, code) for code in codes)


def ways_of(unit: Unit) -> list[list[str]]:
    """Return the alternatives of a unit as words that are all needed."""
    ways = [[word(token) for token in way.tokens] for way in unit.alternatives]
    return ways or [["nobody_knows_this"]]


# --------------------------------------------------------------------------------------- the engines


class Fts5:
    """SQLite's full-text search; codes are words of a column without weight, the quickest way to filter."""

    def __init__(self, folder: Path, entries: Sequence[Searchable], ours: WhooshEngine) -> None:
        folder.mkdir()
        self._ours = ours
        self._connection = sqlite.connect(folder / "index.db", isolation_level=None)
        columns = ", ".join((*WEIGHTS, CODES))
        run = self._connection.execute
        run("PRAGMA journal_mode=WAL")
        run(
            f"CREATE VIRTUAL TABLE entry USING fts5(key UNINDEXED, {columns}, "
            "tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
        )
        run("BEGIN")
        for key, row in rows(entries):
            values = (key, *(row[name] for name in (*WEIGHTS, CODES)))
            run("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", values)
        run("COMMIT")
        weights = ", ".join(map(str, (0.0, *WEIGHTS.values(), 0.0)))
        self._by_rank = (
            f"SELECT key FROM entry WHERE entry MATCH ? ORDER BY bm25(entry, {weights}) LIMIT ?"
        )

    def ask(self, query: Query) -> list[str]:
        """Return the keys of the best entries."""
        question = self._ours.understood(query)
        filters = [
            _any([f"{CODES}:{_quoted(one)}" for one in codes]) for codes in filters_of(query)
        ]
        found = self._keys([*filters, *self._units(question)], query)
        if question and len(found) < ENOUGH:
            some = self._keys([*filters, _any(list(self._units(question)))], query)
            found = list(dict.fromkeys((*found, *some)))
        return found[: query.limit]

    def _units(self, question: Question | None) -> Iterator[str]:
        for unit in question.units if question else ():
            yield _any([f"({' AND '.join(map(_quoted, way))})" for way in ways_of(unit)])

    def _keys(self, needed: list[str], query: Query) -> list[str]:
        asked = (" AND ".join(needed), query.limit)
        return [key for (key,) in self._connection.execute(self._by_rank, asked)]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _quoted(text: str) -> str:
    return f'"{text}"'


def _any(ways: list[str]) -> str:
    return f"({' OR '.join(ways)})"


class Tantivy:
    """The search library that Rust programs use; one field, words of the title repeated."""

    def __init__(self, folder: Path, entries: Sequence[Searchable], ours: WhooshEngine) -> None:
        folder.mkdir()
        self._ours = ours
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
        for name in ("words", CODES):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, str(folder))
        writer = self._index.writer()
        for key, row in rows(entries):
            words = " ".join(f"{row[name]} " * int(weight) for name, weight in WEIGHTS.items())
            writer.add_document(tantivy.Document(key=key, words=words, codes=row[CODES]))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, query: Query) -> list[str]:
        """Return the keys of the best entries."""
        question = self._ours.understood(query)
        units = [self._any(ways_of(unit)) for unit in question.units] if question else []
        filters = [
            tantivy.Query.const_score_query(self._any([[one] for one in codes], CODES), 0.0)
            for codes in filters_of(query)
        ]
        found = self._keys([*filters, *units], query)
        if units and len(found) < ENOUGH:
            some = tantivy.Query.boolean_query([(tantivy.Occur.Should, unit) for unit in units])
            found = list(dict.fromkeys((*found, *self._keys([*filters, some], query))))
        return found[: query.limit]

    def _any(self, ways: list[list[str]], name: str = "words") -> Any:
        should = [(tantivy.Occur.Should, self._all(way, name)) for way in ways]
        return tantivy.Query.boolean_query(should)

    def _all(self, way: list[str], name: str) -> Any:
        terms = [tantivy.Query.term_query(self._schema, name, one) for one in way]
        return terms[0] if len(terms) == 1 else _must(terms)

    def _keys(self, needed: list[Any], query: Query) -> list[str]:
        hits = self._searcher.search(_must(needed), query.limit, count=False).hits
        return [self._searcher.doc(address)["key"][0] for _score, address in hits]

    def close(self) -> None:
        """Let go of the files."""
        del self._searcher, self._index


def _must(queries: list[Any]) -> Any:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, one) for one in queries])

"""Answers without an index, from the records themselves: slower and plainer, for the seconds of its rebuilding."""

from collections import Counter
from collections.abc import Iterable, Mapping

from portal.domain.searchable import Searchable
from search_index.analysis.folding import fold, tidy, words
from search_index.analysis.stemming import GERMAN
from search_index.analysis.stopwords import is_stopword
from search_index.base import LONGEST_TEXT, Found, Hit, Query
from search_index.entries import codes_of

_KIND = "kind"
_AUDIENCE = "audience"
_OF_TITLE = 2.0
_OF_REST = 1.0


def scan(records: Iterable[Searchable], query: Query) -> Found:
    """Return the records that hold every word of a query somewhere, those with the words in their names first."""
    asked = _asked(query.text)
    scored = [
        (score, record)
        for record in records
        if record.audience in query.audiences and (score := _score(record, asked))
    ]
    filters = {**query.filters, _KIND: query.kinds}
    found = [(score, record) for score, record in scored if _passes(record, filters)]
    found.sort(key=lambda pair: (-pair[0], -pair[1].trust, fold(pair[1].title)))
    end = None if query.limit is None else query.offset + query.limit
    return Found(
        hits=[Hit(one.kind, one.key, score) for score, one in found[query.offset : end]],
        total=len(found),
        facets=_facets([record for _score, record in scored], filters) if query.facets else {},
        is_rebuilding=True,
    )


def _asked(text: str) -> list[str]:
    folded = [fold(word.text) for word in words(tidy(text[:LONGEST_TEXT]))]
    return [word for word in folded if not is_stopword(word, GERMAN)] or folded


def _score(record: Searchable, asked: list[str]) -> float:
    """Return how well a record fits; 0 if a word is missing. Parts of words count: compounds have many."""
    if not asked:
        return _OF_REST
    name = fold(" ".join((record.title, *record.names)))
    rest = fold(" ".join((record.body, *record.translations.values())))
    scores = [_OF_TITLE if word in name else _OF_REST if word in rest else 0.0 for word in asked]
    return sum(scores) if all(scores) else 0.0


def _passes(
    record: Searchable, filters: Mapping[str, frozenset[str]], *, without: str = ""
) -> bool:
    codes = codes_of(record)
    return all(
        not wanted or facet == without or not wanted.isdisjoint(codes.get(facet, ()))
        for facet, wanted in filters.items()
    )


def _facets(
    records: list[Searchable], filters: Mapping[str, frozenset[str]]
) -> dict[str, dict[str, int]]:
    """Return how many records each code would leave; a facet's own filter does not narrow its counts."""
    names = {facet for record in records for facet in codes_of(record)} - {_AUDIENCE}
    return {
        facet: dict(
            Counter(
                code
                for record in records
                if _passes(record, filters, without=facet)
                for code in codes_of(record).get(facet, ())
            )
        )
        for facet in sorted(names)
    }

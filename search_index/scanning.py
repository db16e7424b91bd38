"""Answers without an index, from the records themselves: slower and plainer, for the seconds of its rebuilding."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Scanned:
    """A record with its words as they are compared."""

    record: Searchable
    name: str
    rest: str
    codes: Mapping[str, tuple[str, ...]]


def prepared(records: Iterable[Searchable]) -> list[Scanned]:
    """Return records ready to be scanned, in the order of trust and title."""
    found = [
        Scanned(
            record=one,
            name=_folded(one.title, *one.names),
            rest=_folded(one.body, *one.translations.values()),
            codes=codes_of(one),
        )
        for one in records
    ]
    return sorted(found, key=lambda one: (-one.record.trust, one.name))


def scan(records: Iterable[Scanned], query: Query) -> Found:
    """Return the records that hold every word of a query somewhere, those with the words in their names first."""
    asked = _asked(query.text)
    scored = [
        (score, one)
        for one in records
        if one.record.audience in query.audiences and (score := _score(one, asked))
    ]
    filters = {**query.filters, _KIND: query.kinds}
    found = [(score, one) for score, one in scored if _passes(one, filters)]
    found.sort(key=lambda pair: -pair[0])
    end = None if query.limit is None else query.offset + query.limit
    return Found(
        hits=[
            Hit(one.record.kind, one.record.key, score) for score, one in found[query.offset : end]
        ],
        total=len(found),
        facets=_facets([one for _score, one in scored], filters) if query.facets else {},
        is_rebuilding=True,
    )


def _folded(*texts: str) -> str:
    return " ".join(fold(word.text) for text in texts for word in words(tidy(text)))


def _asked(text: str) -> list[str]:
    folded = [fold(word.text) for word in words(tidy(text[:LONGEST_TEXT]))]
    return [word for word in folded if not is_stopword(word, GERMAN)] or folded


def _score(one: Scanned, asked: list[str]) -> float:
    """Return how well a record fits; 0 if a word is missing. Parts of words count: compounds have many."""
    scores = [
        _OF_TITLE if word in one.name else _OF_REST if word in one.rest else 0.0 for word in asked
    ]
    return (sum(scores) or _OF_REST) if all(scores) else 0.0


def _passes(one: Scanned, filters: Mapping[str, frozenset[str]], *, without: str = "") -> bool:
    return all(
        not wanted or facet == without or not wanted.isdisjoint(one.codes.get(facet, ()))
        for facet, wanted in filters.items()
    )


def _facets(
    records: list[Scanned], filters: Mapping[str, frozenset[str]]
) -> dict[str, dict[str, int]]:
    """Return how many records each code would leave; a facet's own filter does not narrow its counts."""
    names = {facet for one in records for facet in one.codes} - {_AUDIENCE}
    return {
        facet: dict(
            Counter(
                code
                for one in records
                if _passes(one, filters, without=facet)
                for code in one.codes.get(facet, ())
            )
        )
        for facet in sorted(names)
    }

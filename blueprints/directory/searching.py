"""What a visitor looks for, as the address says it, and what the search makes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from flask import request

from portal import clock
from portal.domain.directory import cards as knowledge
from portal.domain.directory import finding, programmes
from portal.domain.directory.views import ServiceCard
from portal.domain.paging import page_within
from portal.domain.searchable import Kind
from portal.domain.text import clean
from portal.domain.towns import active_towns
from portal.i18n import _l, locale
from portal.web import words
from portal.web.addresses import page_number
from search_index import Found, Query, find

PAGE_SIZE = 20
MOST_KNOWLEDGE = 3
MOST_TERMS = 4
LONGEST_TEXT = 200
MOST_CHOSEN = 30
"""So many services fit on one handout."""
GERMAN_NAMES = {"town", "programme"}
"""What is called the same in every language."""


@dataclass(frozen=True, slots=True)
class Option:
    """A code to filter by; `is_german` marks a name that is the same in every language."""

    code: str
    label: Any
    is_german: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """Something to filter by: its name in the address and in the index, and what can be chosen."""

    param: str
    name: str
    label: Any
    options: tuple[Option, ...]
    chosen: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; nonsense in it is left out."""

    text: str
    facets: tuple[Facet, ...]
    open_now: bool
    exactly: bool
    chosen: tuple[str, ...]
    """The services that somebody put on their list."""

    @property
    def filters(self) -> dict[str, frozenset[str]]:
        """Return what the index filters by."""
        return {facet.name: facet.chosen for facet in self.facets if facet.chosen}

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the text leaves services out."""
        return self.open_now or bool(self.filters)


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found."""

    cards: list[ServiceCard]
    total: int
    page: int
    pages: int
    counts: Mapping[str, Mapping[str, int]]
    """How many services each code would leave; empty if only those that are open now are shown."""
    corrected: str
    """The text that was searched instead; empty if it was the one asked for."""
    marked_text: str
    """The text whose words are marked."""
    german_terms: tuple[str, ...]
    """German words that were looked for beside what was typed."""
    knowledge: list[knowledge.CardHead]
    is_rebuilding: bool


FACETS = (
    ("stadt", "town", _l("Stadt")),
    ("thema", "topic", _l("Thema")),
    ("alter", "age", _l("Alter")),
    ("sprache", "language", _l("Sprache")),
    ("programm", "programme", _l("Programm")),
    ("rechtskreis", "legal_circle", _l("Gesetz")),
)


def wanted() -> Wanted:
    """Read the address."""
    return Wanted(
        text=clean(request.args.get("q", ""))[:LONGEST_TEXT],
        facets=_facets(),
        open_now=request.args.get("offen") == "1",
        exactly=request.args.get("genau") == "1",
        chosen=chosen(),
    )


def chosen() -> tuple[str, ...]:
    """Return the services that the address lists, each once."""
    return tuple(dict.fromkeys(request.args.getlist("a")))[:MOST_CHOSEN]


def _facets() -> tuple[Facet, ...]:
    """Return the facets with every code that leads to anything at all: the same ones whatever is asked."""
    everything = find(_query("", limit=0)).facets
    labels = _labels(everything.get("language", {}))
    return tuple(
        _facet(param, name, label, labels[name], everything.get(name, {}))
        for param, name, label in FACETS
    )


def _facet(
    param: str, name: str, label: Any, labels: Mapping[str, Any], counts: Mapping[str, int]
) -> Facet:
    options = tuple(
        Option(code, text, is_german=name in GERMAN_NAMES)
        for code, text in labels.items()
        if counts.get(code)
    )
    known = {option.code for option in options}
    chosen_codes = frozenset(known.intersection(request.args.getlist(param)))
    return Facet(param, name, label, options, chosen_codes)


def _labels(languages: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    names = {code: words.language_name(code, locale().code) for code in languages}
    return {
        "town": {town.slug: town.name for town in active_towns()},
        "topic": words.TOPICS,
        "age": words.AGE_BANDS,
        "language": dict(sorted(names.items(), key=itemgetter(1))),
        "programme": programmes.abbreviations(),
        "legal_circle": words.LEGAL_CIRCLES,
    }


def results(asked: Wanted) -> Results:
    """Search, and return the page that the address asks for."""
    at = clock.now()
    found = find(_query_for(asked))
    keys = _keys(found)
    if asked.open_now:
        open_keys = finding.open_keys(keys, at)
        keys = [key for key in keys if key in open_keys]
    total = len(keys) if asked.open_now else found.total
    number, pages = page_within(page_number(), total=total, size=PAGE_SIZE)
    if asked.open_now:
        keys = keys[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    elif number > 1:
        keys = _keys(find(_query_for(asked, offset=(number - 1) * PAGE_SIZE)))
    return Results(
        cards=finding.cards(keys, locale=locale().code, at=at),
        total=total,
        page=number,
        pages=pages,
        counts={} if asked.open_now else found.facets,
        corrected=found.corrected,
        marked_text=found.corrected or asked.text,
        german_terms=_german_terms(found, asked.text),
        knowledge=_knowledge(asked),
        is_rebuilding=found.is_rebuilding,
    )


def _query_for(asked: Wanted, *, offset: int = 0) -> Query:
    """Return the query for one page; who is there now is known by the clock only, so then for all pages."""
    limit = None if asked.open_now else PAGE_SIZE
    return _query(
        asked.text,
        filters=asked.filters,
        correct=not asked.exactly,
        limit=limit,
        offset=offset,
    )


def _query(text: str, *, kind: Kind = Kind.SERVICE, **options: Any) -> Query:
    # The last word may be a beginning on every page, so that an address shows what was seen while typing.
    return Query(text=text, kinds=frozenset({kind}), prefix=True, locale=locale().code, **options)


def _keys(found: Found) -> list[str]:
    return [hit.key for hit in found.hits]


def _german_terms(found: Found, text: str) -> tuple[str, ...]:
    typed = (found.corrected or text).casefold()
    return tuple(term for term in found.terms if term.casefold() not in typed)[:MOST_TERMS]


def _knowledge(asked: Wanted) -> list[knowledge.CardHead]:
    """Return what one may read about what somebody typed."""
    if not asked.text:
        return []
    found = find(_query(asked.text, kind=Kind.KNOWLEDGE_CARD, limit=MOST_KNOWLEDGE, facets=False))
    return knowledge.heads(_keys(found), locale=locale().code)

"""What the search may find: plain values that any area can make of its records.

An area that wants its records found adds a source to `portal.domain.searching` and calls `touch()` inside each change.
The index is a projection: it follows the rows written here, and asks the domain again before anybody sees a hit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

from portal import clock
from portal.domain.changes import Entry
from portal.models.search import SearchChange

PUBLIC = "public"
"""The audience that everybody belongs to; any other audience is the name of a permission."""
EVERYTHING = "*"
"""The key that stands for all records of all kinds."""


class Kind(StrEnum):
    """What can be found."""

    SERVICE = auto()
    PROGRAMME = auto()
    ORGANISATION = auto()
    KNOWLEDGE_CARD = auto()
    DEMARCATION = auto()
    SURVEY = auto()


@dataclass(frozen=True, slots=True)
class Searchable:
    """One record as the search knows it; it never holds person data."""

    kind: str
    key: str
    title: str
    names: tuple[str, ...] = ()
    """Abbreviations and other names, as weighty as the title."""
    body: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)
    """Title and text in other languages, by language code."""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Codes to filter and count by: town, topic, programme, legal_circle, language, age."""
    audience: str = PUBLIC
    trust: float = 1.0
    """From 0 (nobody confirmed it for long) to 1 (confirmed by its provider lately)."""


@dataclass(frozen=True, slots=True)
class SearchableChanged:
    """Something that can be found was changed."""


def touch(entry: Entry, kind: str, key: str) -> None:
    """Note inside a change that a record has to be indexed anew."""
    entry.at_the_end(lambda: SearchChange.create(kind=kind, key=key, at=clock.now()))
    entry.announce(SearchableChanged())


def touch_everything(entry: Entry) -> None:
    """Note inside a change that the whole index has to be built anew."""
    touch(entry, EVERYTHING, EVERYTHING)

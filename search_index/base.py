"""The words of the search: what is asked, what comes back, and what an index must be able to do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from portal.domain.searchable import PUBLIC, Searchable

LONGEST_TEXT = 200
"""Letters of a query that are read; whoever writes more gets an answer to the first of them."""
ENOUGH = 10
"""With fewer hits than this that hold every word, entries that hold some of the words are added."""

Progress = Callable[[int, int], None]
"""Is told how many entries are done, and of how many (0 if nobody knows)."""
WordGroup = tuple[tuple[str, ...], bool]
"""Words that mean the same; if the second is true, only the first word leads to the rest."""


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for."""

    text: str = ""
    audiences: frozenset[str] = frozenset({PUBLIC})
    """Only entries of these audiences are found; the server fills this in, never the visitor."""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Codes by facet: one of a facet's codes suffices, every facet must match."""
    kinds: frozenset[str] = frozenset()
    prefix: bool = False
    """Whether the last word may be the beginning of a word, because somebody is still typing."""
    correct: bool = True
    """Whether words that nobody knows may be replaced by those that were meant."""
    locale: str = "de"
    limit: int | None = 20
    offset: int = 0
    facets: bool = True
    """Whether to count the codes of every facet, too."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that was found; who shows it asks the domain for its texts."""

    kind: str
    key: str
    score: float
    matched: tuple[str, ...] = ()
    """What of the query this entry holds, in German: the words asked for, or what their translation means."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query."""

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """How many entries each code would leave, by facet; a facet's own filter does not narrow its counts."""
    corrected: str = ""
    """The text that was searched instead; empty if it was the one asked for."""
    terms: tuple[str, ...] = ()
    """What was looked for, in German."""
    is_rebuilding: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds."""

    entries: int
    last_change: int
    """The number of the last change that the index has followed."""
    fingerprint: str
    """Of the rules and words that the index was built with."""


class Unusable(Exception):
    """There is no index in this folder, it is broken, or it was built with other rules and words."""


class Busy(Exception):
    """Another process is writing into this index."""


class Engine(Protocol):
    """An index in a folder, such as `search_index.engine.WhooshEngine`; safe to use from several threads."""

    @property
    def fingerprint(self) -> str:
        """Return what identifies the rules and words in use; an index built with others is unusable."""

    @classmethod
    def open(cls, folder: Path, word_groups: Iterable[WordGroup] = ()) -> Self:
        """Open the index in a folder; raise Unusable if it has to be built anew."""

    @classmethod
    def build(
        cls,
        folder: Path,
        entries: Iterable[Searchable],
        word_groups: Iterable[WordGroup] = (),
        *,
        progress: Progress | None = None,
        last_change: int = 0,
    ) -> Self:
        """Build an index in a new folder and open it."""

    def update(
        self,
        upserts: Iterable[Searchable],
        deletes: Iterable[tuple[str, str]],
        *,
        last_change: int,
    ) -> None:
        """Write changed entries and forget others (kind, key), all or nothing; raise Busy if another process writes."""

    def compact(self) -> None:
        """Remove what was forgotten from the disk, too."""

    def search(self, query: Query) -> Found:
        """Return the best entries; no text whatsoever is an error."""

    def suggest(self, text: str, locale: str = "de", limit: int = 8) -> list[str]:
        """Return texts with the last word completed, by words that everybody may read."""

    def highlight(self, text: str, query_text: str) -> list[tuple[str, bool]]:
        """Return the pieces of a text, and whether each is what was asked for."""

    def status(self) -> Status:
        """Return what the index holds."""

    def close(self) -> None:
        """Let go of the files."""

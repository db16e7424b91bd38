"""Full-text search behind a few verbs; which engine answers is known here only."""

from pathlib import Path

from portal.domain.events import listen
from portal.domain.searchable import SearchableChanged
from search_index.base import Busy, Found, Hit, Progress, Query
from search_index.projection import Projection, State

__all__ = [
    "Busy",
    "Found",
    "Hit",
    "Query",
    "State",
    "catch_up",
    "discard",
    "find",
    "highlight",
    "rebuild",
    "settle",
    "setup_search",
    "status",
    "suggest",
]

_projections: list[Projection] = []


def setup_search(folder: Path, *, in_background: bool = True) -> None:
    """Keep the index in a folder from now on; in the foreground, every query brings it up to date first."""
    _projections[:] = [Projection(folder, in_background=in_background)]
    listen(SearchableChanged, _changed)


def find(query: Query) -> Found:
    """Return what may be seen of what fits a query."""
    return _projection().find(query)


def suggest(text: str, locale: str = "de", limit: int = 8) -> list[str]:
    """Return texts with the last word completed, by words that everybody may read."""
    return _projection().suggest(text, locale, limit)


def highlight(text: str, query_text: str) -> list[tuple[str, bool]]:
    """Return the pieces of a text, and whether each is what was asked for; whoever shows them escapes them."""
    return _projection().highlight(text, query_text)


def catch_up() -> None:
    """Bring the index up to date now, unless another process is at it."""
    _projection().catch_up()


def rebuild(progress: Progress | None = None) -> None:
    """Build the index anew now; raise Busy if another process is at it."""
    _projection().rebuild(progress)


def discard() -> None:
    """Let every process build the index anew, as after the database was replaced."""
    _projection().discard()


def status() -> State:
    """Return how the index stands to the records."""
    return _projection().state()


def settle() -> None:
    """Wait until the work in the background is done; before anybody closes the connections it uses."""
    for projection in _projections:
        projection.settle()


def _projection() -> Projection:
    return _projections[0]


def _changed(_event: SearchableChanged) -> None:
    for projection in _projections:
        projection.changed()

"""What can be found, by whom, and what has changed since: all that a search index has to ask the domain.

An area that wants its records found adds a line to `SOURCES`. Whoever shows a hit asks `visible()` first: what the
index remembers may be older than what is on disk.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import timedelta

from peewee import fn

from portal import clock
from portal.domain.changes import upkeep
from portal.domain.directory import searchables
from portal.domain.directory.search_words import word_groups
from portal.domain.permissions import permissions_of, roles_of
from portal.domain.searchable import PUBLIC, Kind, Searchable
from portal.models.accounts import Account
from portal.models.search import SearchChange

__all__ = [
    "SOURCES",
    "audiences_of",
    "changes_after",
    "everything",
    "forget_old_changes",
    "latest_change",
    "oldest_kept",
    "one",
    "visible",
    "visible_to",
    "word_groups",
]

Source = Callable[[Collection[str] | None], Iterable[Searchable]]
"""Gives all records of a kind, or those with some keys."""

SOURCES: dict[str, Source] = {
    Kind.SERVICE: searchables.service_searchables,
    Kind.PROGRAMME: searchables.programme_searchables,
    Kind.ORGANISATION: searchables.organisation_searchables,
    Kind.KNOWLEDGE_CARD: searchables.card_searchables,
    Kind.DEMARCATION: searchables.demarcation_searchables,
    Kind.SURVEY: searchables.survey_searchables,
}

CHANGES_KEPT = timedelta(days=30)
"""An index that is older than this is built anew."""


def everything() -> Iterator[Searchable]:
    """Yield every record that anybody may find."""
    for source in SOURCES.values():
        yield from source(None)


def one(kind: str, key: str) -> Searchable | None:
    """Return one record as it is now; None if it must not be found any more."""
    source = SOURCES.get(kind)
    return next(iter(source([key])), None) if source else None


def audiences_of(account: Account | None) -> frozenset[str]:
    """Return the audiences somebody belongs to: everybody's, and one for each of their permissions."""
    if account is None:
        return frozenset({PUBLIC})
    return frozenset({PUBLIC, *map(str, permissions_of(roles_of(account)))})


def visible(refs: Iterable[tuple[str, str]], account: Account | None) -> list[Searchable]:
    """Return of some hits (kind and key) those that somebody may see now, in the same order, as they are now."""
    return visible_to(refs, audiences_of(account))


def visible_to(refs: Iterable[tuple[str, str]], audiences: Collection[str]) -> list[Searchable]:
    """Return of some hits those that somebody of these audiences may see now."""
    wanted = list(refs)
    keys: dict[str, list[str]] = defaultdict(list)
    for kind, key in wanted:
        keys[kind].append(key)
    found = {
        (record.kind, record.key): record
        for kind in keys.keys() & SOURCES.keys()
        for record in SOURCES[kind](keys[kind])
        if record.audience in audiences
    }
    return [found[ref] for ref in wanted if ref in found]


def latest_change() -> int:
    """Return the number of the last change, 0 if there was none."""
    number: int | None = SearchChange.select(fn.MAX(SearchChange.id)).scalar()
    return number or 0


def oldest_kept() -> int:
    """Return the number of the oldest change still known, 0 if there is none."""
    number: int | None = SearchChange.select(fn.MIN(SearchChange.id)).scalar()
    return number or 0


def changes_after(number: int) -> list[tuple[int, str, str]]:
    """Return what changed after a change, in order: number, kind and key."""
    query = SearchChange.select().where(SearchChange.id > number).order_by(SearchChange.id)
    return [(row.id, row.kind, row.key) for row in query]


def forget_old_changes() -> int:
    """Forget changes that every index has followed long ago; the last one stays, because it numbers the next."""
    old = SearchChange.at < clock.now() - CHANGES_KEPT
    with upkeep():
        deleted: int = SearchChange.delete().where(old, SearchChange.id < latest_change()).execute()
    return deleted

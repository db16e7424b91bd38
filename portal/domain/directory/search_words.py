"""The county's own search words: what means the same, and what has another name today.

A group's words are worth the same in a search; in a one-way group only the first word leads to the others ("Arbeitsamt"
to "Agentur für Arbeit", not the other way round).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.domain.actors import Actor
from portal.domain.changes import change
from portal.domain.directory.checks import LONGEST_LINE, cleaned
from portal.domain.directory.storing import free_key
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.permissions import Permission, require
from portal.domain.searchable import touch_everything
from portal.models.search import SearchWords

MOST_WORDS = 30
LONGEST_WORD = 60
FEWEST_WORDS = 2
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class WordGroup:
    """Words that lead to each other, or (one-way) from the first to the rest."""

    key: str
    words: tuple[str, ...]
    one_way: bool
    note: str


def word_groups() -> list[tuple[tuple[str, ...], bool]]:
    """Return the groups as the search reads them: words, and whether only the first leads to the rest."""
    return [
        (tuple(row.words), row.one_way) for row in SearchWords.select().order_by(SearchWords.key)
    ]


def all_groups(by: Actor) -> list[WordGroup]:
    """Return all groups, by their first word."""
    require(by, Permission.DIRECTORY_READ)
    groups = (
        WordGroup(row.key, tuple(row.words), row.one_way, row.note) for row in SearchWords.select()
    )
    return sorted(groups, key=lambda group: (group.words[0].casefold(), group.key))


def add(by: Actor, words: Iterable[str], *, one_way: bool = False, note: str = "") -> str:
    """Add a group and return its key; the index is built anew with it."""
    require(by, Permission.DIRECTORY_PUBLISH)
    values = _checked(words, one_way, note)
    with change(by=by, action="directory:search_words:add") as entry:
        key = free_key(next(iter(values["words"])), taken=_is_taken)
        SearchWords.create(key=key, **values)
        entry.about(f"search_words:{key}")
        touch_everything(entry)
    return key


def edit(by: Actor, key: str, words: Iterable[str], *, one_way: bool, note: str = "") -> None:
    """Replace a group's words."""
    require(by, Permission.DIRECTORY_PUBLISH)
    values = _checked(words, one_way, note)
    with change(
        by=by, action="directory:search_words:edit", subject=f"search_words:{key}"
    ) as entry:
        if not SearchWords.update(values).where(SearchWords.key == key).execute():
            raise NotFound
        touch_everything(entry)


def remove(by: Actor, key: str) -> None:
    """Forget a group."""
    require(by, Permission.DIRECTORY_PUBLISH)
    with change(
        by=by, action="directory:search_words:remove", subject=f"search_words:{key}"
    ) as entry:
        if not SearchWords.delete().where(SearchWords.key == key).execute():
            raise NotFound
        touch_everything(entry)


def _is_taken(key: str) -> bool:
    return SearchWords.select().where(SearchWords.key == key).exists()


def _checked(words: Iterable[str], one_way: bool, note: str) -> dict[str, Any]:
    tidy = [cleaned(word, field="words", longest=LONGEST_WORD) for word in words]
    first_of = {word.casefold(): word for word in reversed(tidy)}
    kept = [
        word for word in dict.fromkeys(tidy) if word in first_of.values() and _WORD.search(word)
    ]
    if len(kept) < FEWEST_WORDS:
        raise RuleBroken("Eine Gruppe braucht mindestens zwei Wörter.", field="words")
    if len(kept) > MOST_WORDS:
        raise RuleBroken(f"Eine Gruppe hat höchstens {MOST_WORDS} Wörter.", field="words")
    return {
        "words": kept,
        "one_way": one_way,
        "note": cleaned(note, field="note", longest=LONGEST_LINE),
    }

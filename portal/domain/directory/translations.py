"""Translations of services and knowledge cards: who writes them, and how one sees which are missing or outdated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.db import wait_for_turn
from portal.domain.actors import Actor
from portal.domain.changes import change
from portal.domain.directory import cards, presenting
from portal.domain.directory.checks import LONGEST_BODY, cleaned
from portal.domain.directory.moving import may_edit
from portal.domain.directory.translating import source_digest
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Permission, require
from portal.domain.searchable import Kind, touch
from portal.i18n import LOCALES, SOURCE
from portal.models.directory import KnowledgeCard, Service, Translation


@dataclass(frozen=True, slots=True)
class TranslationView:
    """A thing's words in a language beside the German ones; without a translation they are empty."""

    locale: str
    german: dict[str, str]
    words: dict[str, str]
    exists: bool
    is_outdated: bool
    is_checked: bool


def translations(by: Actor, kind: str, key: str) -> list[TranslationView]:
    """Return a service's or card's words in every language of the list; raise NotFound."""
    require(by, Permission.DIRECTORY_READ)
    german = _german(kind, key)
    found = {row.locale: row for row in _rows(kind, key)}
    return [_view(code, german, found.get(code)) for code in LOCALES if code != SOURCE]


def translate(
    by: Actor, kind: str, key: str, locale: str, words: Mapping[str, str], *, is_checked: bool
) -> None:
    """Store a thing's words in a language; `is_checked` says that a person compared them with the German ones.

    Empty words take the translation away.
    """
    german = _german(kind, key)
    _require_writing(by, kind, key)
    if locale not in LOCALES or locale == SOURCE:
        raise RuleBroken("Diese Sprache gibt es hier nicht.", field="locale")
    tidy = {name: cleaned(words.get(name, ""), field=name, longest=LONGEST_BODY) for name in german}
    missing = [name for name, text in german.items() if text and not tidy[name]]
    if any(tidy.values()) and missing:
        raise RuleBroken("Hier fehlt die Übersetzung.", field=missing[0])
    with change(by=by, action=f"directory:{kind}:translate", subject=f"{kind}:{key}") as entry:
        wait_for_turn(f"translation:{kind}:{key}")
        Translation.delete().where(_is(kind, key), Translation.locale == locale).execute()
        if any(tidy.values()):
            Translation.create(
                kind=kind,
                key=key,
                locale=locale,
                fields=tidy,
                source_digest=source_digest(german),
                checked=is_checked,
            )
        entry.changed(locale=locale)
        touch(entry, kind, key)


def _is(kind: str, key: str) -> Any:
    return (Translation.kind == kind) & (Translation.key == key)


def _rows(kind: str, key: str) -> list[Translation]:
    return list(Translation.select().where(_is(kind, key)))


def _german(kind: str, key: str) -> dict[str, str]:
    if kind == Kind.SERVICE:
        service = Service.get_or_none(Service.key == key)
        if service is not None:
            return presenting.german_words(service)
    if kind == Kind.KNOWLEDGE_CARD:
        card = KnowledgeCard.get_or_none(KnowledgeCard.key == key)
        if card is not None:
            return cards.german_words(card)
    raise NotFound


def _require_writing(by: Actor, kind: str, key: str) -> None:
    if kind == Kind.KNOWLEDGE_CARD:
        require(by, Permission.DEMARCATION_EDIT)
        return
    require(by, Permission.DIRECTORY_EDIT)
    if not may_edit(by, Service.get(Service.key == key)):
        raise NotAllowed


def _view(locale: str, german: dict[str, str], row: Translation | None) -> TranslationView:
    words = {name: row.fields.get(name, "") if row else "" for name in german}
    return TranslationView(
        locale=locale,
        german=german,
        words=words,
        exists=row is not None,
        is_outdated=row is not None and row.source_digest != source_digest(german),
        is_checked=row is not None and row.checked,
    )

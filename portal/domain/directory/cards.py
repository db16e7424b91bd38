"""Knowledge cards: what one has to know about a law or procedure, and until when that may be relied on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from portal import clock
from portal.domain.actors import Actor
from portal.domain.changes import change
from portal.domain.directory.checks import (
    LONGEST_BODY,
    LONGEST_LINE,
    LONGEST_URL,
    check_codes,
    check_order,
    check_url,
    cleaned,
)
from portal.domain.directory.storing import CHANGED_MEANWHILE, free_key
from portal.domain.directory.translating import CARD_WORDS, source_digest
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.permissions import Permission, may, require
from portal.domain.searchable import PUBLIC, Kind, touch
from portal.domain.topics import LEGAL_CIRCLES, TOPICS
from portal.i18n import SOURCE
from portal.models.accounts import Account
from portal.models.directory import KnowledgeCard, Translation

STAFF = "staff"
AUDIENCES = (PUBLIC, STAFF)
STATUSES = ("in_force", "announced", "expired", "unverified")
TEXTS = {
    "title": (LONGEST_LINE, True),
    "body": (LONGEST_BODY, True),
    "legal_basis": (LONGEST_LINE, False),
    "source_url": (LONGEST_URL, False),
    "checked_by": (LONGEST_LINE, False),
}
"""How long each text may be, and whether it has to be there."""
DAYS = ("valid_from", "valid_to", "checked_on", "next_check_on")


@dataclass(frozen=True, kw_only=True, slots=True)
class CardDraft:
    """What a form says about a card; `checked_by` names a function, never a person."""

    title: str
    body: str
    legal_circle: str = ""
    topics: tuple[str, ...] = ()
    audience: str = PUBLIC
    legal_basis: str = ""
    source_url: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    status: str = "unverified"
    checked_on: date | None = None
    checked_by: str = ""
    next_check_on: date | None = None


@dataclass(frozen=True, slots=True)
class CardHead:
    """A card as a list shows it."""

    key: str
    title: str
    locale: str
    """The language the title is really in."""
    topics: tuple[str, ...]
    legal_circle: str
    audience: str
    status: str
    is_expired: bool
    is_overdue: bool
    """It should have been checked again by now."""


@dataclass(frozen=True, slots=True)
class CardView:
    """A card with its text (Markdown) and how far it may be relied on."""

    head: CardHead
    body: str
    is_outdated: bool
    """The German text has changed since it was translated."""
    is_checked: bool
    """A person compared the translation with the German text."""
    legal_basis: str
    source_url: str
    valid_from: date | None
    valid_to: date | None
    checked_on: date | None
    checked_by: str
    next_check_on: date | None
    version: int
    draft: CardDraft


def card(key: str, locale: str, account: Account | None = None) -> CardView:
    """Return a card in a language, in German where it has none; raise NotFound."""
    row = _readable(account).where(KnowledgeCard.key == key).first()
    if row is None:
        raise NotFound
    return _view(row, _translations([row], locale).get(key))


def cards_list(locale: str, account: Account | None = None) -> list[CardHead]:
    """Return all cards that somebody may read, by their German title."""
    return _heads(_readable(account).order_by(fn.LOWER(KnowledgeCard.title)), locale)


def heads(keys: Collection[str], *, locale: str, account: Account | None = None) -> list[CardHead]:
    """Return some cards as a list shows them, in the order of the keys; what one may not read is left out."""
    found = _heads(_readable(account).where(KnowledgeCard.key.in_(list(keys))), locale)
    by_key = {head.key: head for head in found}
    return [by_key[key] for key in keys if key in by_key]


def add(by: Actor, draft: CardDraft) -> str:
    """Add a card and return its key."""
    require(by, Permission.DEMARCATION_EDIT)
    values = checked(draft)
    with change(by=by, action="directory:card:add") as entry:
        key = free_key(draft.title, taken=_is_taken)
        KnowledgeCard.create(key=key, **values)
        entry.about(f"card:{key}")
        touch(entry, Kind.KNOWLEDGE_CARD, key)
    return key


def edit(by: Actor, key: str, draft: CardDraft, version: int) -> None:
    """Write what a form says into a card; refuse if somebody else changed it since `version`."""
    require(by, Permission.DEMARCATION_EDIT)
    values = checked(draft)
    with change(by=by, action="directory:card:edit", subject=f"card:{key}") as entry:
        row = KnowledgeCard.locked(KnowledgeCard.key == key)
        if row is None:
            raise NotFound
        if row.version != version:
            raise RuleBroken(CHANGED_MEANWHILE, field="version")
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        row.version += 1
        row.save()
        entry.changed(fields=sorted(changed), version=row.version)
        touch(entry, Kind.KNOWLEDGE_CARD, key)


def german_words(row: KnowledgeCard) -> dict[str, str]:
    """Return the words of a card that are translated."""
    return {name: getattr(row, name) for name in CARD_WORDS}


def overdue_count() -> int:
    """Return how many cards should have been checked again by now."""
    late = KnowledgeCard.next_check_on < clock.today()
    return int(KnowledgeCard.select().where(late).count())


def _readable(account: Account | None) -> Any:
    if account is not None and may(account, Permission.DIRECTORY_READ):
        return KnowledgeCard.select()
    return KnowledgeCard.select().where(KnowledgeCard.audience == PUBLIC)


def _translations(rows: Iterable[KnowledgeCard], locale: str) -> dict[str, Translation]:
    if locale == SOURCE:
        return {}
    query = Translation.select().where(
        Translation.kind == Kind.KNOWLEDGE_CARD,
        Translation.locale == locale,
        Translation.key.in_([row.key for row in rows]),
    )
    return {row.key: row for row in query if row.fields.get("title") and row.fields.get("body")}


def _heads(query: Iterable[KnowledgeCard], locale: str) -> list[CardHead]:
    rows = list(query)
    translations = _translations(rows, locale)
    return [_head(row, translations.get(row.key)) for row in rows]


def _head(row: KnowledgeCard, translation: Translation | None) -> CardHead:
    today = clock.today()
    return CardHead(
        key=row.key,
        title=translation.fields["title"] if translation else row.title,
        locale=translation.locale if translation else SOURCE,
        topics=tuple(row.topics),
        legal_circle=row.legal_circle,
        audience=row.audience,
        status=row.status,
        is_expired=row.status == "expired" or (row.valid_to is not None and row.valid_to < today),
        is_overdue=row.next_check_on is not None and row.next_check_on < today,
    )


def _view(row: KnowledgeCard, translation: Translation | None) -> CardView:
    digest = source_digest(german_words(row))
    names = (*TEXTS, *DAYS, "legal_circle", "audience", "status")
    draft = CardDraft(topics=tuple(row.topics), **{name: getattr(row, name) for name in names})
    return CardView(
        head=_head(row, translation),
        body=translation.fields["body"] if translation else row.body,
        is_outdated=translation is not None and translation.source_digest != digest,
        is_checked=translation is None or translation.checked,
        legal_basis=row.legal_basis,
        source_url=row.source_url,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        checked_on=row.checked_on,
        checked_by=row.checked_by,
        next_check_on=row.next_check_on,
        version=row.version,
        draft=draft,
    )


def checked(draft: CardDraft) -> dict[str, Any]:
    """Return a draft as columns; raise RuleBroken with the first thing that is wrong."""
    values: dict[str, Any] = {
        name: cleaned(getattr(draft, name), field=name, longest=longest, required=required)
        for name, (longest, required) in TEXTS.items()
    }
    check_url(values["source_url"], field="source_url")
    check_codes(draft.topics, TOPICS, field="topics")
    check_codes(filter(None, [draft.legal_circle]), LEGAL_CIRCLES, field="legal_circle")
    check_codes([draft.audience], AUDIENCES, field="audience")
    check_codes([draft.status], STATUSES, field="status")
    check_order(
        draft.valid_from, draft.valid_to, field="valid_to", message="Das Ende liegt vor dem Beginn."
    )
    check_order(
        draft.checked_on,
        draft.next_check_on,
        field="next_check_on",
        message="Die nächste Prüfung liegt vor der letzten.",
    )
    same = ("legal_circle", "audience", "status", *DAYS)
    return values | {name: getattr(draft, name) for name in same} | {"topics": list(draft.topics)}


def _is_taken(key: str) -> bool:
    return KnowledgeCard.select().where(KnowledgeCard.key == key).exists()

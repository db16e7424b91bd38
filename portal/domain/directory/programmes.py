"""Programmes and legal circles: what they are for, who funds them, where they end; ended ones stay to be read."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from portal.domain.actors import Actor
from portal.domain.changes import change
from portal.domain.directory.checks import (
    LONGEST_LINE,
    LONGEST_TEXT,
    LONGEST_URL,
    check_codes,
    check_order,
    check_url,
    cleaned,
)
from portal.domain.directory.storing import free_key
from portal.domain.directory.touching import touch_services_of_programme
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.permissions import Permission, require
from portal.domain.searchable import Kind, touch
from portal.domain.topics import LEGAL_CIRCLES
from portal.models.county import Organisation
from portal.models.directory import Programme

TEXTS = {
    "abbr": (LONGEST_LINE, True),
    "name": (LONGEST_LINE, True),
    "legal_basis": (LONGEST_LINE, False),
    "goal": (LONGEST_TEXT, False),
    "target_group": (LONGEST_TEXT, False),
    "scope_of_action": (LONGEST_TEXT, False),
    "limits": (LONGEST_TEXT, False),
    "source_url": (LONGEST_URL, False),
}
"""How long each text may be, and whether it has to be there."""
DAYS = ("valid_from", "valid_to", "checked_on", "next_check_on")


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeDraft:
    """What a form says about a programme; the funder by its key."""

    abbr: str
    name: str
    legal_circle: str = ""
    funder: str = ""
    legal_basis: str = ""
    goal: str = ""
    target_group: str = ""
    scope_of_action: str = ""
    limits: str = ""
    source_url: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    checked_on: date | None = None
    next_check_on: date | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """A programme as everybody may read about it."""

    key: str
    abbr: str
    name: str
    legal_circle: str
    funder: str
    legal_basis: str
    goal: str
    target_group: str
    scope_of_action: str
    limits: str
    source_url: str
    valid_from: date | None
    valid_to: date | None
    checked_on: date | None
    next_check_on: date | None
    is_ended: bool
    is_overdue: bool
    """It should have been checked again by now."""
    draft: ProgrammeDraft


def programmes_list(on_day: date) -> list[ProgrammeView]:
    """Return all programmes and legal circles, the running before those that have ended, by abbreviation."""
    rows = [_view(row, on_day) for row in _joined().order_by(fn.LOWER(Programme.abbr))]
    return sorted(rows, key=lambda row: row.is_ended)


def programme(key: str, on_day: date) -> ProgrammeView:
    """Return one programme, also one that has ended; raise NotFound."""
    row = _joined().where(Programme.key == key).first()
    if row is None:
        raise NotFound
    return _view(row, on_day)


def abbreviations() -> dict[str, str]:
    """Return the short name of every programme by its key, in the order of these names."""
    return {row.key: row.abbr for row in Programme.select().order_by(fn.LOWER(Programme.abbr))}


def add(by: Actor, draft: ProgrammeDraft) -> str:
    """Add a programme and return its key."""
    require(by, Permission.DEMARCATION_EDIT)
    values = checked(draft)
    with change(by=by, action="directory:programme:add") as entry:
        key = free_key(draft.abbr, taken=_is_taken)
        Programme.create(key=key, **values)
        entry.about(f"programme:{key}")
        touch(entry, Kind.PROGRAMME, key)
    return key


def edit(by: Actor, key: str, draft: ProgrammeDraft) -> None:
    """Write what a form says into a programme; its services follow, also when it ends."""
    require(by, Permission.DEMARCATION_EDIT)
    values = checked(draft)
    with change(by=by, action="directory:programme:edit", subject=f"programme:{key}") as entry:
        row = Programme.locked(Programme.key == key)
        if row is None:
            raise NotFound
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        row.save()
        entry.changed(fields=sorted(changed))
        touch(entry, Kind.PROGRAMME, key)
        touch_services_of_programme(entry, row.id)


def _joined() -> Any:
    return Programme.select(Programme, Organisation).left_outer_join(Organisation)


def _view(row: Programme, on_day: date) -> ProgrammeView:
    same = {name: getattr(row, name) for name in (*TEXTS, *DAYS, "legal_circle")}
    funder = row.funder if row.funder_id else None
    return ProgrammeView(
        key=row.key,
        funder=funder.name if funder else "",
        is_ended=row.valid_to is not None and row.valid_to < on_day,
        is_overdue=row.next_check_on is not None and row.next_check_on < on_day,
        draft=ProgrammeDraft(funder=funder.key if funder else "", **same),
        **same,
    )


def checked(draft: ProgrammeDraft) -> dict[str, Any]:
    """Return a draft as columns; raise RuleBroken with the first thing that is wrong."""
    values: dict[str, Any] = {
        name: cleaned(getattr(draft, name), field=name, longest=longest, required=required)
        for name, (longest, required) in TEXTS.items()
    }
    check_url(values["source_url"], field="source_url")
    check_codes(filter(None, [draft.legal_circle]), LEGAL_CIRCLES, field="legal_circle")
    check_order(
        draft.valid_from,
        draft.valid_to,
        field="valid_to",
        message="Das Ende liegt vor dem Beginn.",
    )
    check_order(
        draft.checked_on,
        draft.next_check_on,
        field="next_check_on",
        message="Die nächste Prüfung liegt vor der letzten.",
    )
    funder = Organisation.get_or_none(Organisation.key == draft.funder) if draft.funder else None
    if draft.funder and funder is None:
        raise RuleBroken("Diese Organisation gibt es nicht.", field="funder")
    days = {name: getattr(draft, name) for name in DAYS}
    return values | days | {"funder": funder, "legal_circle": draft.legal_circle}


def _is_taken(key: str) -> bool:
    return Programme.select().where(Programme.key == key).exists()

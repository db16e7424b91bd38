"""The versions of demarcations as rows: what one must say, which holds on a day, and how it reads from either side."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from peewee import Expression, ModelSelect

from portal.domain.directory.checks import LONGEST_LINE, LONGEST_TEXT, check_days, cleaned
from portal.domain.directory.views import DemarcationLine
from portal.domain.errors import RuleBroken
from portal.models.directory import Demarcation, Programme

TEXTS = {
    "statement_a": (LONGEST_TEXT, True),
    "statement_b": (LONGEST_TEXT, True),
    "interface": (LONGEST_TEXT, True),
    "synergy": (LONGEST_TEXT, False),
    "handover_rule": (LONGEST_TEXT, True),
    "source": (LONGEST_LINE, True),
}
"""How long each text may be, and whether it has to be there."""


class State(StrEnum):
    """Where a version stands."""

    PROPOSED = auto()
    RELEASED = auto()
    REJECTED = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class DemarcationDraft:
    """What a version says, with the programmes' keys."""

    a: str
    b: str
    statement_a: str
    statement_b: str
    interface: str
    handover_rule: str
    source: str
    valid_from: date
    synergy: str = ""
    agreed_on: date | None = None


A, B = Programme.alias(), Programme.alias()


def joined() -> "ModelSelect[Demarcation]":
    """Return all versions with their two programmes, to be narrowed."""
    return (
        Demarcation.select(Demarcation, A, B)
        .join(A, on=(Demarcation.a == A.id))
        .switch(Demarcation)
        .join(B, on=(Demarcation.b == B.id))
        .order_by(Demarcation.key, Demarcation.version)
    )


def holds_on(day: date) -> Expression:
    """Return the condition that a version holds on a day; with a programme all that was agreed about it ends."""
    holds: Expression = (
        (Demarcation.state == State.RELEASED)
        & (Demarcation.valid_from <= day)
        & (Demarcation.valid_to.is_null() | (Demarcation.valid_to >= day))
        & (A.valid_to.is_null() | (A.valid_to >= day))
        & (B.valid_to.is_null() | (B.valid_to >= day))
    )
    return holds


def line_of(row: Demarcation, *, own_is_a: bool) -> DemarcationLine:
    """Return a version as it reads from one side."""
    sides = (row.a, row.statement_a), (row.b, row.statement_b)
    (own, own_statement), (other, other_statement) = sides if own_is_a else reversed(sides)
    return DemarcationLine(
        key=row.key,
        version=row.version,
        own=own.abbr or own.name,
        own_statement=own_statement,
        other=other.abbr or other.name,
        other_statement=other_statement,
        interface=row.interface,
        synergy=row.synergy,
        handover_rule=row.handover_rule,
        source=row.source,
        agreed_on=row.agreed_on,
        valid_from=row.valid_from,
    )


def checked_version(draft: DemarcationDraft) -> dict[str, object]:
    """Return a draft as columns; raise RuleBroken with the first thing that is wrong."""
    check_days(draft.valid_from, draft.agreed_on)
    values: dict[str, object] = {
        name: cleaned(getattr(draft, name), field=name, longest=longest, required=required)
        for name, (longest, required) in TEXTS.items()
    }
    a, b = _programme(draft.a, "a"), _programme(draft.b, "b")
    if a == b:
        raise RuleBroken("Eine Abgrenzung braucht zwei verschiedene Programme.", field="b")
    return values | {"a": a, "b": b, "agreed_on": draft.agreed_on, "valid_from": draft.valid_from}


def _programme(key: str, field: str) -> Programme:
    found: Programme | None = Programme.get_or_none(Programme.key == key)
    if found is None:
        raise RuleBroken("Dieses Programm gibt es nicht.", field=field)
    return found

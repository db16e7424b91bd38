"""Who is responsible for what between two programmes or legal circles: dated versions, released by a second person.

A released version is never changed. The next one says from which day on it holds, and closes the one before.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal import clock
from portal.db import wait_for_turn
from portal.domain.actors import SYSTEM, Actor
from portal.domain.changes import change
from portal.domain.directory.demarcation_rows import (
    TEXTS,
    A,
    B,
    DemarcationDraft,
    State,
    checked_version,
    holds_on,
    joined,
    line_of,
)
from portal.domain.directory.views import DemarcationLine
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Permission, may, require
from portal.domain.searchable import Kind, touch
from portal.models.accounts import Account
from portal.models.directory import Demarcation, Programme

__all__ = [
    "OWN",
    "DemarcationDraft",
    "MatrixRow",
    "State",
    "Version",
    "demarcation",
    "history",
    "lines_by_programme",
    "lines_for",
    "matrix",
    "open_versions",
    "propose",
    "reject",
    "release",
    "rows_of",
]

OWN = "kim-cm"
"""The programme whose demarcations the matrix shows: case management itself."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version with its state, as those who keep the demarcations see it."""

    line: DemarcationLine
    state: State
    valid_to: date | None
    draft: DemarcationDraft
    may_release: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A programme or legal circle beside case management; without a line nothing is agreed."""

    programme: str
    abbr: str
    name: str
    legal_circle: str
    line: DemarcationLine | None


def lines_for(programme_key: str, on_day: date) -> tuple[DemarcationLine, ...]:
    """Return what holds on a day for a programme, from its own side."""
    own = joined().where(holds_on(on_day) & ((A.key == programme_key) | (B.key == programme_key)))
    return tuple(line_of(row, own_is_a=row.a.key == programme_key) for row in own)


def lines_by_programme(at: datetime) -> dict[int, list[DemarcationLine]]:
    """Return what holds at a moment for each programme, by its id and from its own side."""
    found: dict[int, list[DemarcationLine]] = defaultdict(list)
    for row in joined().where(holds_on(clock.local(at).date())):
        found[row.a_id].append(line_of(row, own_is_a=True))
        found[row.b_id].append(line_of(row, own_is_a=False))
    return found


def matrix(on_day: date, own: str = OWN) -> list[MatrixRow]:
    """Return every programme and legal circle of a day beside one of them, with what holds between the two."""
    lines = {_other_key(row, own): row for row in joined().where(holds_on(on_day))}
    running = Programme.select().where(
        Programme.key != own, Programme.valid_to.is_null() | (Programme.valid_to >= on_day)
    )
    return [
        MatrixRow(
            programme=row.key,
            abbr=row.abbr,
            name=row.name,
            legal_circle=row.legal_circle,
            line=line_of(found, own_is_a=found.a.key == own)
            if (found := lines.get(row.key))
            else None,
        )
        for row in running.order_by(Programme.legal_circle, Programme.abbr, Programme.key)
    ]


def demarcation(key: str, on_day: date) -> DemarcationLine:
    """Return the version that holds on a day; raise NotFound."""
    row = joined().where(holds_on(on_day), Demarcation.key == key).first()
    if row is None:
        raise NotFound
    return line_of(row, own_is_a=True)


def history(by: Actor, key: str) -> list[Version]:
    """Return all versions, the newest first; raise NotFound."""
    require(by, Permission.DIRECTORY_READ)
    rows = joined().where(Demarcation.key == key).order_by(Demarcation.version.desc())
    if not rows:
        raise NotFound
    return [_version(row, by) for row in rows]


def open_versions(by: Actor) -> list[Version]:
    """Return the versions that wait for their release."""
    require(by, Permission.DIRECTORY_READ)
    rows = joined().where(Demarcation.state == State.PROPOSED)
    return [_version(row, by) for row in rows]


def propose(by: Actor, draft: DemarcationDraft, key: str = "") -> Demarcation:
    """Propose a new demarcation, or (with its key) its next version."""
    _require_proposing(by)
    values = checked_version(draft)
    with change(by=by, action="directory:demarcation:propose") as entry:
        wait_for_turn("directory:demarcation")
        newest = Demarcation.locked(Demarcation.key == key) if key else None
        if key and newest is None:
            raise NotFound
        key = key or _key_of(draft)
        versions = list(Demarcation.select().where(Demarcation.key == key))
        _check_next(versions, draft, is_new=newest is None)
        row: Demarcation = Demarcation.create(
            key=key,
            version=1 + max((one.version for one in versions), default=0),
            state=State.PROPOSED,
            proposed_by=by if isinstance(by, Account) else None,
            **values,
        )
        entry.about(f"demarcation:{key}")
        entry.changed(version=row.version, valid_from=row.valid_from)
    return row


def release(by: Actor, key: str) -> None:
    """Release the open version; somebody else must have proposed it. It closes the version before."""
    require(by, Permission.RULES_RELEASE)
    with change(
        by=by, action="directory:demarcation:release", subject=f"demarcation:{key}"
    ) as entry:
        row = _open(key)
        if not _may_release(row, by):
            raise RuleBroken("Das muss eine zweite Person freigeben.")
        before = _released_last(key)
        if before is not None:
            _check_follows(before, row.valid_from)
            before.valid_to = row.valid_from - timedelta(days=1)
            before.save()
        row.state = State.RELEASED
        row.released_by = by if isinstance(by, Account) else None
        row.save()
        entry.changed(version=row.version, valid_from=row.valid_from)
        touch(entry, Kind.DEMARCATION, key)


def reject(by: Actor, key: str) -> None:
    """Reject the open version; whoever proposed it may take it back."""
    with change(
        by=by, action="directory:demarcation:reject", subject=f"demarcation:{key}"
    ) as entry:
        row = _open(key)
        if not isinstance(by, Account) or row.proposed_by_id != by.id:
            require(by, Permission.RULES_RELEASE)
        row.state = State.REJECTED
        row.save()
        entry.changed(version=row.version)


def rows_of(day: date, keys: Collection[str] | None = None) -> list[Demarcation]:
    """Return the versions that hold on a day with both their programmes, all of them or some."""
    query = joined().where(holds_on(day))
    return list(query if keys is None else query.where(Demarcation.key.in_(list(keys))))


def _other_key(row: Demarcation, own: str) -> str:
    """Return the key of the programme that a row draws a line to from its own; nothing if it draws none."""
    keys = {row.a.key: row.b.key, row.b.key: row.a.key}
    return keys.get(own, "")


def _version(row: Demarcation, by: Actor) -> Version:
    texts = {name: getattr(row, name) for name in TEXTS}
    draft = DemarcationDraft(
        a=row.a.key, b=row.b.key, agreed_on=row.agreed_on, valid_from=row.valid_from, **texts
    )
    state = State(row.state)
    may_release = state is State.PROPOSED and _may_release(row, by)
    return Version(line_of(row, own_is_a=True), state, row.valid_to, draft, may_release)


def _may_release(row: Demarcation, by: Actor) -> bool:
    """Tell whether somebody may release a version: with the right to, and not their own proposal."""
    if by is SYSTEM:
        return True
    if not isinstance(by, Account) or not may(by, Permission.RULES_RELEASE):
        return False
    return row.proposed_by_id != by.id


def _require_proposing(by: Actor) -> None:
    allowed = (Permission.DEMARCATION_EDIT, Permission.RULES_PROPOSE)
    if by is not SYSTEM and not (isinstance(by, Account) and any(may(by, one) for one in allowed)):
        raise NotAllowed


def _key_of(draft: DemarcationDraft) -> str:
    return "-".join(sorted((draft.a, draft.b), key=lambda key: (key != OWN, key)))


def _check_next(versions: list[Demarcation], draft: DemarcationDraft, *, is_new: bool) -> None:
    if is_new and versions:
        raise RuleBroken("Diese Abgrenzung gibt es schon. Schlagen Sie eine neue Fassung vor.")
    if any(one.state == State.PROPOSED for one in versions):
        raise RuleBroken("Für diese Abgrenzung liegt schon ein Vorschlag vor.")
    if versions and {draft.a, draft.b} != {versions[0].a.key, versions[0].b.key}:
        raise RuleBroken("Eine neue Fassung gilt zwischen denselben Programmen.", field="b")
    released = [one for one in versions if one.state == State.RELEASED]
    if released:
        _check_follows(max(released, key=lambda one: one.version), draft.valid_from)


def _check_follows(before: Demarcation, valid_from: date) -> None:
    if valid_from <= before.valid_from:
        raise RuleBroken(
            "Die neue Fassung muss später beginnen als die bisherige.", field="valid_from"
        )


def _open(key: str) -> Demarcation:
    row = Demarcation.locked(Demarcation.key == key, Demarcation.state == State.PROPOSED)
    if row is None:
        raise NotFound
    return row


def _released_last(key: str) -> Demarcation | None:
    released = Demarcation.select().where(
        Demarcation.key == key, Demarcation.state == State.RELEASED
    )
    found: Demarcation | None = released.order_by(Demarcation.version.desc()).first()
    return found

"""The rules in dated versions: whoever proposes one does not release it, and a released one is never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, auto
from typing import Any

from portal import clock
from portal.db import wait_for_turn
from portal.domain.actors import SYSTEM, Actor
from portal.domain.changes import change
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Permission, may, require
from portal.domain.towns import active_towns
from portal.domain.wayfinder.reading import read_rules
from portal.domain.wayfinder.rules import Rules
from portal.domain.wayfinder.texts import Texts, check_texts, texts_of
from portal.models.accounts import Account
from portal.models.county import PackEntry
from portal.models.wayfinder import RuleSet

PACK = ("rule_set", "pack")
"""Under which name the digest of what the pack last said is kept."""
LONGEST_NOTE = 2000


class State(StrEnum):
    """Where a version stands."""

    PROPOSED = auto()
    RELEASED = auto()
    REJECTED = auto()


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of the rules, with its texts."""

    version: int
    state: State
    valid_from: date
    source: str
    note: str
    proposed_at: datetime
    proposed_by: str
    """A name for staff; empty for the county pack."""
    decided_at: datetime | None
    decided_by: str
    content: Mapping[str, Any]
    rules: Rules

    def texts(self, locale: str) -> Texts:
        """Return what people read, in a language."""
        return texts_of(self.content, locale)


def current(as_of: date) -> Edition:
    """Return the released version that holds on a day, or else the first one; raise NotFound without any."""
    released = RuleSet.select().where(RuleSet.state == State.RELEASED)
    newest = released.where(RuleSet.valid_from <= as_of).order_by(RuleSet.version.desc())
    row = newest.first() or released.order_by(RuleSet.version).first()
    if row is None:
        raise NotFound
    return _edition(row)


def exist() -> bool:
    """Tell whether there are any released rules."""
    return bool(RuleSet.select().where(RuleSet.state == State.RELEASED).exists())


def current_rules(as_of: date) -> Rules:
    """Return the rules that hold on a day; raise NotFound before the county pack is installed."""
    return current(as_of).rules


def edition(by: Actor, version: int) -> Edition:
    """Return a version in any state; raise NotFound."""
    require(by, Permission.RULES_READ)
    return _edition(_row(version))


def editions(by: Actor) -> list[Edition]:
    """Return all versions, the newest first."""
    require(by, Permission.RULES_READ)
    return [_edition(row) for row in RuleSet.select().order_by(RuleSet.version.desc())]


def check(content: Any) -> Rules:
    """Return the rules of a content; raise RuleBroken with the place of the first mistake."""
    rules = read_rules(content)
    check_texts(content, rules)
    return rules


def install_rules(content: Mapping[str, Any], *, by: Actor = SYSTEM) -> State | None:
    """Bring in the rules of a county pack; return what became of them, None if the pack says nothing new.

    They hold at once, unless staff have released rules of their own since: then they are a proposal like any other.
    """
    check(content)
    digest = _digest(content)
    noted = PackEntry.get_or_none(PackEntry.table == PACK[0], PackEntry.key == PACK[1])
    if noted is not None and noted.digest == digest:
        return None
    newest = (
        RuleSet.select()
        .where(RuleSet.state == State.RELEASED)
        .order_by(RuleSet.version.desc())
        .first()
    )
    own = newest is not None and (noted is None or _digest(newest.content) != noted.digest)
    state = State.PROPOSED if own else State.RELEASED
    first = content.get("valid_from") if newest is None else None
    with change(by=by, action="wayfinder:rules:install") as entry:
        row = _add(
            content,
            state=state,
            valid_from=date.fromisoformat(first) if first else clock.today(),
            source=content.get("source", ""),
            note=content.get("note", ""),
        )
        _remember(digest)
        entry.about(_subject(row))
        entry.changed(state=str(state))
    return state


def propose(
    by: Account, content: Mapping[str, Any], *, source: str, note: str, valid_from: date
) -> Edition:
    """Propose a version; raise RuleBroken with the place of the first mistake."""
    require(by, Permission.RULES_PROPOSE)
    check(content)
    if not source.strip():
        raise RuleBroken("Bitte nennen Sie die Quelle.", field="source")
    for field, text in (("source", source), ("note", note)):
        if len(text) > LONGEST_NOTE:
            raise RuleBroken(f"Höchstens {LONGEST_NOTE} Zeichen.", field=field)
    if valid_from < clock.today():
        raise RuleBroken("Regeln gelten frühestens ab heute.", field="valid_from")
    with change(by=by, action="wayfinder:rules:propose") as entry:
        row = _add(
            content,
            state=State.PROPOSED,
            valid_from=valid_from,
            source=source.strip(),
            note=note.strip(),
            proposed_by=by,
        )
        entry.about(_subject(row))
        entry.changed(valid_from=valid_from)
    return _edition(row)


def may_decide(by: Account, row: Edition | RuleSet) -> bool:
    """Tell whether somebody may release or reject a version: never who proposed it."""
    stored = row if isinstance(row, RuleSet) else _row(row.version)
    return (
        stored.state == State.PROPOSED
        and stored.proposed_by_id != by.id
        and may(by, Permission.RULES_RELEASE)
    )


def decide(by: Account, version: int, *, release: bool, note: str = "") -> Edition:
    """Release or reject a proposal; raise NotAllowed for who proposed it, RuleBroken if it is too late."""
    require(by, Permission.RULES_RELEASE)
    state = State.RELEASED if release else State.REJECTED
    with change(by=by, action=f"wayfinder:rules:{'release' if release else 'reject'}") as entry:
        row = RuleSet.locked(RuleSet.version == version)
        if row is None:
            raise NotFound
        _check_decision(by, row, release)
        row.state, row.decided_at, row.decided_by = state, clock.now(), by
        row.note = "\n".join(filter(None, (row.note, note.strip()[:LONGEST_NOTE])))
        if release:
            row.valid_from = max(row.valid_from, clock.today())
        row.save()
        entry.about(_subject(row))
        entry.changed(state=str(state), valid_from=row.valid_from)
    return _edition(row)


def _check_decision(by: Account, row: RuleSet, release: bool) -> None:
    if row.state != State.PROPOSED:
        raise RuleBroken("Über diese Fassung ist schon entschieden.")
    if row.proposed_by_id == by.id:
        raise NotAllowed
    later = RuleSet.select().where(RuleSet.state == State.RELEASED, RuleSet.version > row.version)
    if release and later.exists():
        raise RuleBroken(
            "Inzwischen ist eine neuere Fassung freigegeben. Bitte auf ihrer Grundlage neu vorschlagen."
        )


def _add(content: Mapping[str, Any], *, state: State, **columns: Any) -> RuleSet:
    wait_for_turn("wayfinder:rules")
    newest = RuleSet.select().order_by(RuleSet.version.desc()).first()
    released = {"decided_at": clock.now()} if state == State.RELEASED else {}
    row: RuleSet = RuleSet.create(
        version=newest.version + 1 if newest else 1,
        state=state,
        content=dict(content),
        proposed_at=clock.now(),
        **columns,
        **released,
    )
    return row


def _remember(digest: str) -> None:
    table, key = PACK
    PackEntry.insert(table=table, key=key, digest=digest).on_conflict(
        conflict_target=[PackEntry.table, PackEntry.key], update={PackEntry.digest: digest}
    ).execute()


def _row(version: int) -> RuleSet:
    row: RuleSet | None = RuleSet.get_or_none(RuleSet.version == version)
    if row is None:
        raise NotFound
    return row


def _edition(row: RuleSet) -> Edition:
    towns = {town.slug: town.name for town in active_towns()}
    return Edition(
        version=row.version,
        state=State(row.state),
        valid_from=row.valid_from,
        source=row.source,
        note=row.note,
        proposed_at=row.proposed_at,
        proposed_by=_name(row.proposed_by),
        decided_at=row.decided_at,
        decided_by=_name(row.decided_by),
        content=row.content,
        rules=read_rules(row.content).in_county(towns, version=row.version),
    )


def _name(account: Account | None) -> str:
    return account.name if account else ""


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _subject(row: RuleSet) -> str:
    return f"rule_set:{row.version}"

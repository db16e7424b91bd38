"""Prove that nobody tampered with the audit log, and forget old readings and visits.

Each entry carries a keyed hash over itself and its predecessor, so a changed, deleted or swapped entry breaks the
chain. A tail that was cut off breaks nothing: therefore the newest link is noted in a second place every day.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from peewee import fn

from portal.db import snapshot
from portal.domain.actors import SYSTEM
from portal.domain.changes import CHAINS, CHANGES, PRUNABLE, change, mac_of
from portal.domain.privacy import anchors
from portal.models.privacy import AuditEntry, AuditHead

PRUNED = "privacy:{chain}:prune"
ROWS_AT_ONCE = 1000

Noted = Mapping[int, str]
"""The hashes of links that a second place knows, by number."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The first link of a chain that is not as it was written."""

    chain: str
    seq: int
    problem: str

    def __str__(self) -> str:
        """Name the link and what is wrong."""
        return f"Kette „{self.chain}“, Eintrag {self.seq}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Link:
    """One place in a chain."""

    seq: int
    mac: str


def verify(data_dir: Path) -> tuple[Finding, ...]:
    """Return the first broken link of each chain, from its oldest kept link to what the second place noted."""
    return verify_links({chain: anchors.of_chain(data_dir, chain) for chain in CHAINS})


def verify_links(noted: Mapping[str, Noted] | None = None) -> tuple[Finding, ...]:
    """Return the first broken link of each chain, without looking at the second place."""
    with snapshot():
        findings = [_verify_chain(chain, (noted or {}).get(chain, {})) for chain in CHAINS]
    return tuple(finding for finding in findings if finding is not None)


def _verify_chain(chain: str, noted: Noted) -> Finding | None:
    head = AuditHead.get_or_none(AuditHead.chain == chain)
    if head is None:
        return Finding(chain, 0, "der Kopf der Kette fehlt")
    if head.kept_from != _deleted_on_schedule(chain):
        return Finding(chain, head.kept_from, "bis hierher wurde gelöscht, aber nicht nach Plan")
    last = Link(head.kept_from, head.kept_mac)
    for row in _rows(chain):
        if problem := _problem(row, last, noted.get(row.seq)):
            return Finding(chain, last.seq + 1, problem)
        last = Link(row.seq, row.mac)
    if last.seq < max(head.seq, *noted, 0):
        return Finding(chain, last.seq + 1, "ab hier fehlt das Ende der Kette")
    if last != Link(head.seq, head.mac):
        return Finding(chain, last.seq, "der Kopf der Kette nennt einen anderen letzten Eintrag")
    return None


def _problem(row: AuditEntry, last: Link, noted: str | None) -> str:
    if row.seq != last.seq + 1:
        return "der Eintrag fehlt"
    if row.prev != last.mac:
        return "der Eintrag schließt nicht an den vorigen an"
    if row.mac != mac_of(row):
        return "der Eintrag wurde verändert"
    return "" if noted in {None, row.mac} else "am zweiten Ort steht ein anderer Eintrag"


def _rows(chain: str) -> Iterator[AuditEntry]:
    seq = -1
    query = AuditEntry.select().where(AuditEntry.chain == chain).order_by(AuditEntry.seq)
    while rows := list(query.where(AuditEntry.seq > seq).limit(ROWS_AT_ONCE)):
        yield from rows
        seq = rows[-1].seq


def _deleted_on_schedule(chain: str) -> int:
    """Return how far a chain was shortened, as the chain of changes tells it."""
    if chain not in PRUNABLE:
        return 0
    last = (
        AuditEntry.select()
        .where(AuditEntry.chain == CHANGES, AuditEntry.action == PRUNED.format(chain=chain))
        .order_by(AuditEntry.seq.desc())
        .first()
    )
    return 0 if last is None else int(json.loads(last.details)["kept_from"])


def prune(chain: str, *, before: datetime) -> int:
    """Delete a chain's entries older than a moment, the oldest first and without gaps; return how many."""
    last = _last_before(chain, before)
    if last is None:
        return 0
    with change(by=SYSTEM, action=PRUNED.format(chain=chain), subject=chain) as entry:
        its_head = AuditHead.chain == chain
        AuditHead.locked(its_head)  # nobody adds to it meanwhile
        old = (AuditEntry.chain == chain) & (AuditEntry.seq <= last.seq)
        deleted: int = AuditEntry.delete().where(old).execute()
        AuditHead.update(kept_from=last.seq, kept_mac=last.mac).where(its_head).execute()
        entry.changed(kept_from=last.seq, count=deleted)
    return deleted


def _last_before(chain: str, before: datetime) -> AuditEntry | None:
    """Return where the oldest entries end: a clock that was set back must not tear a hole."""
    its_own = AuditEntry.chain == chain
    first_kept = (
        AuditEntry.select(fn.MIN(AuditEntry.seq)).where(its_own, AuditEntry.at >= before).scalar()
    )
    old = AuditEntry.select().where(its_own).order_by(AuditEntry.seq.desc())
    found: AuditEntry | None = (
        old if first_kept is None else old.where(AuditEntry.seq < first_kept)
    ).first()
    return found

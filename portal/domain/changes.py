"""The only way to write.

`change()` opens the transaction, writes the audit entry into it and announces events after the commit. Entries form
one chain per kind (what was changed, what was read, who came and went): each carries a keyed hash over itself and its
predecessor.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from portal import clock
from portal.db import BaseModel, WritersBusy, database, write_transaction
from portal.domain.actors import Actor, actor_key
from portal.domain.events import publish
from portal.keys import keyring
from portal.models.privacy import AuditEntry, AuditHead

CHANGES = "changes"
READINGS = "readings"
VISITS = "visits"
PRUNABLE = (READINGS, VISITS)
"""The chains that are shortened after a while; what was changed stays for good."""
CHAINS = (CHANGES, *PRUNABLE)
EMPTY_CHAIN = "-"

__all__ = ["WritersBusy", "change", "recorded_reading", "recorded_visit", "upkeep"]


@dataclass(slots=True)
class Entry:
    """What the acting code tells the audit log; never person data."""

    details: dict[str, Any] = field(default_factory=dict)
    subject: BaseModel | str = ""
    events: list[object] = field(default_factory=list)
    endings: list[Callable[[], object]] = field(default_factory=list)

    def changed(self, **fields: Any) -> None:
        """Note what changed: `state=("received", "in_triage")`."""
        self.details.update(fields)

    def about(self, subject: BaseModel | str) -> None:
        """Name the subject that the change itself created."""
        self.subject = subject

    def announce(self, event: object) -> None:
        """Tell the listeners once this is on disk."""
        self.events.append(event)

    def at_the_end(self, write: Callable[[], object]) -> None:
        """Write something last, while other changes wait: so rows are numbered in the order of the commits."""
        self.endings.append(write)


@contextmanager
def change(*, by: Actor, action: str, subject: BaseModel | str = "") -> Iterator[Entry]:
    """Write, with an audit entry in the same transaction; events go out after the commit."""
    entry = Entry(subject=subject)
    with write_transaction():
        yield entry
        _append(CHANGES, by, action, entry)  # from here on other changes wait
        for write in entry.endings:
            write()
        for event in entry.events:
            database.after_commit(lambda event=event: publish(event))


@contextmanager
def upkeep() -> Iterator[None]:
    """Write technical rows that no person's rights hang on: counters, sessions, delivery marks."""
    with write_transaction():
        yield


def recorded_reading(*, by: Actor, subject: BaseModel | str, reason: str) -> None:
    """Log that somebody looked at person data, and as what."""
    with write_transaction():
        _append(READINGS, by, "read", Entry({"reason": reason}, subject))


def recorded_visit(*, by: Actor, action: str, subject: BaseModel | str = "") -> None:
    """Log that somebody signed in or out, or was refused; such entries are forgotten like readings."""
    with write_transaction():
        _append(VISITS, by, action, Entry(subject=subject))


def subject_key(subject: BaseModel | str) -> str:
    """Return how the audit log names a thing: `intake_request:HX-7K3F-92`."""
    if isinstance(subject, str):
        return subject
    return f"{subject._meta.table_name}:{getattr(subject, 'ref', None) or subject.id}"


def _append(chain: str, by: Actor, action: str, entry: Entry) -> None:
    head = AuditHead.locked(AuditHead.chain == chain)
    if head is None:
        head = AuditHead.create(
            chain=chain, seq=0, mac=EMPTY_CHAIN, kept_from=0, kept_mac=EMPTY_CHAIN
        )
    row = AuditEntry(
        chain=chain,
        seq=head.seq + 1,
        at=clock.now(),
        actor=actor_key(by),
        action=action,
        subject=subject_key(entry.subject),
        details=json.dumps(entry.details, ensure_ascii=False, sort_keys=True, default=str),
        prev=head.mac,
    )
    row.mac = mac_of(row)
    row.save(force_insert=True)
    head.seq, head.mac = row.seq, row.mac
    head.save()


def mac_of(row: AuditEntry) -> str:
    """Return the keyed hash that an audit entry must carry."""
    parts = (
        row.chain,
        row.seq,
        row.at.isoformat(),
        row.actor,
        row.action,
        row.subject,
        row.details,
    )
    message = json.dumps([row.prev, *map(str, parts)], ensure_ascii=False)
    return keyring().audit_mac(message.encode("utf-8", "surrogatepass"))

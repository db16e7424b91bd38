"""Who did what and who read what: the audit log as the data protection officer reads it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.domain.changes import CHAINS
from portal.domain.paging import page_within
from portal.domain.permissions import Permission, require
from portal.models.accounts import Account
from portal.models.privacy import AuditEntry, DeletionProof

PAGE_SIZE = 50
PROOFS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the log is asked for; empty means everything."""

    chain: str = ""
    actor: str = ""
    subject: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; `actor` is a key such as `account:3`, `name` who that is."""

    at: datetime
    chain: str
    actor: str
    name: str
    action: str
    subject: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Log:
    """One page of the log, the newest first."""

    lines: tuple[Line, ...]
    total: int
    page: int
    pages: int


def log(*, by: Account, filters: Filters) -> Log:
    """Return the entries that fit."""
    require(by, Permission.AUDIT_READ)
    query = AuditEntry.select()
    if filters.chain in CHAINS:
        query = query.where(AuditEntry.chain == filters.chain)
    if filters.actor:
        query = query.where(AuditEntry.actor == filters.actor)
    if filters.subject:
        query = query.where(AuditEntry.subject.contains(filters.subject))
    total = query.count()
    page, pages = page_within(filters.page, total=total, size=PAGE_SIZE)
    newest = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return Log(_lines(list(newest.paginate(page, PAGE_SIZE))), total, page, pages)


def _lines(entries: list[AuditEntry]) -> tuple[Line, ...]:
    names = {f"account:{account.id}": account.name for account in Account.select()}
    return tuple(
        Line(
            at=entry.at,
            chain=entry.chain,
            actor=entry.actor,
            name=names.get(entry.actor, ""),
            action=entry.action,
            subject=entry.subject,
            details=json.loads(entry.details),
        )
        for entry in entries
    )


def actors(*, by: Account) -> tuple[tuple[str, str], ...]:
    """Return the people who can be asked for: keys and names, by name."""
    require(by, Permission.AUDIT_READ)
    return tuple(
        (f"account:{account.id}", account.name)
        for account in Account.select().order_by(Account.name)
    )


def proofs(*, by: Account) -> tuple[DeletionProof, ...]:
    """Return the latest proofs of deletion, the newest first."""
    require(by, Permission.AUDIT_READ)
    return tuple(DeletionProof.select().order_by(DeletionProof.id.desc()).limit(PROOFS_SHOWN))

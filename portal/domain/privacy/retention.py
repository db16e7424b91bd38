"""What is deleted when: the rules as a table, and the run that follows them (`domain.md` 4.14).

The run works in small transactions, each of which deletes and writes its proof together; stopped in the middle, it goes
on with the next one. Deleted requests are noted by keyed hash in a file beside the database *before* they go, so that
a backup that still has them loses them again when it is restored.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal import clock
from portal.db import forget_deleted
from portal.domain import outbox, tries
from portal.domain.accounts import sessions
from portal.domain.actors import SYSTEM
from portal.domain.changes import change, upkeep
from portal.domain.intake.states import ENDED, State
from portal.domain.privacy import audit, ledger
from portal.domain.towns import county_setting
from portal.domain.workdays import working_days_between
from portal.keys import keyring
from portal.models.accounts import Invitation
from portal.models.intake import IntakeFigure, IntakeRequest
from portal.models.privacy import DeletionProof

log = logging.getLogger(__name__)

FILE = "deletions.log"
REQUESTS_AT_ONCE = 20
TIME_TO_ACT = timedelta(hours=24)
"""A promise of the form "at the latest" is kept with a day to spare: a machine may stand still over night."""
FORGETS_FIGURE = "intake_withdrawn", "intake_unconfirmed"

Periods = dict[str, int]


@dataclass(frozen=True, slots=True)
class Due:
    """What a rule needs: everything from before a moment goes, and where deletions are noted."""

    before: datetime
    data_dir: Path


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of data: when its period begins, how long it is, and how it is deleted."""

    name: str
    what: str
    begins: str
    before: Callable[[datetime, Periods], datetime]
    forget: Callable[[Due], int]
    """Delete some of what is due, in one transaction; return how much, 0 when nothing is left."""


def months_before(moment: datetime, months: int) -> datetime:
    """Return the same day and time some months earlier, or that month's last day."""
    years, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    for day in range(moment.day, 0, -1):
        try:
            return moment.replace(year=years, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def _closed(due: Due) -> int:
    ended = sorted(ENDED - {State.CASE_OPENED, State.WITHDRAWN})
    return _forget_requests(
        "intake_closed",
        due,
        IntakeRequest.state.in_(ended) & (IntakeRequest.closed_at < due.before),
    )


def _withdrawn(due: Due) -> int:
    return _forget_requests(
        "intake_withdrawn",
        due,
        (IntakeRequest.state == State.WITHDRAWN) & (IntakeRequest.withdrawn_at < due.before),
    )


def _unconfirmed(due: Due) -> int:
    return _forget_requests(
        "intake_unconfirmed",
        due,
        (IntakeRequest.state == State.RECEIVED)
        & IntakeRequest.needs_check.is_set()
        & (IntakeRequest.received_at < due.before),
    )


def _invitations(due: Due) -> int:
    deleted: int = Invitation.delete().where(Invitation.expires_at < due.before).execute()
    return deleted


RULES: tuple[Rule, ...] = (
    Rule(
        "intake_unconfirmed",
        "Anfragen, die wie von einer Maschine aussahen und die niemand aufgenommen hat",
        "Eingang",
        lambda now, periods: now - timedelta(days=periods["intake_unconfirmed_days"]),
        _unconfirmed,
    ),
    Rule(
        "intake_closed",
        "Abgeschlossene Anfragen; eine Zeile ohne Person bleibt für die Statistik",
        "Abschluss",
        lambda now, periods: months_before(now, periods["intake_closed_months"]),
        _closed,
    ),
    Rule(
        "intake_withdrawn",
        "Zurückgezogene Anfragen",
        "Rückzug",
        lambda now, periods: now - timedelta(hours=periods["intake_withdrawn_hours"]) + TIME_TO_ACT,
        _withdrawn,
    ),
    Rule(
        "readings",
        "Wer welche Anfrage gelesen hat",
        "Lesen",
        lambda now, periods: months_before(now, periods["access_log_months"]),
        lambda due: audit.prune_readings(due.before),
    ),
    Rule(
        "sessions",
        "Beendete Anmeldungen",
        "letzter Klick",
        lambda now, _periods: now,
        lambda _due: sessions.forget_old(),
    ),
    Rule(
        "tries",
        "Zähler von Anmelde- und Formularversuchen (ohne Adressen)",
        "Versuch",
        lambda now, _periods: now,
        lambda _due: tries.forget_old(),
    ),
    Rule(
        "invitations",
        "Benutzte und abgelaufene Einladungen",
        "Ablauf",
        lambda now, _periods: now - timedelta(days=30),
        _invitations,
    ),
    Rule(
        "outbox",
        "Versandte Briefe an Mitarbeitende (ohne Personendaten)",
        "Versand",
        lambda now, _periods: now - timedelta(days=30),
        lambda due: outbox.forget_old(due.before),
    ),
)


def run(data_dir: Path) -> dict[str, int]:
    """Delete everything that is due; return how much went by which rule."""
    now, periods = clock.now(), county_setting("retention")
    counts = {rule.name: _follow(rule, Due(rule.before(now, periods), data_dir)) for rule in RULES}
    if any(counts.values()):
        forget_deleted()
    return counts


def _follow(rule: Rule, due: Due) -> int:
    total = 0
    while count := _step(rule, due):
        total += count
    if total:
        log.info("deleted", extra={"rule": rule.name, "count": total})
    return total


def _step(rule: Rule, due: Due) -> int:
    with upkeep():
        count = rule.forget(due)
        if count:
            DeletionProof.create(rule=rule.name, count=count, at=clock.now())
    return count


def _forget_requests(rule: str, due: Due, condition: Any) -> int:
    requests = list(
        IntakeRequest.select().where(condition).order_by(IntakeRequest.id).limit(REQUESTS_AT_ONCE)
    )
    if requests:
        noted = [{"rule": rule, "hash": _hash_of(request)} for request in requests]
        ledger.append(due.data_dir / FILE, *noted)
        _delete(rule, requests)
    return len(requests)


def _delete(rule: str, requests: list[IntakeRequest]) -> None:
    with change(by=SYSTEM, action="privacy:intake:delete", subject=f"rule:{rule}") as entry:
        if rule not in FORGETS_FIGURE:
            _keep_figures(requests)
        IntakeRequest.delete().where(IntakeRequest.id.in_(requests)).execute()
        entry.changed(count=len(requests))


def _keep_figures(requests: Iterable[IntakeRequest]) -> None:
    for request in requests:
        arrived = clock.local(request.received_at).date()
        contact = request.first_contact_at
        IntakeFigure.create(
            month=f"{arrived:%Y-%m}",
            town=request.town,
            channel=request.channel,
            edition=request.edition,
            language=request.language,
            outcome=request.outcome,
            topics=request.topics,
            days_to_contact=contact and working_days_between(arrived, clock.local(contact).date()),
        )


def replay(data_dir: Path) -> int:
    """Delete again what was deleted after the backup that was just restored; return how many requests."""
    rules = {line["hash"]: line["rule"] for line in ledger.lines(data_dir / FILE)}
    again: dict[str, list[IntakeRequest]] = {}
    for request in IntakeRequest.select():
        if rule := rules.get(_hash_of(request)):
            again.setdefault(rule, []).append(request)
    for rule, requests in again.items():
        _delete(rule, requests)
    return sum(map(len, again.values()))


def _hash_of(request: IntakeRequest) -> str:
    return keyring().keyed_hash("deleted", request.ref)

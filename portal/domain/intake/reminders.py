"""Reminders of requests that still wait for a first contact: to who is on duty, then to the coordination office."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal import clock
from portal.db import Flag
from portal.domain import outbox
from portal.domain.actors import SYSTEM
from portal.domain.changes import change
from portal.domain.duty import fallback_position, on_duty
from portal.domain.intake.states import WAITING_FOR_CONTACT
from portal.domain.towns import county_setting
from portal.domain.workdays import working_days_between
from portal.models.county import StaffPosition, Town
from portal.models.intake import IntakeRequest

SUBJECT = "KIM-Portal: Anfrage {ref} wartet auf den ersten Kontakt"
BODY = """Guten Tag,

die Anfrage {ref} aus {town} wartet seit {age} Arbeitstagen auf den ersten Kontakt.
{request}

Sie finden die Anfrage im KIM-Portal unter ihrer Nummer.

Diese Nachricht enthält mit Absicht keine Namen und keinen Link.
"""


@dataclass(frozen=True, slots=True)
class Reminder:
    """After how many working days whose post is reminded, and the mark that it was."""

    name: str
    setting: str
    mark: Flag
    post_of: Callable[[IntakeRequest], StaffPosition]
    request: str


REMINDERS = (
    Reminder(
        "holder",
        "reminder_holder_day",
        IntakeRequest.reminded_holder,
        lambda request: request.position,
        "Bitte melden Sie sich bei der Person.",
    ),
    Reminder(
        "fallback",
        "reminder_coordination_day",
        IntakeRequest.reminded_fallback,
        lambda _request: fallback_position(),
        "Bitte klären Sie, wer sich bei der Person meldet.",
    ),
)


def remind(today: date) -> int:
    """Remind of every request that waits too long, once per step; return how many reminders were written."""
    return sum(_remind(reminder, today) for reminder in REMINDERS)


def _remind(reminder: Reminder, today: date) -> int:
    days = county_setting(reminder.setting)
    late = [request for request in _unreminded(reminder) if _age(request, today) >= days]
    return sum(_write(reminder, request, today) for request in late)


def _unreminded(reminder: Reminder) -> list[IntakeRequest]:
    query = (
        IntakeRequest.select(IntakeRequest, Town, StaffPosition)
        .join(Town)
        .switch(IntakeRequest)
        .join(StaffPosition)
        .where(
            IntakeRequest.state.in_(sorted(WAITING_FOR_CONTACT)),
            ~reminder.mark.is_set(),
        )
        .order_by(IntakeRequest.id)
    )
    return list(query)


def _write(reminder: Reminder, request: IntakeRequest, today: date) -> bool:
    """Remind whoever is on duty; if nobody is, it stays to be done until there is somebody."""
    people = on_duty(reminder.post_of(request), today).accounts
    if not people:
        return False
    values = {"ref": request.ref, "town": request.town.name, "age": _age(request, today)}
    with change(by=SYSTEM, action="intake:request:remind", subject=request) as entry:
        mark = {reminder.mark: True}
        IntakeRequest.update(mark).where(IntakeRequest.id == request.id).execute()
        for account in people:
            outbox.post(
                to=account,
                subject=SUBJECT.format(**values),
                body=BODY.format(request=reminder.request, **values),
                reason=f"intake:{reminder.name}:{request.ref}:{account.id}",
            )
        entry.changed(reminded=reminder.name, letters=len(people))
    return True


def _age(request: IntakeRequest, today: date) -> int:
    return working_days_between(clock.local(request.received_at).date(), today)

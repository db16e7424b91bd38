"""What comes by itself: providers are asked before a check is due, what is overdue is marked, what ended disappears.

Each letter is written once per service and check, however often the upkeep runs.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal import clock
from portal.domain import outbox
from portal.domain.actors import SYSTEM
from portal.domain.changes import change
from portal.domain.directory.codes import TRANSITIONS, Move, State
from portal.domain.directory.confirming import PATH, VALID_FOR, link_token
from portal.domain.directory.storing import locked_service, save, subject_of
from portal.domain.duty import fallback_position, on_duty
from portal.domain.searchable import Kind, touch
from portal.models.county import Contact
from portal.models.directory import Demarcation, KnowledgeCard, Programme, Service, ServiceContact
from portal.models.tick import TickStep

ASK_BEFORE = timedelta(days=14)
STEP = "directory"
"""The step of the upkeep that all this is."""
LOOK_BACK = timedelta(days=31)
"""So far back it is looked for what began or ended, if the upkeep never ran or failed."""

ASKED = "Stimmt Ihr Angebot „{name}“ noch?"
ASK = """Guten Tag,

Ihr Angebot „{name}“ steht im KIM-Portal. {when}

Bitte prüfen Sie den Eintrag unter diesem Link. Sie brauchen kein Konto:
{link}

Dort bestätigen Sie, dass alles stimmt, oder Sie schreiben uns, was sich geändert hat.
Der Link gilt bis zum {until:%d.%m.%Y} und nur für dieses Angebot.
"""
OVERDUE = "KIM-Portal: {count} Angebote sind zu prüfen"
OVERDUE_ONE = "KIM-Portal: 1 Angebot ist zu prüfen"
TELL_OVERDUE = """Guten Tag,

diese Angebote hätten schon wieder geprüft sein sollen:

{names}

Sie bleiben öffentlich, sind aber als ungeprüft gekennzeichnet. Sie finden sie im KIM-Portal unter „Angebote“.

Diese Nachricht enthält mit Absicht keinen Link.
"""


@dataclass(frozen=True, slots=True)
class Asking:
    """One letter to a provider: how long before the day of the check, and what it says about that day."""

    name: str
    before: timedelta
    when: str


ASKINGS = (
    Asking("first", ASK_BEFORE, "Es soll bis zum {day:%d.%m.%Y} wieder geprüft werden."),
    Asking("due", timedelta(0), "Heute, am {day:%d.%m.%Y}, soll es wieder geprüft sein."),
)


def run(today: date, base_url: str) -> None:
    """Ask providers, mark what is overdue, and have the search follow what begins or ends by its date."""
    ask_providers(today, base_url)
    mark_overdue(today)
    follow_dates(today)


def ask_providers(today: date, base_url: str) -> int:
    """Write to the providers whose services have to be checked soon; return how many letters were written."""
    due = Service.select().where(
        Service.state == State.PUBLISHED,
        ~Service.demo.is_set(),
        Service.next_check_on >= today,
        Service.next_check_on <= today + ASK_BEFORE,
    )
    return sum(_ask(service, today, base_url) for service in list(due.order_by(Service.id)))


def _ask(service: Service, today: date, base_url: str) -> bool:
    """Write the newest letter that is due and was not written yet; without an address there is nobody to ask."""
    due = service.next_check_on or today
    asking = [one for one in ASKINGS if due - one.before <= today][-1]
    was_asked = service.asked_on is not None and service.asked_on >= due - asking.before
    address = "" if was_asked else provider_mail(service)
    if not address:
        return False
    with change(
        by=SYSTEM, action="directory:service:ask", subject=subject_of(service.key)
    ) as entry:
        Service.update(asked_on=today).where(Service.id == service.id).execute()
        outbox.post(
            to=address,
            subject=ASKED.format(name=service.name),
            body=ASK.format(
                name=service.name,
                when=asking.when.format(day=due),
                until=today + VALID_FOR,
                link=f"{base_url}{PATH}{link_token(service.key)}",
            ),
            reason=f"directory:ask:{asking.name}:{service.key}:{due}",
        )
        entry.changed(reminded=asking.name)
    return True


def provider_mail(service: Service) -> str:
    """Return the mailbox of a service's contact, or of its organisation's; empty if none is known."""
    own = ServiceContact.select(ServiceContact.contact).where(ServiceContact.service == service)
    reachable = Contact.select().where(Contact.public.is_set(), Contact.mail != "")
    for condition in (Contact.id.in_(own), Contact.organisation == service.organisation_id):
        found = reachable.where(condition).order_by(Contact.id).first()
        if found is not None:
            return str(found.mail)
    return ""


def mark_overdue(today: date) -> list[str]:
    """Mark the services whose check is overdue, and tell the coordination office; return their keys."""
    late = Service.select().where(Service.state == State.PUBLISHED, Service.next_check_on < today)
    marked = [row for row in list(late.order_by(Service.name, Service.id)) if _mark(row.key, today)]
    if marked:
        _tell(marked, today)
    return [service.key for service in marked]


def _mark(key: str, today: date) -> bool:
    """Move one service on, unless somebody has checked it meanwhile."""
    action = f"directory:service:{Move.OVERDUE}"
    with change(by=SYSTEM, action=action, subject=subject_of(key)) as entry:
        service = locked_service(key)
        before = State(service.state)
        is_late = service.next_check_on is not None and service.next_check_on < today
        if is_late and Move.OVERDUE in TRANSITIONS[before]:
            service.state = TRANSITIONS[before][Move.OVERDUE]
            save(service, entry)
        entry.changed(state=(before, service.state))
    return bool(service.state != before)


def _tell(services: Collection[Service], today: date) -> None:
    names = "\n".join(f"- {service.name}" for service in services)
    rounds = "\n".join(f"{service.key} {service.next_check_on}" for service in services)
    digest = hashlib.sha256(rounds.encode()).hexdigest()[:16]
    subject = OVERDUE_ONE if len(services) == 1 else OVERDUE.format(count=len(services))
    for account in on_duty(fallback_position(), today).accounts:
        outbox.post(
            to=account,
            subject=subject,
            body=TELL_OVERDUE.format(names=names),
            reason=f"directory:overdue:{digest}:{account.id}",
        )


DATED = (
    (Kind.SERVICE, Service),
    (Kind.PROGRAMME, Programme),
    (Kind.KNOWLEDGE_CARD, KnowledgeCard),
    (Kind.DEMARCATION, Demarcation),
)


def follow_dates(today: date) -> list[tuple[str, str]]:
    """Have the search read anew what began or ended by its date since the last run; return kinds and keys."""
    since = _last_run(today)
    found = {(kind, key) for kind, table in DATED for key in _turned(table, since, today)}
    ended = Programme.select().where(_turns(Programme, since, today))
    services = Service.select(Service.key).where(Service.programme.in_(list(ended)))
    found |= {(Kind.SERVICE, row.key) for row in services}
    if found:
        with change(by=SYSTEM, action="directory:dates:follow", subject=f"dates:{today}") as entry:
            for kind, key in sorted(found):
                touch(entry, kind, key)
            entry.changed(count=len(found))
    return sorted(found)


Dated = type[Service] | type[Programme] | type[KnowledgeCard] | type[Demarcation]


def _turned(table: Dated, since: date, today: date) -> Iterable[str]:
    return [row.key for row in table.select(table.key).where(_turns(table, since, today))]


def _turns(table: Dated, since: date, today: date) -> "object":
    """Return the condition that something began or ended after a day, up to today."""
    began = (table.valid_from > since) & (table.valid_from <= today)
    return began | ((table.valid_to >= since) & (table.valid_to < today))


def _last_run(today: date) -> date:
    """Return the day of the last run that went well; one that failed may have missed something."""
    step = TickStep.get_or_none((TickStep.name == STEP) & (TickStep.error == ""))
    return clock.local(step.ran_at).date() if step else today - LOOK_BACK

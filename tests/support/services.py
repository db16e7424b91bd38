"""A directory to test with, made by the domain's own verbs."""

from collections.abc import Callable
from itertools import count
from typing import Any

from portal import clock
from portal.domain.actors import SYSTEM, Actor
from portal.domain.changes import upkeep
from portal.domain.directory import cards, contacts, demarcations, places, programmes, surveys
from portal.domain.directory.cards import CardDraft
from portal.domain.directory.codes import Move, State
from portal.domain.directory.contacts import ContactDraft
from portal.domain.directory.demarcations import DemarcationDraft
from portal.domain.directory.places import PlaceDraft
from portal.domain.directory.programmes import ProgrammeDraft
from portal.domain.directory.services import ServiceDraft, move, submit
from portal.models.county import Contact, Organisation
from portal.models.directory import (
    Demarcation,
    KnowledgeCard,
    Place,
    Programme,
    Service,
    Translation,
)
from portal.models.search import SearchWords

_numbers = count(1)

PATHS: dict[State, tuple[Move, ...]] = {
    State.IN_EDITING: (),
    State.PUBLISHED: (Move.PUBLISH,),
    State.NEEDS_CHECK: (Move.PUBLISH, Move.OVERDUE),
    State.SUSPENDED: (Move.PUBLISH, Move.SUSPEND),
    State.ENDED: (Move.PUBLISH, Move.END),
}
"""The shortest way to each state, from what the coordination office adds; `SUBMITTED` needs somebody else."""

MakeService = Callable[..., Service]


PACKED = (Translation, Demarcation, Service, Place, Programme, KnowledgeCard, SearchWords)
"""What a county pack fills, in an order in which it can go."""


def empty_directory() -> None:
    """Forget what the county's pack says, so that a test finds only what it made itself."""
    with upkeep():
        for table in PACKED:
            table.delete().execute()


def some_organisation() -> str:
    """Return an organisation that is there in every county."""
    return Organisation.select().order_by(Organisation.id).first().key


def service_draft(**entries: Any) -> ServiceDraft:
    """Fill in the form of a service; every call is another service, for the whole county if no town is named."""
    number = next(_numbers)
    filled: dict[str, Any] = {
        "organisation": some_organisation(),
        "name": f"Demo Beratung {number}",
        "description": "Wir beraten Sie kostenlos.",
        "topics": ("orientation",),
        "county_wide": not entries.get("towns"),
    }
    return ServiceDraft(**{**filled, **entries})


def make_service(
    *towns: str, state: State = State.PUBLISHED, by: Actor = SYSTEM, key: str = "", **entries: Any
) -> Service:
    """Add a service and bring it into a state by allowed moves only."""
    service = submit(by, service_draft(towns=towns, **entries), key)
    for step in PATHS.get(state, ()):
        move(SYSTEM, service.key, step, reason="Demo")
    return Service.get_by_id(service.id)


def make_programme(abbr: str = "", **entries: Any) -> str:
    """Add a programme and return its key."""
    number = next(_numbers)
    draft = ProgrammeDraft(
        abbr=abbr or f"DP{number}", **{"name": f"Demo Programm {number}", **entries}
    )
    return programmes.add(SYSTEM, draft)


def make_place(hours: str = "", **entries: Any) -> str:
    """Add a place and return its key."""
    return places.add(
        SYSTEM, PlaceDraft(**{"name": f"Demo Haus {next(_numbers)}", "hours": hours, **entries})
    )


def make_contact(hours: str = "", **entries: Any) -> Contact:
    """Add a contact."""
    number = next(_numbers)
    filled: dict[str, Any] = {
        "organisation": some_organisation(),
        "function_title": f"Demo Büro {number}",
        "phone": f"030 23125 {number:03d}",
        "mail": f"buero-{number}@example.org",
        "hours": hours,
    }
    return Contact.get_by_id(contacts.add(SYSTEM, ContactDraft(**{**filled, **entries})))


def demarcation_draft(a: str, b: str, **entries: Any) -> DemarcationDraft:
    """Fill in the form of a demarcation between two programmes."""
    filled: dict[str, Any] = {
        "statement_a": "Begleitet über Grenzen hinweg.",
        "statement_b": "Berät im Einzelfall.",
        "interface": "Gemeinsames Gespräch zu Beginn.",
        "handover_rule": "Mit Einwilligung, binnen einer Woche.",
        "source": "Demo Workshop",
        "valid_from": clock.today(),
    }
    return DemarcationDraft(a=a, b=b, **{**filled, **entries})


def make_demarcation(a: str, b: str, **entries: Any) -> str:
    """Propose and release a demarcation, and return its key."""
    key = demarcations.propose(SYSTEM, demarcation_draft(a, b, **entries)).key
    demarcations.release(SYSTEM, key)
    return key


def make_card(title: str = "", **entries: Any) -> str:
    """Add a knowledge card and return its key."""
    filled: dict[str, Any] = {
        "title": title or f"Demo Wissen {next(_numbers)}",
        "body": "Diese Stelle kann das mit Ihnen prüfen.",
        "status": "in_force",
    }
    return cards.add(SYSTEM, CardDraft(**{**filled, **entries}))


def make_survey(town: str, **gaps: int) -> int:
    """Begin a survey of a town, note gaps (topic and severity), and return its number."""
    survey_id = surveys.begin(SYSTEM, town)
    for topic, severity in gaps.items():
        surveys.note_gap(SYSTEM, survey_id, topic, severity)
    return survey_id

"""What waits today, in words, and the page that deals with it."""

from dataclasses import dataclass, field

from flask import url_for

from portal.domain.searchable import Kind as Found
from portal.domain.searchable import Searchable
from portal.domain.waiting import Kind, Waiting


@dataclass(frozen=True, slots=True)
class Task:
    """How one kind of waiting thing is said, for one and for several, and where it is dealt with."""

    one: str
    several: str
    endpoint: str
    query: dict[str, str] = field(default_factory=dict)


TASKS: dict[Kind, Task] = {
    Kind.REQUESTS_LATE: Task(
        "1 Anfrage wartet schon zu lange auf den ersten Kontakt.",
        "{} Anfragen warten schon zu lange auf den ersten Kontakt.",
        "intake.list_requests",
        {"stand": "waiting"},
    ),
    Kind.REQUESTS_WAITING: Task(
        "1 Anfrage wartet auf den ersten Kontakt.",
        "{} Anfragen warten auf den ersten Kontakt.",
        "intake.list_requests",
        {"stand": "waiting"},
    ),
    Kind.REQUESTS_ANSWERED: Task(
        "1 Anfrage hat eine neue Nachricht.",
        "{} Anfragen haben eine neue Nachricht.",
        "intake.list_requests",
        {"stand": "all"},
    ),
    Kind.REQUESTS_LATE_ELSEWHERE: Task(
        "1 Anfrage ist anderswo im Kreis überfällig.",
        "{} Anfragen sind anderswo im Kreis überfällig.",
        "intake.overview",
    ),
    Kind.SERVICES_TO_CHECK: Task(
        "1 Angebot muss geprüft werden.",
        "{} Angebote müssen geprüft werden.",
        "directory.list_services",
        {"stand": "needs_check", "meine": "1"},
    ),
    Kind.SERVICES_SUBMITTED: Task(
        "1 Angebot wartet auf Bearbeitung.",
        "{} Angebote warten auf Bearbeitung.",
        "directory.list_services",
        {"stand": "new"},
    ),
    Kind.PROPOSALS_WAITING: Task(
        "1 Hinweis zu einem Angebot wartet auf eine Entscheidung.",
        "{} Hinweise zu Angeboten warten auf eine Entscheidung.",
        "directory.list_proposals",
    ),
    Kind.DEMARCATIONS_TO_RELEASE: Task(
        "1 Abgrenzung wartet auf Ihre Freigabe.",
        "{} Abgrenzungen warten auf Ihre Freigabe.",
        "directory.staff_demarcations",
    ),
    Kind.CARDS_OVERDUE: Task(
        "1 Wissenskarte muss geprüft werden.",
        "{} Wissenskarten müssen geprüft werden.",
        "directory.staff_cards",
    ),
}


def sentence(item: Waiting) -> str:
    """Say what waits."""
    task = TASKS[item.kind]
    return task.one if item.count == 1 else task.several.format(item.count)


def address(item: Waiting) -> str:
    """Return the page that deals with it."""
    task = TASKS[item.kind]
    return url_for(task.endpoint, **task.query)  # type: ignore[arg-type]


KINDS = {
    Found.SERVICE: "Angebot",
    Found.PROGRAMME: "Programm",
    Found.ORGANISATION: "Organisation",
    Found.KNOWLEDGE_CARD: "Wissenskarte",
    Found.DEMARCATION: "Abgrenzung",
    Found.SURVEY: "Erhebung",
}
PLACES = {
    Found.SERVICE: ("directory.staff_service", "service"),
    Found.PROGRAMME: ("directory.show_programme", "programme"),
    Found.ORGANISATION: ("directory.list_services", "traeger"),
    Found.KNOWLEDGE_CARD: ("directory.staff_card", "card"),
    Found.DEMARCATION: ("directory.staff_demarcation", "demarcation"),
    Found.SURVEY: ("directory.show_survey", "survey_id"),
}
"""The page of each kind of thing, and what its key is called there."""


def address_of(record: Searchable) -> str:
    """Return the page that shows what was found."""
    endpoint, name = PLACES[Found(record.kind)]
    return url_for(endpoint, **{name: record.key})  # type: ignore[arg-type]

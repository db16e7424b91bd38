"""What waits today, in words, and the page that deals with it."""

from dataclasses import dataclass, field

from flask import url_for

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
}


def sentence(item: Waiting) -> str:
    """Say what waits."""
    task = TASKS[item.kind]
    return task.one if item.count == 1 else task.several.format(item.count)


def address(item: Waiting) -> str:
    """Return the page that deals with it."""
    task = TASKS[item.kind]
    return url_for(task.endpoint, **task.query)  # type: ignore[arg-type]

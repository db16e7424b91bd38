"""What waits for somebody: a kind of thing, and how many."""

from dataclasses import dataclass
from enum import StrEnum, auto


class Kind(StrEnum):
    """What can wait; the page of today says it in words and leads there."""

    REQUESTS_LATE = auto()
    REQUESTS_WAITING = auto()
    REQUESTS_ANSWERED = auto()
    REQUESTS_LATE_ELSEWHERE = auto()
    SERVICES_TO_CHECK = auto()
    SERVICES_SUBMITTED = auto()
    PROPOSALS_WAITING = auto()
    DEMARCATIONS_TO_RELEASE = auto()
    CARDS_OVERDUE = auto()


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many things of a kind."""

    kind: Kind
    count: int
    urgent: bool = False

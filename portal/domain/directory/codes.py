"""The codes of the directory: the states of a service and the moves between them, and what a form offers."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, auto

from portal.domain.permissions import Permission


class State(StrEnum):
    """Where a service stands."""

    SUBMITTED = auto()
    IN_EDITING = auto()
    PUBLISHED = auto()
    NEEDS_CHECK = auto()
    SUSPENDED = auto()
    ENDED = auto()


class Move(StrEnum):
    """What is done with a service; `OVERDUE` comes by itself when the day of the next check has passed."""

    TAKE = auto()
    PUBLISH = auto()
    CHECK = auto()
    OVERDUE = auto()
    SUSPEND = auto()
    RESUME = auto()
    END = auto()
    REOPEN = auto()


STATES = tuple(State)
PUBLIC_STATES = frozenset({State.PUBLISHED, State.NEEDS_CHECK})
"""What everybody sees; an overdue check is said, but hides nothing."""
LEAVING = {Move.SUSPEND: State.SUSPENDED, Move.END: State.ENDED}

TRANSITIONS: dict[State, dict[Move, State]] = {
    State.SUBMITTED: {Move.TAKE: State.IN_EDITING, Move.END: State.ENDED},
    State.IN_EDITING: {Move.PUBLISH: State.PUBLISHED, Move.END: State.ENDED},
    State.PUBLISHED: {
        Move.CHECK: State.PUBLISHED,
        Move.OVERDUE: State.NEEDS_CHECK,
        **LEAVING,
    },
    State.NEEDS_CHECK: {Move.CHECK: State.PUBLISHED, **LEAVING},
    State.SUSPENDED: {Move.RESUME: State.PUBLISHED, Move.END: State.ENDED},
    State.ENDED: {Move.REOPEN: State.IN_EDITING},
}


@dataclass(frozen=True, slots=True)
class MoveRule:
    """Who may make a move (nobody: it comes by itself), and whether a reason has to be given."""

    permission: Permission | None
    needs_reason: bool = False


MOVE_RULES: dict[Move, MoveRule] = {
    Move.TAKE: MoveRule(Permission.DIRECTORY_PUBLISH),
    Move.PUBLISH: MoveRule(Permission.DIRECTORY_PUBLISH),
    Move.CHECK: MoveRule(Permission.DIRECTORY_EDIT),
    Move.OVERDUE: MoveRule(None),
    Move.SUSPEND: MoveRule(Permission.DIRECTORY_PUBLISH, needs_reason=True),
    Move.RESUME: MoveRule(Permission.DIRECTORY_PUBLISH),
    Move.END: MoveRule(Permission.DIRECTORY_PUBLISH, needs_reason=True),
    Move.REOPEN: MoveRule(Permission.DIRECTORY_PUBLISH),
}

PROPOSAL_OPEN, PROPOSAL_DECIDED = "open", "decided"
PROPOSAL_STATES = (PROPOSAL_OPEN, PROPOSAL_DECIDED)
PROVIDER, ANYONE = "provider", "public"
PROPOSAL_SOURCES = (PROVIDER, ANYONE)

ACCESS = ("open", "appointment", "referral")
BY_APPOINTMENT = "appointment"
COST = ("free", "fee", "depends")
INTERPRETER = ("yes", "on_request", "no", "unknown")
BARRIER_FREE = ("yes", "partly", "no", "unknown")

WAYFINDER_CODES = (
    "MBE",
    "JMD",
    "FBS",
    "KIM_CM",
    "AVB_ZUE",
    "JC",
    "AA",
    "SOZIALAMT_ASYLBLG",
    "SOZIALAMT_SGB12",
    "JUGENDAMT",
    "ABH",
    "EBH",
    "BAMF",
    "BEZREG_ZUE",
    "SE",
    "ANERK",
    "SUCHT",
    "SCHULDEN",
    "SCHWANGER",
    "ADB",
    "APB",
    "MEDFH_PSZ",
    "NOTRUF",
    "OUTSIDE",
)
"""What the Wegweiser can answer (`domain.md` 5.2); a service says which of these it stands behind."""

OLDEST = 120
AGE_BANDS: dict[str, tuple[int, int]] = {
    "u18": (0, 17),
    "18_26": (18, 26),
    "27_plus": (27, OLDEST),
    "67_plus": (67, OLDEST),
}
"""The ages one can search by; a service belongs to each band that it has an age in common with."""

REVIEW_CYCLE = timedelta(days=180)
"""So long what was checked counts as right, if nothing else is agreed."""


def age_bands(age_min: int | None, age_max: int | None) -> tuple[str, ...]:
    """Return the bands that an age range has a year in common with; no limit means from 0, or up to the oldest."""
    lowest, highest = age_min or 0, OLDEST if age_max is None else age_max
    return tuple(
        band for band, (first, last) in AGE_BANDS.items() if lowest <= last and first <= highest
    )

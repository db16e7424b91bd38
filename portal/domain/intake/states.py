"""The states of a request and the moves between them (`domain.md` 4.6), as data."""

from enum import StrEnum, auto

LIMIT_OF_TRIES = 3
"""So often somebody is called or invited before the request may end as unreachable."""


class State(StrEnum):
    """Where a request stands."""

    RECEIVED = auto()
    IN_TRIAGE = auto()
    CONTACTED = auto()
    APPOINTMENT = auto()
    NO_SHOW = auto()
    INTAKE_DONE = auto()
    CLOSED = auto()
    CASE_OPENED = auto()
    DUPLICATE = auto()
    OUT_OF_AREA = auto()
    UNREACHABLE = auto()
    WITHDRAWN = auto()


class Move(StrEnum):
    """What case management (or the person) does with a request."""

    TRIAGE = auto()
    TRY_CONTACT = auto()
    CONTACT = auto()
    APPOINT = auto()
    MISS = auto()
    FINISH_INTAKE = auto()
    CLOSE = auto()
    OPEN_CASE = auto()
    MARK_DUPLICATE = auto()
    MARK_OUT_OF_AREA = auto()
    GIVE_UP = auto()
    REOPEN = auto()
    WITHDRAW = auto()


class Outcome(StrEnum):
    """What came of a request (R27 and the ways it can end without help)."""

    A_INFO_REGISTERED = auto()
    B_SOLVED_DIRECTLY = auto()
    C_TOWN_INTERNAL = auto()
    C2_CROSS_LAW_SUPPORT = auto()
    D_REFERRED_OUT = auto()
    DUPLICATE = auto()
    OUT_OF_AREA = auto()
    UNREACHABLE = auto()
    WITHDRAWN = auto()


AGAIN = {Move.REOPEN: State.IN_TRIAGE, Move.WITHDRAW: State.WITHDRAWN}
"""What an ended request allows: somebody calls back, or the wrong button was pressed."""

TRANSITIONS: dict[State, dict[Move, State]] = {
    State.RECEIVED: {Move.TRIAGE: State.IN_TRIAGE, Move.WITHDRAW: State.WITHDRAWN},
    State.IN_TRIAGE: {
        Move.CONTACT: State.CONTACTED,
        Move.TRY_CONTACT: State.IN_TRIAGE,
        Move.MARK_DUPLICATE: State.DUPLICATE,
        Move.MARK_OUT_OF_AREA: State.OUT_OF_AREA,
        Move.GIVE_UP: State.UNREACHABLE,
        Move.WITHDRAW: State.WITHDRAWN,
    },
    State.CONTACTED: {
        Move.APPOINT: State.APPOINTMENT,
        Move.FINISH_INTAKE: State.INTAKE_DONE,
        Move.TRY_CONTACT: State.CONTACTED,
        Move.GIVE_UP: State.UNREACHABLE,
        Move.WITHDRAW: State.WITHDRAWN,
    },
    State.APPOINTMENT: {
        Move.FINISH_INTAKE: State.INTAKE_DONE,
        Move.MISS: State.NO_SHOW,
        Move.WITHDRAW: State.WITHDRAWN,
    },
    State.NO_SHOW: {
        Move.CONTACT: State.CONTACTED,
        Move.TRY_CONTACT: State.NO_SHOW,
        Move.GIVE_UP: State.UNREACHABLE,
        Move.WITHDRAW: State.WITHDRAWN,
    },
    State.INTAKE_DONE: {
        Move.CLOSE: State.CLOSED,
        Move.OPEN_CASE: State.CASE_OPENED,
        Move.WITHDRAW: State.WITHDRAWN,
    },
    State.CLOSED: AGAIN,
    State.CASE_OPENED: {Move.WITHDRAW: State.WITHDRAWN},
    State.DUPLICATE: AGAIN,
    State.OUT_OF_AREA: AGAIN,
    State.UNREACHABLE: AGAIN,
    State.WITHDRAWN: {},
}

OUTCOMES: dict[Move, frozenset[Outcome]] = {
    Move.CLOSE: frozenset(
        {
            Outcome.A_INFO_REGISTERED,
            Outcome.B_SOLVED_DIRECTLY,
            Outcome.C_TOWN_INTERNAL,
            Outcome.D_REFERRED_OUT,
        }
    ),
    Move.OPEN_CASE: frozenset({Outcome.C2_CROSS_LAW_SUPPORT}),
    Move.MARK_DUPLICATE: frozenset({Outcome.DUPLICATE}),
    Move.MARK_OUT_OF_AREA: frozenset({Outcome.OUT_OF_AREA}),
    Move.GIVE_UP: frozenset({Outcome.UNREACHABLE}),
    Move.WITHDRAW: frozenset({Outcome.WITHDRAWN}),
}
"""The outcomes a move may end with; where there is one, it needs no choice."""

ENDED = frozenset(
    {
        State.CLOSED,
        State.CASE_OPENED,
        State.DUPLICATE,
        State.OUT_OF_AREA,
        State.UNREACHABLE,
        State.WITHDRAWN,
    }
)
WAITING_FOR_CONTACT = frozenset({State.RECEIVED, State.IN_TRIAGE})
OPEN = frozenset(State) - ENDED

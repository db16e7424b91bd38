"""The state machine: complete, without dead ends, and an outcome for every end."""

import pytest

from portal.domain.intake.states import (
    ENDED,
    OPEN,
    OUTCOMES,
    TRANSITIONS,
    Move,
    Outcome,
    State,
)


def test_every_state_says_where_it_leads() -> None:
    assert set(TRANSITIONS) == set(State)


def test_withdrawing_is_possible_until_it_is_done() -> None:
    able = {state for state, moves in TRANSITIONS.items() if Move.WITHDRAW in moves}
    assert able == set(State) - {State.WITHDRAWN}


def test_ended_requests_can_only_be_taken_up_again_or_withdrawn() -> None:
    assert all(set(TRANSITIONS[state]) <= {Move.REOPEN, Move.WITHDRAW} for state in ENDED)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_from_every_open_state_an_end_can_be_reached(state: State) -> None:
    reached = {state}
    while more := {to for known in reached for to in TRANSITIONS[known].values()} - reached:
        reached |= more
    assert reached & (ENDED - {State.WITHDRAWN})


def test_every_move_into_an_end_has_an_outcome_and_no_other_move() -> None:
    ending = {move for moves in TRANSITIONS.values() for move, to in moves.items() if to in ENDED}
    assert ending == set(OUTCOMES)


def test_every_outcome_of_the_concept_can_happen() -> None:
    assert set().union(*OUTCOMES.values()) == set(Outcome)


def test_every_state_is_reached_from_the_first() -> None:
    assert {to for moves in TRANSITIONS.values() for to in moves.values()} == set(State) - {
        State.RECEIVED
    }

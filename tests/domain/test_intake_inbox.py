"""Who sees which request, what moves it, and what that leaves behind."""

from datetime import timedelta

import pytest

from portal import clock
from portal.domain.errors import NotAllowed, NotFound, RuleBroken, TooManyTries
from portal.domain.intake import handling, requester
from portal.domain.intake.inbox import Filters, inbox, open_request, waiting_count
from portal.domain.intake.messages import write_message
from portal.domain.intake.overview import overview
from portal.domain.intake.receiving import receive
from portal.domain.intake.states import OUTCOMES, TRANSITIONS, Move, Outcome, State
from portal.domain.permissions import GRANTS, Permission, Role
from portal.models.accounts import Absence
from portal.models.intake import IntakeRequest
from portal.models.privacy import AuditEntry
from tests.support.clock import TestClock
from tests.support.people import PATHS, make_account, make_answers, make_request

pytestmark = pytest.mark.usefixtures("database")
BRAKEL, WARBURG, OFFICE = "CMS-III-a", "CMS-II-a", "KS"
NETWORK = "192.0.2.0/24"


def test_a_case_manager_sees_the_requests_of_the_own_post_only() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    own, foreign = make_request("brakel"), make_request("warburg")
    assert [row.ref for row in inbox(by=manager, filters=Filters()).rows] == [own.ref]
    assert open_request(by=manager, reference=own.ref).person["display_name"]
    with pytest.raises(NotFound):
        open_request(by=manager, reference=foreign.ref)
    with pytest.raises(NotFound):
        handling.make_move(by=manager, reference=foreign.ref, move=Move.TRIAGE)


def test_a_foreign_request_is_as_missing_as_one_that_never_was() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    with pytest.raises(NotFound):
        open_request(by=manager, reference="HX-AAAA-AA")


@pytest.mark.parametrize(
    "role", [role for role in Role if Permission.INTAKE_WORK not in GRANTS[role]]
)
def test_nobody_else_ever_sees_one(role: Role) -> None:
    """Hard rule 1 of the permission matrix."""
    person = make_account(role)
    request = make_request("brakel")
    with pytest.raises(NotAllowed):
        inbox(by=person, filters=Filters())
    with pytest.raises(NotFound):
        open_request(by=person, reference=request.ref)


def test_the_office_sees_contents_only_while_standing_in() -> None:
    """Hard rule 2, and the reason is written down with each reading."""
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    coordinator = make_account(Role.COORDINATOR, position=OFFICE)
    request = make_request("brakel")
    with pytest.raises(NotFound):
        open_request(by=coordinator, reference=request.ref)
    assert [row.ref for row in overview(by=coordinator)] == [request.ref]
    Absence.create(account=manager, first_day=clock.today(), last_day=clock.today())
    opened = open_request(by=coordinator, reference=request.ref)
    assert [str(reason) for reason in opened.reasons] == ["holder_absent", "fallback"]
    reading = AuditEntry.get(AuditEntry.chain == "readings")
    assert "holder_absent > fallback" in reading.details
    assert reading.actor == f"account:{coordinator.id}"


def test_every_reading_is_logged_and_a_list_shows_no_name() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    request = receive(make_answers("brakel", display_name="Rumpelstilz")).request
    assert "Rumpelstilz" not in repr(inbox(by=manager, filters=Filters()))
    readings = AuditEntry.select().where(AuditEntry.chain == "readings")
    assert readings.count() == 0
    for number in (1, 2):
        open_request(by=manager, reference=request.ref)
        assert readings.count() == number


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("move", list(Move))
def test_only_allowed_moves_move(state: State, move: Move) -> None:
    """The full matrix: whatever the table does not list is refused and changes nothing."""
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    request = make_request("brakel", state=state, by=manager)
    outcome = min(OUTCOMES[move]) if move in OUTCOMES else None
    if move in handling.allowed_moves(request):
        moved = handling.make_move(by=manager, reference=request.ref, move=move, outcome=outcome)
        assert moved.state == TRANSITIONS[state][move]
        assert bool(moved.outcome) == (move in OUTCOMES)
        return
    with pytest.raises(RuleBroken):
        handling.make_move(by=manager, reference=request.ref, move=move, outcome=outcome)
    assert IntakeRequest.get_by_id(request.id).state == state


def test_the_table_of_paths_reaches_every_state() -> None:
    assert set(PATHS) == set(State)


def test_giving_up_needs_three_tries() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    request = make_request("brakel", state=State.IN_TRIAGE, by=manager)
    for _number in range(3):
        assert Move.GIVE_UP not in handling.allowed_moves(request)
        request = handling.make_move(by=manager, reference=request.ref, move=Move.TRY_CONTACT)
    assert Move.GIVE_UP in handling.allowed_moves(request)


def test_somebody_who_missed_three_appointments_is_not_invited_again() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    request = make_request("brakel", state=State.NO_SHOW, by=manager)
    for _number in range(2):
        for move in (Move.CONTACT, Move.APPOINT, Move.MISS):
            request = handling.make_move(by=manager, reference=request.ref, move=move)
    assert Move.CONTACT not in handling.allowed_moves(request)
    assert Move.GIVE_UP in handling.allowed_moves(request)


def test_closing_asks_for_one_of_the_four_outcomes() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    request = make_request("brakel", state=State.INTAKE_DONE, by=manager)
    for outcome in (None, Outcome.UNREACHABLE):
        with pytest.raises(RuleBroken) as refused:
            handling.make_move(by=manager, reference=request.ref, move=Move.CLOSE, outcome=outcome)
        assert refused.value.field == "outcome"
    closed = handling.make_move(
        by=manager, reference=request.ref, move=Move.CLOSE, outcome=Outcome.D_REFERRED_OUT
    )
    assert (closed.outcome, closed.closed_at) == (Outcome.D_REFERRED_OUT, clock.now())


def test_the_clock_of_the_first_contact_counts_working_days(clock: TestClock) -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    request = make_request("brakel")
    row = inbox(by=manager, filters=Filters()).rows[0]
    assert row.due is not None
    assert row.due.isoformat() == "2026-11-30"  # Monday plus five working days
    clock.move(days=8)
    assert inbox(by=manager, filters=Filters()).rows[0].is_overdue
    assert waiting_count(by=manager) == {"waiting": 1, "overdue": 1, "news": 0}
    for move in (Move.TRIAGE, Move.CONTACT):
        handling.make_move(by=manager, reference=request.ref, move=move)
    row = inbox(by=manager, filters=Filters()).rows[0]
    assert (row.due, row.is_overdue) == (None, False)


@pytest.mark.parametrize(
    ("first", "second", "same_contact"),
    [
        ({"display_name": "Олександр"}, {"display_name": "Oleksandr"}, False),
        ({"display_name": "Oleksandr Demo"}, {"display_name": "Олександр"}, False),
        ({"contact": "0170 1234567"}, {"contact": "+49 170 1234567"}, True),
    ],
)
def test_the_same_person_twice_is_hinted_at(
    first: dict[str, str], second: dict[str, str], same_contact: bool
) -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    one = receive(make_answers("brakel", **{"display_name": "Hans", **first})).request
    other = receive(make_answers("brakel", **{"display_name": "Greta", **second})).request
    receive(make_answers("warburg", **{"display_name": "Hans", **first}))
    twins = open_request(by=manager, reference=other.ref).twins
    assert [(twin.ref, twin.same_contact) for twin in twins] == [(one.ref, same_contact)]


def test_one_common_word_makes_no_twin() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    receive(make_answers("brakel", display_name="Demo Anna"))
    other = receive(make_answers("brakel", display_name="Demo Kateryna")).request
    assert open_request(by=manager, reference=other.ref).twins == ()


def test_filters_narrow_the_list() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    arabic = make_request("brakel", language="ar", channel="flyer")
    driburg = make_request("bad-driburg")
    ended = make_request("brakel", state=State.CLOSED, by=manager)

    def refs(**filters: str) -> set[str]:
        return {row.ref for row in inbox(by=manager, filters=Filters(**filters)).rows}

    assert refs() == {arabic.ref, driburg.ref}
    assert refs(language="ar") == refs(channel="flyer") == {arabic.ref}
    assert refs(town="bad-driburg") == {driburg.ref}
    assert refs(group="ended") == {ended.ref}
    assert refs(group="running") == set()


def test_messages_go_both_ways_and_are_sealed() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    request = make_request("brakel")
    requester.add_message(request.id, text="مرحبا", language="ar")
    assert waiting_count(by=manager)["news"] == 1
    (message,) = open_request(by=manager, reference=request.ref).messages
    assert (message.text, message.language, message.from_person) == ("مرحبا", "ar", True)
    assert waiting_count(by=manager)["news"] == 0
    write_message(by=manager, request=request, text="Guten Tag", language="de")
    assert [m.from_person for m in requester.own_request(request.id).messages] == [True, False]


def test_a_person_corrects_contact_and_withdraws() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    answers = make_answers("brakel")
    request = receive(answers).request
    code = requester.code_to_keep(answers.submission_key) or ""
    requester.correct_contact(request.id, contact="0170 7654321")
    assert open_request(by=manager, reference=request.ref).person["contact"] == "+491707654321"
    handling.withdraw(request.id)
    assert requester.find_by_code(code, network=NETWORK) is None
    assert inbox(by=manager, filters=Filters(group="ended")).rows == ()
    assert set(open_request(by=manager, reference=request.ref).person.values()) == {""}
    with pytest.raises(NotFound):
        requester.own_request(request.id)


def test_a_new_code_replaces_the_lost_one_and_is_audited() -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    answers = make_answers("brakel")
    request = receive(answers).request
    lost = requester.code_to_keep(answers.submission_key) or ""
    new = handling.issue_new_code(by=manager, reference=request.ref)
    assert requester.find_by_code(lost, network=NETWORK) is None
    assert requester.find_by_code(new, network=NETWORK) == request.id
    assert requester.code_to_keep(answers.submission_key) is None
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
    assert (entry.action, entry.actor) == ("intake:request:new_code", f"account:{manager.id}")


def test_the_right_code_is_never_slowed_down() -> None:
    answers = make_answers("brakel")
    request = receive(answers).request
    code = requester.code_to_keep(answers.submission_key) or ""
    for _number in range(20):
        assert requester.find_by_code(code, network=NETWORK) == request.id


def test_guessing_codes_is_slowed_down_for_the_guesser_only() -> None:
    for _number in range(10):
        assert requester.find_by_code("ACEF-HJKM-NPRT-WXY3", network=NETWORK) is None
    with pytest.raises(TooManyTries):
        requester.find_by_code("ACEF-HJKM-NPRT-WXY3", network=NETWORK)
    assert requester.find_by_code("ACEF-HJKM-NPRT-WXY3", network="198.51.100.0/24") is None
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert requester.find_by_code("ACEF-HJKM-NPRT-WXY3", network=NETWORK) is None

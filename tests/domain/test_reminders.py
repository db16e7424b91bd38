import pytest

from portal import clock as portal_clock
from portal.domain import posts
from portal.domain.actors import SYSTEM
from portal.domain.duty import fallback_position
from portal.domain.intake.handling import make_move, withdraw
from portal.domain.intake.reminders import remind
from portal.domain.intake.states import WAITING_FOR_CONTACT, Move, State
from portal.domain.permissions import Role
from portal.domain.towns import active_towns
from portal.models.accounts import Account
from portal.models.intake import IntakeRequest
from portal.models.outbox import OutboxMail
from portal.models.privacy import AuditEntry
from tests.support.clock import TestClock
from tests.support.people import make_account, make_request

CANARY = "Kanarienvogel Zwitscher"
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def holder() -> Account:
    return make_account(Role.CASE_MANAGER, position="CMS-III-a", mail="brakel@example.org")


@pytest.fixture
def coordinator() -> Account:
    return make_account(Role.COORDINATOR, position="KS", mail="ks@example.org")


def remind_today() -> list[tuple[str, str]]:
    before = OutboxMail.select().count()
    remind(portal_clock.today())
    new = OutboxMail.select().order_by(OutboxMail.id).offset(before)
    return [(letter.address, letter.body) for letter in new]


def addresses() -> list[str]:
    return [address for address, _body in remind_today()]


def test_the_holder_is_reminded_on_day_3_and_the_coordination_on_day_6(
    holder: Account, coordinator: Account, clock: TestClock
) -> None:
    request = make_request("brakel", display_name=CANARY, contact="kanarienvogel@example.org")
    told = {}
    for day in range(1, 15):  # from Monday on; two weekends lie in between
        clock.move(days=1)
        if letters := remind_today():
            told[day] = letters
    assert [(day, [address for address, _body in told[day]]) for day in told] == [
        (3, ["brakel@example.org"]),
        (8, ["ks@example.org"]),
    ]
    _address, body = told[8][0]
    assert request.ref in body
    assert "Brakel" in body
    assert "seit 6 Arbeitstagen" in body
    assert "anarienvogel" not in body


def test_a_reminder_is_written_once_also_when_the_machine_stood_still(
    holder: Account, coordinator: Account, clock: TestClock
) -> None:
    make_request("brakel")
    clock.move(days=30)
    assert sorted(addresses()) == ["brakel@example.org", "ks@example.org"]
    assert addresses() == []


@pytest.mark.parametrize("state", sorted(set(State) - WAITING_FOR_CONTACT))
def test_who_was_contacted_or_is_done_is_not_reminded_of(
    state: State, holder: Account, coordinator: Account, clock: TestClock
) -> None:
    make_request("brakel", state=state)
    clock.move(days=30)
    assert addresses() == []


@pytest.mark.parametrize("state", sorted(WAITING_FOR_CONTACT))
def test_taking_a_request_up_is_no_contact(
    state: State, holder: Account, coordinator: Account, clock: TestClock
) -> None:
    make_request("brakel", state=state)
    clock.move(days=30)
    assert len(addresses()) == 2


def test_the_reminder_goes_to_who_is_on_duty_today(
    holder: Account, coordinator: Account, clock: TestClock
) -> None:
    make_account(
        Role.CASE_MANAGER, position="CMS-III-a", substitute=True, mail="vertretung@example.org"
    )
    make_request("brakel")
    clock.move(days=3)
    today = portal_clock.today()
    posts.record_absence(holder.id, by=SYSTEM, first_day=today, last_day=today)
    assert addresses() == ["vertretung@example.org"]


def test_a_vacant_post_is_the_coordinations_from_day_3_on(
    coordinator: Account, clock: TestClock
) -> None:
    make_request("brakel")
    clock.move(days=3)
    assert addresses() == ["ks@example.org"]
    clock.move(days=5)
    assert addresses() == ["ks@example.org"]


def test_with_nobody_to_remind_it_stays_to_be_done(clock: TestClock) -> None:
    make_request("brakel")
    clock.move(days=30)
    assert addresses() == []
    request = IntakeRequest.get()
    assert (request.reminded_holder, request.reminded_fallback) == (False, False)
    assert not AuditEntry.select().where(AuditEntry.action == "intake:request:remind").exists()
    clock.move(days=1)
    make_account(Role.COORDINATOR, position="KS", mail="ks@example.org")
    assert addresses() == ["ks@example.org"] * 2
    assert addresses() == []


def test_each_reminder_is_in_the_log(holder: Account, clock: TestClock) -> None:
    request = make_request("brakel")
    clock.move(days=3)
    remind_today()
    last = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (last.action, last.actor) == ("intake:request:remind", "system")
    assert last.subject == f"intake_request:{request.ref}"


def test_each_county_has_its_own_days(tiny_database: str, clock: TestClock) -> None:
    fallback = fallback_position()
    make_account(Role.COORDINATOR, position=fallback.key)
    make_request(active_towns()[0].slug)
    clock.move(days=1)
    assert remind(portal_clock.today()) == 0
    clock.move(days=1)
    assert remind(portal_clock.today()) == 1


def test_an_ended_wait_ends_the_reminders(
    holder: Account, coordinator: Account, clock: TestClock
) -> None:
    request = make_request("brakel", state=State.IN_TRIAGE, by=holder)
    clock.move(days=3)
    assert addresses() == ["brakel@example.org"]
    make_move(by=holder, reference=request.ref, move=Move.CONTACT)
    withdrawn = make_request("brakel")
    withdraw(withdrawn.id)
    clock.move(days=30)
    assert addresses() == []

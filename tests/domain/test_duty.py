"""Who answers: a request without an owner is impossible."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.domain.duty import Reason, Staffing, choose, duties_of, fallback_position, on_duty
from portal.domain.permissions import Role
from portal.models.accounts import Absence, Account, Holding, RoleGrant
from portal.models.county import StaffPosition, Town
from tests.support.people import make_account
from tests.support.queries import max_queries

OWN, FALLBACK = StaffPosition(id=1), StaffPosition(id=2, is_fallback=True)
PEOPLE = st.lists(
    st.tuples(st.integers(1, 9).map(lambda number: Account(id=number)), st.booleans()), max_size=3
).map(tuple)
STAFFINGS = st.builds(Staffing, PEOPLE, PEOPLE)


@given(STAFFINGS, STAFFINGS)
def test_there_is_always_a_post_and_a_person_if_there_is_anybody(
    own: Staffing, fallback: Staffing
) -> None:
    duty = choose(OWN, FALLBACK, {1: own, 2: fallback})
    assert duty.position in {OWN, FALLBACK}
    assert bool(duty.accounts) or not fallback.everybody
    assert duty.reasons


@given(STAFFINGS, STAFFINGS)
def test_nobody_absent_answers_while_somebody_is_there(own: Staffing, fallback: Staffing) -> None:
    duty = choose(OWN, FALLBACK, {1: own, 2: fallback})
    there = {
        person.id
        for staffing in (own, fallback)
        for person, present in (*staffing.holders, *staffing.substitutes)
        if present
    }
    if there:
        assert {account.id for account in duty.accounts} <= there
        assert Reason.LAST_RESORT not in duty.reasons


@given(STAFFINGS)
def test_the_holder_comes_first_when_there(own: Staffing) -> None:
    duty = choose(OWN, FALLBACK, {1: own})
    present = tuple(account for account, is_there in own.holders if is_there)
    if present:
        assert duty.accounts == present
        assert duty.reasons == (Reason.HOLDER,)


@pytest.mark.usefixtures("database")
def test_every_town_has_an_owner_whoever_is_missing() -> None:
    """Walk all towns × (holder there, absent, none) × (substitute there, absent, none) × the office's people."""
    today = clock.today()
    coordinator = make_account(role=Role.COORDINATOR, position="KS")
    holder = make_account(role=Role.CASE_MANAGER)
    substitute = make_account(role=Role.CASE_MANAGER)
    for town, own, deputy, office in product(
        Town.select(), *[("there", "absent", "none")] * 2, ("there", "absent")
    ):
        _staff(town.position, holder, own, substitute=False)
        _staff(town.position, substitute, deputy, substitute=True)
        _absent(coordinator, office == "absent")
        duty = on_duty(town.position, today)
        expected = {"there": holder}.get(own) or {"there": substitute}.get(deputy) or coordinator
        assert duty.accounts == (expected,), (town.slug, own, deputy, office)
        assert town.position_id in duties_of(expected, today)


def _staff(position: StaffPosition, account: Account, how: str, *, substitute: bool) -> None:
    Holding.delete().where(Holding.account == account).execute()
    if how != "none":
        Holding.create(
            position=position,
            account=account,
            substitute=substitute,
            valid_from=clock.today() - timedelta(days=30),
        )
    _absent(account, how == "absent")


def _absent(account: Account, is_absent: bool) -> None:
    Absence.delete().where(Absence.account == account).execute()
    if is_absent:
        Absence.create(account=account, first_day=clock.today(), last_day=clock.today())


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [(0, None, True), (0, 0, True), (-9, -1, False), (1, None, False), (-9, 9, True)],
)
def test_a_post_is_held_from_its_first_to_its_last_day(
    first: int, last: int | None, counts: bool
) -> None:
    account = make_account(role=Role.CASE_MANAGER)
    position = Town.get(Town.slug == "brakel").position
    Holding.create(
        position=position,
        account=account,
        substitute=False,
        valid_from=_day(first),
        valid_to=None if last is None else _day(last),
    )
    assert (account in on_duty(position, clock.today()).accounts) == counts


def _day(offset: int) -> date:
    return clock.today() + timedelta(days=offset)


@pytest.mark.usefixtures("database")
def test_whoever_may_not_see_person_data_answers_for_no_post() -> None:
    """Hard rule: a post held by a member of the steering group, too, falls to the office."""
    member = make_account(role=Role.STEERING_MEMBER)
    position = Town.get(Town.slug == "brakel").position
    Holding.create(position=position, account=member, substitute=False, valid_from=_day(-1))
    assert on_duty(position, clock.today()).accounts == ()
    assert on_duty(position, clock.today()).position == fallback_position()
    assert duties_of(member, clock.today()) == {}


@pytest.mark.usefixtures("database")
def test_a_role_for_another_post_does_not_count() -> None:
    position = Town.get(Town.slug == "brakel").position
    other = Town.get(Town.slug == "warburg").position
    account = make_account(role=Role.CASE_MANAGER, position=other.key)
    Holding.create(position=position, account=account, substitute=False, valid_from=_day(-1))
    assert on_duty(position, clock.today()).accounts == ()
    assert set(duties_of(account, clock.today())) == {other.id}
    RoleGrant.update(position=None).where(RoleGrant.account == account).execute()
    assert on_duty(position, clock.today()).accounts == (account,)


@pytest.mark.usefixtures("database")
def test_more_holders_are_no_more_questions() -> None:
    positions = [town.position for town in Town.select()]
    for number in range(12):
        account = make_account(role=Role.CASE_MANAGER)
        Holding.create(
            position=positions[number % len(positions)],
            account=account,
            substitute=bool(number % 2),
            valid_from=_day(-1),
        )
    with max_queries(4):
        on_duty(positions[0], clock.today())
    with max_queries(5):
        duties_of(account, clock.today())

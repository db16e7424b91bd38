"""One technical administrator alone never signs in as somebody else."""

from collections.abc import Callable

import pyotp
import pytest

from portal.domain.accounts import invitations, people, second_factor, sessions, signing_in
from portal.domain.actors import SYSTEM
from portal.domain.errors import RuleBroken
from portal.domain.permissions import Role
from portal.models.accounts import Account, RoleGrant, Session
from tests.support.clock import TestClock
from tests.support.people import PASSWORD, make_account

pytestmark = pytest.mark.usefixtures("database")
ATTACKERS = "Sieben leise Lampen segeln"
Step = Callable[[int, Account], object]


def reset(account_id: int, by: Account) -> str:
    return people.reset(account_id, by=by)[1]


def remove(account_id: int, by: Account) -> None:
    people.remove_second_factor(account_id, by=by)


def enrolled(account: Account, clock: TestClock) -> Account:
    token = sessions.open_for_account(account, complete=False)
    session = sessions.find(token)
    assert session is not None
    secret = second_factor.draft_secret(session)
    second_factor.enrol(by=account, secret=secret, code=pyotp.TOTP(secret).at(clock()))
    return Account.get_by_id(account.id)


@pytest.fixture
def victim(clock: TestClock) -> Account:
    account = make_account(Role.CASE_MANAGER, position="CMS-III-a", password=PASSWORD)
    return enrolled(account, clock)


@pytest.fixture
def admins() -> tuple[Account, Account]:
    one, other = (make_account(Role.ADMIN, password=PASSWORD) for _ in range(2))
    return one, other


ORDERS = pytest.mark.parametrize(("first", "second"), [(reset, remove), (remove, reset)])


@ORDERS
@pytest.mark.parametrize("hours", [0, 25, 24 * 400])
def test_one_administrator_takes_one_half_only(
    first: Step,
    second: Step,
    hours: int,
    victim: Account,
    admins: tuple[Account, Account],
    clock: TestClock,
) -> None:
    first(victim.id, admins[0])
    clock.move(hours=hours)
    with pytest.raises(RuleBroken, match="Das muss eine zweite Person tun"):
        second(victim.id, admins[0])
    second(victim.id, admins[1])


@ORDERS
def test_other_steps_in_between_do_not_help(
    first: Step, second: Step, victim: Account, admins: tuple[Account, Account]
) -> None:
    grant = RoleGrant.get(RoleGrant.account == victim)
    first(victim.id, admins[0])
    people.withdraw_role(grant.id, by=admins[0])
    people.deactivate(victim.id, by=admins[0])
    people.reactivate(victim.id, by=admins[0])
    with pytest.raises(RuleBroken, match="zweite Person"):
        second(victim.id, admins[0])


def test_the_whole_way_of_one_administrator_ends_before_the_requests(
    victim: Account, admins: tuple[Account, Account]
) -> None:
    """Reset, open the link, and the second factor is still owed; it cannot be taken away by the same hand."""
    account = invitations.accept(reset(victim.id, admins[0]), password=ATTACKERS)
    half = sessions.find(signing_in.begin(account))
    assert half is not None
    assert not sessions.is_complete(half)
    with pytest.raises(RuleBroken):
        remove(victim.id, admins[0])
    assert second_factor.is_enrolled(Account.get_by_id(victim.id))


def test_after_the_person_signed_in_again_it_is_another_story(
    victim: Account, admins: tuple[Account, Account]
) -> None:
    account = invitations.accept(reset(victim.id, admins[0]), password=ATTACKERS)
    signing_in.finish(account)
    remove(victim.id, admins[0])
    assert not second_factor.is_enrolled(Account.get_by_id(victim.id))
    assert not Session.select().where(Session.account == victim).exists()


def test_a_new_second_factor_allows_a_reset_again(
    victim: Account, admins: tuple[Account, Account], clock: TestClock
) -> None:
    remove(victim.id, admins[0])
    enrolled(Account.get_by_id(victim.id), clock)
    reset(victim.id, admins[0])
    assert second_factor.is_enrolled(Account.get_by_id(victim.id))


def test_the_portals_own_commands_are_nobodys_hand(victim: Account) -> None:
    people.reset(victim.id, by=SYSTEM)
    people.remove_second_factor(victim.id, by=SYSTEM)

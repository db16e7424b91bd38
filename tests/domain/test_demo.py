from dataclasses import replace

import pytest

from portal import clock as portal_clock
from portal.config import ROOT
from portal.domain.county_pack import CountyPack, load_pack
from portal.domain.demo import install_demo
from portal.domain.duty import on_duty
from portal.domain.intake.inbox import Filters, inbox
from portal.domain.intake.states import State
from portal.domain.permissions import Role, roles_of
from portal.domain.privacy import audit
from portal.models.accounts import Account, Holding, Invitation
from portal.models.county import StaffPosition
from portal.models.intake import IntakeRequest
from tests.support.clock import TestClock

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def pack() -> CountyPack:
    return load_pack(ROOT / "portal" / "counties" / "hoexter")


def test_the_invented_people_have_roles_and_posts_but_no_password(pack: CountyPack) -> None:
    install_demo(pack)
    people = {account.mail: account for account in Account.select()}
    assert set(people) == {person.mail for person in pack.demo_people}
    assert all(account.demo and not account.password_hash for account in people.values())
    assert all("Demo" in account.name for account in people.values())
    assert Invitation.select().count() == 0
    assert {role for account in people.values() for role in roles_of(account)} == set(Role)
    assert Holding.select().count() == sum(
        bool(person.position) + len(person.substitutes) for person in pack.demo_people
    )


def test_the_invented_requests_stand_where_the_pack_says(pack: CountyPack) -> None:
    install_demo(pack)
    found = sorted((request.state, request.outcome) for request in IntakeRequest.select())
    assert found == sorted((request.state, request.outcome) for request in pack.demo_requests)
    now = portal_clock.now()
    ages = sorted((now - request.received_at).days for request in IntakeRequest.select())
    assert ages == sorted(request.days_ago for request in pack.demo_requests)
    assert all(
        request.first_contact_at is None or request.received_at < request.first_contact_at <= now
        for request in IntakeRequest.select()
    )


@pytest.mark.parametrize("state", sorted(State))
def test_every_state_can_be_invented(pack: CountyPack, state: State) -> None:
    wanted = replace(
        pack.demo_requests[0],
        days_ago=30,
        state=state,
        outcome="b_solved_directly" if state == State.CLOSED else "",
    )
    install_demo(replace(pack, demo_requests=(wanted,)))
    assert IntakeRequest.get().state == state


def test_a_second_run_adds_nothing(pack: CountyPack, clock: TestClock) -> None:
    install_demo(pack)
    counts = (Account.select().count(), IntakeRequest.select().count(), Holding.select().count())
    clock.move(days=1)
    install_demo(pack)
    assert counts == (
        Account.select().count(),
        IntakeRequest.select().count(),
        Holding.select().count(),
    )


def test_the_case_manager_finds_the_requests_of_her_towns(pack: CountyPack) -> None:
    install_demo(pack)
    post = StaffPosition.get(StaffPosition.key == "CMS-III-a")
    (account,) = on_duty(post, portal_clock.today()).accounts
    assert inbox(by=account, filters=Filters()).total > 0


def test_the_log_is_sound_although_the_past_was_invented(pack: CountyPack) -> None:
    install_demo(pack)
    assert audit.verify_links() == ()

"""Sessions end when they should, whatever the clock does, and never come back."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock as portal_clock
from portal.db import database
from portal.domain.accounts import people, sessions
from portal.domain.accounts.sessions import CAREFUL, CLOCKS_DIFFER, REQUESTER, SEEN_EVERY, STAFF
from portal.domain.actors import SYSTEM
from portal.domain.errors import NotFound
from portal.domain.permissions import Role
from portal.models.accounts import Session
from tests.support.clock import TestClock
from tests.support.people import make_account, make_request
from tests.support.queries import counted_queries

MINUTE = 60
pytestmark = pytest.mark.usefixtures("database")
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def open_one(role: Role = Role.ASSISTANT) -> str:
    return sessions.open_for_account(make_account(role), complete=True, second_factor=True)


def test_a_stolen_table_signs_nobody_in() -> None:
    token = open_one()
    row = Session.get()
    assert len(token) >= 43  # 256 bits
    assert token not in {row.token_hash, bytes(row.sealed).decode("latin-1")}
    assert sessions.find(row.token_hash) is None


@pytest.mark.parametrize(
    ("role", "minutes"),
    [
        (Role.ASSISTANT, 30),
        (Role.CASE_MANAGER, 30),
        (Role.COORDINATOR, 15),
        (Role.COMPONENT3, 15),
        (Role.ADMIN, 15),
    ],
)
def test_idle_sessions_end(role: Role, minutes: int, clock: TestClock) -> None:
    token = open_one(role)
    clock.move(minutes=minutes - 1)
    assert sessions.find(token)
    clock.move(minutes=minutes)
    assert sessions.find(token) is None
    assert not Session.select().exists()


def test_busy_sessions_end_after_eight_hours(clock: TestClock) -> None:
    token = open_one()
    for _ in range(8 * 6 - 1):
        clock.move(minutes=10)
        assert sessions.find(token)
    clock.move(minutes=10)
    assert sessions.find(token) is None


def test_a_return_code_opens_for_an_hour(clock: TestClock) -> None:
    token = sessions.open_for_request(make_request("brakel").id)
    found = sessions.find(token)
    assert found is not None
    assert (found.account, sessions.is_complete(found)) == (None, True)
    with pytest.raises(NotFound):
        sessions.owner(found)
    for _ in range(5):
        clock.move(minutes=10)
        assert sessions.find(token)
    clock.move(minutes=10)
    assert sessions.find(token) is None


def test_a_clock_set_back_ends_it_for_good(clock: TestClock) -> None:
    token = open_one()
    clock.move(hours=-1)
    assert sessions.find(token) is None
    clock.move(hours=1)
    assert sessions.find(token) is None


def test_two_machines_clocks_may_differ_a_little(clock: TestClock) -> None:
    token = open_one()
    clock.move(seconds=-CLOCKS_DIFFER.total_seconds())
    assert sessions.find(token)


@given(
    role=st.sampled_from([None, Role.ASSISTANT, Role.ADMIN]),
    steps=st.lists(st.integers(-20 * MINUTE, 90 * MINUTE), max_size=20),
)
@SHARED
def test_under_any_clock_it_lives_no_longer_than_allowed(
    clock: TestClock, role: Role | None, steps: list[int]
) -> None:
    limits = {None: REQUESTER, Role.ASSISTANT: STAFF, Role.ADMIN: CAREFUL}[role]
    token = open_one(role) if role else sessions.open_for_request(make_request("brakel").id)
    opened = seen = portal_clock.now()
    ended = False
    for seconds in steps:
        clock.move(seconds=seconds)
        now = portal_clock.now()
        alive = sessions.find(token) is not None
        assert not (alive and ended), "it came back"
        if alive:
            assert now - seen < limits.idle
            assert now - opened < limits.absolute
            assert now >= opened - CLOCKS_DIFFER
            seen = max(seen, now)
        elif not ended:
            ended = True
            assert (
                now - seen >= limits.idle - SEEN_EVERY
                or now - opened >= limits.absolute
                or now < seen - CLOCKS_DIFFER
            ), "it ended for no reason"


def test_looking_often_writes_seldom(clock: TestClock) -> None:
    token = open_one()
    with counted_queries() as queries:
        for _ in range(5):
            clock.move(seconds=10)
            sessions.find(token)
    assert [query for query in queries if query.startswith("UPDATE")] == []
    clock.move(seconds=30)
    with counted_queries() as queries:
        sessions.find(token)
    assert len([query for query in queries if query.startswith("UPDATE")]) == 1


def test_half_a_sign_in_is_not_complete(clock: TestClock) -> None:
    token = sessions.open_for_account(make_account(Role.CASE_MANAGER), complete=False)
    found = sessions.find(token)
    assert found is not None
    assert not sessions.is_complete(found)
    clock.move(minutes=15)
    assert sessions.find(token) is None


def test_a_role_that_needs_a_second_factor_asks_for_it_at_once() -> None:
    account = make_account(Role.ASSISTANT)
    token = sessions.open_for_account(account, complete=True)
    assert sessions.is_complete(sessions.find(token))
    people.grant_role(account.id, by=SYSTEM, role=Role.CASE_MANAGER)
    assert not sessions.is_complete(sessions.find(token))


def test_what_is_kept_is_sealed_and_comes_back() -> None:
    token = open_one()
    sessions.keep(sessions.find(token), {"note": "für später"})
    assert sessions.data_of(sessions.find(token)) == {"note": "für später"}
    stored = database.execute_sql('SELECT sealed FROM "session"').fetchone()[0]
    assert b"note" not in bytes(stored)


def test_a_changed_row_carries_nothing() -> None:
    token = open_one()
    Session.update(sealed=b"\x01" + b"0" * 60).execute()
    assert sessions.data_of(sessions.find(token)) == {}


def test_ending_sessions() -> None:
    account = make_account(Role.ASSISTANT)
    tokens = [
        sessions.open_for_account(account, complete=True, device=f"Gerät {n}") for n in range(4)
    ]
    own = sessions.find(tokens[0])
    assert {one.device for one in sessions.of_account(account)} == {f"Gerät {n}" for n in range(4)}
    sessions.end_own(sessions.find(tokens[1]).id, by=account)
    assert sessions.find(tokens[1]) is None
    sessions.end_all(account, by=account, keeping=own)
    assert [bool(sessions.find(token)) for token in tokens] == [True, False, False, False]
    sessions.end(own)
    assert sessions.of_account(account) == []


def test_a_session_that_ended_touches_none_that_got_its_number() -> None:
    token = open_one()
    old = sessions.find(token)
    sessions.end(old)
    fresh = open_one()
    sessions.keep(old, {"note": "von gestern"})
    sessions.end(old)
    assert sessions.data_of(sessions.find(fresh)) == {}


def test_nobody_ends_somebody_elses_session() -> None:
    other = sessions.find(open_one())
    with pytest.raises(NotFound):
        sessions.end_own(other.id, by=make_account())


def test_invented_people_count_in_demo_mode_only() -> None:
    account = make_account(Role.ASSISTANT)
    account.demo = True
    account.save()
    token = sessions.open_for_account(account, complete=True)
    assert sessions.find(token) is None
    assert sessions.find(token, demo=True)


def test_sessions_that_ended_by_themselves_are_swept(clock: TestClock) -> None:
    open_one()
    clock.move(minutes=20)
    kept = open_one()
    clock.move(minutes=15)
    assert sessions.forget_old() == 1
    assert sessions.find(kept)


def test_proving_again_is_fresh_for_five_minutes(clock: TestClock) -> None:
    token = open_one()
    clock.move(minutes=6)
    assert not sessions.is_fresh(sessions.find(token))
    sessions.prove(sessions.find(token))
    assert sessions.is_fresh(sessions.find(token))
    clock.move(minutes=5, seconds=1)
    assert not sessions.is_fresh(sessions.find(token))


def test_a_requests_session_goes_with_the_request() -> None:
    request = make_request("brakel")
    sessions.open_for_request(request.id)
    request.delete_instance()
    assert not Session.select().exists()


def test_the_list_shows_only_what_is_alive(clock: TestClock) -> None:
    account = make_account(Role.ASSISTANT)
    sessions.open_for_account(account, complete=True)
    clock.move(seconds=timedelta(minutes=31).total_seconds())
    assert sessions.of_account(account) == []

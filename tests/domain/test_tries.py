"""The throttle: each key for itself, exact to the second, and safe against tries at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import db
from portal.domain import tries
from portal.domain.errors import TooManyTries
from portal.domain.tries import Limit
from portal.models.accounts import Tries
from tests.support.clock import TestClock

DOUBLING = Limit(count=5, seconds=60, doubling=True)
WINDOW = Limit(count=3, seconds=60)
keys = map(str, count())
pytestmark = pytest.mark.usefixtures("empty_database")


def fill(key: str, limit: Limit) -> None:
    for _ in range(limit.count):
        tries.count("test", key, limit=limit)


def seconds_left(key: str, limit: Limit) -> int:
    with pytest.raises(TooManyTries) as refused:
        tries.count("test", key, limit=limit)
    return refused.value.seconds


def test_one_too_many_waits_and_nobody_else_does() -> None:
    fill("mine", DOUBLING)
    assert seconds_left("mine", DOUBLING) == 60
    tries.count("test", "yours", limit=DOUBLING)
    tries.count("another purpose", "mine", limit=DOUBLING)


def test_looking_counts_nothing() -> None:
    for _ in range(10):
        tries.check("test", "mine", limit=DOUBLING)
    fill("mine", DOUBLING)
    with pytest.raises(TooManyTries):
        tries.check("test", "mine", limit=DOUBLING)


def test_the_wait_doubles_up_to_the_longest(clock: TestClock) -> None:
    fill("mine", DOUBLING)
    waits = []
    for _ in range(6):
        waits.append(seconds_left("mine", DOUBLING))
        clock.move(seconds=waits[-1])
        tries.count("test", "mine", limit=DOUBLING)
    assert waits == [60, 120, 240, 480, 900, 900]


def test_a_refused_try_makes_the_wait_no_longer(clock: TestClock) -> None:
    fill("mine", DOUBLING)
    clock.move(seconds=59)
    assert seconds_left("mine", DOUBLING) == 1
    clock.move(seconds=1)
    tries.count("test", "mine", limit=DOUBLING)


def test_a_window_opens_again_as_a_whole(clock: TestClock) -> None:
    for _ in range(WINDOW.count):
        tries.count("test", "mine", limit=WINDOW)
        clock.move(seconds=10)
    assert seconds_left("mine", WINDOW) == 30
    clock.move(seconds=30)
    fill("mine", WINDOW)
    assert seconds_left("mine", WINDOW) == 60


def test_success_forgets() -> None:
    fill("mine", DOUBLING)
    tries.forget("test", "mine")
    fill("mine", DOUBLING)


def test_time_forgets_also_how_long_the_next_wait_was(clock: TestClock) -> None:
    fill("mine", DOUBLING)
    clock.move(seconds=60 + DOUBLING.longest)
    fill("mine", DOUBLING)
    assert seconds_left("mine", DOUBLING) == 60


def test_a_clock_set_back_locks_nobody_out_for_long(clock: TestClock) -> None:
    fill("mine", DOUBLING)
    clock.move(hours=-3)
    tries.count("test", "mine", limit=DOUBLING)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_no_pauses_let_more_through(clock: TestClock, pauses: list[int]) -> None:
    """However somebody spreads their tries: never more than twice the count in one length of the window."""
    key, now = next(keys), 0
    passed: list[int] = []
    waits: list[int] = []
    for pause in pauses:
        now += pause
        clock.move(seconds=pause)
        try:
            tries.count("test", key, limit=WINDOW)
        except TooManyTries as refused:
            waits.append(refused.seconds)
        else:
            passed.append(now)
    assert all(0 < wait <= WINDOW.seconds for wait in waits)
    for start in passed:
        assert sum(start <= at < start + WINDOW.seconds for at in passed) <= 2 * WINDOW.count


def test_tries_at_the_same_moment_are_all_counted() -> None:
    def attempt(_number: int) -> bool:
        db.connect()
        try:
            tries.count("test", "crowd", limit=WINDOW)
        except (TooManyTries, db.WritersBusy):
            return False
        finally:
            db.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) <= WINDOW.count
    assert seconds_left("crowd", WINDOW) > 0


def test_the_table_tells_no_address() -> None:
    tries.count("test", "192.0.2.17", limit=WINDOW)
    row = Tries.get()
    assert "192" not in row.key
    assert len(row.key) == 64


def test_old_rows_go(clock: TestClock) -> None:
    tries.count("test", "old", limit=WINDOW)
    clock.move(days=1, seconds=1)
    tries.count("test", "new", limit=WINDOW)
    assert tries.forget_old() == 1
    assert Tries.select().count() == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.17", "192.0.2.0/24"),
        ("192.0.2.250", "192.0.2.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("::ffff:192.0.2.17", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_networks(address: str, network: str) -> None:
    assert tries.network_of(address) == network

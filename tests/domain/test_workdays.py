from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.domain.workdays import add_working_days, is_working_day, working_days_between

pytestmark = pytest.mark.usefixtures("database")

days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
counts = st.integers(0, 40)
with_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 12, 23), 2, date(2026, 12, 28)),  # Christmas
        (date(2026, 5, 29), 5, date(2026, 6, 8)),  # Corpus Christi is a holiday in this state
        (date(2026, 10, 30), 1, date(2026, 11, 2)),  # All Saints' Day is a Sunday then
        (date(2027, 10, 29), 1, date(2027, 11, 2)),  # and a Monday a year later
    ],
)
def test_working_days_skip_weekends_and_the_holidays_of_the_state(
    start: date, count: int, expected: date
) -> None:
    assert add_working_days(start, count) == expected


@with_database
@given(days, counts)
@example(date(2026, 12, 24), 1)
def test_adding_ends_on_a_working_day_and_counts_what_was_added(start: date, count: int) -> None:
    end = add_working_days(start, count)
    assert is_working_day(end)
    assert working_days_between(start, end) == (count or int(end > start))


@with_database
@given(days, counts, counts)
def test_adding_twice_is_adding_the_sum(start: date, one: int, other: int) -> None:
    begin = add_working_days(start, 0)
    assert add_working_days(add_working_days(begin, one), other) == add_working_days(
        begin, one + other
    )


@with_database
@given(days, days, days)
def test_counting_is_additive_and_never_negative(one: date, two: date, three: date) -> None:
    first, middle, last = sorted((one, two, three))
    parts = working_days_between(first, middle) + working_days_between(middle, last)
    assert working_days_between(first, last) == parts
    assert working_days_between(last, first) == 0


def test_each_county_has_the_holidays_of_its_own_state(tiny_database: str) -> None:
    assert is_working_day(date(2026, 6, 4)) != is_working_day(date(2026, 6, 3))

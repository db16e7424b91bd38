"""Working days: Monday to Friday without the public holidays of the county's part of the country."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

from portal.db import database
from portal.domain.towns import county_setting

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Tell whether the county's offices are open on a day."""
    return day.weekday() < SATURDAY and not is_holiday(day)


def is_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday here."""
    return day in _calendar(database.obj)


def add_working_days(start: date, count: int) -> date:
    """Return the working day that is `count` working days after `start`; 0 gives the next one from `start` on."""
    day = start
    for _number in range(count):
        day = _next_working_day(day + timedelta(days=1))
    return _next_working_day(day)


def working_days_between(start: date, end: date) -> int:
    """Return how many working days came after `start` up to and including `end`; 0 if there were none."""
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(map(is_working_day, days))


def _next_working_day(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=1)
def _calendar(_database: object) -> holidays.HolidayBase:
    """Return the holidays, asked for once per database: a county stays where it is."""
    region = county_setting("holidays")
    return holidays.country_holidays(region["country"], subdiv=region["subdivision"] or None)

"""Days and moments as the page's language writes them."""

from datetime import date, datetime

from babel.dates import get_day_names
from flask import Flask

from portal.domain.directory.hours import closing_text
from portal.domain.directory.views import Opening
from portal.i18n import format_date, format_datetime, locale


def setup_dates(app: Flask) -> None:
    """Teach the templates to write days and moments."""
    app.jinja_env.filters.update(
        day=day, short_day=short_day, moment=moment, weekday=weekday, week=week
    )


def day(value: date) -> str:
    """Return a day, such as "23. November 2026"."""
    return str(format_date(value, "long"))


def short_day(value: date) -> str:
    """Return a day for a table, such as "23.11.2026"."""
    return str(format_date(value, "medium"))


def moment(value: datetime) -> str:
    """Return a moment in the offices' time zone, such as "23.11.2026, 09:00"."""
    return str(format_datetime(value, "short"))


def weekday(number: int) -> str:
    """Return the name of a weekday; 0 is Monday."""
    return str(get_day_names("wide", locale=locale().babel)[number])


def week(openings: tuple[Opening, ...]) -> list[tuple[str, str]]:
    """Return the days on which it is open, each with its hours."""
    days: dict[int, list[str]] = {}
    for one in sorted(openings):
        days.setdefault(one.weekday, []).append(f"{one.opens:%H:%M}–{closing_text(one)}")
    return [(weekday(number), ", ".join(times)) for number, times in days.items()]

"""Days and moments as the page's language writes them."""

from datetime import date, datetime

from babel.dates import get_day_names
from flask import Flask

from portal.i18n import format_date, format_datetime, locale


def setup_dates(app: Flask) -> None:
    """Teach the templates to write days and moments."""
    app.jinja_env.filters.update(day=day, short_day=short_day, moment=moment, weekday=weekday)


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

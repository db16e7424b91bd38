"""A service as staff read it: every field in words."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from portal.domain.directory.exchange_table import COLUMNS, Column, cells
from portal.domain.directory.services import StaffService
from portal.domain.towns import active_towns
from portal.i18n import SOURCE
from portal.web import words
from portal.web.dates import short_day

CODES: Mapping[str, Mapping[str, Any]] = {
    "topics": words.TOPICS,
    "legal_circles": words.LEGAL_CIRCLES,
    "interpreter": words.INTERPRETER,
    "cost": words.COST,
    "access": words.ACCESS,
}


def facts(shown: StaffService) -> list[tuple[str, str]]:
    """Return all fields of a service with what they say, in the order of its table."""
    said = cells(shown.draft) | dict(_names(shown))
    return [(column.heading, _in_words(shown, column, said[column.heading])) for column in COLUMNS]


def _names(shown: StaffService) -> Iterable[tuple[str, str]]:
    """Yield what stands for other things: names instead of keys."""
    detail, towns = shown.detail, {town.slug: town.name for town in active_towns()}
    places = {place.key: place.name for place in detail.places}
    yield "Träger", detail.card.provider
    yield "Programm", detail.programme_name
    yield "Städte", ", ".join(towns.get(slug, slug) for slug in shown.draft.towns)
    yield "Orte", ", ".join(places.values())
    yield (
        "Zeiten an den Orten",
        "; ".join(
            f"{places.get(one.place, one.place)}: {one.hours}"
            for one in shown.draft.places
            if one.hours
        ),
    )


def _in_words(shown: StaffService, column: Column, said: str) -> str:
    value, known = getattr(shown.draft, column.field), CODES.get(column.field)
    if isinstance(value, date):
        return short_day(value)
    if column.field == "languages":
        return ", ".join(words.language_name(code, SOURCE) for code in value)
    if known:
        codes = (value,) if isinstance(value, str) else value
        return ", ".join(str(known.get(code, code)) for code in codes)
    return said

"""Services as a table: one row each, which columns there are, and how their cells are written and read.

Several values stand in one cell, parted by " | ". A cell that was not changed says what it said before; so a table that
comes back as it went out changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.domain.actors import Actor
from portal.domain.directory.drafts import CHOICES, PlaceEntry, ServiceDraft
from portal.domain.directory.hours import hours_text, parse_hours
from portal.domain.directory.records import load, services
from portal.domain.directory.staff import draft_of
from portal.domain.errors import RuleBroken
from portal.domain.permissions import Permission, require
from portal.domain.text import clean
from portal.models.directory import Service

PARTED = " | "
YES, NO = "ja", "nein"
DIGITS = 3


class CellBroken(Exception):
    """A cell does not say what its column needs."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the field of a draft it shows, how it is written and read."""

    heading: str
    field: str
    write: Callable[[Any], str] = str
    read: Callable[[str], Any] = str


def _write_list(values: Sequence[str]) -> str:
    return PARTED.join(values)


def _read_list(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for one in text.split("|") if (part := one.strip())))


def _write_number(value: int | None) -> str:
    return "" if value is None else str(value)


def _read_number(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise CellBroken("Schreiben Sie eine ganze Zahl.")
    return int(text) if text else None


def _write_day(value: date | None) -> str:
    return "" if value is None else value.isoformat()


def _read_day(text: str) -> date | None:
    day, month, year = text.split(".") if text.count(".") == 2 else ("", "", "")  # noqa: PLR2004 - day.month.year
    iso = f"{year}-{month:0>2}-{day:0>2}" if year else text
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError as error:
        raise CellBroken("Schreiben Sie den Tag so: 2026-11-23 oder 23.11.2026.") from error


def _write_flag(value: bool) -> str:
    return YES if value else NO


def _read_flag(text: str) -> bool:
    if text.casefold() not in {YES, NO, ""}:
        raise CellBroken(f"Schreiben Sie {YES} oder {NO}.")
    return text.casefold() == YES


def _choice(heading: str, field: str) -> Column:
    def read(text: str) -> str:
        known = CHOICES[field]()
        if text not in known:
            raise CellBroken(f"Möglich sind: {', '.join(known)}.")
        return text

    return Column(heading, field, read=read)


def _list(heading: str, field: str) -> Column:
    return Column(heading, field, _write_list, _read_list)


def _number(heading: str, field: str) -> Column:
    return Column(heading, field, _write_number, _read_number)


def _day(heading: str, field: str) -> Column:
    return Column(heading, field, _write_day, _read_day)


def _write_places(places: Sequence[PlaceEntry]) -> str:
    return PARTED.join(one.place for one in places)


def _write_hours(places: Sequence[PlaceEntry]) -> str:
    return PARTED.join(f"{one.place}: {one.hours}" for one in places if one.hours)


def _read_hours(text: str) -> dict[str, str]:
    """Return the hours at each place, by its key."""
    found: dict[str, str] = {}
    for entry in _read_list(text):
        place, colon, hours = entry.partition(":")
        if not colon or place.strip() in found:
            raise CellBroken("Schreiben Sie je Ort einmal: Ort: Mo–Do 09:00–12:00.")
        found[place.strip()] = _as_written(hours)
    return found


def _as_written(hours: str) -> str:
    try:
        return hours_text(parse_hours(hours.strip()))
    except RuleBroken as broken:
        raise CellBroken(str(broken.message)) from broken


KEY, STATE = "Schlüssel", "Stand"
PLACES, HOURS = "Orte", "Zeiten an den Orten"
COLUMNS = (
    Column("Träger", "organisation"),
    Column("Programm", "programme"),
    Column("Name", "name"),
    Column("Beschreibung", "description"),
    Column("Für wen", "for_whom"),
    Column("Nicht für wen", "not_for"),
    Column("Sonst", "otherwise"),
    _list("Themen", "topics"),
    _list("Rechtskreise", "legal_circles"),
    _list("Wegweiser", "wayfinder_codes"),
    _number("Alter von", "age_min"),
    _number("Alter bis", "age_max"),
    Column("Ganzer Kreis", "county_wide", _write_flag, _read_flag),
    _list("Städte", "towns"),
    _list("Sprachen", "languages"),
    _choice("Dolmetschen", "interpreter"),
    _choice("Kosten", "cost"),
    Column("Hinweis zu den Kosten", "cost_note"),
    _choice("Zugang", "access"),
    Column("Hinweis zu Plätzen", "capacity_note"),
    Column("Internetadresse", "url"),
    Column(PLACES, "places", _write_places, _read_list),
    Column(HOURS, "places", _write_hours, _read_hours),
    _day("Geschlossen von", "closed_from"),
    _day("Geschlossen bis", "closed_to"),
    Column("Grund der Schließung", "closed_note"),
    _day("Gültig von", "valid_from"),
    _day("Gültig bis", "valid_to"),
    _day("Geprüft am", "checked_on"),
    _day("Nächste Prüfung", "next_check_on"),
)
HEADINGS = (KEY, STATE, *(column.heading for column in COLUMNS))
HEADING_OF = {column.field: column.heading for column in reversed(COLUMNS)} | {"contacts": PLACES}
"""Where a mistake in a field is shown; a contact that stays behind belongs to a place that was taken out."""


def table(by: Actor) -> list[list[str]]:
    """Return all services as rows under their headings."""
    require(by, Permission.DIRECTORY_READ)
    records = load(services().order_by(Service.key))
    rows = ([one.service.key, one.service.state, *cells(draft_of(one)).values()] for one in records)
    return [list(HEADINGS), *rows]


def cells(draft: ServiceDraft) -> dict[str, str]:
    """Return what a table says about a service, by heading."""
    return {column.heading: clean(column.write(getattr(draft, column.field))) for column in COLUMNS}


def with_cells(
    draft: ServiceDraft, said: Mapping[str, str], broken: Callable[[str, str], None]
) -> ServiceDraft:
    """Return a draft with what changed cells say; each that cannot be read is told to `broken`."""
    values: dict[str, Any] = {}
    for column in COLUMNS:
        if column.heading not in said:
            continue
        try:
            values[column.heading] = column.read(said[column.heading])
        except CellBroken as error:
            broken(column.heading, str(error))
    try:
        places = _places(draft, values)
    except CellBroken as error:
        broken(HOURS, str(error))
        places = draft.places
    fields = {
        column.field: values[column.heading]
        for column in COLUMNS
        if column.heading in values and column.field != "places"
    }
    return replace(draft, **fields, places=places)


def _places(draft: ServiceDraft, values: Mapping[str, Any]) -> tuple[PlaceEntry, ...]:
    """Return the places, which stand in two columns, as they are after the change of one or both."""
    keys = values.get(PLACES, tuple(one.place for one in draft.places))
    hours = values.get(HOURS, {one.place: one.hours for one in draft.places})
    if HOURS in values and (unknown := [place for place in hours if place not in keys]):
        raise CellBroken(f"„{unknown[0][:40]}“ steht nicht in der Spalte {PLACES}.")
    return tuple(PlaceEntry(place, hours.get(place, "")) for place in keys)

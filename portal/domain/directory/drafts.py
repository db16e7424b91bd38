"""What a form says about a service, and what of it has to be right before it is stored."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal import clock
from portal.domain.directory import codes
from portal.domain.directory.checks import (
    HIGHEST_ID,
    LONGEST_LINE,
    LONGEST_TEXT,
    LONGEST_URL,
    check_codes,
    check_days,
    check_order,
    check_url,
    cleaned,
)
from portal.domain.directory.hours import parse_hours, to_rows
from portal.domain.errors import RuleBroken
from portal.domain.topics import LEGAL_CIRCLES, TOPICS
from portal.domain.towns import county_setting
from portal.models.county import Contact, Organisation, Town
from portal.models.directory import Place, Programme

END_BEFORE_START = "Das Ende liegt vor dem Beginn."


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A place by its key, with the hours of the service there as text."""

    place: str
    hours: str = ""


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A contact by its id, for one place (by key) or for all."""

    contact: int
    place: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceDraft:
    """Everything a form holds about a service: codes, keys of other things, and words."""

    organisation: str
    name: str
    programme: str = ""
    description: str = ""
    for_whom: str = ""
    not_for: str = ""
    otherwise: str = ""
    topics: tuple[str, ...] = ()
    legal_circles: tuple[str, ...] = ()
    wayfinder_codes: tuple[str, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    county_wide: bool = False
    towns: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    interpreter: str = "unknown"
    cost: str = "free"
    cost_note: str = ""
    access: str = "open"
    capacity_note: str = ""
    url: str = ""
    closed_from: date | None = None
    closed_to: date | None = None
    closed_note: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    checked_on: date | None = None
    next_check_on: date | None = None
    places: tuple[PlaceEntry, ...] = ()
    contacts: tuple[ContactEntry, ...] = ()


TEXTS = {
    "name": (LONGEST_LINE, True),
    "description": (LONGEST_TEXT, True),
    "for_whom": (LONGEST_TEXT, False),
    "not_for": (LONGEST_TEXT, False),
    "otherwise": (LONGEST_TEXT, False),
    "cost_note": (LONGEST_LINE, False),
    "capacity_note": (LONGEST_LINE, False),
    "closed_note": (LONGEST_LINE, False),
    "url": (LONGEST_URL, False),
}
"""How long each text may be, and whether it has to be there."""
CHOICES: dict[str, Callable[[], Collection[str]]] = {
    "interpreter": lambda: codes.INTERPRETER,
    "cost": lambda: codes.COST,
    "access": lambda: codes.ACCESS,
}
LISTS: dict[str, Callable[[], Collection[str]]] = {
    "topics": lambda: TOPICS,
    "legal_circles": lambda: LEGAL_CIRCLES,
    "wayfinder_codes": lambda: codes.WAYFINDER_CODES,
    "languages": lambda: county_setting("languages"),
}
AS_IT_IS = (
    "age_min",
    "age_max",
    "county_wide",
    "closed_from",
    "closed_to",
    "valid_from",
    "valid_to",
    "checked_on",
    "next_check_on",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that may be stored: columns of the service, and the rows that belong to it."""

    columns: dict[str, Any]
    towns: tuple[Town, ...]
    places: tuple[tuple[Place, list[Any]], ...]
    contacts: tuple[tuple[Contact, Place | None], ...]


def checked(draft: ServiceDraft) -> Checked:
    """Return a draft as it is stored; raise RuleBroken with the first thing that is wrong."""
    columns: dict[str, Any] = {
        name: cleaned(getattr(draft, name), field=name, longest=longest, required=required)
        for name, (longest, required) in TEXTS.items()
    }
    check_url(columns["url"])
    for name, known in CHOICES.items():
        check_codes([getattr(draft, name)], known(), field=name)
        columns[name] = getattr(draft, name)
    for name, known in LISTS.items():
        check_codes(getattr(draft, name), known(), field=name)
        columns[name] = list(dict.fromkeys(getattr(draft, name)))
    _check_ages(draft)
    _check_dates(draft)
    columns |= {name: getattr(draft, name) for name in AS_IT_IS}
    columns["organisation"] = _organisation(draft.organisation)
    columns["programme"] = _programme(draft.programme)
    places = _places(draft.places)
    return Checked(
        columns,
        _towns(draft),
        tuple((place, hours) for place, hours in places.values()),
        tuple(_contacts(draft.contacts, {key: place for key, (place, _hours) in places.items()})),
    )


def _check_ages(draft: ServiceDraft) -> None:
    for name in ("age_min", "age_max"):
        age = getattr(draft, name)
        if age is not None and not 0 <= age <= codes.OLDEST:
            raise RuleBroken(f"Das Alter muss zwischen 0 und {codes.OLDEST} liegen.", field=name)
    if draft.age_min is not None and draft.age_max is not None and draft.age_max < draft.age_min:
        raise RuleBroken("Das höchste Alter liegt unter dem niedrigsten.", field="age_max")


def _check_dates(draft: ServiceDraft) -> None:
    for first, last in (("valid_from", "valid_to"), ("closed_from", "closed_to")):
        check_order(
            getattr(draft, first), getattr(draft, last), field=last, message=END_BEFORE_START
        )
    check_days(draft.checked_on, field="checked_on")
    if draft.checked_on and draft.checked_on > clock.today():
        raise RuleBroken("Der Tag der Prüfung liegt in der Zukunft.", field="checked_on")
    check_order(
        draft.checked_on,
        draft.next_check_on,
        field="next_check_on",
        message="Die nächste Prüfung liegt vor der letzten.",
    )


def _organisation(key: str) -> Organisation:
    found: Organisation | None = Organisation.get_or_none(Organisation.key == key)
    if found is None:
        raise RuleBroken("Diese Organisation gibt es nicht.", field="organisation")
    return found


def _programme(key: str) -> Programme | None:
    found: Programme | None = Programme.get_or_none(Programme.key == key) if key else None
    if key and found is None:
        raise RuleBroken("Dieses Programm gibt es nicht.", field="programme")
    return found


def _towns(draft: ServiceDraft) -> tuple[Town, ...]:
    found = {row.slug: row for row in Town.select().where(Town.slug.in_(list(draft.towns)))}
    check_codes(draft.towns, found, field="towns")
    if draft.county_wide and found:
        raise RuleBroken(
            "Das Angebot gilt für den ganzen Kreis. Wählen Sie dann keine Städte.", field="towns"
        )
    if not draft.county_wide and not found:
        raise RuleBroken("Wählen Sie Städte oder den ganzen Kreis.", field="towns")
    return tuple(found.values())


def _places(entries: Iterable[PlaceEntry]) -> dict[str, tuple[Place, list[Any]]]:
    wanted = list(entries)
    found = {
        row.key: row for row in Place.select().where(Place.key.in_([one.place for one in wanted]))
    }
    check_codes((one.place for one in wanted), found, field="places")
    if len(found) < len(wanted):
        raise RuleBroken("Ein Ort steht zweimal da.", field="places")
    return {
        one.place: (found[one.place], to_rows(parse_hours(one.hours, field="places")))
        for one in wanted
    }


def _contacts(
    entries: Iterable[ContactEntry], places: dict[str, Place]
) -> Iterable[tuple[Contact, Place | None]]:
    wanted = list(dict.fromkeys(entries))
    ids = {one.contact for one in wanted if 0 < one.contact <= HIGHEST_ID}
    found = {row.id: row for row in Contact.select().where(Contact.id.in_(sorted(ids)))}
    for one in wanted:
        if one.contact not in found:
            raise RuleBroken("Diesen Kontakt gibt es nicht.", field="contacts")
        if one.place and one.place not in places:
            raise RuleBroken("Der Kontakt gehört zu einem Ort, der hier fehlt.", field="contacts")
        yield found[one.contact], places.get(one.place)

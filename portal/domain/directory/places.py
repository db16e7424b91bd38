"""Places: where services are given; one place for several services, each with its own hours there if need be."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from portal.domain.actors import Actor
from portal.domain.changes import change
from portal.domain.directory.checks import LONGEST_LINE, check_codes, check_order, cleaned
from portal.domain.directory.codes import BARRIER_FREE
from portal.domain.directory.hours import from_rows, hours_text, parse_hours, to_rows
from portal.domain.directory.scope import Scope, scope_of
from portal.domain.directory.storing import free_key
from portal.domain.directory.touching import touch_services_of_place
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Permission, require
from portal.models.county import Organisation, Town
from portal.models.directory import Place, Service, ServicePlace

TEXTS = {
    "name": (LONGEST_LINE, True),
    "street": (LONGEST_LINE, False),
    "postcode": (10, False),
    "city": (LONGEST_LINE, False),
    "barrier_note": (LONGEST_LINE, False),
    "closed_note": (LONGEST_LINE, False),
}
"""How long each text may be, and whether it has to be there."""
SAME = (*TEXTS, "barrier_free", "closed_from", "closed_to")


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceDraft:
    """What a form says about a place: keys of others, hours as text."""

    name: str
    organisation: str = ""
    town: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    barrier_free: str = "unknown"
    barrier_note: str = ""
    hours: str = ""
    closed_from: date | None = None
    closed_to: date | None = None
    closed_note: str = ""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place with the services given there, as staff see it."""

    key: str
    draft: PlaceDraft
    organisation_name: str
    town_name: str
    services: tuple[tuple[str, str], ...]
    """Keys and names."""
    may_edit: bool


def places_list(by: Actor) -> list[PlaceRow]:
    """Return all places with where they are used, by name."""
    require(by, Permission.DIRECTORY_READ)
    rows = list(_joined().order_by(fn.LOWER(Place.name), Place.id))
    scope, used = scope_of(by), _used()
    return [_row(row, scope, used) for row in rows]


def staff_place(by: Actor, key: str) -> PlaceRow:
    """Return one place; raise NotFound."""
    require(by, Permission.DIRECTORY_READ)
    row = _joined().where(Place.key == key).first()
    if row is None:
        raise NotFound
    return _row(row, scope_of(by), _used())


def add(by: Actor, draft: PlaceDraft) -> str:
    """Add a place and return its key."""
    require(by, Permission.DIRECTORY_EDIT)
    values = _checked(draft)
    if not scope_of(by).holds_place(Place(**values)):
        raise RuleBroken("Das dürfen Sie nur für Ihren eigenen Bereich eintragen.", field="town")
    with change(by=by, action="directory:place:add") as entry:
        key = free_key(draft.name, taken=_is_taken)
        Place.create(key=key, **values)
        entry.about(f"place:{key}")
    return key


def edit(by: Actor, key: str, draft: PlaceDraft) -> None:
    """Write what a form says into a place; its services follow."""
    require(by, Permission.DIRECTORY_EDIT)
    values = _checked(draft)
    with change(by=by, action="directory:place:edit", subject=f"place:{key}") as entry:
        row = Place.locked(Place.key == key)
        if row is None:
            raise NotFound
        scope = scope_of(by)
        if not scope.holds_place(row):
            raise NotAllowed
        if not scope.holds_place(Place(**values)):
            raise RuleBroken("Danach wäre der Ort nicht mehr in Ihrem Bereich.", field="town")
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        row.save()
        entry.changed(fields=sorted(changed))
        touch_services_of_place(entry, row.id)


def _joined() -> Any:
    return (
        Place.select(Place, Organisation, Town)
        .left_outer_join(Organisation, on=(Place.organisation == Organisation.id))
        .switch(Place)
        .left_outer_join(Town, on=(Place.town == Town.id))
    )


def _used() -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    rows = ServicePlace.select(ServicePlace, Service).join(Service).order_by(Service.name)
    for row in rows:
        found.setdefault(row.place_id, []).append((row.service.key, row.service.name))
    return found


def _row(row: Place, scope: Scope, used: dict[int, list[tuple[str, str]]]) -> PlaceRow:
    organisation, town = row.organisation, row.town
    draft = PlaceDraft(
        organisation=organisation.key if organisation else "",
        town=town.slug if town else "",
        hours=hours_text(from_rows(row.hours)),
        **{name: getattr(row, name) for name in SAME},
    )
    return PlaceRow(
        row.key,
        draft,
        organisation.name if organisation else "",
        town.name if town else "",
        tuple(used.get(row.id, ())),
        scope.holds_place(row),
    )


def _checked(draft: PlaceDraft) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: cleaned(getattr(draft, name), field=name, longest=longest, required=required)
        for name, (longest, required) in TEXTS.items()
    }
    check_codes([draft.barrier_free], BARRIER_FREE, field="barrier_free")
    check_order(
        draft.closed_from,
        draft.closed_to,
        field="closed_to",
        message="Das Ende liegt vor dem Beginn.",
    )
    organisation = Organisation.get_or_none(Organisation.key == draft.organisation)
    town = Town.get_or_none(Town.slug == draft.town)
    if draft.organisation and organisation is None:
        raise RuleBroken("Diese Organisation gibt es nicht.", field="organisation")
    if draft.town and town is None:
        raise RuleBroken("Diese Stadt gibt es nicht.", field="town")
    return values | {
        "organisation": organisation,
        "town": town,
        "barrier_free": draft.barrier_free,
        "hours": to_rows(parse_hours(draft.hours)),
        "closed_from": draft.closed_from,
        "closed_to": draft.closed_to,
    }


def _is_taken(key: str) -> bool:
    return Place.select().where(Place.key == key).exists()

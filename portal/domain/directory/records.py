"""Services with everything that belongs to them, read with the same few queries for one as for hundreds."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar, cast

from peewee import Expression, ModelSelect

from portal.domain.directory.codes import PUBLIC_STATES
from portal.domain.directory.hours import from_rows
from portal.domain.directory.views import Opening
from portal.models.county import Contact, Organisation, Town
from portal.models.directory import (
    ContactHours,
    Place,
    Programme,
    Service,
    ServiceContact,
    ServicePlace,
    ServiceTown,
    Translation,
)

SERVICE = "service"
"""What translations of services are filed under."""
AT_ONCE = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AtPlace:
    """A place of a service, with the hours that the service has only there."""

    place: Place
    hours: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Reachable:
    """A function to ask about a service, at one place or everywhere, with its own hours and languages."""

    contact: Contact
    place_id: int | None
    hours: tuple[Opening, ...]
    languages: tuple[str, ...]


@dataclass(slots=True)
class Record:
    """A service with everything that belongs to it."""

    service: Service
    towns: list[Town] = field(default_factory=list)
    places: list[AtPlace] = field(default_factory=list)
    contacts: list[Reachable] = field(default_factory=list)
    translations: dict[str, Translation] = field(default_factory=dict)

    @property
    def programme(self) -> Programme | None:
        """The programme it belongs to, if it does."""
        return self.service.programme if self.service.programme_id else None


Records = dict[int, Record]
Part = Callable[[Records], None]
"""Reads something that belongs to services."""


def services() -> "ModelSelect[Service]":
    """Return all services with their organisation and programme, to be narrowed."""
    return (
        Service.select(Service, Organisation, Programme)
        .join(Organisation, on=(Service.organisation == Organisation.id))
        .switch(Service)
        .left_outer_join(Programme, on=(Service.programme == Programme.id))
    )


def is_public(day: date) -> Expression:
    """Return the condition that everybody may see a service on a day; what its programme ended, ended too."""
    return (
        Service.state.in_(sorted(PUBLIC_STATES))
        & _holds(Service, day)
        & (Service.programme.is_null() | _holds(Programme, day))
    )


def _holds(table: type[Service] | type[Programme], day: date) -> Expression:
    return (table.valid_from.is_null() | (table.valid_from <= day)) & (
        table.valid_to.is_null() | (table.valid_to >= day)
    )


def is_for_town(slug: str) -> Expression:
    """Return the condition that a service is for the people of a town."""
    there = ServiceTown.select(ServiceTown.service).join(Town).where(Town.slug == slug)
    return Service.county_wide.is_set() | Service.id.in_(there)


def keys_where(*conditions: Expression, ordered: bool = False) -> list[str]:
    """Return the keys of the services that fulfil conditions, by name if that matters."""
    query = services().select(Service.key)
    query = query.where(*conditions) if conditions else query
    rows = query.order_by(Service.name, Service.key) if ordered else query
    return [key for (key,) in plain(rows)]


def load(found: Iterable[Service], parts: Sequence[Part] | None = None) -> list[Record]:
    """Return services with everything (or some of the parts) that belongs to them, in the order given."""
    return list(stream(found, parts))


def stream(found: Iterable[Service], parts: Sequence[Part] | None = None) -> Iterator[Record]:
    """Yield services with what belongs to them, some hundred at a time."""
    rows = iter(found)
    while batch := list(islice(rows, AT_ONCE)):
        records = {row.id: Record(row) for row in batch}
        for add in EVERYTHING if parts is None else parts:
            add(records)
        yield from records.values()


def by_keys(
    keys: Collection[str],
    condition: Expression | None = None,
    parts: Sequence[Part] | None = None,
) -> list[Record]:
    """Return the services with these keys, in the order of the keys; those that are not there are left out."""
    found: dict[str, Service] = {}
    for some in chunks(list(dict.fromkeys(keys))):
        query = services().where(Service.key.in_(some))
        found |= {row.key: row for row in (query.where(condition) if condition else query)}
    return load((found[key] for key in dict.fromkeys(keys) if key in found), parts)


def plain(query: "ModelSelect[Any]") -> list[tuple[Any, ...]]:
    """Return what a query finds as plain tuples: quicker than rows, where nothing but values is needed."""
    return list(cast("Iterable[tuple[Any, ...]]", query.tuples()))


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a long list into pieces that a query can take."""
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def add_towns(records: Records) -> None:
    """Read the towns of services; there are few, so each is read once."""
    towns = {town.id: town for town in Town.select()}
    rows = ServiceTown.select(ServiceTown.service_id, ServiceTown.town_id)
    for service_id, town_id in plain(rows.where(ServiceTown.service.in_(list(records)))):
        records[service_id].towns.append(towns[town_id])
    for record in records.values():
        record.towns.sort(key=lambda town: town.name)


def add_places(records: Records) -> None:
    """Read the places of services, each place once."""
    rows = plain(
        ServicePlace.select(ServicePlace.service_id, ServicePlace.place_id, ServicePlace.hours)
        .where(ServicePlace.service.in_(list(records)))
        .order_by(ServicePlace.id)
    )
    query = Place.select(Place, Town).left_outer_join(Town)
    ids = {place_id for _service_id, place_id, _hours in rows}
    places = {place.id: place for place in query.where(Place.id.in_(sorted(ids)))}
    for service_id, place_id, hours in rows:
        records[service_id].places.append(AtPlace(places[place_id], from_rows(hours)))


def add_contacts(records: Records) -> None:
    """Read the contacts of services, each contact once."""
    rows = plain(
        ServiceContact.select(
            ServiceContact.service_id, ServiceContact.contact_id, ServiceContact.place_id
        )
        .where(ServiceContact.service.in_(list(records)))
        .order_by(ServiceContact.id)
    )
    ids = {contact_id for _service_id, contact_id, _place_id in rows}
    contacts = {one.id: one for one in Contact.select().where(Contact.id.in_(sorted(ids)))}
    reach = reach_of(ids)
    for service_id, contact_id, place_id in rows:
        reachable = Reachable(contacts[contact_id], place_id, *reach[contact_id])
        records[service_id].contacts.append(reachable)


def add_translations(records: Records) -> None:
    """Read the words of services in other languages."""
    by_key = {record.service.key: record for record in records.values()}
    rows = Translation.select().where(
        Translation.kind == SERVICE, Translation.key.in_(list(by_key))
    )
    for row in rows:
        by_key[row.key].translations[row.locale] = row


HOURS: tuple[Part, ...] = (add_places, add_contacts)
"""What opening hours depend on."""
EVERYTHING: tuple[Part, ...] = (add_towns, *HOURS, add_translations)


def reach_of(
    contact_ids: Collection[int],
) -> dict[int, tuple[tuple[Opening, ...], tuple[str, ...]]]:
    """Return the own hours and languages of contacts; a contact without any has none."""
    found: dict[int, tuple[tuple[Opening, ...], tuple[str, ...]]] = defaultdict(lambda: ((), ()))
    for row in ContactHours.select().where(ContactHours.contact.in_(sorted(contact_ids))):
        found[row.contact_id] = (from_rows(row.hours), tuple(row.languages))
    return found

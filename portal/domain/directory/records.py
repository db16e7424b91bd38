"""Services with everything that belongs to them, read with the same few queries for one as for hundreds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import TypeVar

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


def load(found: Iterable[Service]) -> list[Record]:
    """Return services with everything that belongs to them, in the order given."""
    return list(stream(found))


def stream(found: Iterable[Service]) -> Iterator[Record]:
    """Yield services with everything that belongs to them, some hundred at a time."""
    rows = iter(found)
    while batch := list(islice(rows, AT_ONCE)):
        yield from _batch(batch)


def by_keys(keys: Collection[str], condition: Expression | None = None) -> list[Record]:
    """Return the services with these keys, in the order of the keys; those that are not there are left out."""
    found: dict[str, Service] = {}
    for some in chunks(list(dict.fromkeys(keys))):
        query = services().where(Service.key.in_(some))
        found |= {row.key: row for row in (query.where(condition) if condition else query)}
    return load(found[key] for key in dict.fromkeys(keys) if key in found)


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a long list into pieces that a query can take."""
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def _batch(found: list[Service]) -> list[Record]:
    records = {row.id: Record(row) for row in found}
    _add_towns(records)
    _add_places(records)
    _add_contacts(records)
    by_key = {record.service.key: record for record in records.values()}
    for translation in Translation.select().where(
        Translation.kind == SERVICE, Translation.key.in_(list(by_key))
    ):
        by_key[translation.key].translations[translation.locale] = translation
    return list(records.values())


def _add_towns(records: dict[int, Record]) -> None:
    rows = ServiceTown.select(ServiceTown, Town).join(Town)
    for row in rows.where(ServiceTown.service.in_(list(records))).order_by(Town.name):
        records[row.service_id].towns.append(row.town)


def _add_places(records: dict[int, Record]) -> None:
    rows = (
        ServicePlace.select(ServicePlace, Place, Town)
        .join(Place)
        .left_outer_join(Town, on=(Place.town == Town.id))
        .where(ServicePlace.service.in_(list(records)))
        .order_by(ServicePlace.id)
    )
    for row in rows:
        records[row.service_id].places.append(AtPlace(row.place, from_rows(row.hours)))


def _add_contacts(records: dict[int, Record]) -> None:
    rows = list(
        ServiceContact.select(ServiceContact, Contact)
        .join(Contact)
        .where(ServiceContact.service.in_(list(records)))
        .order_by(ServiceContact.id)
    )
    reach = reach_of({row.contact_id for row in rows})
    for row in rows:
        hours, languages = reach[row.contact_id]
        records[row.service_id].contacts.append(
            Reachable(row.contact, row.place_id, hours, languages)
        )


def reach_of(
    contact_ids: Collection[int],
) -> dict[int, tuple[tuple[Opening, ...], tuple[str, ...]]]:
    """Return the own hours and languages of contacts; a contact without any has none."""
    found: dict[int, tuple[tuple[Opening, ...], tuple[str, ...]]] = defaultdict(lambda: ((), ()))
    for row in ContactHours.select().where(ContactHours.contact.in_(sorted(contact_ids))):
        found[row.contact_id] = (from_rows(row.hours), tuple(row.languages))
    return found

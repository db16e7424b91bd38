"""What else has to be indexed anew when something changes that services show."""

from peewee import Expression

from portal.domain.changes import Entry
from portal.domain.searchable import Kind, touch
from portal.models.directory import Service, ServiceContact, ServicePlace


def touch_services_of_place(entry: Entry, place_id: int) -> None:
    """Note that the services at a place changed with it."""
    rows = ServicePlace.select(ServicePlace.service).where(ServicePlace.place == place_id)
    _touch(entry, Service.id.in_(rows))


def touch_services_of_contact(entry: Entry, contact_id: int) -> None:
    """Note that the services a contact answers for changed with it."""
    rows = ServiceContact.select(ServiceContact.service).where(ServiceContact.contact == contact_id)
    _touch(entry, Service.id.in_(rows))


def touch_services_of_programme(entry: Entry, programme_id: int) -> None:
    """Note that the services of a programme changed with it."""
    _touch(entry, Service.programme == programme_id)


def _touch(entry: Entry, condition: Expression) -> None:
    for row in Service.select(Service.key).where(condition).order_by(Service.id):
        touch(entry, Kind.SERVICE, row.key)

"""How a service is written: its columns, the rows that belong to it, its version."""

import re
import unicodedata
from collections.abc import Callable

from portal import clock
from portal.db import wait_for_turn
from portal.domain.changes import Entry
from portal.domain.directory.codes import State
from portal.domain.directory.drafts import Checked
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.searchable import Kind, touch
from portal.models.directory import Service, ServiceContact, ServicePlace, ServiceTown

CHANGED_MEANWHILE = (
    "Jemand anders hat das Angebot inzwischen geändert. Ihre Eingaben stehen noch hier; "
    "vergleichen Sie sie mit dem neuen Stand und speichern Sie noch einmal."
)
LONGEST_KEY = 60
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def create(key: str, name: str, state: State, entries: Checked, entry: Entry) -> Service:
    """Add a service, inside a change."""
    service: Service = Service.create(
        key=key or free_key(name, taken=_is_taken),
        state=state,
        created_at=clock.now(),
        updated_at=clock.now(),
        **entries.columns,
    )
    _store_rows(service, entries)
    touch(entry, Kind.SERVICE, service.key)
    return service


def store(service: Service, entries: Checked, entry: Entry, *, by_provider: bool) -> None:
    """Write checked entries into a service, inside a change that holds it."""
    changed = {
        name: value for name, value in entries.columns.items() if getattr(service, name) != value
    }
    for name, value in changed.items():
        setattr(service, name, value)
    if "checked_on" in changed:
        service.checked_by_provider = by_provider
    if "url" in changed:
        service.link_problem = ""
    _store_rows(service, entries)
    if service.state == State.NEEDS_CHECK and _is_checked_for_now(service):
        service.state = State.PUBLISHED
    save(service, entry)
    entry.changed(fields=sorted(changed), version=service.version)


def save(service: Service, entry: Entry) -> None:
    """Write a service as its next version, and have the search read it anew."""
    service.version += 1
    service.updated_at = clock.now()
    service.save()
    touch(entry, Kind.SERVICE, service.key)


def subject_of(key: str) -> str:
    """Return how the audit log names a service."""
    return f"service:{key}"


def locked_service(key: str) -> Service:
    """Return a service, held against other writers; raise NotFound."""
    service = Service.locked(Service.key == key)
    if service is None:
        raise NotFound
    return service


def check_version(service: Service, version: int) -> None:
    """Raise RuleBroken if somebody else was quicker."""
    if service.version != version:
        raise RuleBroken(CHANGED_MEANWHILE, field="version")


def free_key(name: str, *, taken: Callable[[str], bool]) -> str:
    """Return a key made of a name that nothing else has, inside a change; of two at once, the second waits."""
    wait_for_turn("directory:key")
    written = name.casefold().translate(UMLAUTS)
    plain = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_KEY].strip("-") or "neu"
    key, number = base, 1
    while taken(key):
        number += 1
        key = f"{base}-{number}"
    return key


def _is_taken(key: str) -> bool:
    return Service.select().where(Service.key == key).exists()


def _is_checked_for_now(service: Service) -> bool:
    return service.next_check_on is not None and service.next_check_on >= clock.today()


def _store_rows(service: Service, entries: Checked) -> None:
    for table in (ServiceTown, ServicePlace, ServiceContact):
        table.delete().where(table.service == service).execute()
    for town in entries.towns:
        ServiceTown.create(service=service, town=town)
    for place, hours in entries.places:
        ServicePlace.create(service=service, place=place, hours=hours)
    for contact, at_place in entries.contacts:
        ServiceContact.create(service=service, contact=contact, place=at_place)

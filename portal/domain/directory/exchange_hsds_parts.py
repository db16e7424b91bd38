"""The parts of a service as Open Referral HSDS 3 has them: where and when it is, whom to ask, our own taxonomies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from portal import clock
from portal.domain.directory.hours import closing_text, from_rows, hours_text
from portal.domain.directory.records import AtPlace, Reachable, Record
from portal.domain.directory.views import Opening
from portal.models.county import County
from portal.models.directory import Place, Service

Entity = dict[str, Any]
Names = Mapping[str, Mapping[str, str]]
"""What people read for our codes, by the names of `TAXONOMIES` and of the lists of `codes`."""
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TAXONOMIES = {
    "topic": "Themen des KIM-Portals",
    "legal_circle": "Rechtskreise",
    "wayfinder_code": "Antworten des Wegweisers",
}
LAST_MINUTE = "23:59"  # HSDS knows no 24:00


@dataclass(frozen=True, slots=True)
class Export:
    """What every entity needs to know: whose it is, in which words, and as of when."""

    county: County
    names: Names
    at: datetime
    organisations: Mapping[int, str]
    """Their keys, by row."""

    def id(self, *parts: str) -> str:
        """Return the same identifier for the same thing, whenever and wherever it is exported."""
        return str(uuid5(NAMESPACE_URL, ":".join(("kim-portal", self.county.key, *parts))))

    def organisation_id(self, row_id: int | None) -> str | None:
        """Return the identifier of an organisation that a row points to, if it does."""
        return None if row_id is None else self.id("organization", self.organisations[row_id])

    def name(self, kind: str, code: str) -> str:
        """Return what people read for a code."""
        return self.names.get(kind, {}).get(code, code)

    def time(self, text: str) -> str:
        """Return a time on the offices' clock with what that clock is ahead of UTC at the moment."""
        offset = f"{clock.local(self.at):%z}"
        return f"{text}{offset[:3]}:{offset[3:]}"


def given(**fields: Any) -> Entity:
    """Return an entity with those fields that say something; zero and no say something."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], ())}


def iso_day(value: date | None) -> str | None:
    """Return a day as ISO 8601 writes it, if there is one."""
    return None if value is None else value.isoformat()


def at_location(export: Export, record: Record, at: AtPlace) -> Entity:
    """Return a service at one of its places; its hours there go before the place's own."""
    row, place = record.service, at.place
    own_id = export.id("service_at_location", row.key, place.key)
    here = [one for one in record.contacts if one.contact.public and one.place_id == place.id]
    return given(
        id=own_id,
        service_id=export.id("service", row.key),
        location_id=export.id("location", place.key),
        location=_location(export, place),
        contacts=[contact_of(export, row, one, place.key) for one in here],
        schedules=schedules(export, at.hours, service_at_location_id=own_id, service=row),
    )


def _location(export: Export, place: Place) -> Entity:
    own_id = export.id("location", place.key)
    return given(
        id=own_id,
        location_type="physical",
        organization_id=export.organisation_id(place.organisation_id),
        name=place.name,
        addresses=[_address(export, place, own_id)] if place.postcode and place.city else [],
        accessibility=[
            given(
                id=export.id("accessibility", place.key),
                location_id=own_id,
                description=export.name("barrier_free", place.barrier_free),
                details=place.barrier_note,
            )
        ],
        schedules=schedules(export, from_rows(place.hours), location_id=own_id),
    )


def _address(export: Export, place: Place, location_id: str) -> Entity:
    """Return an address; a house that is known by its name has no street."""
    region = export.county.settings["holidays"]
    return {
        "id": export.id("address", place.key),
        "location_id": location_id,
        "address_1": place.street or place.name,
        "city": place.city,
        "region": export.county.name,
        "state_province": region["subdivision"],
        "postal_code": place.postcode,
        "country": region["country"],
        "address_type": "physical",
    }


def schedules(
    export: Export, openings: Iterable[Opening], *, service: Service | None = None, **owner: str
) -> list[Entity]:
    """Return weekly rules (RFC 5545), one for all days with the same time."""
    days: dict[tuple[str, str], list[str]] = {}
    for one in sorted(openings):
        closes = closing_text(one).replace("24:00", LAST_MINUTE)
        days.setdefault((f"{one.opens:%H:%M}", closes), []).append(BYDAY[one.weekday])
    return [
        given(
            id=export.id("schedule", *owner.values(), opens, closes),
            **owner,
            valid_from=iso_day(service.valid_from) if service else None,
            valid_to=iso_day(service.valid_to) if service else None,
            freq="WEEKLY",
            interval=1,
            byday=",".join(byday),
            opens_at=export.time(opens),
            closes_at=export.time(closes),
        )
        for (opens, closes), byday in days.items()
    ]


def contact_of(export: Export, row: Service, one: Reachable, place_key: str = "") -> Entity:
    """Return a function one can reach; HSDS repeats it for each service it answers for."""
    contact = one.contact
    organisation = export.organisations[contact.organisation_id]
    parts = (row.key, place_key, organisation, contact.function_title)
    own_id = export.id("contact", *parts)
    phone = given(
        id=export.id("phone", *parts),
        contact_id=own_id,
        number=contact.phone,
        type="voice",
        description=hours_text(one.hours),
    )
    return given(
        id=own_id,
        organization_id=export.organisation_id(contact.organisation_id),
        service_id=export.id("service", row.key),
        title=contact.function_title,
        email=contact.mail,
        phones=[phone] if contact.phone else [],
    )


def language(export: Export, row: Service, code: str) -> Entity:
    """Return a language in which a service is given."""
    return {
        "id": export.id("language", row.key, code),
        "service_id": export.id("service", row.key),
        "name": export.name("language", code),
        "code": code,
    }


def attributes(export: Export, row: Service) -> list[Entity]:
    """Return the codes of our own taxonomies."""
    codes = {
        "topic": row.topics,
        "legal_circle": row.legal_circles,
        "wayfinder_code": row.wayfinder_codes,
    }
    return [
        {
            "id": export.id("attribute", row.key, kind, code),
            "link_id": export.id("service", row.key),
            "link_entity": "service",
            "link_type": kind,
            "taxonomy_term_id": export.id("taxonomy_term", kind, code),
            "taxonomy_term": _term(export, kind, code),
        }
        for kind, listed in codes.items()
        for code in listed
    ]


def _term(export: Export, kind: str, code: str) -> Entity:
    taxonomy_id = export.id("taxonomy", kind)
    return {
        "id": export.id("taxonomy_term", kind, code),
        "code": code,
        "name": export.name(kind, code),
        "description": f"{TAXONOMIES[kind]}: {export.name(kind, code)}",
        "language": "de",
        "taxonomy": TAXONOMIES[kind],
        "taxonomy_id": taxonomy_id,
        "taxonomy_detail": {
            "id": taxonomy_id,
            "name": TAXONOMIES[kind],
            "description": f"{TAXONOMIES[kind]} ({export.county.name})",
        },
    }

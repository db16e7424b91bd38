"""The county itself as rows: its towns, organisations and posts."""

from collections.abc import Iterable
from dataclasses import asdict

from portal.domain.county.rows import Sheet, Values
from portal.domain.county_pack import CountyPack, Function
from portal.models.county import (
    ClusterRegion,
    Contact,
    County,
    Organisation,
    PositionState,
    StaffPosition,
    Town,
)


def _county(pack: CountyPack) -> Iterable[Values]:
    settings = {
        "timezone": pack.timezone,
        "phone_region": pack.phone_region,
        "languages": list(pack.languages),
        "other_town_url": pack.other_town_url,
        "state_accommodation_towns": list(pack.state_accommodation_towns),
        "holidays": asdict(pack.holidays),
        "first_contact_days": pack.first_contact.working_days,
        "reminder_holder_day": pack.first_contact.reminder_holder_day,
        "reminder_coordination_day": pack.first_contact.reminder_coordination_day,
        "retention": asdict(pack.retention),
        "imprint": asdict(pack.imprint),
    }
    yield {"key": pack.key, "name": pack.name, "prefix": pack.prefix, "settings": settings}


def _organisations(pack: CountyPack) -> Iterable[Values]:
    for row in pack.organisations:
        values = asdict(row)
        yield values | {"town_keys": list(values.pop("towns"))}


def contacts(functions: Iterable[Function]) -> Iterable[Values]:
    """Return functions as rows, without their own hours, which have a table of their own."""
    for row in functions:
        yield {
            "organisation": row.organisation,
            "function_title": row.function_title,
            "phone": row.phone,
            "mail": row.mail,
            "public": row.public,
        }


def _positions(pack: CountyPack) -> Iterable[Values]:
    for row in pack.positions:
        yield {
            "key": row.key,
            "baustein": row.baustein,
            "kind": row.type,
            "organisation": row.employer or None,
            "title": row.title,
            "phone": row.phone,
            "mail": row.mail,
            "is_fallback": row.fallback,
        }


def _position_states(pack: CountyPack) -> Iterable[Values]:
    for row in pack.position_states:
        yield asdict(row) | {
            "fte_planned": None if row.fte_planned is None else float(row.fte_planned),
            "fte_filled": None if row.fte_filled is None else float(row.fte_filled),
        }


def _towns(pack: CountyPack) -> Iterable[Values]:
    for row in pack.towns:
        yield asdict(row) | {"postcodes": list(row.postcodes)}


COUNTY = (
    Sheet(County, ("key",), _county),
    Sheet(ClusterRegion, ("key",), lambda pack: map(asdict, pack.clusters)),
    Sheet(Organisation, ("key",), _organisations),
    Sheet(Contact, ("organisation", "function_title"), lambda pack: contacts(pack.functions)),
    Sheet(StaffPosition, ("key",), _positions),
    Sheet(PositionState, ("position", "valid_from"), _position_states),
    Sheet(Town, ("slug",), _towns),
)

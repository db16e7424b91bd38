"""Published services as Open Referral HSDS 3 has them; `docs/exchange.md` says what stands where.

Names, formats and required fields are those of the published specification. What it has no place for – whom a service
is not for, where those go instead, and the demarcations of its programme – stands under the one key `x_kim`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from portal import clock
from portal.domain.directory.demarcations import lines_by_programme
from portal.domain.directory.exchange_hsds_parts import (
    Entity,
    Export,
    Names,
    at_location,
    attributes,
    contact_of,
    given,
    iso_day,
    language,
)
from portal.domain.directory.finding import public_keys
from portal.domain.directory.hours import Closure
from portal.domain.directory.records import Record, by_keys
from portal.domain.directory.views import DemarcationLine
from portal.domain.paging import page_within
from portal.domain.towns import county
from portal.models.county import Organisation
from portal.models.directory import Programme, Service

SIZE, LARGEST_SIZE = 20, 100


def services_page(*, names: Names, at: datetime, page: int = 1, size: int = SIZE) -> Entity:
    """Return one page of the published services, fully nested."""
    size = min(max(1, size), LARGEST_SIZE)
    keys = sorted(public_keys(at))
    number, pages = page_within(page, total=len(keys), size=size)
    shown = keys[(number - 1) * size : number * size]
    export = Export(county(), names, at, _organisation_keys())
    lines = lines_by_programme(at)
    return {
        "total_items": len(keys),
        "total_pages": pages,
        "page_number": number,
        "size": len(shown),
        "first_page": number == 1,
        "last_page": number == pages,
        "empty": not shown,
        "contents": [_service(export, record, lines) for record in by_keys(shown)],
    }


def _organisation_keys() -> dict[int, str]:
    return {row.id: row.key for row in Organisation.select(Organisation.id, Organisation.key)}


def _service(
    export: Export, record: Record, lines: Mapping[int, Sequence[DemarcationLine]]
) -> Entity:
    row, programme = record.service, record.programme
    own_id = export.id("service", row.key)
    general = [one for one in record.contacts if one.contact.public and one.place_id is None]
    return given(
        id=own_id,
        organization_id=export.id("organization", row.organisation.key),
        program_id=export.id("program", programme.key) if programme else None,
        name=row.name,
        description=row.description,
        url=row.url,
        email=next((one.contact.mail for one in general if one.contact.mail), ""),
        status=_status(export, row),
        **_conditions(export, row),
        assured_date=iso_day(row.checked_on),
        alert=row.closed_note or row.capacity_note,
        last_modified=f"{row.updated_at:%Y-%m-%dT%H:%M:%S}.{row.updated_at.microsecond // 1000:03}Z",
        organization=_organization(export, row.organisation),
        program=_program(export, programme) if programme else None,
        service_at_locations=[at_location(export, record, place) for place in record.places],
        service_areas=_areas(export, record, own_id),
        languages=[language(export, row, code) for code in row.languages],
        contacts=[contact_of(export, row, one) for one in general],
        cost_options=[_cost(export, row)],
        attributes=attributes(export, row),
        metadata=_metadata(export, row),
        x_kim=_own(row, lines.get(row.programme_id or 0, ())),
    )


def _status(export: Export, row: Service) -> str:
    closed = Closure(row.closed_from, row.closed_to).covers(clock.local(export.at).date())
    return "temporarily closed" if closed else "active"


def _conditions(export: Export, row: Service) -> Entity:
    """Return who may come, how, and what it costs."""
    fees = (export.name("cost", row.cost), row.cost_note)
    return {
        "interpretation_services": export.name("interpreter", row.interpreter),
        "application_process": export.name("access", row.access),
        "fees_description": ": ".join(part for part in fees if part),
        "eligibility_description": row.for_whom,
        "minimum_age": row.age_min,
        "maximum_age": row.age_max,
    }


def _organization(export: Export, row: Organisation) -> Entity:
    return given(
        id=export.id("organization", row.key),
        name=row.name,
        alternate_name=row.short,
        description=export.name("organisation_kind", row.kind),
    )


def _program(export: Export, row: Programme) -> Entity:
    return given(
        id=export.id("program", row.key),
        organization_id=export.organisation_id(row.funder_id),
        name=row.name,
        alternate_name=row.abbr,
        description=row.goal or row.name,
    )


def _areas(export: Export, record: Record, service_id: str) -> list[Entity]:
    towns = [(town.slug, town.name) for town in record.towns]
    county_wide = [("", export.county.name)]
    return [
        {
            "id": export.id("service_area", record.service.key, slug),
            "service_id": service_id,
            "name": name,
        }
        for slug, name in (county_wide if record.service.county_wide else towns)
    ]


def _cost(export: Export, row: Service) -> Entity:
    """Return what it costs; amounts are only known where there are none."""
    return given(
        id=export.id("cost_option", row.key),
        service_id=export.id("service", row.key),
        option=export.name("cost", row.cost),
        currency="eur" if row.cost == "free" else None,
        amount=0 if row.cost == "free" else None,
        amount_description=row.cost_note,
    )


def _metadata(export: Export, row: Service) -> list[Entity]:
    """Return when, and by which office, the entry was last found to be right."""
    day = iso_day(row.checked_on)
    if day is None:
        return []
    confirmed_by = row.organisation.name if row.checked_by_provider else export.county.name
    return [
        {
            "id": export.id("metadata", row.key, day),
            "resource_id": export.id("service", row.key),
            "resource_type": "service",
            "last_action_date": day,
            "last_action_type": "update",
            "field_name": "assured_date",
            "previous_value": "",
            "replacement_value": day,
            "updated_by": confirmed_by,
        }
    ]


def _own(row: Service, demarcations: Sequence[DemarcationLine]) -> Entity:
    """Return what HSDS has no place for: our extension for rules."""
    return {
        "not_for": row.not_for,
        "otherwise": row.otherwise,
        "county_wide": row.county_wide,
        "confirmed_by_provider": row.checked_by_provider,
        "next_check_on": iso_day(row.next_check_on),
        "is_demo": row.demo,
        "demarcations": [_demarcation(line) for line in demarcations],
    }


def _demarcation(line: DemarcationLine) -> Entity:
    return {
        "key": line.key,
        "version": line.version,
        "own_programme": line.own,
        "own_statement": line.own_statement,
        "other_programme": line.other,
        "other_statement": line.other_statement,
        "interface": line.interface,
        "synergy": line.synergy,
        "handover_rule": line.handover_rule,
        "source": line.source,
        "agreed_on": iso_day(line.agreed_on),
        "valid_from": iso_day(line.valid_from),
    }

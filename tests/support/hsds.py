"""What the published HSDS 3.1 specification asks of each entity, as a table of our own.

Read from its schemas: which fields there are, which are required, what stands in them, what is nested in what.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

EXTENSION = "x_kim"


@dataclass(frozen=True)
class Spec:
    """One entity."""

    required: str
    fields: dict[str, str]
    """How each field is written: a name of FORMATS."""
    nested: dict[str, str] = field(default_factory=dict)
    """Which entity stands in a field; `[phone]` for a list of them."""


def _uuid(value: Any) -> bool:
    return isinstance(value, str) and str(UUID(value)) == value


def _day(value: Any) -> bool:
    return isinstance(value, str) and date.fromisoformat(value).isoformat() == value


def _time(value: Any) -> bool:
    return (
        re.fullmatch(r"\d\d:\d\d(Z|[+-]\d\d:\d\d)", value)
        and time.fromisoformat(value).tzinfo is not None
    )


def _moment(value: Any) -> bool:
    return re.fullmatch(r".*\.\d{3}Z", value) and datetime.fromisoformat(value).tzinfo is not None


def _byday(value: Any) -> bool:
    days = value.split(",")
    return (
        bool(days)
        and set(days) <= {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
        and len(set(days)) == len(days)
    )


def _among(*codes: str):
    return lambda value: value in codes


FORMATS = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "uuid": _uuid,
    "date": _day,
    "time": _time,
    "moment": _moment,
    "byday": _byday,
    "uri": lambda value: (
        urlsplit(value).scheme in {"http", "https"} and bool(urlsplit(value).netloc)
    ),
    "email": lambda value: re.fullmatch(r"[^@\s]+@[^@\s]+", value),
    "status": _among("active", "inactive", "defunct", "temporarily closed"),
    "location_type": _among("physical", "postal", "virtual"),
    "freq": _among("WEEKLY", "MONTHLY"),
    "country": lambda value: re.fullmatch("[A-Z]{2}", value),
    "language": lambda value: re.fullmatch("[a-z]{2,3}", value),
}


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "text")


def _ids(*names: str) -> dict[str, str]:
    return dict.fromkeys(("id", *names), "uuid")


ATTRIBUTES = {"attributes": "[attribute]", "metadata": "[metadata]"}
SPECS = {
    "service": Spec(
        "id name status",
        _ids("organization_id", "program_id")
        | _texts("name", "alternate_name", "description", "interpretation_services", "alert")
        | _texts(
            "application_process", "fees_description", "accreditations", "eligibility_description"
        )
        | {
            "url": "uri",
            "email": "email",
            "status": "status",
            "minimum_age": "number",
            "maximum_age": "number",
            "assured_date": "date",
            "assurer_email": "email",
            "last_modified": "moment",
        },
        {
            "phones": "[phone]",
            "schedules": "[schedule]",
            "service_areas": "[service_area]",
            "service_at_locations": "[service_at_location]",
            "languages": "[language]",
            "organization": "organization",
            "cost_options": "[cost_option]",
            "program": "program",
            "contacts": "[contact]",
            **ATTRIBUTES,
        },
    ),
    "organization": Spec(
        "id name description",
        _ids("parent_organization_id")
        | _texts("name", "alternate_name", "description", "legal_status", "logo")
        | {"email": "email", "website": "uri", "uri": "uri", "year_incorporated": "number"},
        {
            "contacts": "[contact]",
            "phones": "[phone]",
            "locations": "[location]",
            "programs": "[program]",
        }
        | ATTRIBUTES,
    ),
    "program": Spec(
        "id name description",
        _ids("organization_id") | _texts("name", "alternate_name", "description"),
        ATTRIBUTES,
    ),
    "service_at_location": Spec(
        "id",
        _ids("service_id", "location_id") | _texts("description"),
        {
            "service_areas": "[service_area]",
            "contacts": "[contact]",
            "phones": "[phone]",
            "schedules": "[schedule]",
            "location": "location",
        }
        | ATTRIBUTES,
    ),
    "location": Spec(
        "id location_type",
        _ids("organization_id")
        | _texts(
            "name",
            "alternate_name",
            "description",
            "transportation",
            "external_identifier",
            "external_identifier_type",
        )
        | {
            "location_type": "location_type",
            "url": "uri",
            "latitude": "number",
            "longitude": "number",
        },
        {
            "languages": "[language]",
            "addresses": "[address]",
            "contacts": "[contact]",
            "accessibility": "[accessibility]",
            "phones": "[phone]",
            "schedules": "[schedule]",
        }
        | ATTRIBUTES,
    ),
    "address": Spec(
        "id address_1 city state_province postal_code country address_type",
        _ids("location_id")
        | _texts(
            "attention", "address_1", "address_2", "city", "region", "state_province", "postal_code"
        )
        | {"country": "country", "address_type": "location_type"},
        ATTRIBUTES,
    ),
    "phone": Spec(
        "id number",
        _ids("location_id", "service_id", "organization_id", "contact_id", "service_at_location_id")
        | _texts("number", "type", "description")
        | {"extension": "number"},
        {"languages": "[language]"} | ATTRIBUTES,
    ),
    "contact": Spec(
        "id",
        _ids("organization_id", "service_id", "service_at_location_id", "location_id")
        | _texts("name", "title", "department")
        | {"email": "email"},
        {"phones": "[phone]"} | ATTRIBUTES,
    ),
    "schedule": Spec(
        "id",
        _ids("service_id", "location_id", "service_at_location_id")
        | _texts("byweekno", "bymonthday", "byyearday", "description", "attending_type", "notes")
        | {
            "valid_from": "date",
            "valid_to": "date",
            "dtstart": "date",
            "timezone": "number",
            "until": "date",
            "count": "number",
            "freq": "freq",
            "interval": "number",
            "byday": "byday",
            "opens_at": "time",
            "closes_at": "time",
            "schedule_link": "uri",
        },
        ATTRIBUTES,
    ),
    "language": Spec(
        "id",
        _ids("service_id", "location_id", "phone_id")
        | _texts("name", "note")
        | {"code": "language"},
        ATTRIBUTES,
    ),
    "service_area": Spec(
        "id",
        _ids("service_id", "service_at_location_id")
        | _texts("name", "description", "extent", "extent_type")
        | {"uri": "uri"},
        ATTRIBUTES,
    ),
    "cost_option": Spec(
        "id",
        _ids("service_id")
        | _texts("option", "currency", "amount_description")
        | {"valid_from": "date", "valid_to": "date", "amount": "number"},
        ATTRIBUTES,
    ),
    "accessibility": Spec(
        "id", _ids("location_id") | _texts("description", "details") | {"url": "uri"}, ATTRIBUTES
    ),
    "attribute": Spec(
        "id",
        _ids("link_id", "taxonomy_term_id") | _texts("link_type", "link_entity", "value", "label"),
        {"taxonomy_term": "taxonomy_term", "metadata": "[metadata]"},
    ),
    "taxonomy_term": Spec(
        "id name description",
        _ids("parent_id", "taxonomy_id")
        | _texts("code", "name", "description", "taxonomy")
        | {"language": "language", "term_uri": "uri"},
        {"taxonomy_detail": "taxonomy", "metadata": "[metadata]"},
    ),
    "taxonomy": Spec(
        "id name description",
        _ids() | _texts("name", "description", "version") | {"uri": "uri"},
        {"metadata": "[metadata]"},
    ),
    "metadata": Spec(
        "id last_action_date last_action_type field_name previous_value replacement_value updated_by",
        _ids("resource_id")
        | _texts(
            "resource_type",
            "last_action_type",
            "field_name",
            "previous_value",
            "replacement_value",
            "updated_by",
        )
        | {"last_action_date": "date"},
    ),
}
PAGE = {
    "total_items": int,
    "total_pages": int,
    "page_number": int,
    "size": int,
    "first_page": bool,
    "last_page": bool,
    "empty": bool,
    "contents": list,
}


def mistakes(entity: dict[str, Any], kind: str = "service") -> list[str]:
    """Return what an entity, and everything nested in it, does against the specification."""
    spec = SPECS[kind]
    found = [f"{kind} lacks {name}" for name in spec.required.split() if name not in entity]
    for name, value in entity.items():
        if name in spec.fields:
            found += [f"{kind}.{name}: {value!r}"] if not _fits(spec.fields[name], value) else []
        elif name in spec.nested:
            found += _nested(spec.nested[name], value)
        elif (kind, name) != ("service", EXTENSION):
            found.append(f"{kind} knows no {name}")
    return found


def _fits(kind: str, value: Any) -> bool:
    try:
        return bool(FORMATS[kind](value))
    except (TypeError, ValueError, AttributeError):
        return False


def _nested(kind: str, value: Any) -> list[str]:
    one = kind.strip("[]")
    if isinstance(value, list) != (kind != one):
        return [f"{one} is a list or one, not as here"]
    return [
        mistake
        for entity in (value if kind != one else [value])
        for mistake in mistakes(entity, one)
    ]


def entities(entity: dict[str, Any], kind: str = "service") -> list[tuple[str, dict[str, Any]]]:
    """Return an entity and all that are nested in it, with their kinds."""
    found = [(kind, entity)]
    for name, inner in SPECS[kind].nested.items():
        value = entity.get(name, [])
        for one in value if isinstance(value, list) else [value]:
            found += entities(one, inner.strip("[]"))
    return found

"""The county's directory as rows: programmes, places, services, demarcations, cards and search words."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.domain.county.rows import Rows, Sheet, Values, name_of
from portal.domain.county.services import ServiceSheet
from portal.domain.county.sheets import contacts
from portal.domain.county.versions import CardSheet, DemarcationSheet
from portal.domain.county_pack import CountyPack, Function, KnowledgeCard, Place, Service
from portal.domain.directory.hours import to_rows
from portal.domain.directory.translating import CARD_WORDS, SERVICE_WORDS
from portal.domain.searchable import Kind
from portal.models import directory as tables
from portal.models.county import Contact
from portal.models.search import SearchWords

LISTS = ("topics", "legal_circles", "wayfinder_codes", "languages")
SAME = (
    "key",
    "organisation",
    *SERVICE_WORDS,
    "age_min",
    "age_max",
    "county_wide",
    "interpreter",
    "cost",
    "cost_note",
    "access",
    "capacity_note",
    "url",
    "valid_from",
    "valid_to",
    "checked_by_provider",
    "state",
)
"""What a service's row holds just as the pack says it."""
CLOSED = ("closed_from", "closed_to", "closed_note")
CHECKS = ("state", "checked_on", "checked_by_provider", "next_check_on", *CLOSED)
"""What the portal itself keeps up to date: the pack says only how it begins."""


def _programmes(pack: CountyPack) -> Iterable[Values]:
    for row in pack.directory.programmes:
        yield asdict(row) | {"funder": row.funder or None}


def _contact_hours(functions: Iterable[Function]) -> Iterable[Values]:
    for row in functions:
        if row.hours or row.languages:
            yield {
                "contact": name_of((row.organisation, row.function_title)),
                "hours": to_rows(row.hours),
                "languages": list(row.languages),
            }


def _places(places: Iterable[Place]) -> Iterable[Values]:
    for row in places:
        yield asdict(row) | {
            "organisation": row.organisation or None,
            "town": row.town or None,
            "hours": to_rows(row.hours),
        }


def _services(services: Iterable[Service], *, demo: bool) -> Iterable[Values]:
    for row in services:
        yield {
            **{name: getattr(row, name) for name in SAME},
            **{name: list(getattr(row, name)) for name in LISTS},
            "programme": row.programme or None,
            "checked_on": _day(row.checked_on, row.checked_days_ago, -1),
            "next_check_on": _day(row.next_check_on, row.next_check_in_days, 1),
            "closed_from": _day(None, row.closed_from_in_days, 1),
            "closed_to": _day(None, row.closed_to_in_days, 1),
            "closed_note": row.closed_note,
            "demo": demo,
            "towns": sorted(row.towns),
            "places": [{"place": one.place, "hours": to_rows(one.hours)} for one in row.places],
            "contacts": [
                {
                    "contact": name_of((one.organisation, one.function)),
                    "place": one.place or None,
                }
                for one in row.contacts
            ],
            "translations": _translations(row, SERVICE_WORDS),
        }


def _day(day: date | None, days: int | None, direction: int) -> date | None:
    """Return a day, or the one that lies so many days away from the day of installing."""
    return day if days is None else clock.today() + direction * timedelta(days=days)


def _translations(row: Service | KnowledgeCard, words: Iterable[str]) -> dict[str, Any]:
    return {
        one.locale: {
            "fields": {name: text for name in words if (text := getattr(one, name))},
            "checked": one.checked,
        }
        for one in row.translations
    }


def _cards(pack: CountyPack) -> Iterable[Values]:
    for row in pack.directory.knowledge:
        yield asdict(row) | {
            "topics": list(row.topics),
            "translations": _translations(row, CARD_WORDS),
        }


def _search_words(pack: CountyPack) -> Iterable[Values]:
    for row in pack.directory.search_words:
        yield asdict(row) | {"words": list(row.words)}


def _service_sheet(rows: Rows) -> ServiceSheet:
    """Return the table of services with one of the pack's two lists of them."""
    return ServiceSheet(
        tables.Service, ("key",), rows, once=CHECKS, kind=Kind.SERVICE, words=SERVICE_WORDS
    )


DIRECTORY = (
    Sheet(tables.Programme, ("key",), _programmes),
    Sheet(tables.ContactHours, ("contact",), lambda pack: _contact_hours(pack.functions)),
    Sheet(tables.Place, ("key",), lambda pack: _places(pack.directory.places)),
    _service_sheet(lambda pack: _services(pack.directory.services, demo=False)),
    DemarcationSheet(
        tables.Demarcation, ("key",), lambda pack: map(asdict, pack.directory.demarcations)
    ),
    CardSheet(tables.KnowledgeCard, ("key",), _cards, kind=Kind.KNOWLEDGE_CARD, words=CARD_WORDS),
    Sheet(SearchWords, ("key",), _search_words),
)
INVENTED = (
    Sheet(Contact, ("organisation", "function_title"), lambda pack: contacts(pack.demo_functions)),
    Sheet(tables.ContactHours, ("contact",), lambda pack: _contact_hours(pack.demo_functions)),
    Sheet(tables.Place, ("key",), lambda pack: _places(pack.directory.demo_places)),
    _service_sheet(lambda pack: _services(pack.directory.demo_services, demo=True)),
)

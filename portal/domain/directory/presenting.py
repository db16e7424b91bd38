"""What a service looks like to a reader: views made of what the database holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from portal import clock
from portal.domain.directory.codes import BY_APPOINTMENT, State
from portal.domain.directory.hours import Closure, from_rows, hours_that_count, open_now
from portal.domain.directory.records import AtPlace, Reachable, Record
from portal.domain.directory.translating import SERVICE_WORDS, source_digest
from portal.domain.directory.views import (
    ContactView,
    DemarcationLine,
    Opening,
    OpenNow,
    OpenState,
    PlaceView,
    ServiceCard,
    ServiceDetail,
    Wording,
)
from portal.domain.workdays import is_holiday
from portal.i18n import SOURCE
from portal.models.directory import Place, Service

MOST_TELLING = (
    OpenState.OPEN,
    OpenState.BY_APPOINTMENT,
    OpenState.CLOSED,
    OpenState.CLOSED_FOR_A_WHILE,
    OpenState.UNKNOWN,
)
"""Which place's state a card shows if they differ: the first of these."""


def german_words(service: Service) -> dict[str, str]:
    """Return the words of a service that are translated."""
    return {name: getattr(service, name) for name in SERVICE_WORDS}


def wording(record: Record, locale: str) -> Wording:
    """Return a service's words in a language, in German where it has none; where one is missing, the German one."""
    german = german_words(record.service)
    translation = record.translations.get(locale)
    if locale == SOURCE or translation is None:
        return _worded(SOURCE, german)
    words = {name: translation.fields.get(name) or german[name] for name in german}
    is_complete = all(translation.fields.get(name) for name in german if german[name])
    return replace(
        _worded(locale, words),
        is_outdated=not is_complete or translation.source_digest != source_digest(german),
        is_checked=translation.checked,
    )


def _worded(locale: str, words: Mapping[str, str]) -> Wording:
    return Wording(
        locale,
        words["name"],
        words["description"],
        words["for_whom"],
        words["not_for"],
        words["otherwise"],
    )


def card(record: Record, *, locale: str, at: datetime) -> ServiceCard:
    """Return a service as a list of results shows it."""
    service, programme, today = record.service, record.programme, clock.local(at).date()
    return ServiceCard(
        key=service.key,
        words=wording(record, locale),
        provider=service.organisation.name,
        programme=programme.abbr if programme else "",
        topics=tuple(service.topics),
        towns=() if service.county_wide else tuple(town.slug for town in record.towns),
        county_wide=service.county_wide,
        languages=tuple(service.languages),
        interpreter=service.interpreter,
        cost=service.cost,
        access=service.access,
        age_min=service.age_min,
        age_max=service.age_max,
        open_now=open_somewhere(record, at),
        phone=next((one.contact.phone for one in _public(record) if one.contact.phone), ""),
        cities=tuple(dict.fromkeys(city for at in record.places if (city := _city(at.place)))),
        checked_on=service.checked_on,
        is_stale=is_stale(service, today),
        confirmed_by_provider=service.checked_by_provider,
        demo=service.demo,
    )


def detail(
    record: Record, *, locale: str, at: datetime, lines: Sequence[DemarcationLine]
) -> ServiceDetail:
    """Return everything the public may know about a service."""
    service, programme = record.service, record.programme
    return ServiceDetail(
        card=card(record, locale=locale, at=at),
        programme_name=programme.name if programme else "",
        legal_circles=tuple(service.legal_circles),
        wayfinder_codes=tuple(service.wayfinder_codes),
        cost_note=service.cost_note,
        capacity_note=service.capacity_note,
        url=service.url,
        places=tuple(_place(record, there, at) for there in record.places),
        contacts=tuple(_contact(one) for one in _public(record) if one.place_id is None),
        demarcations=tuple(lines),
        valid_from=service.valid_from,
        valid_to=service.valid_to,
        next_check_on=service.next_check_on,
        programme_key=programme.key if programme else "",
    )


def is_stale(service: Service, today: date) -> bool:
    """Tell whether a service should have been checked again by now."""
    overdue = service.next_check_on is not None and service.next_check_on < today
    return overdue or service.state == State.NEEDS_CHECK


def open_somewhere(record: Record, at: datetime) -> OpenNow:
    """Tell whether somebody is there now at one of the places, or on the phone if there are none."""
    states = [_open_at(record, there, at) for there in record.places]
    if not states:
        own = _union(one.hours for one in _public(record) if one.place_id is None)
        hours = hours_that_count(own)
        states = [_open(record.service, hours, (_closure(record.service),), at)]
    return min(states, key=_telling)


def _telling(state: OpenNow) -> tuple[int, float]:
    """Order states: open before closed, open for longer or again sooner before the others."""
    moment = state.changes_at.timestamp() if state.changes_at else float("inf")
    is_open = state.state is OpenState.OPEN
    return MOST_TELLING.index(state.state), -moment if is_open else moment


def _open_at(record: Record, there: AtPlace, at: datetime) -> OpenNow:
    closures = _closure(record.service), _closure(there.place)
    return _open(record.service, _hours_at(record, there), closures, at)


def _open(
    service: Service, hours: tuple[Opening, ...], closures: Sequence[Closure], at: datetime
) -> OpenNow:
    return open_now(
        hours,
        at=at,
        is_holiday=is_holiday,
        closures=closures,
        by_appointment=service.access == BY_APPOINTMENT,
    )


def _hours_at(record: Record, there: AtPlace) -> tuple[Opening, ...]:
    """Return the hours that count at a place: of whom to ask there, of the service there, of the place."""
    own = _union(one.hours for one in _public(record) if one.place_id in {None, there.place.id})
    return hours_that_count(own, there.hours, place_hours(there.place))


def place_hours(place: Place) -> tuple[Opening, ...]:
    """Return a place's own hours."""
    return from_rows(place.hours)


def _union(hours: Iterable[Sequence[Opening]]) -> set[Opening]:
    return {opening for some in hours for opening in some}


def _closure(thing: Service | Place) -> Closure:
    return Closure(thing.closed_from, thing.closed_to, thing.closed_note)


def _public(record: Record) -> list[Reachable]:
    """Return the contacts that everybody may know."""
    return [one for one in record.contacts if one.contact.public]


def _place(record: Record, there: AtPlace, at: datetime) -> PlaceView:
    place = there.place
    return PlaceView(
        key=place.key,
        name=place.name,
        street=place.street,
        postcode=place.postcode,
        city=place.city,
        town=place.town.slug if place.town else "",
        barrier_free=place.barrier_free,
        barrier_note=place.barrier_note,
        hours=_hours_at(record, there),
        open_now=_open_at(record, there, at),
        contacts=tuple(_contact(one) for one in _public(record) if one.place_id == place.id),
    )


def _contact(one: Reachable) -> ContactView:
    contact = one.contact
    return ContactView(
        contact.function_title, contact.phone, contact.mail, one.hours, one.languages
    )


def _city(place: Place) -> str:
    return str(place.town.name if place.town else place.city)

"""What everybody may read: the directory's public services as values."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal import clock
from portal.domain.directory import presenting
from portal.domain.directory.demarcations import lines_by_programme, lines_for
from portal.domain.directory.records import (
    HOURS,
    Record,
    by_keys,
    is_for_town,
    is_public,
    keys_where,
    load,
    plain,
    services,
)
from portal.domain.directory.views import OpenState, ServiceCard, ServiceDetail
from portal.domain.errors import NotFound
from portal.domain.towns import active_towns
from portal.models.county import Organisation
from portal.models.directory import Programme, Service, ServiceTown

CONFIRMED_WITHIN = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    confirmed: int
    total: int


def cards(keys: Collection[str], *, locale: str, at: datetime) -> list[ServiceCard]:
    """Return services as cards, in the order of the keys; what the public may not see is left out."""
    return [presenting.card(one, locale=locale, at=at) for one in _public(keys, at)]


def detail(key: str, *, locale: str, at: datetime) -> ServiceDetail:
    """Return everything the public may know about a service; raise NotFound."""
    found = _public([key], at)
    if not found:
        raise NotFound
    programme = found[0].programme
    lines = lines_for(programme.key, _day(at)) if programme else ()
    return presenting.detail(found[0], locale=locale, at=at, lines=lines)


def details(keys: Collection[str], *, locale: str, at: datetime) -> list[ServiceDetail]:
    """Return everything the public may know about services, in the order of the keys."""
    lines = lines_by_programme(at)
    return [
        presenting.detail(
            one, locale=locale, at=at, lines=lines.get(one.service.programme_id or 0, ())
        )
        for one in _public(keys, at)
    ]


def public_keys(at: datetime) -> list[str]:
    """Return which services everybody may see, by name."""
    return keys_where(is_public(_day(at)), ordered=True)


def keys_of_provider(organisation: str, at: datetime) -> list[str]:
    """Return which public services an organisation offers, by name."""
    return keys_where(is_public(_day(at)), Organisation.key == organisation, ordered=True)


def keys_of_programme(programme: str, at: datetime) -> list[str]:
    """Return which public services belong to a programme, by name."""
    return keys_where(is_public(_day(at)), Programme.key == programme, ordered=True)


def open_keys(keys: Collection[str], at: datetime) -> set[str]:
    """Return which of these services are open at a moment."""
    return {
        record.service.key
        for record in by_keys(keys, is_public(_day(at)), HOURS)
        if presenting.open_somewhere(record, at).state is OpenState.OPEN
    }


def services_for(
    code: str,
    town: str,
    *,
    locale: str,
    at: datetime,
    limit: int = 3,
    apart_from: Collection[str] = (),
) -> list[ServiceCard]:
    """Return the services that stand behind an answer of the Wegweiser in a town, the nearest and newest first.

    What also stands behind a code of `apart_from` is left out.
    """
    query = services().where(
        is_public(_day(at)), is_for_town(town), Service.wayfinder_codes.holds(code)
    )
    kept = (row for row in query if not {*row.wayfinder_codes} & {*apart_from})
    found = sorted(kept, key=lambda row: _nearness(row, _day(at)))
    return [presenting.card(one, locale=locale, at=at) for one in load(found[:limit])]


def _nearness(service: Service, today: date) -> tuple[bool, bool, int, str, str]:
    """Order services: the town's own, those that were checked in time, the last checked, by name."""
    checked = service.checked_on.toordinal() if service.checked_on else 0
    stale = presenting.is_stale(service, today)
    return service.county_wide, stale, -checked, service.name, service.key


def confirmed_share(day: date) -> Share:
    """Return how many of the public services their providers confirmed lately."""
    everything = services().where(is_public(day))
    lately = Service.checked_by_provider.is_set() & (Service.checked_on >= day - CONFIRMED_WITHIN)
    return Share(everything.where(lately).count(), everything.count())


def counts_by_town(at: datetime) -> dict[str, int]:
    """Return how many public services there are for each town's people; county-wide ones count everywhere."""
    public = services().where(is_public(_day(at)))
    county_wide = public.where(Service.county_wide.is_set()).count()
    local = public.select(Service.id).where(~Service.county_wide.is_set())
    rows = ServiceTown.select(ServiceTown.town_id).where(ServiceTown.service.in_(local))
    counts = Counter(town_id for (town_id,) in plain(rows))
    return {town.slug: county_wide + counts[town.id] for town in active_towns()}


def _public(keys: Collection[str], at: datetime) -> list[Record]:
    return by_keys(keys, is_public(_day(at)))


def _day(at: datetime) -> date:
    return clock.local(at).date()

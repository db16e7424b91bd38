"""What pages, documents and exports get to see of the directory: values, never rows."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum, auto


@dataclass(frozen=True, order=True, slots=True)
class Opening:
    """Open on a weekday (0 is Monday) from one time to another, in the county's local time."""

    weekday: int
    opens: time
    closes: time


class OpenState(StrEnum):
    """Whether somebody is there now."""

    OPEN = auto()
    CLOSED = auto()
    BY_APPOINTMENT = auto()
    CLOSED_FOR_A_WHILE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class OpenNow:
    """Whether it is open at a moment, and what changes next: `changes_at` is local time, if known."""

    state: OpenState
    changes_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContactView:
    """A function one can call or write to."""

    function_title: str
    phone: str
    mail: str
    hours: tuple[Opening, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where a service is given, with the hours that count there."""

    key: str
    name: str
    street: str
    postcode: str
    city: str
    town: str
    """The town's slug; empty outside of the county."""
    barrier_free: str
    barrier_note: str
    hours: tuple[Opening, ...]
    open_now: OpenNow
    contacts: tuple[ContactView, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """A thing's own words in a reader's language; German where there are none."""

    locale: str
    """The language the words are really in."""
    name: str
    description: str
    for_whom: str = ""
    not_for: str = ""
    otherwise: str = ""
    is_outdated: bool = False
    """The German text has changed since it was translated."""
    is_checked: bool = True


@dataclass(frozen=True, slots=True)
class DemarcationLine:
    """One line of a demarcation, from the side of one programme."""

    key: str
    version: int
    own: str
    own_statement: str
    other: str
    other_statement: str
    interface: str
    synergy: str
    handover_rule: str
    source: str
    agreed_on: date | None
    valid_from: date


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A service as a list of results shows it."""

    key: str
    words: Wording
    provider: str
    programme: str
    """The programme's abbreviation, or nothing."""
    topics: tuple[str, ...]
    towns: tuple[str, ...]
    """Slugs; empty if county-wide."""
    county_wide: bool
    languages: tuple[str, ...]
    interpreter: str
    cost: str
    access: str
    age_min: int | None
    age_max: int | None
    open_now: OpenNow
    phone: str
    cities: tuple[str, ...]
    """The towns in which its places lie, by name."""
    checked_on: date | None
    is_stale: bool
    confirmed_by_provider: bool
    demo: bool


@dataclass(frozen=True, slots=True)
class ServiceDetail:
    """Everything the public may know about a service."""

    card: ServiceCard
    programme_name: str
    legal_circles: tuple[str, ...]
    wayfinder_codes: tuple[str, ...]
    cost_note: str
    capacity_note: str
    url: str
    places: tuple[PlaceView, ...]
    contacts: tuple[ContactView, ...]
    """Contacts that belong to no single place."""
    demarcations: tuple[DemarcationLine, ...]
    valid_from: date | None
    valid_to: date | None
    next_check_on: date | None
    programme_key: str = ""

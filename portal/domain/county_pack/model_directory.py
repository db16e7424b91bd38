"""What a county pack says about who helps whom with what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.domain.directory.views import Opening


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme or legal circle; an empty funder is not known or not one of the organisations."""

    key: str
    abbr: str
    name: str
    legal_circle: str
    funder: str
    legal_basis: str
    goal: str
    target_group: str
    scope_of_action: str
    limits: str
    source_url: str
    valid_from: date | None
    valid_to: date | None
    checked_on: date | None
    next_check_on: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where one can go; no town means outside of the county."""

    key: str
    organisation: str
    town: str
    name: str
    street: str
    postcode: str
    city: str
    barrier_free: str
    barrier_note: str
    hours: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class ServicePlace:
    """A service at a place, with hours of its own if it has some."""

    place: str
    hours: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceContact:
    """Whom to ask about a service: a function of an organisation, at one of the places or everywhere."""

    organisation: str
    function: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ServiceWords:
    """A service's words in another language; what is empty is read in German."""

    locale: str
    name: str
    description: str = ""
    for_whom: str = ""
    not_for: str = ""
    otherwise: str = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """What one provider offers; days that count from the day of installing are for invented ones only."""

    key: str
    organisation: str
    name: str
    description: str
    programme: str = ""
    for_whom: str = ""
    not_for: str = ""
    otherwise: str = ""
    topics: tuple[str, ...] = ()
    legal_circles: tuple[str, ...] = ()
    wayfinder_codes: tuple[str, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    county_wide: bool = False
    towns: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    interpreter: str = "unknown"
    cost: str = "free"
    cost_note: str = ""
    access: str = "open"
    capacity_note: str = ""
    url: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    checked_on: date | None = None
    checked_days_ago: int | None = None
    checked_by_provider: bool = False
    next_check_on: date | None = None
    next_check_in_days: int | None = None
    closed_from_in_days: int | None = None
    closed_to_in_days: int | None = None
    closed_note: str = ""
    state: str = "published"
    places: tuple[ServicePlace, ...] = ()
    contacts: tuple[ServiceContact, ...] = ()
    translations: tuple[ServiceWords, ...] = ()


@dataclass(frozen=True, slots=True)
class Demarcation:
    """Who is responsible for what between two programmes or legal circles."""

    key: str
    a: str
    b: str
    statement_a: str
    statement_b: str
    interface: str
    handover_rule: str
    source: str
    valid_from: date
    synergy: str = ""
    agreed_on: date | None = None


@dataclass(frozen=True, slots=True)
class CardWords:
    """A knowledge card in another language."""

    locale: str
    title: str
    body: str
    checked: bool = False


@dataclass(frozen=True, slots=True)
class KnowledgeCard:
    """What one has to know about a law or procedure, and until when that may be relied on."""

    key: str
    title: str
    body: str
    status: str
    audience: str = "public"
    legal_circle: str = ""
    topics: tuple[str, ...] = ()
    legal_basis: str = ""
    source_url: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    checked_on: date | None = None
    checked_by: str = ""
    next_check_on: date | None = None
    translations: tuple[CardWords, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchWords:
    """Words that mean the same; `one_way`: the first leads to the rest, but not back."""

    key: str
    words: tuple[str, ...]
    one_way: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """All of it; what is invented is kept apart."""

    programmes: tuple[Programme, ...] = ()
    places: tuple[Place, ...] = ()
    services: tuple[Service, ...] = ()
    demarcations: tuple[Demarcation, ...] = ()
    knowledge: tuple[KnowledgeCard, ...] = ()
    search_words: tuple[SearchWords, ...] = ()
    demo_places: tuple[Place, ...] = ()
    demo_services: tuple[Service, ...] = ()

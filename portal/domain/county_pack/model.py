"""What a county pack holds: frozen values, ready to be stored by the start-up command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.domain.county_pack.model_directory import Directory
from portal.domain.county_pack.problems import Problem
from portal.domain.directory.views import Opening

ORGANISATION_KINDS = (
    "county_unit",
    "town_unit",
    "state_authority",
    "federal_authority",
    "jobcenter",
    "welfare_association",
    "provider",
    "language_provider",
    "migrant_org",
    "volunteer_initiative",
    "business",
    "political_body",
    "other",
)
LEVELS = ("town", "county", "state", "federal")
DATA_PROTECTION_REGIMES = ("DSGVO", "KDG", "DSG-EKD", "SGB X")
BAUSTEINE = ("I", "II", "III")
POSITION_TYPES = ("KS", "ASSIST", "CMS", "ABH", "EBH")
POSITION_STATUSES = (
    "planned",
    "granted",
    "advertised",
    "in_selection",
    "filled",
    "vacant",
    "cancelled",
)

SOURCE_LOCALE = "de"
CONSENT = "consent"
# Pages every county has to supply in German; other languages fall back to German, shown as such.
TEXT_KEYS = (
    CONSENT,
    "privacy_short",
    "privacy",
    "imprint",
    "accessibility",
    "other_town",
    "zue",
    "emergency",
    "easy_language",
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cluster region: a group of neighbouring towns."""

    key: str
    name: str
    sort: int


@dataclass(frozen=True, slots=True)
class Town:
    """A town of the county; ``position`` is the one that answers its requests."""

    slug: str
    name: str
    postcodes: tuple[str, ...]
    cluster: str
    position: str
    ags: str = ""
    homepage_url: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An authority, provider or group; no towns means the whole county or beyond."""

    key: str
    name: str
    short: str
    kind: str
    level: str
    internal: bool
    towns: tuple[str, ...]
    data_protection_regime: str


@dataclass(frozen=True, slots=True)
class Function:
    """A contact by function, never by name."""

    organisation: str
    function_title: str
    phone: str
    mail: str
    public: bool
    hours: tuple[Opening, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """A staff position and how it is reached; ``towns`` is where it works."""

    key: str
    title: str
    baustein: str
    type: str
    employer: str
    towns: tuple[str, ...]
    phone: str
    mail: str
    fallback: bool


@dataclass(frozen=True, slots=True)
class PositionState:
    """Planned and filled full-time equivalents from a day on; None means not known."""

    position: str
    valid_from: date
    fte_planned: Decimal | None
    fte_filled: Decimal | None
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one language; ``checked``: a person compared it with the German one."""

    key: str
    locale: str
    title: str
    version: str
    checked: bool
    body: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person with access, for trying the portal out."""

    key: str
    name: str
    mail: str
    role: str
    position: str = ""
    substitutes: tuple[str, ...] = ()
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """An invented request of a newcomer; ``days_ago`` counts back from the day of loading."""

    town: str
    language: str
    display_name: str
    contact: str
    days_ago: int
    state: str
    outcome: str = ""
    contact_wish: str = "any"
    best_time: str = "any"
    spoken_language: str = ""
    interpreter: bool = False
    topics: tuple[str, ...] = ()
    age_band: str = "not_said"
    free_text: str = ""
    relation: str = ""
    channel: str = "direct"


@dataclass(frozen=True, slots=True)
class HolidayRegion:
    """Where public holidays are looked up."""

    country: str
    subdivision: str


@dataclass(frozen=True, slots=True)
class FirstContact:
    """The promise to people who ask, and the reminders before it breaks; in working days."""

    working_days: int
    reminder_holder_day: int
    reminder_coordination_day: int


@dataclass(frozen=True, slots=True)
class Retention:
    """How long intake data may stay; the unit is part of each name."""

    intake_unconfirmed_days: int
    intake_closed_months: int
    intake_withdrawn_hours: int
    consent_proof_years: int
    access_log_months: int
    backup_days: int


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who answers for the portal; every field can be used as ``{field}`` in the texts."""

    controller: str
    represented_by: str
    street: str
    postcode: str
    place: str
    phone: str
    mail: str
    responsible: str
    supervision: str
    data_protection_officer: str
    data_protection_mail: str
    hosting: str


@dataclass(frozen=True, slots=True)
class CountyPack:
    """Everything that makes the portal the portal of one county."""

    key: str
    name: str
    prefix: str
    timezone: str
    phone_region: str
    languages: tuple[str, ...]
    other_town_url: str
    state_accommodation_towns: tuple[str, ...]
    holidays: HolidayRegion
    first_contact: FirstContact
    retention: Retention
    imprint: Imprint
    clusters: tuple[Cluster, ...]
    towns: tuple[Town, ...]
    organisations: tuple[Organisation, ...]
    functions: tuple[Function, ...]
    positions: tuple[Position, ...]
    position_states: tuple[PositionState, ...]
    texts: tuple[Text, ...]
    demo_people: tuple[DemoPerson, ...]
    demo_requests: tuple[DemoRequest, ...]
    demo_functions: tuple[Function, ...]
    directory: Directory
    wayfinder: Mapping[str, Any] | None
    gaps: tuple[Problem, ...]

    @property
    def fallback(self) -> Position:
        """The position that answers where nobody else can."""
        return next(position for position in self.positions if position.fallback)

    def text(self, key: str, locale: str) -> Text:
        """Return a text in a language, or in German where that language has none."""
        found = {text.locale: text for text in self.texts if text.key == key}
        return found.get(locale) or found[SOURCE_LOCALE]

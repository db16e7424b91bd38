"""What staff read for the codes of the directory; their pages are German."""

from collections.abc import Mapping
from typing import Any

from portal.domain.directory.codes import ANYONE, PROVIDER, Move, State
from portal.domain.directory.demarcations import State as VersionState
from portal.i18n import SOURCE
from portal.web import words

STATES = words.SERVICE_STATES
STATE_KINDS = {
    State.SUBMITTED: "info",
    State.IN_EDITING: "info",
    State.PUBLISHED: "success",
    State.NEEDS_CHECK: "warning",
    State.SUSPENDED: "warning",
    State.ENDED: "neutral",
}
MOVES = {
    Move.TAKE: "In Bearbeitung nehmen",
    Move.PUBLISH: "Veröffentlichen",
    Move.CHECK: "Angaben sind geprüft und stimmen",
    Move.OVERDUE: "Prüfung ist fällig",
    Move.SUSPEND: "Aussetzen",
    Move.RESUME: "Wieder veröffentlichen",
    Move.END: "Beenden",
    Move.REOPEN: "Wieder aufnehmen",
}
GROUPS = {
    "all": "Alle laufenden",
    "new": "Neu und in Bearbeitung",
    "public": "Veröffentlicht",
    "needs_check": "Prüfung fällig",
    "suspended": "Ausgesetzt",
    "ended": "Beendet",
}
SOURCES = {PROVIDER: "Träger, über den Link", ANYONE: "Besucher*in der Seite"}
VERSION_STATES = {
    VersionState.PROPOSED: "Vorgeschlagen",
    VersionState.RELEASED: "Freigegeben",
    VersionState.REJECTED: "Abgelehnt",
}
VERSION_KINDS = {
    VersionState.PROPOSED: "info",
    VersionState.RELEASED: "success",
    VersionState.REJECTED: "neutral",
}
CARD_STATUSES = {
    "in_force": "In Kraft",
    "announced": "Angekündigt",
    "expired": "Außer Kraft",
    "unverified": "Noch nicht geprüft",
}
AUDIENCES = {"public": "Öffentlich", "staff": "Nur im Netzwerk"}
ORGANISATION_KINDS = {
    "county_unit": "Stelle des Kreises",
    "town_unit": "Stelle einer Stadt",
    "state_authority": "Landesbehörde",
    "federal_authority": "Bundesbehörde",
    "jobcenter": "Jobcenter",
    "welfare_association": "Wohlfahrtsverband",
    "provider": "Träger",
    "language_provider": "Sprachkursträger",
    "migrant_org": "Migrantenorganisation",
    "volunteer_initiative": "Ehrenamtliche Initiative",
    "business": "Unternehmen",
    "political_body": "Politisches Gremium",
    "other": "Andere Stelle",
}
SEVERITIES = {1: "Etwas fehlt", 2: "Viel fehlt", 3: "Nichts da"}
SECTIONS = (
    ("Angebote", "directory.list_services"),
    ("Hinweise", "directory.list_proposals"),
    ("Orte", "directory.list_places"),
    ("Kontakte", "directory.list_contacts"),
    ("Programme", "directory.staff_programmes"),
    ("Abgrenzungen", "directory.staff_demarcations"),
    ("Wissenskarten", "directory.staff_cards"),
    ("Erhebungen", "directory.list_surveys"),
    ("Suchwörter", "directory.list_words"),
    ("Austausch", "directory.exchange"),
)
"""The pages of the upkeep, and where they are."""

CODES: Mapping[str, Mapping[str, Any]] = {
    "interpreter": words.INTERPRETER,
    "cost": words.COST,
    "access": words.ACCESS,
}


def value_text(name: str, value: Any) -> str:
    """Return what a field of a suggestion says, in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(words.language_name(code, SOURCE) for code in value)
    return str(CODES.get(name, {}).get(value, value))

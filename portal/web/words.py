"""What people read for the codes that several areas show: staff in German, everybody else in their language."""

from collections.abc import Iterable

from babel import Locale, UnknownLocaleError

from portal.domain.directory.codes import State as ServiceState
from portal.domain.intake.states import Outcome, State
from portal.domain.permissions import Role
from portal.i18n import _l, locale

STATES = {
    State.RECEIVED: "Neu",
    State.IN_TRIAGE: "In Prüfung",
    State.CONTACTED: "Kontakt hergestellt",
    State.APPOINTMENT: "Termin vereinbart",
    State.NO_SHOW: "Nicht erschienen",
    State.INTAKE_DONE: "Erstgespräch geführt",
    State.CLOSED: "Abgeschlossen",
    State.CASE_OPENED: "Fall eröffnet",
    State.DUPLICATE: "Doppelt",
    State.OUT_OF_AREA: "Nicht zuständig",
    State.UNREACHABLE: "Nicht erreicht",
    State.WITHDRAWN: "Zurückgezogen",
}
OUTCOMES = {
    Outcome.A_INFO_REGISTERED: "A – informiert und registriert",
    Outcome.B_SOLVED_DIRECTLY: "B – vom Case Management gelöst",
    Outcome.C_TOWN_INTERNAL: "C – innerhalb der Stadt geklärt",
    Outcome.C2_CROSS_LAW_SUPPORT: "C2 – rechtskreisübergreifende Begleitung",
    Outcome.D_REFERRED_OUT: "D – an eine Beratungsstelle verwiesen",
    Outcome.DUPLICATE: "Doppelt",
    Outcome.OUT_OF_AREA: "Nicht zuständig",
    Outcome.UNREACHABLE: "Nicht erreicht",
    Outcome.WITHDRAWN: "Zurückgezogen",
}
ROLES = {
    Role.CASE_MANAGER: "Case-Manager*in",
    Role.COORDINATOR: "Koordinierungsstelle",
    Role.ASSISTANT: "Verwaltungsassistenz",
    Role.KI_HEAD: "Leitung Integrationszentrum",
    Role.COMPONENT3: "Baustein III (Ausländer- oder Einbürgerungsbehörde)",
    Role.STEERING_MEMBER: "Lenkungsgruppe, Mitglied",
    Role.STEERING_CHAIR: "Lenkungsgruppe, Vorsitz",
    Role.PROJECT_MEMBER: "Projektgruppe, Mitglied",
    Role.REPORTER_INTERNAL: "Meldende Stelle in der Verwaltung",
    Role.REPORTER_EXTERNAL: "Meldende Stelle außerhalb der Verwaltung",
    Role.PROVIDER_EDITOR: "Redaktion eines Trägers",
    Role.DATA_PROTECTION_OFFICER: "Datenschutzbeauftragte*r",
    Role.ADMIN: "Technische Administration",
}
SERVICE_STATES = {
    ServiceState.SUBMITTED: "Eingereicht",
    ServiceState.IN_EDITING: "In Bearbeitung",
    ServiceState.PUBLISHED: "Veröffentlicht",
    ServiceState.NEEDS_CHECK: "Prüfung fällig",
    ServiceState.SUSPENDED: "Ausgesetzt",
    ServiceState.ENDED: "Beendet (historisch)",
}
DIRECTORY_FIELDS = {
    "abbr": "Kurzname",
    "access": "Zugang",
    "age_max": "Alter bis",
    "age_min": "Alter von",
    "audience": "Wer darf das lesen",
    "barrier_free": "Barrierefrei",
    "barrier_note": "Hinweis zur Barrierefreiheit",
    "body": "Text",
    "capacity_note": "Hinweis zu Plätzen",
    "checked_by": "Geprüft von",
    "checked_on": "Geprüft am",
    "city": "Ort",
    "closed_from": "Geschlossen von",
    "closed_note": "Grund der Schließung",
    "closed_to": "Geschlossen bis",
    "cost": "Kosten",
    "cost_note": "Hinweis zu den Kosten",
    "county_wide": "Ganzer Kreis",
    "description": "Beschreibung",
    "for_whom": "Für wen",
    "function_title": "Funktion",
    "funder": "Geldgeber",
    "goal": "Ziel",
    "hours": "Zeiten",
    "interpreter": "Dolmetschen",
    "languages": "Sprachen",
    "legal_basis": "Rechtsgrundlage",
    "legal_circle": "Rechtskreis",
    "legal_circles": "Rechtskreise",
    "limits": "Grenzen",
    "mail": "E-Mail",
    "name": "Name",
    "next_check_on": "Nächste Prüfung",
    "not_for": "Nicht für wen",
    "organisation": "Träger",
    "otherwise": "Sonst",
    "phone": "Telefon",
    "postcode": "Postleitzahl",
    "programme": "Programm",
    "public": "Öffentlich",
    "scope_of_action": "Was das Programm tut",
    "source_url": "Quelle im Internet",
    "status": "Rechtsstand",
    "street": "Straße",
    "target_group": "Zielgruppe",
    "title": "Titel",
    "topics": "Themen",
    "town": "Stadt",
    "url": "Internetadresse",
    "valid_from": "Gültig von",
    "valid_to": "Gültig bis",
    "wayfinder_codes": "Antworten des Wegweisers",
}
"""What staff read for the fields of services, places, contacts, programmes and cards."""


def field_name(name: str) -> str:
    """Return what a field is called, also one of a certain place or contact (`phone:3`)."""
    kind = name.partition(":")[0]
    return DIRECTORY_FIELDS.get(kind, kind)


TOPICS = {
    "orientation": _l("Ankommen und Orientierung"),
    "language": _l("Deutsch lernen"),
    "work": _l("Arbeit"),
    "training": _l("Ausbildung und Studium"),
    "recognition": _l("Abschlüsse anerkennen"),
    "school": _l("Schule"),
    "housing": _l("Wohnen"),
    "money": _l("Geld und Anträge"),
    "health": _l("Gesundheit"),
    "mental_health": _l("Seelische Gesundheit"),
    "residence_advice": _l("Beratung zum Aufenthalt"),
    "residence_admin": _l("Ausländerbehörde und Papiere"),
    "asylum": _l("Asyl"),
    "naturalisation": _l("Einbürgerung"),
    "parenting": _l("Familie und Erziehung"),
    "letters": _l("Briefe vom Amt"),
    "debt": _l("Schulden"),
    "addiction": _l("Sucht"),
    "pregnancy": _l("Schwangerschaft"),
    "discrimination": _l("Diskriminierung"),
    "return": _l("Freiwillige Rückkehr"),
    "childcare": _l("Kita und Kinderbetreuung"),
    "women": _l("Für Frauen"),
    "violence": _l("Hilfe bei Gewalt"),
    "disability": _l("Behinderung"),
    "old_age": _l("Alter und Pflege"),
    "meeting": _l("Menschen treffen"),
    "volunteering": _l("Ehrenamt"),
    "interpreting": _l("Übersetzen und Dolmetschen"),
    "clothing_food": _l("Kleidung und Essen"),
    "youth": _l("Für Jugendliche"),
}
LEGAL_CIRCLES = {
    "SGB II": _l("SGB II – Bürgergeld, Jobcenter"),
    "SGB III": _l("SGB III – Arbeitsförderung"),
    "SGB VIII": _l("SGB VIII – Kinder- und Jugendhilfe"),
    "SGB XII": _l("SGB XII – Sozialhilfe"),
    "AsylbLG": _l("AsylbLG – Leistungen im Asylverfahren"),
    "AufenthG": _l("AufenthG – Aufenthaltsrecht"),
    "StAG": _l("StAG – Staatsangehörigkeit"),
    "school": _l("Schule und Schulpflicht"),
    "health": _l("Gesundheit und Krankenversicherung"),
}
ACCESS = {
    "open": _l("Ohne Termin"),
    "appointment": _l("Nur mit Termin"),
    "referral": _l("Eine andere Stelle meldet Sie an"),
}
COST = {
    "free": _l("Kostenlos"),
    "fee": _l("Kostet etwas"),
    "depends": _l("Manchmal kostenlos"),
}
INTERPRETER = {
    "yes": _l("Jemand übersetzt"),
    "on_request": _l("Übersetzung auf Wunsch"),
    "no": _l("Niemand übersetzt"),
    "unknown": _l("Nicht bekannt"),
}
BARRIER_FREE = {
    "yes": _l("Barrierefrei"),
    "partly": _l("Zum Teil barrierefrei"),
    "no": _l("Nicht barrierefrei"),
    "unknown": _l("Nicht bekannt"),
}
AGE_BANDS = {
    "u18": _l("unter 18"),
    "18_26": _l("18 bis 26"),
    "27_plus": _l("27 und älter"),
    "67_plus": _l("67 und älter"),
}
OTHER_LANGUAGE = "other"
LANGUAGES_ELSEWHERE = {"kmr": "ku", "prs": "fa_AF"}
"""Under which code Babel knows the names of languages that it does not list under their own."""


def language_name(code: str, reader: str) -> str:
    """Return a language's name in a reader's language."""
    if code == OTHER_LANGUAGE:
        return str(_l("Andere Sprache"))
    try:
        known = Locale.parse(reader).languages
    except (UnknownLocaleError, ValueError):
        return code
    name: str = known.get(code) or known.get(LANGUAGES_ELSEWHERE.get(code, "")) or code
    return name[0].upper() + name[1:]


def languages_text(codes: Iterable[str]) -> str:
    """Return the names of languages in the reader's."""
    return ", ".join(language_name(code, locale().code) for code in codes)


def phone_link(phone: str) -> str:
    """Return a phone number as a device dials it."""
    return "tel:" + "".join(sign for sign in phone if sign.isdigit() or sign == "+")

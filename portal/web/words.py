"""What staff read for the codes that several areas show; staff pages are German."""

from portal.domain.intake.states import Outcome, State
from portal.domain.permissions import Role

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

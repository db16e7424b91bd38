"""What staff read for the codes of a request; staff pages are German."""

from blueprints.intake.labels import language_name
from portal.domain.duty import Reason
from portal.domain.intake.requester import CORRECTED_CONTACT
from portal.domain.intake.states import Move, Outcome, State
from portal.i18n import SOURCE

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
STATE_KINDS = {
    State.RECEIVED: "info",
    State.IN_TRIAGE: "info",
    State.NO_SHOW: "warning",
    State.CLOSED: "success",
    State.CASE_OPENED: "success",
    State.UNREACHABLE: "warning",
}
MOVES = {
    Move.TRIAGE: "In Bearbeitung nehmen",
    Move.TRY_CONTACT: "Nicht erreicht – Versuch notieren",
    Move.CONTACT: "Kontakt hergestellt",
    Move.APPOINT: "Termin vereinbart",
    Move.MISS: "Nicht erschienen",
    Move.FINISH_INTAKE: "Erstgespräch geführt",
    Move.CLOSE: "Abschließen",
    Move.OPEN_CASE: "Als Fall weiterführen",
    Move.MARK_DUPLICATE: "Als doppelt schließen",
    Move.MARK_OUT_OF_AREA: "Andere Stadt ist zuständig",
    Move.GIVE_UP: "Als nicht erreicht schließen",
    Move.REOPEN: "Wieder aufnehmen",
    Move.WITHDRAW: "Zurückziehen – Daten löschen",
}
STEPS = {
    Move.TRIAGE: "In Bearbeitung genommen",
    Move.TRY_CONTACT: "Nicht erreicht",
    Move.CONTACT: "Kontakt hergestellt",
    Move.APPOINT: "Termin vereinbart",
    Move.MISS: "Nicht zum Termin erschienen",
    Move.FINISH_INTAKE: "Erstgespräch geführt",
    Move.CLOSE: "Abgeschlossen",
    Move.OPEN_CASE: "Als Fall weitergeführt",
    Move.MARK_DUPLICATE: "Als doppelt geschlossen",
    Move.MARK_OUT_OF_AREA: "Geschlossen: andere Stadt ist zuständig",
    Move.GIVE_UP: "Als nicht erreicht geschlossen",
    Move.REOPEN: "Wieder aufgenommen",
    CORRECTED_CONTACT: "Kontakt von der Person geändert",
    Move.WITHDRAW: "Zurückgezogen",
}
"""The moves as the history tells them."""
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
REASONS = {
    Reason.HOLDER: "Sie haben diese Stelle.",
    Reason.HOLDER_ABSENT: "Die Person auf dieser Stelle ist heute nicht da.",
    Reason.VACANT: "Die Stelle ist zurzeit nicht besetzt.",
    Reason.SUBSTITUTE: "Die Vertretung ist heute da.",
    Reason.SUBSTITUTE_ABSENT: "Die Vertretung ist heute auch nicht da.",
    Reason.FALLBACK: "Dann übernimmt die Koordinierungsstelle.",
    Reason.LAST_RESORT: "Heute ist niemand da. Die Anfrage bleibt bei der Koordinierungsstelle.",
}
GROUPS = {
    "open": "Alle offenen",
    "waiting": "Warten auf ersten Kontakt",
    "running": "In Arbeit",
    "ended": "Beendet",
    "all": "Alle",
}


def german_language_name(code: str) -> str:
    """Return a language's name in German."""
    return language_name(code, SOURCE)

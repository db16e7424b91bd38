"""What staff read for the codes of a request; staff pages are German."""

from portal.domain.duty import Reason
from portal.domain.intake.requester import CORRECTED_CONTACT
from portal.domain.intake.states import Move, State
from portal.i18n import SOURCE
from portal.web.words import language_name

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

"""What people read for the answers of the form, in every language of the list."""

from portal.domain.intake.states import State
from portal.i18n import _l
from portal.web.words import language_name

TOPICS = {
    "arrival": _l("Ankommen und Orientierung"),
    "german": _l("Deutsch lernen"),
    "work": _l("Arbeit und Ausbildung"),
    "school": _l("Schule und Kita"),
    "housing": _l("Wohnen"),
    "money": _l("Geld und Anträge"),
    "letters": _l("Briefe vom Amt"),
    "papers": _l("Ämter und Papiere"),
    "health": _l("Gesundheit"),
    "family": _l("Familie"),
    "recognition": _l("Abschlüsse anerkennen"),
    "naturalisation": _l("Einbürgerung"),
    "other": _l("Etwas anderes"),
}
AGE_BANDS = {
    "under_18": _l("unter 18"),
    "18_26": _l("18 bis 26"),
    "27_plus": _l("27 und älter"),
    "not_said": _l("Möchte ich nicht sagen"),
}
BEST_TIMES = {"morning": _l("Vormittags"), "afternoon": _l("Nachmittags"), "any": _l("Egal")}
CONTACT_WISHES = {
    "any": _l("Anrufen oder schreiben"),
    "call": _l("Bitte nur anrufen"),
    "write": _l("Bitte nur schreiben"),
}
RELATIONS = {
    "family": _l("Aus Familie oder Freundeskreis"),
    "volunteer": _l("Aus dem Ehrenamt"),
    "office": _l("Aus der Arbeit im Amt"),
    "advice_centre": _l("Aus der Beratungsstelle"),
}
CHANNELS = {
    "flyer": _l("Flyer"),
    "poster": _l("Plakat"),
    "homepage": _l("Internetseite der Stadt"),
    "integreat": _l("Integreat-App"),
    "office": _l("Amt"),
    "advice_centre": _l("Beratungsstelle"),
    "migrant_org": _l("Migrantenorganisation"),
    "word_of_mouth": _l("Empfehlung"),
    "direct": _l("Direkt"),
}

OWN_STATES = {
    State.RECEIVED: _l("Ihre Anfrage ist angekommen. Wir melden uns bei Ihnen."),
    State.IN_TRIAGE: _l("Das Case Management liest Ihre Anfrage. Wir melden uns bei Ihnen."),
    State.CONTACTED: _l("Wir haben mit Ihnen gesprochen oder Ihnen geschrieben."),
    State.APPOINTMENT: _l("Sie haben einen Termin bei uns."),
    State.NO_SHOW: _l("Wir haben Sie beim Termin nicht getroffen. Wir melden uns noch einmal."),
    State.INTAKE_DONE: _l("Wir haben das erste Gespräch geführt. Wir klären, wie es weitergeht."),
    State.CLOSED: _l("Ihre Anfrage ist abgeschlossen. Sie können sich jederzeit neu melden."),
    State.CASE_OPENED: _l("Das Case Management begleitet Sie jetzt."),
    State.DUPLICATE: _l("Ihre Anfrage ist zweimal angekommen. Wir bearbeiten die andere."),
    State.OUT_OF_AREA: _l("Für Ihre Stadt ist eine andere Stelle zuständig."),
    State.UNREACHABLE: _l("Wir haben Sie nicht erreicht. Bitte melden Sie sich noch einmal."),
}


def own_language_name(code: str) -> str:
    """Return a language's name as its speakers write it."""
    return language_name(code, code)

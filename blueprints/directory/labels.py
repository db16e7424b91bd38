"""What everybody reads for the values of the directory, in every language of the list."""

from datetime import datetime
from typing import Any

from portal import clock
from portal.domain.directory.views import OpenNow, OpenState
from portal.domain.topics import INTAKE_TOPIC
from portal.i18n import _, _l, locale
from portal.web.dates import weekday
from portal.web.words import language_name

INTAKE_OTHER = "other"
OPEN_KINDS = {
    OpenState.OPEN: "success",
    OpenState.CLOSED: "neutral",
    OpenState.BY_APPOINTMENT: "info",
    OpenState.CLOSED_FOR_A_WHILE: "warning",
    OpenState.UNKNOWN: "neutral",
}
OPEN_WORDS = {
    OpenState.OPEN: _l("Jetzt geöffnet"),
    OpenState.CLOSED: _l("Jetzt geschlossen"),
    OpenState.BY_APPOINTMENT: _l("Nur mit Termin"),
    OpenState.CLOSED_FOR_A_WHILE: _l("Zurzeit geschlossen"),
    OpenState.UNKNOWN: _l("Öffnungszeiten bitte erfragen"),
}
"""The state in two or three words, for a list."""
SUSPECTED = "Vermutlich von einem Programm ausgefüllt. "
"""What staff read before the note of somebody who fell into the trap."""

CARD_STATES = {
    "in_force": _l("Gilt"),
    "announced": _l("Angekündigt, gilt noch nicht"),
    "expired": _l("Gilt nicht mehr"),
    "unverified": _l("Noch nicht geprüft"),
}
CARD_KINDS = {
    "in_force": "success",
    "announced": "info",
    "expired": "danger",
    "unverified": "warning",
}


def open_sentence(state: OpenNow) -> str:
    """Say whether somebody is there now, and what changes next."""
    if state.state is OpenState.OPEN and state.changes_at is None:
        return str(_("Rund um die Uhr geöffnet."))
    if state.changes_at is None:
        return f"{OPEN_WORDS[state.state]}."
    moment = _moment(state.changes_at)
    if state.state is OpenState.OPEN:
        return str(_("Geöffnet bis %(moment)s.", moment=moment))
    return str(_("%(state)s. Öffnet %(moment)s.", state=OPEN_WORDS[state.state], moment=moment))


def _moment(moment: datetime) -> str:
    here = clock.local(moment)
    text = f"{here:%H:%M}"
    if here.date() == clock.today():
        return text
    return str(_("%(weekday)s, %(time)s", weekday=weekday(here.weekday()), time=text))


def age_text(youngest: int | None, oldest: int | None) -> str:
    """Say for which ages something is; nothing, if for all."""
    if youngest and oldest is not None:
        return str(_("%(youngest)s bis %(oldest)s Jahre", youngest=youngest, oldest=oldest))
    if youngest:
        return str(_("ab %(youngest)s Jahren", youngest=youngest))
    return "" if oldest is None else str(_("bis %(oldest)s Jahre", oldest=oldest))


def languages_text(codes: tuple[str, ...]) -> str:
    """Return the names of languages in the reader's."""
    return ", ".join(language_name(code, locale().code) for code in codes)


def phone_link(phone: str) -> str:
    """Return a phone number as a device dials it."""
    return "tel:" + "".join(sign for sign in phone if sign.isdigit() or sign == "+")


def intake_topics(topics: tuple[str, ...]) -> list[str]:
    """Return which topics of the newcomers' form these belong to, each once; "other" only if nothing else fits."""
    known = dict.fromkeys(INTAKE_TOPIC[topic] for topic in topics if topic in INTAKE_TOPIC)
    return list(known) or [INTAKE_OTHER]


def words_of(codes: tuple[str, ...], words: dict[str, Any]) -> list[str]:
    """Return what people read for codes; one without words is not shown."""
    return [str(words[code]) for code in codes if code in words]


def marked_note(note: str, *, is_suspicious: bool) -> str:
    """Return a note for staff, marked if a machine wrote it."""
    return f"{SUSPECTED}{note}" if is_suspicious else note

"""What is deleted when: the rules as a table, and the run that follows them (`domain.md` 4.14).

The run works in small transactions, each of which deletes and writes its proof together; stopped in the middle, it goes
on with the next one.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from portal import clock
from portal.db import forget_deleted
from portal.domain import outbox, tries
from portal.domain.accounts import sessions
from portal.domain.changes import READINGS, VISITS, upkeep
from portal.domain.directory import answering, proposals
from portal.domain.intake.states import ENDED, State
from portal.domain.privacy import audit, requests
from portal.domain.privacy.periods import Period
from portal.domain.towns import county_setting
from portal.models.accounts import Invitation
from portal.models.intake import IntakeRequest
from portal.models.privacy import ConsentProof, DeletionProof

log = logging.getLogger(__name__)

TIME_TO_ACT = timedelta(hours=24)
"""What must be gone "at the latest" goes a day earlier: a machine may stand still over night."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a rule needs: everything from before a moment goes; where deletions are noted."""

    before: datetime
    data_dir: Path


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of data: when its period begins, how long it is, and how some of it is deleted."""

    name: str
    what: str
    begins: str
    length: Period | str
    """The period itself, or the name of the county's setting."""
    forget: Callable[[Due], int]
    """Delete some of what is due, in one transaction; return how much, 0 when nothing is left."""
    at_latest: bool = False

    @property
    def period(self) -> Period:
        """How long the data is kept."""
        if isinstance(self.length, Period):
            return self.length
        return Period.of_setting(self.length, county_setting("retention")[self.length])

    def before(self, now: datetime) -> datetime:
        """Return the moment before which everything goes."""
        spare = TIME_TO_ACT if self.at_latest else timedelta(0)
        return self.period.before(clock.local(now)) + spare


def _unconfirmed(due: Due) -> int:
    waiting = (IntakeRequest.state == State.RECEIVED) & IntakeRequest.needs_check.is_set()
    return requests.forget(
        waiting & (IntakeRequest.received_at < due.before),
        rule="intake_unconfirmed",
        keep_figure=False,
        data_dir=due.data_dir,
    )


def _closed(due: Due) -> int:
    return _ended(due, ENDED - {State.CASE_OPENED, State.WITHDRAWN}, rule="intake_closed")


def _case_opened(due: Due) -> int:
    return _ended(due, {State.CASE_OPENED}, rule="intake_case_opened")


def _ended(due: Due, states: Collection[State], *, rule: str) -> int:
    return requests.forget(
        IntakeRequest.state.in_(sorted(states)) & (IntakeRequest.closed_at < due.before),
        rule=rule,
        keep_figure=True,
        data_dir=due.data_dir,
    )


def _withdrawn(due: Due) -> int:
    return requests.forget(
        (IntakeRequest.state == State.WITHDRAWN) & (IntakeRequest.withdrawn_at < due.before),
        rule="intake_withdrawn",
        keep_figure=False,
        data_dir=due.data_dir,
    )


def _consents(due: Due) -> int:
    deleted: int = ConsentProof.delete().where(ConsentProof.ended_at < due.before).execute()
    return deleted


def _invitations(due: Due) -> int:
    deleted: int = Invitation.delete().where(Invitation.expires_at < due.before).execute()
    return deleted


def _answers(due: Due) -> int:
    return outbox.forget_old(due.before, about=answering.LETTERS)


RULES: tuple[Rule, ...] = (
    Rule(
        "intake_unconfirmed",
        "Anfragen, die wie von einer Maschine aussahen und die niemand aufgenommen hat",
        "Eingang",
        "intake_unconfirmed_days",
        _unconfirmed,
    ),
    Rule(
        "intake_closed",
        "Abgeschlossene Anfragen (für die Statistik bleibt eine Zeile ohne Person)",
        "Abschluss",
        "intake_closed_months",
        _closed,
    ),
    Rule(
        "intake_case_opened",
        "Anfragen, aus denen ein Fall wurde, solange das Portal keine Fälle führt (mit Zeile für die Statistik)",
        "Abschluss",
        "intake_closed_months",
        _case_opened,
    ),
    Rule(
        "intake_withdrawn",
        "Zurückgezogene Anfragen",
        "Rückzug",
        "intake_withdrawn_hours",
        _withdrawn,
        at_latest=True,
    ),
    Rule(
        "consents",
        "Nachweise einer Einwilligung, ohne Person",
        "Löschung der Anfrage",
        "consent_proof_years",
        _consents,
    ),
    Rule(
        "readings",
        "Wer welche Anfrage gelesen hat",
        "Lesen",
        "access_log_months",
        lambda due: audit.prune(READINGS, before=due.before),
    ),
    Rule(
        "visits",
        "Wer sich an- oder abgemeldet hat oder abgewiesen wurde",
        "Anmeldung",
        "access_log_months",
        lambda due: audit.prune(VISITS, before=due.before),
    ),
    Rule(
        "sessions",
        "Beendete Anmeldungen",
        "letzter Klick",
        Period(30, "minutes"),
        lambda _due: sessions.forget_old(),
    ),
    Rule(
        "tries",
        "Zähler der Versuche, sich anzumelden oder etwas zu senden",
        "Versuch",
        Period(1, "days"),
        lambda _due: tries.forget_old(),
    ),
    Rule(
        "invitations",
        "Benutzte und abgelaufene Einladungen",
        "Ablauf",
        Period(30, "days"),
        _invitations,
    ),
    Rule(
        "suggestion_senders",
        "E-Mail-Adressen von Menschen, die einen Hinweis zu einem Angebot geschickt haben",
        "Hinweis (nach der Antwort sofort)",
        Period(6, "months"),
        lambda due: answering.forget_senders(due.before),
    ),
    Rule(
        "suggestions",
        "Hinweise zu Angeboten mit dem, was Menschen dazu geschrieben haben",
        "Entscheidung",
        Period(12, "months"),
        lambda due: proposals.forget_decided(due.before),
    ),
    Rule(
        "suggestion_answers",
        "Versandte Antworten auf Hinweise zu Angeboten, mit E-Mail-Adresse",
        "Versand",
        Period(1, "days"),
        _answers,
    ),
    Rule(
        "letters",
        "Briefe an Mitarbeitende, ohne Personendaten",
        "Versand",
        Period(30, "days"),
        lambda due: outbox.forget_old(due.before),
    ),
)


def run(data_dir: Path) -> dict[str, int]:
    """Delete everything that is due; return how much went by which rule."""
    now = clock.now()
    counts = {rule.name: _follow(rule, Due(rule.before(now), data_dir)) for rule in RULES}
    if any(counts.values()):
        forget_deleted()
    return counts


def _follow(rule: Rule, due: Due) -> int:
    total = 0
    while count := _step(rule, due):
        total += count
    if total:
        log.info("deleted", extra={"rule": rule.name, "count": total})
    return total


def _step(rule: Rule, due: Due) -> int:
    with upkeep():
        count = rule.forget(due)
        if count:
            DeletionProof.create(rule=rule.name, count=count, at=clock.now())
    return count

"""Does the portal work? What a monitor asks every minute, and what `portal check` tells an operator."""

import logging
from datetime import timedelta

from peewee import PeeweeException

from portal import clock, migrations
from portal.db import WritersBusy, connect
from portal.domain.changes import upkeep
from portal.domain.duty import fallback_position, staffings
from portal.models.accounts import Account
from portal.models.county import County
from portal.models.privacy import AuditHead
from portal.models.tick import TickStep

TICK_MISSED = timedelta(hours=1)
POSTS = "posts"
"""The step of the upkeep that looks for an unstaffed post, which is asked anew here."""

log = logging.getLogger(__name__)


class _Undone(Exception):
    """Takes back what was written only to see whether writing works."""


def problems() -> list[str]:
    """Return what keeps the portal from working as it should, and log it; empty if nothing does.

    This only reads: anybody may ask, and nobody's writing waits for the answer. That nothing can be written shows
    soon, because then the upkeep cannot note that it ran.
    """
    found = _read()
    for problem in found:
        log.warning("unhealthy", extra={"problem": problem})
    return found


def examined() -> list[str]:
    """Return the same for an operator, and whether writing works at this moment."""
    return [*_read(), *not_writable()]


def _read() -> list[str]:
    try:
        connect()
        return not_ready() or [*unstaffed(), *_neglected()]
    except (PeeweeException, WritersBusy) as error:
        return [f"Die Datenbank antwortet nicht: {type(error.__cause__ or error).__name__}"]


def not_ready() -> list[str]:
    """Return what has to be done before the portal can answer anybody."""
    try:
        if missing := migrations.pending():
            return [
                f"In der Datenbank fehlen Änderungen: {', '.join(missing)} („portal init“ holt sie nach)"
            ]
        if not County.select().exists():
            return ["In der Datenbank ist noch kein Kreis („portal init --county …“)"]
    except PeeweeException as error:
        return [f"Die Datenbank antwortet nicht: {type(error).__name__}"]
    return []


def unstaffed() -> list[str]:
    """Return whether nobody holds the post that answers when no other does."""
    post = fallback_position()
    staffing = staffings(clock.today()).get(post.id)
    if staffing and staffing.holders:
        return []
    return [f"Die Stelle „{post.title}“ fängt alle anderen auf, aber niemand hat sie inne"]


def invented() -> list[str]:
    """Return whether invented people could sign in, which they must not where real people ask."""
    if not Account.select().where(Account.demo.is_set()).exists():
        return []
    return ["In der Datenbank stehen erfundene Personen; im Betrieb braucht es eine neue Datenbank"]


def not_writable() -> list[str]:
    """Return whether nothing can be written; takes a place among the writers to find out."""
    try:
        with upkeep():
            AuditHead.update(seq=AuditHead.seq).execute()
            raise _Undone
    except _Undone:
        return []
    except (PeeweeException, WritersBusy) as error:
        return [f"In die Datenbank kann nicht geschrieben werden: {type(error).__name__}"]


def _neglected() -> list[str]:
    """Return what the upkeep got wrong; before it ran for the first time, there is nothing to say."""
    steps = list(TickStep.select().order_by(TickStep.name))
    found = [
        f"Der Schritt „{step.name}“ schlägt fehl: {step.error}"
        for step in steps
        if step.error and step.name != POSTS
    ]
    if steps and max(step.ran_at for step in steps) < clock.now() - TICK_MISSED:
        found.append("Die Hintergrundarbeit („portal tick“) lief seit über einer Stunde nicht")
    return found

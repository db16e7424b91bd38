"""Does the portal work? What a monitor asks every minute, and what `portal check` tells an operator."""

from datetime import timedelta

from peewee import PeeweeException

from portal import clock, migrations
from portal.db import WritersBusy
from portal.domain.changes import upkeep
from portal.domain.duty import fallback_position, staffings
from portal.models.county import County
from portal.models.privacy import AuditHead
from portal.models.tick import TickStep

TICK_MISSED = timedelta(hours=26)


class _Undone(Exception):
    """Takes back what was written only to see whether writing works."""


def problems() -> list[str]:
    """Return what keeps the portal from working as it should; empty if nothing does."""
    return not_ready() or [*_not_writable(), *_neglected()]


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
        return [f"Die Datenbank antwortet nicht: {error}"]
    return []


def unstaffed() -> list[str]:
    """Return whether nobody holds the post that answers when no other does."""
    post = fallback_position()
    staffing = staffings(clock.today()).get(post.id)
    if staffing and staffing.holders:
        return []
    return [f"Die Stelle „{post.title}“ fängt alle anderen auf, aber niemand hat sie inne"]


def _not_writable() -> list[str]:
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
        f"Der Schritt „{step.name}“ schlägt fehl: {step.error}" for step in steps if step.error
    ]
    if steps and max(step.ran_at for step in steps) < clock.now() - TICK_MISSED:
        found.append("Die Hintergrundarbeit („portal tick“) lief seit über einem Tag nicht")
    return found

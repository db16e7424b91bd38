"""The upkeep that no click causes: letters, reminders, deletion, the proof of the audit log.

`portal serve` calls it every few minutes, `portal tick` on demand. Steps may run twice at once or be killed at any
point: each is safe to repeat. One that fails is noted and tried again with the next call; it stops no other.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from portal import clock
from portal.db import WritersBusy
from portal.domain import health, outbox
from portal.domain.changes import upkeep
from portal.domain.directory import reminders as directory
from portal.domain.intake.reminders import remind
from portal.domain.outbox import Send
from portal.domain.privacy import anchors, audit, retention
from portal.domain.searching import forget_old_changes
from portal.models.tick import TickStep

log = logging.getLogger(__name__)


class Alarm(Exception):
    """Something that somebody has to look at; its text may be shown."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What lies outside the database: data folder, mail server, the portal's own address, search index."""

    data_dir: Path
    send: Send | None = None
    base_url: str = ""
    follow: Callable[[], object] | None = None
    """Brings the search index up to date; handed in, because the domain does not know it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One task of the upkeep, and how often it is due."""

    name: str
    every: timedelta
    run: Callable[[Outside], object]


def _prove(outside: Outside) -> None:
    """Verify the audit log and only then note its newest links: a broken chain must not look like a sound one."""
    if findings := audit.verify(outside.data_dir):
        raise Alarm("; ".join(map(str, findings)))
    anchors.write(outside.data_dir)


def _deliver(outside: Outside) -> None:
    if outside.send is not None:
        outbox.deliver(outside.send)


def _index(outside: Outside) -> None:
    if outside.follow is not None:
        outside.follow()


def _see_posts(_outside: Outside) -> None:
    """Ask for somebody who answers when nobody else does: no letter reaches an empty post."""
    if found := health.unstaffed():
        raise Alarm("; ".join(found))


STEPS = (
    Step("reminders", timedelta(minutes=30), lambda _outside: remind(clock.today())),
    Step(health.POSTS, timedelta(minutes=30), _see_posts),
    Step(
        directory.STEP,
        timedelta(hours=1),
        lambda outside: directory.run(clock.today(), outside.base_url),
    ),
    Step("search", timedelta(hours=24), lambda _outside: forget_old_changes()),
    Step("index", timedelta(hours=1), _index),
    Step("letters", timedelta(0), _deliver),
    Step("retention", timedelta(hours=1), lambda outside: retention.run(outside.data_dir)),
    Step("audit", timedelta(hours=24), _prove),
)


def tick(outside: Outside, *, everything: bool = True) -> dict[str, str]:
    """Do all steps (or only those that are due); return what went wrong, by step."""
    last = {row.name: row for row in TickStep.select()}
    due = [step for step in STEPS if everything or _is_due(step, last.get(step.name), clock.now())]
    errors = {step.name: _try(step, outside) for step in due}
    return {name: error for name, error in errors.items() if error}


def _is_due(step: Step, last: TickStep | None, now: datetime) -> bool:
    return last is None or bool(last.error) or last.ran_at + step.every <= now


def _try(step: Step, outside: Outside) -> str:
    error = ""
    try:
        step.run(outside)
    except Exception as problem:
        log.exception("upkeep failed", extra={"step": step.name})
        error = str(problem) if isinstance(problem, Alarm) else type(problem).__name__
    return _note(step.name, error)


def _note(name: str, error: str) -> str:
    """Keep how a step ended, and return it; while nothing can be written, the step is due again next time."""
    values = {TickStep.ran_at: clock.now(), TickStep.error: error}
    note = TickStep.insert({TickStep.name: name, **values}).on_conflict(
        conflict_target=[TickStep.name], update=values
    )
    try:
        with upkeep():
            note.execute()
    except WritersBusy as busy:
        log.exception("upkeep not noted", extra={"step": name})
        return error or type(busy).__name__
    return error

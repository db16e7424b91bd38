"""Surveys of the advice structures of a town: what case managers found out, and what is missing there."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal import clock
from portal.domain.actors import Actor
from portal.domain.changes import Entry, change
from portal.domain.directory.checks import LONGEST_BODY, LONGEST_TEXT, check_codes, cleaned
from portal.domain.directory.scope import Scope, scope_of
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Permission, require
from portal.domain.searchable import Kind, touch
from portal.domain.topics import TOPICS
from portal.domain.towns import town_by_slug
from portal.models.county import StaffPosition, Town
from portal.models.directory import ServiceSurvey, SurveyGap

SEVERITIES = (1, 2, 3)
"""Something is missing, much is missing, nothing is there."""


@dataclass(frozen=True, slots=True)
class NotedGap:
    """A topic for which a survey found too little."""

    topic: str
    severity: int
    note: str


@dataclass(frozen=True, slots=True)
class SurveyView:
    """One survey with what it found."""

    id: int
    town: str
    town_name: str
    post: str
    started_on: date
    closed_on: date | None
    findings: str
    gaps: tuple[NotedGap, ...]
    may_edit: bool


def surveys(by: Actor) -> list[SurveyView]:
    """Return all surveys, the newest first."""
    require(by, Permission.DIRECTORY_READ)
    scope = scope_of(by, Permission.SURVEY_EDIT)
    gaps = _gaps()
    rows = _joined().order_by(ServiceSurvey.started_on.desc(), ServiceSurvey.id.desc())
    return [_view(row, gaps.get(row.id, ()), scope) for row in rows]


def survey(by: Actor, survey_id: int) -> SurveyView:
    """Return one survey; raise NotFound."""
    require(by, Permission.DIRECTORY_READ)
    row = _joined().where(ServiceSurvey.id == survey_id).first()
    if row is None:
        raise NotFound
    gaps = _gaps().get(row.id, ())
    return _view(row, gaps, scope_of(by, Permission.SURVEY_EDIT))


def begin(by: Actor, town: str) -> int:
    """Begin a survey of a town and return its id; a town has one at a time."""
    require(by, Permission.SURVEY_EDIT)
    row = town_by_slug(town)
    if not _holds(scope_of(by, Permission.SURVEY_EDIT), row.id):
        raise RuleBroken("Sie können nur für Ihre eigene Stadt erheben.", field="town")
    with change(by=by, action="directory:survey:begin") as entry:
        Town.locked(Town.id == row.id)  # of two at once, the second sees the first
        same = ServiceSurvey.select().where(ServiceSurvey.town == row)
        if same.where(ServiceSurvey.closed_on.is_null()).exists():
            raise RuleBroken("Für diese Stadt läuft schon eine Erhebung.", field="town")
        made: ServiceSurvey = ServiceSurvey.create(
            town=row, position=row.position, started_on=clock.today()
        )
        entry.about(f"survey:{made.id}")
        entry.changed(town=row.slug)
        touch(entry, Kind.SURVEY, str(made.id))
    survey_id: int = made.id
    return survey_id


def write_findings(by: Actor, survey_id: int, findings: str) -> None:
    """Write down what was found."""
    text = cleaned(findings, field="findings", longest=LONGEST_BODY)
    with change(by=by, action="directory:survey:write", subject=f"survey:{survey_id}") as entry:
        row = _open(by, survey_id, entry)
        row.findings = text
        row.save()


def note_gap(by: Actor, survey_id: int, topic: str, severity: int, note: str = "") -> None:
    """Note that there is too little for a topic; a second note replaces the first."""
    check_codes([topic], TOPICS, field="topic")
    if severity not in SEVERITIES:
        raise RuleBroken("Bitte wählen Sie, wie viel fehlt.", field="severity")
    text = cleaned(note, field="note", longest=LONGEST_TEXT)
    with change(by=by, action="directory:survey:note_gap", subject=f"survey:{survey_id}") as entry:
        row = _open(by, survey_id, entry)
        _forget(row, topic)
        SurveyGap.create(survey=row, topic=topic, severity=severity, note=text)
        entry.changed(topic=topic, severity=severity)


def remove_gap(by: Actor, survey_id: int, topic: str) -> None:
    """Take a gap back; raise NotFound if none was noted."""
    with change(
        by=by, action="directory:survey:remove_gap", subject=f"survey:{survey_id}"
    ) as entry:
        if not _forget(_open(by, survey_id, entry), topic):
            raise NotFound
        entry.changed(topic=topic)


def close(by: Actor, survey_id: int) -> None:
    """Close a survey; from then on it stays as it is."""
    with change(by=by, action="directory:survey:close", subject=f"survey:{survey_id}") as entry:
        row = _open(by, survey_id, entry)
        if not row.findings and not SurveyGap.select().where(SurveyGap.survey == row).exists():
            raise RuleBroken(
                "Schreiben Sie erst auf, was Sie herausgefunden haben.", field="findings"
            )
        row.closed_on = clock.today()
        row.save()


def _open(by: Actor, survey_id: int, entry: Entry) -> ServiceSurvey:
    """Return a survey that somebody may write into, held against other writers."""
    require(by, Permission.SURVEY_EDIT)
    row = ServiceSurvey.locked(ServiceSurvey.id == survey_id)
    if row is None:
        raise NotFound
    if not _holds(scope_of(by, Permission.SURVEY_EDIT), row.town_id):
        raise NotAllowed
    if row.closed_on is not None:
        raise RuleBroken("Diese Erhebung ist abgeschlossen.")
    touch(entry, Kind.SURVEY, str(survey_id))
    return row


def _holds(scope: Scope, town_id: int) -> bool:
    return scope.everything or town_id in scope.towns


def _forget(row: ServiceSurvey, topic: str) -> bool:
    gone = SurveyGap.delete().where(SurveyGap.survey == row, SurveyGap.topic == topic)
    return bool(gone.execute())


def _joined() -> Any:
    return (
        ServiceSurvey.select(ServiceSurvey, Town, StaffPosition)
        .join(Town)
        .switch(ServiceSurvey)
        .left_outer_join(StaffPosition, on=(ServiceSurvey.position == StaffPosition.id))
    )


def _gaps() -> dict[int, tuple[NotedGap, ...]]:
    found: dict[int, tuple[NotedGap, ...]] = {}
    for row in SurveyGap.select().order_by(SurveyGap.severity.desc(), SurveyGap.topic):
        noted = NotedGap(row.topic, row.severity, row.note)
        found[row.survey_id] = (*found.get(row.survey_id, ()), noted)
    return found


def _view(row: ServiceSurvey, gaps: tuple[NotedGap, ...], scope: Scope) -> SurveyView:
    return SurveyView(
        id=row.id,
        town=row.town.slug,
        town_name=row.town.name,
        post=row.position.title if row.position else "",
        started_on=row.started_on,
        closed_on=row.closed_on,
        findings=row.findings,
        gaps=gaps,
        may_edit=row.closed_on is None and _holds(scope, row.town_id),
    )

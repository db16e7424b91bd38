"""Where help is missing: topics without a public service for a town's people, and what surveys found too little of."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal import clock
from portal.domain.actors import Actor
from portal.domain.directory.records import Record, add_towns, is_public, load, services
from portal.domain.permissions import Permission, require
from portal.domain.topics import TOPICS
from portal.domain.towns import active_towns
from portal.models.county import Town
from portal.models.directory import ServiceSurvey, SurveyGap


@dataclass(frozen=True, slots=True)
class Coverage:
    """A topic in a town: how many services there are, and what the newest survey said."""

    topic: str
    town: str
    town_name: str
    services: int
    severity: int
    """What the survey found: 0 if it noted no gap, or there was none."""
    note: str
    surveyed_on: date | None

    @property
    def is_gap(self) -> bool:
        """Whether nothing is there, or a survey found too little."""
        return not self.services or self.severity > 0


def coverage(by: Actor) -> list[Coverage]:
    """Return every topic in every town, by topic and the towns' names."""
    require(by, Permission.DIRECTORY_READ)
    towns = active_towns()
    counts, newest = _counts([town.slug for town in towns]), _newest_surveys()
    noted = _noted([row.id for row in newest.values()])
    return [
        _coverage(topic, town, counts, newest.get(town.id), noted)
        for topic in TOPICS
        for town in towns
    ]


def gap_list(by: Actor) -> list[Coverage]:
    """Return where nothing is there or a survey found too little, the worst first."""
    found = [one for one in coverage(by) if one.is_gap]
    return sorted(found, key=lambda one: (bool(one.services), -one.severity))


def _coverage(
    topic: str,
    town: Town,
    counts: Counter[tuple[str, str]],
    survey: ServiceSurvey | None,
    noted: dict[tuple[int, str], SurveyGap],
) -> Coverage:
    gap = noted.get((survey.id, topic)) if survey else None
    return Coverage(
        topic=topic,
        town=town.slug,
        town_name=town.name,
        services=counts[topic, town.slug],
        severity=gap.severity if gap else 0,
        note=gap.note if gap else "",
        surveyed_on=(survey.closed_on or survey.started_on) if survey else None,
    )


def _counts(everywhere: list[str]) -> Counter[tuple[str, str]]:
    """Count the public services by topic and town; county-wide ones are for every town."""
    found = load(services().where(is_public(clock.today())), (add_towns,))
    return Counter(pair for record in found for pair in _pairs(record, everywhere))


def _pairs(record: Record, everywhere: list[str]) -> Iterator[tuple[str, str]]:
    towns = [town.slug for town in record.towns]
    for topic in record.service.topics:
        for town in everywhere if record.service.county_wide else towns:
            yield topic, town


def _newest_surveys() -> dict[int, ServiceSurvey]:
    """Return each town's newest survey: it replaces what an older one found."""
    rows = ServiceSurvey.select().order_by(ServiceSurvey.started_on, ServiceSurvey.id)
    return {row.town_id: row for row in rows}


def _noted(survey_ids: list[int]) -> dict[tuple[int, str], SurveyGap]:
    rows = SurveyGap.select().where(SurveyGap.survey.in_(survey_ids))
    return {(row.survey_id, row.topic): row for row in rows}

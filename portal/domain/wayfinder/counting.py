"""How often each kind of question is asked: by month, rule, topic and age group; no town and no person's answers.

The rows say less than one would need to find somebody (`domain.md` 0.9 and 4.14): what follows from a status that is
not clear or from danger is counted without topic and age, and no number below three is ever shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal import clock
from portal.domain.changes import WritersBusy, upkeep
from portal.domain.permissions import Permission, require
from portal.domain.wayfinder.engine import Answer
from portal.domain.wayfinder.inputs import Inputs
from portal.domain.wayfinder.public import AGE_BANDS, PublicAnswer, PublicInputs
from portal.models.accounts import Account
from portal.models.wayfinder import AnswerCount

SMALLEST_SHOWN = 3
WITHOUT_DETAILS = frozenset({"R00", "R09", "R02"})
NO_TOPIC, SEVERAL_TOPICS, NOT_TOLD = "none", "several", "any"
BANDS = {"under_18": (0, 17), "18_26": (18, 26), "27_plus": (27, 120)}


@dataclass(frozen=True, order=True, slots=True)
class Profile:
    """A kind of question, as coarse as it is counted."""

    rule: str
    topic: str
    band: str

    def __str__(self) -> str:
        """Return the stored form."""
        return f"{self.rule}|{self.topic}|{self.band}"

    @classmethod
    def of(cls, rule: str, topics: Iterable[str], age: int) -> Profile:
        """Return the profile of a question and its answer."""
        if rule in WITHOUT_DETAILS:
            return cls(rule, NOT_TOLD, NOT_TOLD)
        asked = list(topics)
        topic = asked[0] if len(asked) == 1 else SEVERAL_TOPICS if asked else NO_TOPIC
        band = next(name for name, (first, last) in BANDS.items() if first <= age <= last)
        return cls(rule, topic, band)


def count(given: Answer | PublicAnswer, inputs: Inputs | PublicInputs) -> None:
    """Count an answer; if many people write at this moment, this one is not counted."""
    age = inputs.age if isinstance(inputs, Inputs) else AGE_BANDS[inputs.age_band][0]
    profile = Profile.of(given.rule, inputs.topics, age)
    try:
        with upkeep():
            AnswerCount.insert(
                day=clock.today().replace(day=1), profile=str(profile), count=1
            ).on_conflict(
                conflict_target=[AnswerCount.day, AnswerCount.profile],
                update={AnswerCount.count: AnswerCount.count + 1},
            ).execute()
    except WritersBusy:
        return


def counted(by: Account, since: date) -> dict[Profile, int]:
    """Return how often each kind of question was asked since a day; small numbers are left out."""
    require(by, Permission.RULES_READ)
    totals: dict[Profile, int] = {}
    for row in AnswerCount.select().where(AnswerCount.day >= since):
        profile = Profile(*row.profile.split("|"))
        totals[profile] = totals.get(profile, 0) + row.count
    return {profile: total for profile, total in totals.items() if total >= SMALLEST_SHOWN}

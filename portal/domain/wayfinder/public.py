"""The public Wegweiser: it asks neither status nor benefits, so it answers for every status at once.

The engine is asked for each situation that fits the few answers, without ever naming an authority that decides: among
those who ask may be somebody whose status is not clear (`domain.md` 5.4, 4). What holds for a settled stay comes
first; beside it stands the refugee advice centre, for those who know that it is meant for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from portal.domain.errors import RuleBroken
from portal.domain.wayfinder.changing import Change
from portal.domain.wayfinder.codes import STATUSES, TOPICS, UNCLEAR
from portal.domain.wayfinder.engine import Answer, answer
from portal.domain.wayfinder.inputs import MOST_BODIES, MOST_MONTHS, NOTHING, Inputs
from portal.domain.wayfinder.rules import Rules

AGE_BANDS = {
    "under_12": (8, 3),
    "12_17": (16, 12),
    "18_26": (20, 26),
    "27_66": (40, 27),
    "67_plus": (70, 90),
}
"""Ages that stand for each band, the most telling one first."""
NEXT_BAND = {"under_12": ("12_17", 12), "12_17": ("18_26", 18), "18_26": ("27_66", 27)}
YEARS = ("under_3", "over_3", "not_said")
KNOWN_STATUSES = tuple(status for status in STATUSES if status != UNCLEAR)
"""Protected comes first: the answer for a settled stay leads."""
REFUGEE_ADVICE = "FBS"
OR_FBS = "or_fbs"
GENERAL_ADVICE = frozenset({"MBE", "JMD", "KIM_CM"})
ABOUT_TIME = frozenset({"first_years", "arrived_in_target_time"})
SEVERAL_OFFICES = frozenset({"cross_law"})


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicInputs:
    """What the public page asks."""

    town: str
    age_band: str
    as_of: date
    topics: frozenset[str] = frozenset()
    zue: bool = False
    several_offices: bool = False
    years: str = "not_said"

    def __post_init__(self) -> None:
        """Refuse codes that the page does not offer."""
        if self.age_band not in AGE_BANDS:
            raise RuleBroken("Diese Altersgruppe gibt es nicht.", field="age_band")
        if self.years not in YEARS:
            raise RuleBroken("Diese Zeit gibt es nicht.", field="years")
        if not self.topics <= set(TOPICS):
            raise RuleBroken("Dieses Thema gibt es nicht.", field="topics")


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """Where to go first, whoever one is."""

    primary: str
    rule: str
    line: str
    also: tuple[str, ...]
    or_else: tuple[tuple[str, str], ...]
    """Another first place, and the note that says for whom: `("FBS", "or_fbs")`."""
    marks: tuple[tuple[str, str], ...]
    because: tuple[tuple[str, object], ...]
    since: date | None
    version: int

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code of the answer, once, in order."""
        others = (code for code, _note in self.or_else)
        return tuple(dict.fromkeys((self.primary, *others, *self.also)))


def public_answer(rules: Rules, inputs: PublicInputs) -> PublicAnswer:
    """Find out where to go first without knowing the status."""
    answers = [answer(rules, one, without_authorities=True) for one in _situations(rules, inputs)]
    leading = answers[0]
    firsts = [one.primary for one in answers]
    everybody = dict.fromkeys(code for one in answers for code in (*one.also, *firsts))
    or_else = _or_else(leading)
    apart = {leading.primary, *(code for code, _note in or_else)}
    return PublicAnswer(
        primary=leading.primary,
        rule=leading.rule,
        line=leading.line,
        also=tuple(code for code in everybody if code not in apart),
        or_else=or_else,
        marks=leading.marks,
        because=_because(leading, inputs),
        since=leading.since,
        version=leading.version,
    )


def _because(leading: Answer, inputs: PublicInputs) -> tuple[tuple[str, object], ...]:
    """Return what decided, of what was really said."""
    unsaid = ABOUT_TIME if inputs.years == "not_said" else frozenset()
    return tuple(reason for reason in leading.because if reason[0] not in unsaid)


def public_changes(rules: Rules, inputs: PublicInputs) -> tuple[Change, ...]:
    """Return which other answers would lead to another first place."""
    given = public_answer(rules, inputs)
    found = []
    for fact, value, other in _neighbours(rules, inputs):
        result = public_answer(rules, other)
        if result.primary != given.primary:
            found.append(Change(fact, value, result.primary, result.rule))
    return tuple(found)


def _situations(rules: Rules, inputs: PublicInputs) -> Iterator[Inputs]:
    """Yield every situation that the answers leave open, the leading one first."""
    months = _months(rules, inputs)
    for age, status, one in product(AGE_BANDS[inputs.age_band], KNOWN_STATUSES, months):
        yield Inputs(
            age=age,
            status=status,
            months=one,
            town=inputs.town,
            as_of=inputs.as_of,
            topics=inputs.topics,
            zue=inputs.zue,
            criteria=SEVERAL_OFFICES if inputs.several_offices else NOTHING,
            bodies=MOST_BODIES if inputs.several_offices else 1,
        )


def _months(rules: Rules, inputs: PublicInputs) -> tuple[int, ...]:
    limit = rules.on(inputs.as_of).parameters.mbe_first_years_months
    short, long = (limit,), (limit + 1, MOST_MONTHS)
    return {"under_3": short, "over_3": long, "not_said": short + long}[inputs.years]


def _or_else(leading: Answer) -> tuple[tuple[str, str], ...]:
    """Name the refugee advice centre beside all advice that depends on a settled stay (`domain.md` 5.1)."""
    if GENERAL_ADVICE.isdisjoint((leading.primary, *leading.also)):
        return ()
    return ((REFUGEE_ADVICE, OR_FBS),)


def _neighbours(rules: Rules, inputs: PublicInputs) -> Iterator[tuple[str, object, PublicInputs]]:
    limit = rules.on(inputs.as_of).parameters.mbe_first_years_months
    if following := NEXT_BAND.get(inputs.age_band):
        yield "birthday", following[1], replace(inputs, age_band=following[0])
    if inputs.years != "over_3":
        yield "longer", limit, replace(inputs, years="over_3")
    if inputs.years == "over_3":
        yield "shorter", limit, replace(inputs, years="under_3")
    several = replace(inputs, several_offices=not inputs.several_offices)
    yield ("not_complex" if inputs.several_offices else "complex"), True, several
    yield ("not_zue" if inputs.zue else "zue"), True, replace(inputs, zue=not inputs.zue)

"""The invariants of `domain.md` 5.4, proven over every combination of what rules can tell apart."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import islice, product
from typing import Any

import pytest

from portal.domain.wayfinder import (
    Answer,
    Inputs,
    PublicInputs,
    answer,
    public_answer,
    public_changes,
    would_change,
)
from portal.domain.wayfinder.codes import (
    CASE_MANAGERS,
    CODES,
    DANGERS,
    HINTS,
    NOBODY,
    STATUSES,
    TOPICS,
)
from portal.domain.wayfinder.public import AGE_BANDS, YEARS
from tests.support.wayfinder import DAY, hoexter_rules

pytestmark = pytest.mark.sqlite_only  # pure functions; once is enough

AGES = (0, 5, 6, 11, 12, 14, 17, 18, 26, 27, 66, 67)
TOPIC_SETS = (
    (),
    ("orientation",),
    ("language",),
    ("work",),
    ("school",),
    ("money",),
    ("health",),
    ("residence_advice",),
    ("residence_admin",),
    ("asylum",),
    ("naturalisation",),
    ("parenting",),
    ("debt",),
    ("recognition", "training"),
    ("addiction", "pregnancy", "discrimination", "return"),
    ("money", "work", "residence_admin", "naturalisation", "parenting", "asylum"),
    TOPICS,
)
MONTHS = (10, 48, 200)
COMPLEXITIES = (((), 1), (("cross_law",), 2), (("cross_law",), 3))
COMBINATIONS = 440_640
KNOWN_CODES, KNOWN_HINTS = set(CODES), set(HINTS)
PUBLIC_AUTHORITIES = {
    "ABH",
    "EBH",
    "JC",
    "AA",
    "SOZIALAMT_ASYLBLG",
    "SOZIALAMT_SGB12",
    "JUGENDAMT",
    "KIM_CM",
}


def situations() -> Iterator[Inputs]:
    for status, age, topics, zue, alone, (criteria, bodies), helper, months in product(
        STATUSES,
        AGES,
        map(frozenset, TOPIC_SETS),
        (False, True),
        (False, True),
        COMPLEXITIES,
        ("", *CASE_MANAGERS),
        MONTHS,
    ):
        yield Inputs(
            age=age,
            status=status,
            months=months,
            topics=topics,
            town="brakel",
            as_of=DAY,
            zue=zue,
            unaccompanied=alone,
            criteria=frozenset(criteria),
            bodies=bodies,
            case_mgmt=helper,
        )


def breaches(inputs: Inputs, given: Answer) -> list[str]:
    """Return which invariants an answer breaks."""
    young = 12 <= inputs.age <= 26
    slots = {given.primary, *given.decides, *given.also}
    shielded = inputs.status == "unclear" and not inputs.zue and not inputs.danger
    broken = {
        "1 exactly one primary": given.primary not in CODES,
        "2 JMD for 12 to 26 only": "JMD" in slots and not young,
        "2 MBE never first for 12 to 26": given.primary == "MBE" and young,
        "3 advice in the ZUE first": inputs.zue and given.primary in {"MBE", "JMD", "KIM_CM"},
        "4 never to the ABH": inputs.status == "unclear" and "ABH" in slots,
        "4 no public authority": shielded and not slots.isdisjoint(PUBLIC_AUTHORITIES),
        "5 nothing twice": given.primary in given.also or len({*given.also}) < len(given.also),
        "6 nothing that ended": not slots <= KNOWN_CODES or not set(given.hints) <= KNOWN_HINTS,
    }
    return [name for name, is_broken in broken.items() if is_broken]


def test_no_combination_breaks_an_invariant() -> None:
    rules = hoexter_rules()
    count = 0
    for inputs in situations():
        count += 1
        given = answer(rules, inputs)
        found = breaches(inputs, given) or ([NOBODY] if given.rule == NOBODY else [])
        if found:
            pytest.fail(f"{found}: {inputs} -> {given}")
    assert count == COMBINATIONS


@cache
def sample() -> list[Inputs]:
    """Return every 97th situation: the steps fall out of step with the lists above."""
    return list(islice(situations(), 0, None, 97))


def some(**given: Any) -> Iterator[Inputs]:
    """Yield the sample, changed in one respect."""
    return (replace(inputs, **given) for inputs in sample())


@pytest.mark.parametrize("danger", DANGERS)
@pytest.mark.parametrize("town", ["brakel", "Paderborn"])
def test_danger_comes_before_everything(danger: str, town: str) -> None:
    for inputs in some(danger=danger, town=town):
        given = answer(hoexter_rules(), inputs)
        assert not breaches(inputs, given)
        assert (given.primary, given.rule) == (
            "JUGENDAMT" if danger == "child" else "NOTRUF",
            "R00",
        )


def test_no_invariant_breaks_outside_of_the_county() -> None:
    for inputs in some(town="Paderborn"):
        given = answer(hoexter_rules(), inputs)
        assert not breaches(inputs, given)
        assert given.rule in {"R01", "R02", "R40"}


@pytest.mark.parametrize("day", [date(1990, 1, 1), date(2020, 1, 1), date(2040, 1, 1)])
def test_even_without_rules_everybody_gets_a_safe_answer(day: date) -> None:
    for inputs in some(as_of=day):
        assert not breaches(inputs, answer(hoexter_rules(), inputs))


def test_the_same_question_gets_the_same_answer() -> None:
    first = [answer(hoexter_rules(), inputs) for inputs in some()]
    again = hoexter_rules().overridden({})
    assert first == [answer(again, inputs) for inputs in some()]


def test_what_would_change_is_never_the_same_answer_nor_an_unsafe_one() -> None:
    for inputs in sample()[::5]:
        given = answer(hoexter_rules(), inputs)
        changes = would_change(hoexter_rules(), inputs, given)
        assert all(change.primary != given.primary for change in changes)
        if inputs.status == "unclear" and not inputs.zue:
            assert PUBLIC_AUTHORITIES.isdisjoint(change.primary for change in changes)


# What the public page may say


def public_questions() -> Iterator[PublicInputs]:
    topic_sets = [*map(frozenset, TOPIC_SETS), *(frozenset({topic}) for topic in TOPICS)]
    for band, topics, zue, several, years, town in product(
        AGE_BANDS, topic_sets, (False, True), (False, True), YEARS, ("Brakel", "Paderborn")
    ):
        yield PublicInputs(
            town=town,
            age_band=band,
            as_of=DAY,
            topics=topics,
            zue=zue,
            several_offices=several,
            years=years,
        )


def test_the_public_page_leads_nobody_to_an_authority() -> None:
    for asked in public_questions():
        given = public_answer(hoexter_rules(), asked)
        assert not set(given.codes) & (PUBLIC_AUTHORITIES - {"KIM_CM"}), (asked, given)
        assert given.primary not in given.also
        young = asked.age_band in {"12_17", "18_26"}
        assert not (given.primary == "MBE" and young)
        assert young or "JMD" not in given.codes
        if asked.zue:
            assert given.primary == "AVB_ZUE"
        elif {"KIM_CM", "MBE", "JMD"} & set(given.codes):
            assert given.or_else == (("FBS", "or_fbs"),), (asked, given)


def test_the_public_page_says_the_same_each_time() -> None:
    asked = list(islice(public_questions(), 0, None, 7))
    first = [public_answer(hoexter_rules(), one) for one in asked]
    assert first == [public_answer(hoexter_rules(), one) for one in asked]


def test_the_public_page_never_names_an_authority_as_what_would_come_next() -> None:
    for asked in islice(public_questions(), 0, None, 11):
        for change in public_changes(hoexter_rules(), asked):
            assert change.primary not in PUBLIC_AUTHORITIES - {"KIM_CM"}

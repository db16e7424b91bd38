"""Situations to try rules with: fewer than the tests enumerate, but each limit that a rule names is crossed.

Common situations (a settled stay or not, one or no topic) are tried in full; rare ones (complex, in the ZUE, alone,
in danger, outside) with a few topics each. About 25,000 situations, about half a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

from portal.domain.wayfinder.codes import (
    CASE_MANAGERS,
    CRITERIA,
    DANGERS,
    STATUSES,
    TOPICS,
    UKRAINE,
)
from portal.domain.wayfinder.inputs import MOST_BODIES, MOST_MONTHS, NOTHING, OLDEST, Inputs
from portal.domain.wayfinder.rules import Rules

NOWHERE = "—"
"""A town of no county."""
TOPIC_SETS = (
    NOTHING,
    *(frozenset({topic}) for topic in TOPICS),
    frozenset({"language", "housing", "letters"}),
    frozenset({"money", "work"}),
    frozenset({"asylum", "residence_advice"}),
)
FEW_TOPICS = (NOTHING, frozenset({"money"}), frozenset({"debt"}), frozenset({"residence_admin"}))
RARE: tuple[dict[str, Any], ...] = (
    *({"danger": danger} for danger in DANGERS),
    {"zue": True},
    {"unaccompanied": True},
    {"unaccompanied": True, "zue": True},
    {"town": NOWHERE},
    {"benefits": frozenset({"sgb2"})},
    {"criteria": frozenset({CRITERIA[0]})},
    {"criteria": frozenset({CRITERIA[0]}), "bodies": MOST_BODIES},
    *({"criteria": frozenset(CRITERIA), "case_mgmt": helper} for helper in ("", *CASE_MANAGERS)),
)


def situations(day: date, town: str, *versions: Rules) -> Iterator[Inputs]:
    """Yield situations on a day, with every age and time that one of these rules names."""
    ages, months = _ages(day, versions), _months(day, versions)
    for age, status, topics, one in product(ages, STATUSES, TOPIC_SETS, months):
        yield Inputs(age=age, status=status, months=one, topics=topics, town=town, as_of=day)
    for rare, age, status, topics in product(RARE, ages, STATUSES, FEW_TOPICS):
        usual = Inputs(age=age, status=status, months=0, topics=topics, town=town, as_of=day)
        yield replace(usual, **rare)
    yield from _ukraine(day, town, ages, versions)


def _ages(day: date, versions: tuple[Rules, ...]) -> list[int]:
    found = {0}
    for rules in versions:
        book = rules.on(day)
        found.add(book.parameters.pension_age)
        for line in (*book.rules, *book.decides, *book.also):
            found.add(line.conditions.get("age_from", 0))
            found.add(min(line.conditions.get("age_to", -1) + 1, OLDEST))
    return sorted(found)


def _months(day: date, versions: tuple[Rules, ...]) -> list[int]:
    found = {0, MOST_MONTHS}
    for rules in versions:
        limit = rules.on(day).parameters.mbe_first_years_months
        found |= {limit, limit + 1}
    return sorted(found)


def _ukraine(
    day: date, town: str, ages: list[int], versions: tuple[Rules, ...]
) -> Iterator[Inputs]:
    for rules, age in product(versions, ages):
        cutoff = rules.on(day).parameters.ua_cutoff
        yield Inputs(
            age=age,
            status=UKRAINE,
            months=0,
            topics=frozenset({"money"}),
            town=town,
            as_of=day,
            ua_first=cutoff,
        )

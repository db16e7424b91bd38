"""What would change an answer: neighbouring situations, tried one by one.

Nobody's answer is complete without its limits: the next birthday, the end of the first years, another status, a fact
nobody asked about. Each is a question to the same engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from portal.domain.wayfinder.codes import AUTHORITIES, CRITERIA, STATUSES, UKRAINE, UNCLEAR
from portal.domain.wayfinder.engine import Answer, answer
from portal.domain.wayfinder.facts import facts_of
from portal.domain.wayfinder.inputs import OLDEST, Inputs
from portal.domain.wayfinder.rules import Rules

Changed = tuple[str, object, Inputs]
"""The fact (a key of the texts' `changes`), its value, and the situation in which it is so."""


@dataclass(frozen=True, slots=True)
class Change:
    """If this fact were so, somebody else would be the first place to go."""

    fact: str
    value: object
    primary: str
    rule: str


def would_change(rules: Rules, inputs: Inputs, given: Answer | None = None) -> tuple[Change, ...]:
    """Return every neighbouring situation that has another first place to go."""
    given = given or answer(rules, inputs)
    found = [*_next_birthday(rules, inputs, given)]
    for fact, value, other in _neighbours(rules, inputs):
        result = answer(rules, other)
        if inputs.status == UNCLEAR and result.primary in AUTHORITIES:
            continue  # whoever's status is not clear reads of no public office, not even as a maybe
        if result.primary != given.primary:
            found.append(Change(fact, value, result.primary, result.rule))
    return tuple(found)


def _next_birthday(rules: Rules, inputs: Inputs, given: Answer) -> Iterator[Change]:
    """Find the next birthday from which on somebody else is responsible."""
    thresholds = {one.conditions.get("age_from") for one in rules.on(inputs.as_of).rules}
    thresholds |= {one.conditions.get("age_to", -2) + 1 for one in rules.on(inputs.as_of).rules}
    thresholds.add(rules.on(inputs.as_of).parameters.pension_age)
    for age in sorted(age for age in thresholds if age and inputs.age < age <= OLDEST):
        result = answer(rules, replace(inputs, age=age))
        if result.primary != given.primary:
            yield Change("birthday", age, result.primary, result.rule)
            return


def _neighbours(rules: Rules, inputs: Inputs) -> Iterator[Changed]:
    parameters = rules.on(inputs.as_of).parameters
    facts = facts_of(inputs, parameters, in_county=bool(rules.slug_of(inputs.town)))
    limit = parameters.mbe_first_years_months
    later = 0 if facts.first_years else limit
    months = max(inputs.months, limit + 1) if facts.first_years else min(inputs.months, limit)
    time = replace(
        inputs, months=months, status_months=None if inputs.status_months is None else months
    )
    yield ("shorter", later, time) if later else ("longer", limit, time)
    for status in STATUSES:
        if status not in (inputs.status, UNCLEAR):
            yield "status", status, replace(inputs, status=status)
    if facts.complex:
        yield "not_complex", True, replace(inputs, criteria=frozenset(), bodies=1)
        if not inputs.case_mgmt:
            yield "accompanied", "jc", replace(inputs, case_mgmt="jc")
    else:
        yield "complex", True, replace(inputs, criteria=frozenset(CRITERIA))
    yield ("not_zue" if inputs.zue else "zue"), True, replace(inputs, zue=not inputs.zue)
    has_jc = "sgb2" in inputs.benefits
    yield (
        "not_sgb2" if has_jc else "sgb2",
        True,
        replace(inputs, benefits=inputs.benefits ^ {"sgb2"}),
    )
    if inputs.status == UKRAINE and inputs.ua_first is None:
        yield "ua_first", parameters.ua_cutoff, replace(inputs, ua_first=parameters.ua_cutoff)

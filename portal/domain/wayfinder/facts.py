"""What follows from the inputs and the parameters: the words that conditions are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.domain.wayfinder.codes import UKRAINE, UNCLEAR
from portal.domain.wayfinder.inputs import Inputs
from portal.domain.wayfinder.parameters import Parameters

MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Facts:
    """A situation as rules see it."""

    inputs: Inputs
    in_county: bool
    shielded: bool
    """The status is not clear: whoever lives in a town is then led to no public body (`domain.md` 5.4)."""
    complex: bool
    first_years: bool
    arrived_in_target_time: bool
    pension_age: bool
    ua_new_law: bool
    intkurs_stop: bool
    topic: str
    """The only topic, if there is exactly one."""


def facts_of(inputs: Inputs, parameters: Parameters, *, in_county: bool) -> Facts:
    """Work out everything that rules may ask about a situation."""
    counted = inputs.months if inputs.status_months is None else inputs.status_months
    (topic,) = inputs.topics if len(inputs.topics) == 1 else ("",)
    return Facts(
        inputs=inputs,
        in_county=in_county,
        shielded=inputs.status == UNCLEAR and not inputs.zue,
        complex=_is_complex(inputs, parameters),
        first_years=counted <= parameters.mbe_first_years_months,
        arrived_in_target_time=_month(inputs.as_of) - inputs.months
        >= _month(parameters.kim_target_from),
        pension_age=inputs.age >= parameters.pension_age,
        ua_new_law=_ua_new_law(inputs, parameters),
        intkurs_stop=_within(inputs.as_of, parameters.intkurs_stop),
        topic=topic,
    )


def _month(day: date) -> int:
    """Return a number that counts months, so that months can be taken off."""
    return day.year * MONTHS_OF_A_YEAR + day.month


def _is_complex(inputs: Inputs, parameters: Parameters) -> bool:
    """Apply the criteria of the concept, 8.2: several of them, or one and several bodies."""
    met = len(inputs.criteria)
    return met >= parameters.complexity_min_criteria or (
        met >= 1 and inputs.bodies >= parameters.complexity_bodies
    )


def _ua_new_law(inputs: Inputs, parameters: Parameters) -> bool:
    """Tell whether a first § 24 permit falls under the law that moves people to AsylbLG."""
    starts = parameters.ua_law_in_force_from
    if inputs.status != UKRAINE or inputs.ua_first is None or starts is None:
        return False
    return inputs.as_of >= starts and inputs.ua_first >= parameters.ua_cutoff


def _within(day: date, period: tuple[date, date] | None) -> bool:
    return period is not None and period[0] <= day <= period[1]

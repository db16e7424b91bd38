"""The rules as values, and how they are read from a county pack or a proposal, with every mistake named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from portal.domain.wayfinder.codes import APPLYING
from portal.domain.wayfinder.conditions import VOCABULARY, Test, compiled
from portal.domain.wayfinder.parameters import Parameters

BEGINNING = date.min
END = date.max
UKRAINE_LAW = "ua_law_in_force_from"
"""A figure that is itself the day from which on it holds."""
MOST_DAYS = 1000
"""So many days are kept in mind at once."""


@dataclass(frozen=True, slots=True)
class Validity:
    """When a line holds and where it comes from (`domain.md` 3.0)."""

    status: str
    valid_from: date | None
    valid_to: date | None
    source: str
    note: str
    checked_on: date | None
    next_check_on: date | None

    def holds_on(self, day: date) -> bool:
        """Tell whether the line is in force on a day."""
        first, last = self.valid_from or BEGINNING, self.valid_to or END
        return self.status in APPLYING and first <= day <= last


@dataclass(frozen=True, slots=True)
class Line:
    """One line: if all conditions hold, this code is the answer, or is added to it."""

    key: str
    """The rule's number, or the code or hint that is added."""
    variant: str
    conditions: Mapping[str, Any]
    validity: Validity
    primary: str = ""
    also: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    shows: frozenset[str] = frozenset()
    """Codes one of which must be in the answer; for hints."""
    is_counselling: bool = False
    tests: tuple[Test, ...] = ()
    since: date | None = None
    """From when on the line reads as it does on the day it is asked about, with the figures behind it."""

    @property
    def ref(self) -> str:
        """The name that tells lines apart: `R20` or `R20-school`."""
        return f"{self.key}-{self.variant}" if self.variant else self.key


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """A parameter's value from a day on, until another line says otherwise."""

    key: str
    value: Any
    valid_from: date | None
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class DayBook:
    """The lines that are in force on one day, in order, with the parameters of that day."""

    rules: tuple[Line, ...]
    decides: tuple[Line, ...]
    also: tuple[Line, ...]
    hints: tuple[Line, ...]
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of one version, for a county with these towns."""

    rules: tuple[Line, ...]
    decides: tuple[Line, ...]
    also: tuple[Line, ...]
    hints: tuple[Line, ...]
    parameters: tuple[ParameterLine, ...]
    specialists: Mapping[str, str]
    case_managers: Mapping[str, str]
    towns: Mapping[str, str] = field(default_factory=dict)
    """The county's towns: name or slug in small letters, and the slug."""
    version: int = 0
    overrides: Mapping[str, Any] = field(default_factory=dict)
    _days: dict[date, DayBook] = field(default_factory=dict, repr=False, compare=False)

    def on(self, day: date) -> DayBook:
        """Return what is in force on a day."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= MOST_DAYS:
                self._days.clear()
            known = self._days[day] = _day_book(self, day)
        return known

    def slug_of(self, town: str) -> str:
        """Return the slug of a town given by name or slug; empty if it is not in the county."""
        return self.towns.get(town.strip().lower(), "")

    def in_county(self, towns: Mapping[str, str], *, version: int = 0) -> Rules:
        """Return the same rules for a county's towns, given as slug and name."""
        known = {name.lower(): slug for slug, name in towns.items()} | {
            slug: slug for slug in towns
        }
        return replace(self, towns=known, version=version, _days={})

    def overridden(self, overrides: Mapping[str, Any]) -> Rules:
        """Return the same rules with other parameters."""
        return replace(self, overrides={**self.overrides, **overrides}, _days={})


def line(**values: Any) -> Line:
    """Make a line with its tests."""
    return Line(**values, tests=compiled(values["conditions"]))


def _day_book(rules: Rules, day: date) -> DayBook:
    values: dict[str, Any] = {}
    since: dict[str, date | None] = {}
    for one in sorted(rules.parameters, key=lambda one: one.valid_from or BEGINNING):
        if one.key not in values or (one.valid_from or BEGINNING) <= day:
            values[one.key], since[one.key] = one.value, one.valid_from
    values |= rules.overrides

    if values[UKRAINE_LAW]:
        since[UKRAINE_LAW] = values[UKRAINE_LAW]

    def holding(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        held = (one for one in lines if one.validity.holds_on(day))
        return tuple(replace(one, since=_since(one, since)) for one in held)

    return DayBook(
        rules=holding(rules.rules),
        decides=holding(rules.decides),
        also=holding(rules.also),
        hints=holding(rules.hints),
        parameters=Parameters(**values),
    )


def _since(line: Line, parameters_since: Mapping[str, date | None]) -> date | None:
    """Return the latest of the days from which on the line and the figures behind it hold."""
    asked = [key for key, value in line.conditions.items() if value is not False]
    behind = (name for key in asked for name in VOCABULARY[key].parameters)
    days = (line.validity.valid_from, *(parameters_since.get(name) for name in behind))
    return max((day for day in days if day), default=None)

"""Who is responsible: a pure function of rules and inputs, without database, clock or memory.

The first line of the rules whose conditions all hold names the first place to go (`primary`). Beside it stand who
decides, who else helps, and hints. Whatever the county writes into its rules, three laws of `domain.md` 5.4 hold:
they are kept here, by passing over a line that would break them (`_barred`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from portal.domain.wayfinder.codes import (
    AUTHORITIES,
    BY_CASE_MANAGER,
    BY_DECISION,
    BY_TOPIC,
    COUNSELLING,
    DECIDING_AUTHORITIES,
    NOBODY,
    NOBODY_PRIMARY,
    UNCLEAR,
)
from portal.domain.wayfinder.facts import Facts, facts_of
from portal.domain.wayfinder.inputs import Inputs
from portal.domain.wayfinder.rules import DayBook, Line, Rules

JMD_FROM, JMD_TO = 12, 26
"""The ages of the Jugendmigrationsdienst, up to the day before the 27th birthday."""
ABOUT_TOPICS = frozenset({"topic_single", "topics_only", "topics_any"})
NOT_FROM_ZUE = frozenset({"MBE", "JMD", "KIM_CM"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Who is responsible, and why."""

    primary: str
    rule: str
    line: str
    """The line of the rule, as `R20` or `R09-school`."""
    decides: tuple[str, ...]
    also: tuple[str, ...]
    hints: tuple[str, ...]
    marks: tuple[tuple[str, str], ...]
    """What is special about a code in this answer: `("KIM_CM", "case_conference")`."""
    because: tuple[tuple[str, object], ...]
    """The conditions that were met, in the words of the vocabulary."""
    since: date | None
    """From when the rule holds; None if no rule applied."""
    version: int

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code of the answer, once, in order."""
        return tuple(dict.fromkeys((self.primary, *self.decides, *self.also)))


def answer(rules: Rules, inputs: Inputs, *, without_authorities: bool = False) -> Answer:
    """Find out who is responsible; for the public, without naming any authority that decides."""
    book = rules.on(inputs.as_of)
    facts = facts_of(inputs, book.parameters, in_county=bool(rules.slug_of(inputs.town)))
    case = _Case(rules, book, facts, without_authorities)
    deciding = [one for one in book.decides if case.meets(one)]
    decides = case.allowed(one.key for one in deciding)
    primary, chosen = case.primary(decides)
    also = tuple(code for code in case.also(chosen) if code != primary)
    shown = {primary, *decides, *also}
    return Answer(
        primary=primary,
        rule=chosen.key if chosen else NOBODY,
        line=chosen.ref if chosen else NOBODY,
        decides=decides,
        also=also,
        hints=tuple(dict.fromkeys(_hints(case, shown))),
        marks=tuple(chosen.marks.items()) if chosen else (),
        because=tuple(_because(chosen, inputs)) if chosen else (),
        since=_since(chosen, primary, deciding),
        version=rules.version,
    )


def _because(chosen: Line, inputs: Inputs) -> Iterator[tuple[str, object]]:
    """Yield the conditions that were met; of a list of topics, only those that were asked about."""
    for key, value in chosen.conditions.items():
        yield key, value & inputs.topics if key in ABOUT_TOPICS else value


def _since(chosen: Line | None, primary: str, deciding: list[Line]) -> date | None:
    """Return from when on the rule holds; if it names who decides, also that line has to hold."""
    if chosen is None or chosen.primary != BY_DECISION:
        return chosen.since if chosen else None
    days = (chosen.since, *(one.since for one in deciding if one.key == primary))
    return max((day for day in days if day), default=None)


def unnamed_codes(given: Answer, inputs: Inputs) -> frozenset[str]:
    """Return which codes no service of this answer may stand behind, too: whose status is not clear meets no office."""
    return AUTHORITIES.difference(given.codes) if inputs.status == UNCLEAR else frozenset()


@dataclass(frozen=True, slots=True)
class _Case:
    """One situation on the day it is asked about."""

    rules: Rules
    book: DayBook
    facts: Facts
    without_authorities: bool

    def meets(self, line: Line) -> bool:
        facts = self.facts
        for test in line.tests:  # noqa: SIM110 - asked millions of times; a generator costs twice as much
            if not test(facts):
                return False
        return True

    def allowed(self, codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for code in codes if not self._barred(code)))

    def primary(self, decides: tuple[str, ...]) -> tuple[str, Line | None]:
        for line in self.book.rules:
            if self.meets(line):
                code = self._resolved(line.primary, decides)
                if code and not self._barred(code) and not self._barred_first(code):
                    return code, line
        return NOBODY_PRIMARY, None

    def also(self, chosen: Line | None) -> tuple[str, ...]:
        return self.allowed(self._also(chosen))

    def _also(self, chosen: Line | None) -> Iterator[str]:
        for topic, code in self.rules.specialists.items():
            if topic in self.facts.inputs.topics and code not in DECIDING_AUTHORITIES:
                yield code
        yield from (line.key for line in self.book.also if self.meets(line))
        for code in chosen.also if chosen else ():
            yield self._counselling() if code == COUNSELLING else code

    def _counselling(self) -> str:
        """Return the advice service that is there for this person whatever the question is."""
        for line in self.book.rules:
            if line.is_counselling and self.meets(line) and not self._barred_first(line.primary):
                return line.primary
        return NOBODY_PRIMARY

    def _resolved(self, code: str, decides: tuple[str, ...]) -> str:
        if code == BY_DECISION:
            return decides[0] if decides else ""
        if code == BY_TOPIC:
            return self.rules.specialists.get(self.facts.topic, "")
        if code == BY_CASE_MANAGER:
            return self.rules.case_managers.get(self.facts.inputs.case_mgmt, "")
        return code

    def _barred(self, code: str) -> bool:
        """Tell whether a code may stand nowhere in this answer (`domain.md` 5.4, 2 and 4)."""
        inputs = self.facts.inputs
        if code == "JMD":
            return not JMD_FROM <= inputs.age <= JMD_TO
        if code not in AUTHORITIES:
            return False
        if self.without_authorities and code in DECIDING_AUTHORITIES:
            return True
        if code == "JUGENDAMT" and inputs.danger == "child":
            return False
        return self.facts.shielded or (code == "ABH" and inputs.status == UNCLEAR)

    def _barred_first(self, code: str) -> bool:
        """Tell whether a code may not be the first place to go (`domain.md` 5.4, 2 and 3)."""
        if self.facts.inputs.zue and code in NOT_FROM_ZUE:
            return True
        return code == "MBE" and JMD_FROM <= self.facts.inputs.age <= JMD_TO


def _hints(case: _Case, shown: set[str]) -> Iterator[str]:
    for line in case.book.hints:
        if case.meets(line) and (not line.shows or line.shows & shown):
            yield line.key

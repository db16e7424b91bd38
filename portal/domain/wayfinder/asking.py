"""The Wegweiser for programs: objects of JSON in, objects of JSON out, in the same order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from portal.domain.wayfinder import parameters
from portal.domain.wayfinder.engine import Answer, answer, unnamed_codes
from portal.domain.wayfinder.entries import EntryError
from portal.domain.wayfinder.inputs import Inputs
from portal.domain.wayfinder.rules import Rules
from portal.domain.wayfinder.texts import Texts

PARAMETERS = "parameters"
Question = tuple[Inputs, dict[str, Any]]
Services = Callable[[str, str, frozenset[str]], Sequence[str]]
"""The names of the services behind a code in a town (its slug; empty outside), but for those of other codes."""


class QuestionError(Exception):
    """What was asked cannot be read; one sentence names the object and the field."""


def read_questions(raw: bytes, *, today: date) -> tuple[list[Question], bool]:
    """Return the questions and whether it was a list of them; raise QuestionError for the first mistake."""
    try:
        given = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise QuestionError(
            "Die Eingabe ist kein JSON: erwartet wird ein Objekt oder eine Liste von Objekten."
        ) from None
    if not isinstance(given, list):
        return [_question(given, "", today)], False
    return [
        _question(one, f"Objekt {number}, ", today) for number, one in enumerate(given, 1)
    ], True


def _question(given: Any, place: str, today: date) -> Question:
    try:
        if not isinstance(given, dict) or PARAMETERS not in given:
            return Inputs.from_json(given, today=today), {}
        inputs = {field: value for field, value in given.items() if field != PARAMETERS}
        return Inputs.from_json(inputs, today=today), parameters.overrides(given[PARAMETERS])
    except EntryError as error:
        raise QuestionError(f"{place}{error}") from None


def results(
    questions: Sequence[Question], *, rules: Rules, texts: Texts, services: Services
) -> Iterator[dict[str, Any]]:
    """Answer each question; services are looked up once per code and town."""
    known_services = cache(services)
    known_rules: dict[str, Rules] = {}
    for inputs, overrides in questions:
        own_rules = rules
        if overrides:
            key = repr(sorted(overrides.items()))
            own_rules = known_rules.setdefault(key, rules.overridden(overrides))
        given = answer(own_rules, inputs)
        town, unnamed = rules.slug_of(inputs.town), unnamed_codes(given, inputs)
        behind = {code: list(known_services(code, town, unnamed)) for code in given.codes}
        yield as_json(given, texts, behind)


def as_json(given: Answer, texts: Texts, services: dict[str, list[str]]) -> dict[str, Any]:
    """Return an answer as programs read it."""
    explanations = {given.rule: texts.rule(given)}
    explanations |= {code: texts.about(code) for code in given.codes}
    explanations |= {hint: texts.hint(hint) for hint in given.hints}
    return {
        "primary": given.primary,
        "rule": given.rule,
        "decides": list(given.decides),
        "also": list(given.also),
        "hints": list(given.hints),
        "explanations": explanations,
        "services": services,
        "marks": dict(given.marks),
        "since": given.since.isoformat() if given.since else None,
    }

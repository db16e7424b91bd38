"""The closed vocabulary of conditions: what a rule may ask, how a coordinator reads it, how it is tested."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from portal.domain.wayfinder import codes
from portal.domain.wayfinder.entries import Check, flag, some_of, whole
from portal.domain.wayfinder.facts import Facts
from portal.domain.wayfinder.inputs import MOST_MONTHS, OLDEST

Test = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the vocabulary; `label` is German, with a place for the value."""

    label: str
    check: Check
    test: Callable[[Any], Test]
    parameters: tuple[str, ...] = ()
    """Which figures of the county stand behind it."""
    label_no: str = ""
    """How it reads if the answer has to be no."""


def _at_least(path: str) -> Callable[[Any], Test]:
    get = attrgetter(path)
    return lambda wanted: lambda facts: bool(get(facts) >= wanted)


def _at_most(path: str) -> Callable[[Any], Test]:
    get = attrgetter(path)
    return lambda wanted: lambda facts: bool(get(facts) <= wanted)


def _below(path: str) -> Callable[[Any], Test]:
    get = attrgetter(path)
    return lambda wanted: lambda facts: bool(get(facts) < wanted)


def _is(path: str) -> Callable[[Any], Test]:
    get = attrgetter(path)
    return lambda wanted: lambda facts: bool(get(facts) is wanted)


def _among(path: str) -> Callable[[Any], Test]:
    get = attrgetter(path)
    return lambda wanted: lambda facts: get(facts) in wanted


def _not_among(path: str) -> Callable[[Any], Test]:
    get = attrgetter(path)
    return lambda wanted: lambda facts: get(facts) not in wanted


def _shares(path: str) -> Callable[[Any], Test]:
    get = attrgetter(path)
    return lambda wanted: lambda facts: not wanted.isdisjoint(get(facts))


def _shares_nothing(path: str) -> Callable[[Any], Test]:
    get = attrgetter(path)
    return lambda wanted: lambda facts: wanted.isdisjoint(get(facts))


def _only(path: str) -> Callable[[Any], Test]:
    get = attrgetter(path)
    return lambda wanted: lambda facts: bool(get(facts)) and get(facts) <= wanted


def _has_any(path: str) -> Callable[[Any], Test]:
    get = attrgetter(path)
    return lambda wanted: lambda facts: bool(get(facts)) is wanted


def _yes_no(label: str, label_no: str, path: str, *parameters: str) -> Word:
    return Word(label, flag, _is(path), parameters, label_no)


def _list(label: str, choices: Collection[str], test: Callable[[Any], Test]) -> Word:
    return Word(label, some_of(choices), test)


_AGE, _MONTHS = whole(0, OLDEST), whole(0, MOST_MONTHS)

VOCABULARY: dict[str, Word] = {
    "danger": _list("Gefahr: {}", codes.DANGERS, _among("inputs.danger")),
    "in_danger": Word("in Gefahr", flag, _has_any("inputs.danger"), label_no="nicht in Gefahr"),
    "unaccompanied": _yes_no(
        "ohne Eltern oder Sorgeberechtigte", "mit Eltern", "inputs.unaccompanied"
    ),
    "zue": _yes_no(
        "wohnt in einer Landesunterkunft", "wohnt nicht in einer Landesunterkunft", "inputs.zue"
    ),
    "in_county": _yes_no("wohnt im Kreis", "wohnt nicht im Kreis", "in_county"),
    "shielded": _yes_no("Aufenthalt nicht geklärt", "Aufenthalt geklärt", "shielded"),
    "complex": _yes_no(
        "mehrere Stellen müssen zusammenarbeiten (Kriterien 8.2)",
        "nicht komplex",
        "complex",
        "complexity_min_criteria",
        "complexity_bodies",
    ),
    "any_criteria": Word(
        "mindestens ein Kriterium nach 8.2",
        flag,
        _has_any("inputs.criteria"),
        label_no="kein Kriterium nach 8.2",
    ),
    "case_mgmt": _list(
        "schon begleitet durch: {}", codes.CASE_MANAGERS, _among("inputs.case_mgmt")
    ),
    "consent": _yes_no("mit Einwilligung", "ohne Einwilligung", "inputs.consent"),
    "age_from": Word("ab {} Jahren", _AGE, _at_least("inputs.age")),
    "age_to": Word("bis einschließlich {} Jahre", _AGE, _at_most("inputs.age")),
    "pension_age": _yes_no("im Rentenalter", "vor dem Rentenalter", "pension_age", "pension_age"),
    "status": _list("Aufenthalt: {}", codes.STATUSES, _among("inputs.status")),
    "status_not": _list("Aufenthalt nicht: {}", codes.STATUSES, _not_among("inputs.status")),
    "first_years": _yes_no(
        "in den ersten Jahren",
        "schon länger da",
        "first_years",
        "mbe_first_years_months",
    ),
    "arrived_in_target_time": _yes_no(
        "gekommen, seit KIM zuständig ist",
        "gekommen, bevor KIM zuständig war",
        "arrived_in_target_time",
        "kim_target_from",
    ),
    "ua_new_law": _yes_no(
        "§ 24 nach neuem Recht",
        "§ 24 nach bisherigem Recht",
        "ua_new_law",
        "ua_cutoff",
        "ua_law_in_force_from",
    ),
    "intkurs_stop": _yes_no(
        "Zulassungsstopp für Integrationskurse",
        "kein Zulassungsstopp",
        "intkurs_stop",
        "intkurs_stop",
    ),
    "topic_single": _list("einziges Thema: {}", codes.TOPICS, _among("topic")),
    "topics_only": _list("nur Themen aus: {}", codes.TOPICS, _only("inputs.topics")),
    "topics_any": _list("mindestens ein Thema aus: {}", codes.TOPICS, _shares("inputs.topics")),
    "benefits_any": _list(
        "bekommt Leistungen: {}", codes.KNOWN_BENEFITS, _shares("inputs.benefits")
    ),
    "benefits_none": _list(
        "bekommt keine Leistungen: {}", codes.KNOWN_BENEFITS, _shares_nothing("inputs.benefits")
    ),
    "months_from": Word("seit mindestens {} Monaten da", _MONTHS, _at_least("inputs.months")),
    "duldung_months_from": Word(
        "seit mindestens {} Monaten geduldet", _MONTHS, _at_least("inputs.duldung_months")
    ),
    "school_years_from": Word(
        "mindestens {} Schuljahre in Deutschland", _AGE, _at_least("inputs.school_years")
    ),
    "lawful_years_from": Word(
        "seit mindestens {} Jahren rechtmäßig da", _AGE, _at_least("inputs.lawful_years")
    ),
    "lawful_years_below": Word(
        "weniger als {} Jahre rechtmäßig da", _AGE, _below("inputs.lawful_years")
    ),
    "minor_child": _yes_no(
        "mit minderjährigem Kind", "ohne minderjähriges Kind", "inputs.minor_child"
    ),
    "german_spouse": _yes_no(
        "verheiratet mit einer Person mit deutschem Pass",
        "nicht mit einer Person mit deutschem Pass verheiratet",
        "inputs.german_spouse",
    ),
}


def compiled(conditions: Mapping[str, Any]) -> tuple[Test, ...]:
    """Return the tests that must all hold."""
    return tuple(VOCABULARY[key].test(value) for key, value in conditions.items())


def in_words(key: str, value: Any, names: Mapping[str, str] | None = None) -> str:
    """Return a condition as a coordinator reads it; `names` holds the words for codes."""
    word = VOCABULARY[key]
    if isinstance(value, bool):
        return word.label if value else word.label_no
    if isinstance(value, int):
        return word.label.format(value)
    known = names or {}
    return word.label.format(", ".join(known.get(code, code) for code in sorted(value)))

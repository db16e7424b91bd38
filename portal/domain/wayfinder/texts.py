"""What people read for the codes of an answer, in their language; German where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from portal.domain.errors import RuleBroken
from portal.domain.wayfinder.codes import CODES, HINTS, MARKS, NOBODY
from portal.domain.wayfinder.engine import Answer
from portal.domain.wayfinder.rules import Rules
from portal.i18n import LOCALES, SOURCE

SECTIONS = ("codes", "about", "rules", "hints", "marks", "reasons", "changes", "notes")
LONGEST_TEXT = 1000
REASON_KEYS = {
    ("zue", False): "",
    ("shielded", False): "",
    ("in_county", True): "",
    ("first_years", False): "not_first_years",
    ("arrived_in_target_time", False): "not_arrived_in_target_time",
}
"""Reasons that read otherwise, or go without saying, if a condition asks for this value."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The Wegweiser's words in one language."""

    locale: str
    own: Mapping[str, Mapping[str, str]]
    source: Mapping[str, Mapping[str, str]]

    def get(self, section: str, key: str) -> str:
        """Return a text, in German where this language has none; empty if there is none at all."""
        own = self.own.get(section, {}).get(key)
        return own if own is not None else self.source.get(section, {}).get(key, "")

    def code(self, code: str) -> str:
        """Return the name of a place to go."""
        return self.get("codes", code) or code

    def about(self, code: str) -> str:
        """Return what a place does."""
        return self.get("about", code)

    def rule(self, answer_or_line: Answer | str) -> str:
        """Return why this answer, in the rule's own words."""
        line = answer_or_line if isinstance(answer_or_line, str) else answer_or_line.line
        return self.get("rules", line) or self.get("rules", line.partition("-")[0])

    def hint(self, code: str) -> str:
        """Return what a hint says."""
        return self.get("hints", code)

    def mark(self, mark: str) -> str:
        """Return what is special about a code in an answer."""
        return self.get("marks", mark)

    def reasons(self, because: tuple[tuple[str, Any], ...], topics: Mapping[str, str]) -> list[str]:
        """Return the facts that decided; `topics` holds the words for topics in this language."""
        given = dict(because)
        reasons = []
        if "age_from" in given and "age_to" in given:
            template = self.get("reasons", "age_between")
            upto = given.pop("age_to")
            reasons.append(template.format(value=given.pop("age_from"), upto=upto))
        for condition, value in given.items():
            if text := self._reason(condition, value, topics):
                reasons.append(text)
        return list(dict.fromkeys(reasons))

    def _reason(self, condition: str, value: Any, topics: Mapping[str, str]) -> str:
        asked = value if isinstance(value, bool) else True
        key = REASON_KEYS.get((condition, asked), condition)
        if not key:
            return ""
        template = self.get("reasons", key) or self.get("reasons", "other")
        if isinstance(value, frozenset):
            value = ", ".join(str(topics.get(code, code)) for code in sorted(value))
        return template.format(value=value)


def texts_of(content: Mapping[str, Any], locale: str) -> Texts:
    """Return the texts of a version in a language."""
    known = content.get("texts", {})
    return Texts(locale, known.get(locale, {}), known.get(SOURCE, {}))


def check_texts(content: Mapping[str, Any], rules: Rules) -> None:
    """Raise RuleBroken unless German is complete and no other language says more or asks for other values."""
    texts = content.get("texts")
    if not isinstance(texts, Mapping) or not isinstance(texts.get(SOURCE), Mapping):
        raise RuleBroken("Die deutschen Texte fehlen.", field=f"texts.{SOURCE}")
    for locale, sections in texts.items():
        if locale not in LOCALES:
            raise RuleBroken(f"Die Sprache „{locale}“ kennt das Portal nicht.", field="texts")
        _check_language(locale, sections, texts[SOURCE])
    for section, keys in _needed(rules).items():
        for key in keys:
            if not texts[SOURCE].get(section, {}).get(key):
                raise RuleBroken(
                    f"Der deutsche Text „{section}.{key}“ fehlt.",
                    field=f"texts.{SOURCE}.{section}.{key}",
                )


def _needed(rules: Rules) -> dict[str, set[str]]:
    return {
        "codes": set(CODES),
        "about": set(CODES),
        "rules": {one.key for one in rules.rules} | {NOBODY},
        "hints": set(HINTS),
        "marks": set(MARKS),
    }


def _check_language(locale: str, sections: Any, german: Mapping[str, Any]) -> None:
    place = f"texts.{locale}"
    if not isinstance(sections, Mapping):
        raise RuleBroken("Die Texte sind keine Tabelle.", field=place)
    for section, entries in sections.items():
        if section not in SECTIONS or not isinstance(entries, Mapping):
            raise RuleBroken(
                f"Den Abschnitt „{section}“ gibt es nicht.", field=f"{place}.{section}"
            )
        for key, text in entries.items():
            where = f"{place}.{section}.{key}"
            if not isinstance(text, str) or len(text) > LONGEST_TEXT:
                raise RuleBroken(
                    f"Ein Text hat höchstens {LONGEST_TEXT} Zeichen ({locale}, {key}).", field=where
                )
            source = german.get(section, {}).get(key)
            if not isinstance(source, str):
                raise RuleBroken(f"Zu „{section}.{key}“ fehlt der deutsche Text.", field=where)
            if _places(text, where) != _places(source, where):
                raise RuleBroken(
                    f"„{section}.{key}“ ({locale}) hat andere geschweifte Klammern als der deutsche Text.",
                    field=where,
                )


def _places(text: str, where: str) -> set[str]:
    """Return what stands in braces; raise RuleBroken if they do not match."""
    try:
        return {
            name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None
        }
    except ValueError as error:
        raise RuleBroken("Die geschweiften Klammern passen nicht zusammen.", field=where) from error

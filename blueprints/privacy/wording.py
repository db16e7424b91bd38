"""Put an entry of the audit log into words: codes by their labels, numbers by what they stand for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from blueprints.privacy import labels
from portal.domain.accounts.scopes import ScopeKind, choices
from portal.domain.privacy.retention import RULES
from portal.web.dates import short_day

LISTS = frozenset({"adopted", "fields", "forgotten", "left_alone", "roles", "services"})
"""Keys whose value is a list; any other list says what was before and what is now."""
REASON_STEP = " > "
YES_OR_NO = {True: "ja", False: "nein"}
A_DAY = len("2026-11-23")

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for entries; `names` says what a code such as `account:3` stands for."""

    names: Names

    def subject(self, code: str) -> str:
        """Return what an entry is about: `Anfrage HX-7K3F-92`."""
        kind, _colon, which = code.partition(":")
        return f"{labels.SUBJECTS.get(kind, kind)} {self.names.get(code, which)}".strip()

    def details(self, details: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return what changed: keys and values, without what is empty."""
        return list(self._told(details))

    def _told(self, details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for key, value in details.items():
            if told := self._value(key, value):
                yield labels.KEYS.get(key, key), told

    def _value(self, key: str, value: Any) -> str:
        if not isinstance(value, list):
            return self._one(key, value)
        words = [self._one(key, one) for one in value]
        if key in LISTS:
            return ", ".join(words)
        old, new = words
        if old and not new:
            return f"{old} (entfernt)"
        return f"{old} → {new}" if old else new

    def _one(self, key: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return YES_OR_NO[value]
        if known := labels.VALUES.get(key):
            return ", ".join(known.get(code, code) for code in str(value).split(REASON_STEP))
        return self.names.get(f"{key}:{value}") or _readable(str(value))


def wording(people: Names) -> Wording:
    """Return the words for the county as it is today; `people` are names by account."""
    offered = choices()
    positions, towns = offered[ScopeKind.POSITION], offered[ScopeKind.TOWN]
    return Wording(
        {
            **people,
            **{f"staff_position:{number}": title for number, title in positions},
            **{f"position:{number}": title for number, title in positions},
            **{f"organisation:{number}": name for number, name in offered[ScopeKind.ORGANISATION]},
            **{f"town:{number}": name for number, name in towns},
            **{f"rule:{rule.name}": rule.what for rule in RULES},
        }
    )


def _readable(text: str) -> str:
    """Return a day as people write it, and anything else as it is."""
    try:
        return short_day(date.fromisoformat(text)) if len(text) == A_DAY else text
    except ValueError:
        return text

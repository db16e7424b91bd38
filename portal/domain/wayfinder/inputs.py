"""What the Wegweiser is told about a situation (`domain.md` 5.2). Nothing of it is ever stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.wayfinder import codes
from portal.domain.wayfinder.entries import (
    Check,
    EntryError,
    checked,
    day,
    flag,
    name,
    number,
    one_of,
    or_none,
    some_of,
    whole,
)
from portal.domain.wayfinder.entries import codes as open_codes

OLDEST = 120
MOST_MONTHS = OLDEST * 12
MOST_BODIES = 99
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """One situation; nationality, religion and sex are not asked."""

    age: int
    """Completed years: on the 27th birthday, 27."""
    status: str
    months: int
    """In Germany."""
    town: str
    as_of: date
    topics: frozenset[str] = NOTHING
    status_months: int | None = None
    zue: bool = False
    unaccompanied: bool = False
    benefits: frozenset[str] = NOTHING
    case_mgmt: str = ""
    criteria: frozenset[str] = NOTHING
    bodies: int = 1
    consent: bool = True
    danger: str = ""
    ua_first: date | None = None
    duldung_months: int = 0
    school_years: float = 0
    minor_child: bool = False
    lawful_years: float = 0
    german_spouse: bool = False

    @classmethod
    def from_json(cls, given: Any, *, today: date) -> Inputs:
        """Check an object of JSON; raise EntryError naming the field that is wrong or missing."""
        if not isinstance(given, Mapping):
            raise EntryError("Eingaben", "ein Objekt mit den Feldern des Wegweisers", given)
        for field in given:
            if field not in CHECKS:
                raise EntryError(str(field), "eines dieser Felder: " + ", ".join(CHECKS))
        values = {
            field: checked(field, value, CHECKS[field])
            for field, value in given.items()
            if value is not None
        }
        for field in REQUIRED:
            if field not in values:
                raise EntryError(field, "eine Angabe")
        return cls(**{"as_of": today} | values)


_MONTHS = whole(0, MOST_MONTHS)
CHECKS: dict[str, Check] = {
    "age": whole(0, OLDEST),
    "status": one_of(codes.STATUSES),
    "months": _MONTHS,
    "topics": some_of(codes.TOPICS),
    "town": name,
    "as_of": day,
    "status_months": or_none(_MONTHS),
    "zue": flag,
    "unaccompanied": flag,
    "benefits": open_codes,
    "case_mgmt": one_of(("", *codes.CASE_MANAGERS)),
    "criteria": some_of(codes.CRITERIA),
    "bodies": whole(0, MOST_BODIES),
    "consent": flag,
    "danger": one_of(("", *codes.DANGERS)),
    "ua_first": or_none(day),
    "duldung_months": _MONTHS,
    "school_years": number(0, OLDEST),
    "minor_child": flag,
    "lawful_years": number(0, OLDEST),
    "german_spouse": flag,
}
REQUIRED = ("age", "status", "months", "topics", "town")

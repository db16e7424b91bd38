"""The figures and dates of the rules that a county may change without a programmer (`domain.md` 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.wayfinder.entries import (
    Check,
    EntryError,
    checked,
    day,
    or_none,
    period,
    whole,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameters:
    """The parameters as they are on one day."""

    mbe_first_years_months: int
    pension_age: int
    complexity_min_criteria: int
    complexity_bodies: int
    ua_cutoff: date
    ua_law_in_force_from: date | None
    intkurs_stop: tuple[date, date] | None
    kim_target_from: date


CHECKS: dict[str, Check] = {
    "mbe_first_years_months": whole(0, 600),
    "pension_age": whole(50, 100),
    "complexity_min_criteria": whole(1, 4),
    "complexity_bodies": whole(1, 99),
    "ua_cutoff": day,
    "ua_law_in_force_from": or_none(day),
    "intkurs_stop": or_none(period),
    "kim_target_from": day,
}
LABELS = {
    "mbe_first_years_months": "Erste Jahre, in denen die MBE zuständig ist (Monate)",
    "pension_age": "Rentenalter (Jahre)",
    "complexity_min_criteria": "So viele Kriterien machen einen Fall komplex",
    "complexity_bodies": "So viele beteiligte Stellen machen ihn mit einem Kriterium komplex",
    "ua_cutoff": "Ukraine: Erste Erlaubnis ab diesem Tag fällt unter das neue Recht",
    "ua_law_in_force_from": "Ukraine: Das neue Recht gilt ab (leer: noch nicht)",
    "intkurs_stop": "Keine Zulassung zum Integrationskurs nach § 44 Abs. 4 (von, bis)",
    "kim_target_from": "KIM ist für Menschen da, die seit diesem Tag gekommen sind",
}
"""How a coordinator reads them."""


def overrides(given: Any) -> dict[str, Any]:
    """Check parameters that replace those of the county; raise EntryError naming the field."""
    if not isinstance(given, Mapping):
        raise EntryError("parameters", "ein Objekt", given)
    for key in given:
        if key not in CHECKS:
            raise EntryError(f"parameters.{key}", "einer dieser Namen: " + ", ".join(CHECKS))
    return {key: checked(f"parameters.{key}", value, CHECKS[key]) for key, value in given.items()}

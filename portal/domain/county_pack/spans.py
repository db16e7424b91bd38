"""Days and ages that must come in the right order, wherever a county pack names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ORDERED = (
    ("valid_from", "valid_to", "das Ende liegt vor dem Beginn"),
    ("checked_on", "next_check_on", "die nächste Prüfung liegt vor der letzten"),
    ("age_min", "age_max", "das höchste Alter liegt unter dem niedrigsten"),
)


def check_order(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the later key of each pair that is upside down, and what is wrong with it."""
    for first, last, remark in ORDERED:
        one, other = values.get(first), values.get(last)
        if one is not None and other is not None and other < one:
            yield last, remark

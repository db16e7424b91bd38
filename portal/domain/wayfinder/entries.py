"""Check single entries of what somebody hands over as JSON or TOML; a refusal names the entry."""

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

DAY = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
CODE = re.compile(r"[A-Za-z0-9_]{1,40}")
LONGEST_NAME = 80
LONGEST_LIST = 50
LONGEST_QUOTE = 40

Check = Callable[[Any], Any]


class EntryError(Exception):
    """An entry is not what is expected; `field` names it."""

    def __init__(self, field: str, expected: str, value: Any = None) -> None:
        self.field = field
        super().__init__(f"Feld „{_short(field)}“: erwartet wird {expected}{_given(value)}.")


def _given(value: Any) -> str:
    """Return what was given; a list or object is not repeated."""
    return "" if value is None or isinstance(value, list | dict) else f", nicht „{_short(value)}“"


def _short(value: Any) -> str:
    text = str(value)[:LONGEST_QUOTE]
    return text if text.isprintable() else ascii(text)


class Expected(ValueError):
    """What a check wanted instead."""


def checked(field: str, value: Any, check: Check) -> Any:
    """Return a checked entry; raise EntryError naming the field."""
    try:
        return check(value)
    except Expected as error:
        raise EntryError(field, str(error), value) from None


def whole(lowest: int, highest: int) -> Check:
    """Expect a whole number."""

    def check(value: Any) -> int:
        if type(value) is int and lowest <= value <= highest:
            return value
        raise Expected(f"eine ganze Zahl von {lowest} bis {highest}")

    return check


def number(lowest: int, highest: int) -> Check:
    """Expect a number, whole or not."""

    def check(value: Any) -> float:
        if type(value) in {int, float} and lowest <= value <= highest:
            return float(value)
        raise Expected(f"eine Zahl von {lowest} bis {highest}")

    return check


def flag(value: Any) -> bool:
    """Expect yes or no."""
    if isinstance(value, bool):
        return value
    raise Expected("true oder false")


def one_of(choices: Collection[str]) -> Check:
    """Expect one of the codes."""

    def check(value: Any) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise Expected("einer dieser Werte: " + ", ".join(choice or "leer" for choice in choices))

    return check


def some_of(choices: Collection[str]) -> Check:
    """Expect a list of codes."""

    def check(value: Any) -> frozenset[str]:
        if not isinstance(value, list | tuple) or len(value) > LONGEST_LIST:
            raise Expected(f"eine Liste aus: {', '.join(choices)}")
        for item in value:
            if not isinstance(item, str) or item not in choices:
                raise Expected(f"eine Liste aus: {', '.join(choices)}")
        return frozenset(value)

    return check


def codes(value: Any) -> frozenset[str]:
    """Expect a list of codes that need not be known."""
    is_list = isinstance(value, list | tuple) and len(value) <= LONGEST_LIST
    if is_list and all(isinstance(item, str) and CODE.fullmatch(item) for item in value):
        return frozenset(value)
    raise Expected("eine Liste kurzer Codes, zum Beispiel sgb2")


def name(value: Any) -> str:
    """Expect a short text that is not empty."""
    if isinstance(value, str) and value.strip() and len(value) <= LONGEST_NAME:
        return value.strip()
    raise Expected(f"ein Name mit höchstens {LONGEST_NAME} Zeichen")


def day(value: Any) -> date:
    """Expect a calendar day, or a month that stands for its first day."""
    if type(value) is date:
        return value
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value if len(value) > len("2026-01") else f"{value}-01")
        except ValueError:
            pass
    raise Expected("ein Datum wie 2026-06-01")


def period(value: Any) -> tuple[date, date]:
    """Expect a first and a last day: a list of two, `from` and `to`, or `2026-02-09/2026-12-31`."""
    if isinstance(value, str):
        value = re.split(r"/| to | bis ", value)
    if isinstance(value, dict):
        value = [value.get("from"), value.get("to")] if set(value) == {"from", "to"} else []
    if isinstance(value, list | tuple) and len(value) == len(("from", "to")):
        first, last = day(value[0]), day(value[1])
        if first <= last:
            return first, last
    raise Expected("ein erster und ein letzter Tag, zum Beispiel 2026-02-09/2026-12-31")


def or_none(check: Check) -> Check:
    """Allow an entry to be null."""
    return lambda value: None if value is None else check(value)

"""Read rules from plain data (a county pack, a proposal), and name the place of the first mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.domain.errors import RuleBroken
from portal.domain.wayfinder import codes, parameters
from portal.domain.wayfinder.conditions import VOCABULARY
from portal.domain.wayfinder.entries import Check, Expected, day, flag, one_of, or_none, some_of
from portal.domain.wayfinder.rules import Line, ParameterLine, Rules, Validity, line

Content = Mapping[str, Any]
LONGEST_TEXT = 2000
MOST_LINES = 500

SECTIONS = {
    "rule": "Regel",
    "decides": "Entscheidet",
    "also": "Außerdem hilfreich",
    "hint": "Hinweis",
    "parameter": "Parameter",
}
"""The lists of lines, and how messages call a line of each."""
TABLES = ("specialists", "case_managers")
_OUTSIDE_OF_RULES = ("texts", "valid_from", "source", "note")

VALIDITY: dict[str, Check] = {
    "status": one_of(codes.VALIDITIES),
    "valid_from": or_none(day),
    "valid_to": or_none(day),
    "checked_on": or_none(day),
    "next_check_on": or_none(day),
}


def _text(value: Any) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_TEXT:
        return value.strip()
    raise Expected(f"ein Text mit höchstens {LONGEST_TEXT} Zeichen")


def _key(value: Any) -> str:
    if isinstance(value, str) and value.isascii() and value.isalnum() and len(value) <= 20:  # noqa: PLR2004
        return value
    raise Expected("ein kurzer Name aus Buchstaben und Ziffern")


def _list_of(choices: Sequence[str]) -> Check:
    member = some_of(choices)

    def check(value: Any) -> tuple[str, ...]:
        member(value)
        return tuple(dict.fromkeys(value))

    return check


def _marks(value: Any) -> dict[str, str]:
    pairs = list(value.items()) if isinstance(value, Mapping) else [("", "")]
    if all(code in codes.CODES and mark in codes.MARKS for code, mark in pairs):
        return dict(pairs)
    raise Expected("Code = Vermerk; Vermerke sind " + ", ".join(codes.MARKS))


_COMMON: dict[str, Check] = VALIDITY | {"source": _text, "note": _text, "variant": _text}
FIELDS: dict[str, dict[str, Check]] = {
    "rule": _COMMON
    | {
        "key": _key,
        "primary": one_of((*codes.CODES, *codes.RESOLVED)),
        "also": _list_of((*codes.CODES, codes.COUNSELLING)),
        "marks": _marks,
        "counselling": flag,
    },
    "decides": _COMMON | {"key": one_of(sorted(codes.DECIDING_AUTHORITIES))},
    "also": _COMMON | {"key": one_of(codes.CODES)},
    "hint": _COMMON | {"key": one_of(codes.HINTS), "shows": some_of(codes.CODES)},
}
REQUIRED = {"rule": ("key", "primary"), "decides": ("key",), "also": ("key",), "hint": ("key",)}


def read_rules(content: Any) -> Rules:
    """Return the rules of a content; raise RuleBroken with the place and what is expected there."""
    if not isinstance(content, Mapping):
        raise RuleBroken("Die Regeln sind kein Objekt.", field="rules")
    for section in content:
        if section not in (*SECTIONS, *TABLES, *_OUTSIDE_OF_RULES):
            raise RuleBroken(f"Den Abschnitt „{section}“ gibt es nicht.", field="rules")
    lines = {section: _lines(content, section) for section in FIELDS}
    _refuse_doubles(lines["rule"])
    return Rules(
        rules=lines["rule"],
        decides=lines["decides"],
        also=lines["also"],
        hints=lines["hint"],
        parameters=_parameters(content),
        specialists=_table(content, "specialists", codes.TOPICS),
        case_managers=_table(content, "case_managers", codes.CASE_MANAGERS),
    )


def rows_of(content: Content, section: str) -> list[Mapping[str, Any]]:
    """Return the rows of a section; raise RuleBroken if they are no list of objects."""
    rows = content.get(section, [])
    if not isinstance(rows, list) or len(rows) > MOST_LINES:
        raise RuleBroken(f"„{section}“ ist keine Liste von Zeilen.", field=section)
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise RuleBroken("Das ist keine Zeile.", field=f"{section}[{number}]")
    return rows


def _lines(content: Content, section: str) -> tuple[Line, ...]:
    return tuple(
        _line(section, number, row) for number, row in enumerate(rows_of(content, section))
    )


def _line(section: str, number: int, row: Mapping[str, Any]) -> Line:
    place = f"{section}[{number}]"
    name = f"{SECTIONS[section]} {number + 1} ({row.get('key', 'ohne Namen')})"
    for field in REQUIRED[section]:
        if field not in row:
            raise RuleBroken(f"{name}: „{field}“ fehlt.", field=f"{place}.{field}")
    values = {
        field: _checked(name, f"{place}.{field}", FIELDS[section].get(field), value)
        for field, value in row.items()
        if field != "if"
    }
    validity = Validity(
        status=values.pop("status", codes.IN_FORCE),
        source=values.pop("source", ""),
        note=values.pop("note", ""),
        **{field: values.pop(field, None) for field in VALIDITY if field != "status"},
    )
    if validity.valid_from and validity.valid_to and validity.valid_to < validity.valid_from:
        raise RuleBroken(f"{name}: Das Ende liegt vor dem Anfang.", field=f"{place}.valid_to")
    return line(
        variant=values.pop("variant", ""),
        conditions=_conditions(name, place, row.get("if", {})),
        validity=validity,
        is_counselling=values.pop("counselling", False),
        **values,
    )


def _checked(name: str, place: str, check: Check | None, value: Any) -> Any:
    entry = place.rpartition(".")[2]
    if check is None:
        raise RuleBroken(f"{name}: „{entry}“ gibt es hier nicht.", field=place)
    try:
        return check(value)
    except Expected as error:
        raise RuleBroken(f"{name}, „{entry}“: erwartet wird {error}.", field=place) from None


def _conditions(name: str, place: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise RuleBroken(f"{name}: „if“ ist keine Liste von Bedingungen.", field=f"{place}.if")
    conditions = {}
    for key, value in given.items():
        word = VOCABULARY.get(key)
        checked = _checked(name, f"{place}.if.{key}", word.check if word else None, value)
        if checked == frozenset():
            raise RuleBroken(f"{name}, „{key}“: die Liste ist leer.", field=f"{place}.if.{key}")
        conditions[key] = checked
    if conditions.get("age_from", 0) > conditions.get("age_to", 1000):
        raise RuleBroken(
            f"{name}: Das Mindestalter ist höher als das Höchstalter.", field=f"{place}.if.age_from"
        )
    return conditions


def _refuse_doubles(lines: tuple[Line, ...]) -> None:
    seen: set[str] = set()
    for number, one in enumerate(lines):
        if one.ref in seen:
            raise RuleBroken(
                f"Die Regel {one.ref} steht doppelt; ein Zusatz (variant) unterscheidet sie.",
                field=f"rule[{number}].variant",
            )
        seen.add(one.ref)


def _parameters(content: Content) -> tuple[ParameterLine, ...]:
    found = []
    for number, row in enumerate(rows_of(content, "parameter")):
        place, key = f"parameter[{number}]", row.get("key")
        name = f"Parameter {number + 1} ({key})"
        if not isinstance(key, str) or key not in parameters.CHECKS:
            known = ", ".join(parameters.CHECKS)
            raise RuleBroken(
                f"{name}: erwartet wird einer dieser Namen: {known}.", field=f"{place}.key"
            )
        found.append(
            ParameterLine(
                key=key,
                value=_checked(name, f"{place}.value", parameters.CHECKS[key], row.get("value")),
                valid_from=_checked(
                    name, f"{place}.valid_from", or_none(day), row.get("valid_from")
                ),
                source=_checked(name, f"{place}.source", _text, row.get("source", "")),
                note=_checked(name, f"{place}.note", _text, row.get("note", "")),
            )
        )
    for key in parameters.CHECKS:
        if key not in {one.key for one in found}:
            raise RuleBroken(f"Der Parameter „{key}“ fehlt.", field="parameter")
    return tuple(found)


def _table(content: Content, section: str, names: Sequence[str]) -> dict[str, str]:
    table = content.get(section, {})
    if not isinstance(table, Mapping):
        raise RuleBroken(f"„{section}“ ist keine Tabelle.", field=section)
    for name, code in table.items():
        if name not in names or code not in codes.CODES:
            raise RuleBroken(f"„{section}“: {name} = {code} gibt es nicht.", field=section)
    return dict(table)

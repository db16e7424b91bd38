"""Make a proposal from the rules that hold: single entries are changed, everything else stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from portal.domain.errors import RuleBroken
from portal.domain.wayfinder.reading import SECTIONS, TABLES, VALIDITY, rows_of
from portal.domain.wayfinder.texts import SECTIONS as TEXT_SECTIONS
from portal.i18n import LOCALES

_DATED = frozenset({*VALIDITY, "source", "note"})
EDITABLE: dict[str, frozenset[str]] = {
    "rule": _DATED | {"primary"},
    "decides": _DATED,
    "also": _DATED,
    "hint": _DATED,
    "parameter": frozenset({"value", "valid_from", "source", "note"}),
}
"""What staff may change in a line; order and conditions come with the county pack."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One changed entry of a line: `Edit("rule", "R05", "valid_to", "2027-12-31")`."""

    section: str
    line: str
    """The key, with the variant if there is one: `R09-school`."""
    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class TextEdit:
    """One changed text: `TextEdit("de", "rules", "R05", "…")`."""

    locale: str
    section: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that two versions have differently."""

    section: str
    """A section of the rules, or `texts.de.rules`."""
    line: str
    """Empty where the section has no lines, and where only their order differs."""
    field: str
    before: Any
    after: Any


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Return what two versions say differently, entry by entry, for the person who has to release one."""
    before, after = _flat(old), _flat(new)
    found = [
        Difference(*place, field, ours.get(field), theirs.get(field))
        for place in dict.fromkeys((*before, *after))
        for ours, theirs in [(before.get(place, {}), after.get(place, {}))]
        for field in dict.fromkeys((*ours, *theirs))
        if ours.get(field) != theirs.get(field)
    ]
    orders = [[line for section, line in flat if section == "rule"] for flat in (before, after)]
    if orders[0] != orders[1]:
        found.append(Difference("rule", "", "", *orders))
    return found


def draft_from(content: Mapping[str, Any], edits: Sequence[Edit | TextEdit]) -> dict[str, Any]:
    """Return a changed copy; raise RuleBroken for what cannot be changed. `propose` checks the result."""
    draft = deepcopy(dict(content))
    for edit in edits:
        if isinstance(edit, TextEdit):
            _change_text(draft, edit)
        else:
            _change_line(draft, edit)
    return draft


def _flat(content: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the entries of each line, by section and line; of lines with one name, each further one has a plus."""
    flat: dict[tuple[str, str], dict[str, Any]] = {}
    for section in SECTIONS:
        for row in rows_of(content, section):
            line = ref_of(row)
            while (section, line) in flat:
                line += "+"
            flat[section, line] = dict(row)
    for section in TABLES:
        flat[section, ""] = dict(content.get(section, {}))
    for locale, sections in content.get("texts", {}).items():
        for name, texts in sections.items():
            flat[f"texts.{locale}.{name}", ""] = dict(texts)
    return flat


def ref_of(row: Mapping[str, Any]) -> str:
    """Return the name of a row: its key, with the variant if there is one."""
    return f"{row['key']}-{row['variant']}" if row.get("variant") else str(row["key"])


def _change_line(draft: dict[str, Any], edit: Edit) -> None:
    place = f"{edit.section}.{edit.line}.{edit.field}"
    if edit.field not in EDITABLE.get(edit.section, ()):
        raise RuleBroken(f"„{edit.field}“ lässt sich hier nicht ändern.", field=place)
    rows = [row for row in rows_of(draft, edit.section) if ref_of(row) == edit.line]
    if not rows:
        raise RuleBroken(f"{SECTIONS[edit.section]} „{edit.line}“ gibt es nicht.", field=place)
    row: Any = rows[-1]
    if edit.value in (None, ""):
        row.pop(edit.field, None)
    else:
        row[edit.field] = edit.value


def _change_text(draft: dict[str, Any], edit: TextEdit) -> None:
    place = f"texts.{edit.locale}.{edit.section}.{edit.key}"
    if edit.locale not in LOCALES or edit.section not in TEXT_SECTIONS:
        raise RuleBroken("Diesen Text gibt es nicht.", field=place)
    draft["texts"].setdefault(edit.locale, {}).setdefault(edit.section, {})[edit.key] = edit.text

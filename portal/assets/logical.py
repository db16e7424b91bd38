"""Sides that follow the script: left and right become start and end, so that Arabic pages are mirrored."""

from collections.abc import Iterable

from portal.assets.stylesheet import Declaration, Rule, parts_of

SIDES = {"left": "inline-start", "right": "inline-end"}
WORDS = {"left": "start", "right": "end"}
BOXES = ("margin", "padding", "border-width", "border-color", "border-style")
CORNERS = ("start-start", "start-end", "end-end", "end-start")
FOUR = 4


def logical(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules with sides that follow the direction of the script."""
    return [
        Rule(
            rule.selectors,
            tuple(new for old in rule.declarations for new in _turned(old)),
            rule.media,
        )
        for rule in rules
    ]


def _turned(declaration: Declaration) -> list[Declaration]:
    name, value = declaration
    if name in SIDES:
        return [(f"inset-{SIDES[name]}", value)]
    if name == "text-align":
        return [(name, WORDS.get(value, value))]
    if name in BOXES:
        return _box(name, value)
    if name == "border-radius":
        return _corners(value)
    words = [SIDES.get(word, word) for word in name.split("-")]
    return [("-".join(words), value)]


def _box(name: str, value: str) -> list[Declaration]:
    parts = parts_of(value)
    if len(parts) != FOUR or parts[1] == parts[3]:
        return [(name, value)]
    first, _, rest = name.partition("-")
    sides = ("top", "inline-end", "bottom", "inline-start")
    return [
        ("-".join(filter(None, (first, side, rest))), part)
        for side, part in zip(sides, parts, strict=True)
    ]


def _corners(value: str) -> list[Declaration]:
    parts = parts_of(value)
    if len(parts) != FOUR or (parts[0] == parts[1] and parts[2] == parts[3]):
        return [("border-radius", value)]
    return [(f"border-{corner}-radius", part) for corner, part in zip(CORNERS, parts, strict=True)]

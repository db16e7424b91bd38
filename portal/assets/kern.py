"""KERN's stylesheet, cut to what our pages use and put into words that old phones and Arabic pages understand.

Why each step is needed was measured before it was written: without it KERN's fields have no borders in browsers that
do not know oklch(), its arrows point the wrong way in Arabic, and text is white on white when a dark page is printed.
"""

import re
from collections.abc import Iterable
from itertools import groupby

from portal.assets.logical import logical
from portal.assets.stylesheet import Declaration, Rule, read, write
from portal.assets.tokens import ROOT, Tokens

NOTICE = (
    "/*! KERN design system (@kern-ux/native), EUPL-1.2. Changed for KIM-Portal by portal/assets: unused rules left "
    "out, colours and properties worked out, sides made logical. This file stays under EUPL-1.2. */\n"
)
CLASS = re.compile(r"\.([\w-]+)")
NAME = re.compile(r"kern-[a-z0-9_-]+")
PROPERTY = re.compile(r"var\((--[\w-]+)\)")
# Younger than the phones that fill in our form: one of these makes an old browser drop the whole list of selectors.
YOUNG = (":has(", ":is(", ":where(", ":focus-visible")
# Legends float in KERN to sit inside a box that we do not draw; a float knows no start and end.
DROPPED = frozenset({"float", "clear"})
FORCED = "(forced-colors: active)"


def names_in(texts: Iterable[str]) -> set[str]:
    """Return every KERN class that templates, styles or scripts name, in a comment too."""
    return {name for text in texts for name in NAME.findall(text)}


def properties_in(css: str) -> set[str]:
    """Return the custom properties that a stylesheet reads."""
    return set(PROPERTY.findall(css))


def build(css: str, *, classes: set[str], also: set[str]) -> str:
    """Return KERN's stylesheet for these classes, with the custom properties that other styles read as well."""
    rules = read(css)
    tokens = Tokens(rule for rule in rules if _is_root(rule))
    kept = [_settled(rule, tokens) for rule in _used(rules, classes)]
    definitions = tokens.definitions(properties_in(write(kept)) | also)
    return NOTICE + write([*definitions, *_for_old_phones(logical(kept))])


def _is_root(rule: Rule) -> bool:
    return rule.selectors[0].startswith(ROOT)


def _used(rules: Iterable[Rule], classes: set[str]) -> list[Rule]:
    kept = []
    for rule in rules:
        selectors = tuple(selector for selector in rule.selectors if _is_used(selector, classes))
        if selectors and not _is_root(rule):
            kept.append(Rule(selectors, rule.declarations, rule.media))
    return kept


def _is_used(selector: str, classes: set[str]) -> bool:
    return "[data-kern-theme" not in selector and classes.issuperset(CLASS.findall(selector))


def _settled(rule: Rule, tokens: Tokens) -> Rule:
    # Only the page itself chooses the font: on every element it would overrule the language names' own.
    selectors = tuple("body" if selector == "*:not(i)" else selector for selector in rule.selectors)
    declarations = tuple(
        _repaired((name, tokens.settled(value)), rule.media)
        for name, value in rule.declarations
        if name not in DROPPED
    )
    return Rule(selectors, declarations, rule.media)


def _repaired(declaration: Declaration, media: str) -> Declaration:
    name, value = declaration
    if media == FORCED and name == "background-color" and value.startswith("#fff"):
        return name, value.replace("#ffffff", "CanvasText")  # white icons vanish on a white theme
    return declaration


def _for_old_phones(rules: Iterable[Rule]) -> Iterable[Rule]:
    for rule in rules:
        declarations = tuple(_prefixed(rule.declarations))
        for _young, selectors in groupby(sorted(rule.selectors, key=_is_young), key=_is_young):
            yield Rule(tuple(selectors), declarations, rule.media)


def _is_young(selector: str) -> bool:
    return any(word in selector for word in YOUNG)


def _prefixed(declarations: Iterable[Declaration]) -> Iterable[Declaration]:
    for name, value in declarations:
        if name == "appearance":
            yield "-webkit-appearance", value
        yield name, value

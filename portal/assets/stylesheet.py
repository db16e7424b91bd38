"""Stylesheets as lists of flat rules: read, change, write small."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import tinycss2

# The encoding is UTF-8 anyway, and the one animation belongs to a loader that we do not use.
SKIPPED = frozenset({"charset", "keyframes"})

Declaration = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """Selectors and what they declare, under one media query or none."""

    selectors: tuple[str, ...]
    declarations: tuple[Declaration, ...]
    media: str = ""


def read(css: str) -> list[Rule]:
    """Read a stylesheet; anything but rules and media queries is an error."""
    return list(
        _rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), "")
    )


def write(rules: Iterable[Rule]) -> str:
    """Write rules without a byte that the browser does not need."""
    parts = []
    for media, group in groupby(rules, key=lambda rule: rule.media):
        block = "".join(_written(rule) for rule in group)
        parts.append(f"@media {media}{{{block}}}" if media else block)
    return "".join(parts)


def parts_of(value: str) -> list[str]:
    """Split a value at its outer spaces: `0 calc(1px + 2px)` has two parts."""
    groups: list[str] = [""]
    for node in tinycss2.parse_component_value_list(value):
        if node.type == "whitespace":
            groups.append("")
        else:
            groups[-1] += node.serialize()
    return [group for group in groups if group]


def _rules(nodes: Iterable[Any], media: str) -> Iterator[Rule]:
    for node in nodes:
        if node.type == "qualified-rule":
            yield Rule(tuple(_selectors(node.prelude)), tuple(_declarations(node.content)), media)
        elif node.type == "at-rule" and node.lower_at_keyword == "media":
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            yield from _rules(inner, _text(node.prelude))
        elif node.type != "at-rule" or node.lower_at_keyword not in SKIPPED:
            raise ValueError(f"line {node.source_line}: cannot read {node}")


def _selectors(prelude: Iterable[Any]) -> Iterator[str]:
    for comma, nodes in groupby(prelude, key=lambda node: node == ","):
        if not comma:
            yield _text(nodes)


def _declarations(content: Iterable[Any]) -> Iterator[Declaration]:
    """Yield each property once, as the last declaration of it has it."""
    found: dict[str, str] = {}
    for node in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if node.type != "declaration":
            raise ValueError(f"line {node.source_line}: cannot read {node}")
        found.pop(node.name, None)
        found[node.name] = _text(node.value) + ("!important" if node.important else "")
    yield from found.items()


def _text(nodes: Iterable[Any]) -> str:
    kept = [node for node in nodes if node.type != "comment"]
    return " ".join(tinycss2.serialize(kept).split())


def _written(rule: Rule) -> str:
    body = ";".join(f"{name}:{_squeezed(value)}" for name, value in rule.declarations)
    return f"{','.join(_squeezed(selector) for selector in rule.selectors)}{{{body}}}"


def _squeezed(text: str) -> str:
    """Leave out spaces around commas and combinators, outside of quoted text."""
    pieces = re.split(r"""("[^"]*"|'[^']*')""", text)
    pieces[::2] = [re.sub(r"\s*([,>])\s*", r"\1", piece) for piece in pieces[::2]]
    return "".join(pieces)

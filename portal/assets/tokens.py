"""KERN's custom properties: constants are worked out, what a theme or a width changes stays a property.

KERN hands every value through three or four properties. Here each is followed to its end once, when the portal is
built, so that the stylesheet needs only those that differ between light and dark, small and wide.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import tinycss2

from portal.assets import colours
from portal.assets.stylesheet import Declaration, Rule

ALWAYS = ""
DARK = "screen and (prefers-color-scheme: dark)"  # paper is white
# Light is what holds where nothing is said, also for browsers that do not know the question.
MEDIA = {"(prefers-color-scheme: light)": ALWAYS, "(prefers-color-scheme: dark)": DARK}
# The page around everything; KERN's further layers and its theme switch are not used.
ROOT = (":root", ":is(body,")
# Set by our own stylesheet, which knows the scripts.
FONT = "--kern-typography-font-family-default"


class Tokens:
    """The custom properties of a stylesheet, by media query."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_media: dict[str, dict[str, str]] = {ALWAYS: {}}
        for rule in rules:
            self._by_media.setdefault(MEDIA.get(rule.media, rule.media), {}).update(
                rule.declarations
            )
        self._by_media[ALWAYS].pop(FONT, None)
        named = (set(defined) for media, defined in self._by_media.items() if media != ALWAYS)
        self._varying = {FONT}.union(*named)
        always = self._by_media[ALWAYS]
        self._constant = {name: always[name] for name in always.keys() - self._varying}

    def settled(self, value: str) -> str:
        """Return a value of a rule with every constant worked out."""
        return colours.plain(self._filled(value, self._constant))

    def definitions(self, used: Iterable[str]) -> list[Rule]:
        """Return the rules that define the properties still in use, in every media query that changes them."""
        wanted = self._varying.intersection(used)
        rules = []
        for media, defined in self._by_media.items():
            values = {**self._by_media[ALWAYS], **defined}
            declarations: tuple[Declaration, ...] = tuple(
                (name, colours.plain(self._filled(defined[name], values)))
                for name in sorted(wanted & defined.keys())
            )
            rules.append(Rule((":root",), declarations, media))
        return [rule for rule in rules if rule.declarations]

    def _filled(self, value: str, known: Mapping[str, str]) -> str:
        return "".join(
            self._node(node, known) for node in tinycss2.parse_component_value_list(value)
        )

    def _node(self, node: Any, known: Mapping[str, str]) -> str:
        if node.type == "() block":
            return f"({self._nodes(node.content, known)})"
        if node.type != "function":
            return str(node.serialize())
        if node.lower_name != "var":
            return f"{node.name}({self._nodes(node.arguments, known)})"
        name, *fallback = node.arguments
        if name.value in known:
            return self._filled(known[name.value], known)
        if name.value in self._varying:
            return f"var({name.value})"
        if not fallback:
            raise KeyError(f"{name.value} is used but defined nowhere")
        return self._nodes(fallback[1:], known).strip()

    def _nodes(self, nodes: Iterable[Any], known: Mapping[str, str]) -> str:
        return "".join(self._node(node, known) for node in nodes)

"""German compounds: which known words a word is made of."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from search_index.analysis.folding import fold
from search_index.analysis.stemming import stem

SHORTEST_PART = 3
SHORTEST_WORD = 6
LONGEST_WORD = 60
"""Longer words are no words, and would take long."""
_LINKS = ("", "s", "n", "en", "es", "er", "e", "ns", "ens")
_COST_OF_PART = 1.0
_COST_OF_LINK = 0.1
_COST_OF_SHORT_PART = 0.5
_COST_OF_UNKNOWN = 2.0
_SHORTEST_KNOWN = 4
_SHORTEST_UNKNOWN = 4
_SHORTEST_GUESS = 10
"""A word with an unknown beginning is split only if both of its parts and the whole are long enough."""


class Part(NamedTuple):
    """A part of a compound: where it begins and ends, and the stem of the word it is a form of."""

    start: int
    end: int
    stem: str


class _Way(NamedTuple):
    cost: float
    parts: tuple[Part, ...]


class Splitter:
    """Splits words into the words of a lexicon; knows nothing of grammar but the letters between the parts."""

    def __init__(self, lexicon: Iterable[str], *, whole: Iterable[str] = ()) -> None:
        """Take the words that compounds are made of, and words that must stay whole."""
        self._known: dict[str, str] = {}
        for word in sorted(set(map(fold, lexicon))):
            self._learn(word)
        self._stems = frozenset(self._known.values())
        self._whole = frozenset(map(fold, whole))
        self._longest = max(map(len, self._known), default=0)
        self.split = lru_cache(maxsize=65536)(self._split)

    def _learn(self, word: str) -> None:
        if len(word) < SHORTEST_PART:
            return
        self._known[word] = stem(word)
        # "Sprache" and "Schule" are "Sprach-" and "Schul-" at the front of a compound.
        if word.endswith("e") and len(word) > SHORTEST_PART + 1:
            self._known.setdefault(word[:-1], stem(word))

    def is_guess(self, folded: str) -> bool:
        """Say whether a word was only split by taking its beginning for a name."""
        return self.split(folded)[0].stem not in self._stems

    def _split(self, folded: str) -> tuple[Part, ...]:
        """Return the parts of a folded word, one if it cannot be split."""
        single = (Part(0, len(folded), stem(folded)),)
        if not SHORTEST_WORD <= len(folded) <= LONGEST_WORD or folded in self._whole:
            return single
        ways = self._ways(folded)
        best = ways.get(len(folded))
        if best is None:
            best = self._with_unknown_beginning(folded)
        if best is None or (len(best.parts) == 1):
            return single
        return best.parts

    def _ways(self, folded: str, begin: int = 0, before: _Way | None = None) -> dict[int, _Way]:
        """Return the cheapest way to every place that can be reached over known parts."""
        ways = {begin: before or _Way(0.0, ())}
        for start in range(begin, len(folded) - SHORTEST_PART + 1):
            if start in ways:
                self._go_on(folded, start, ways)
        return ways

    def _go_on(self, folded: str, start: int, ways: dict[int, _Way]) -> None:
        length = len(folded)
        for end in range(start + SHORTEST_PART, min(length, start + self._longest) + 1):
            known = self._known.get(folded[start:end])
            if known is None:
                continue
            for link in _LINKS:
                place = end + len(link)
                if place > length or not folded.startswith(link, end):
                    continue
                if 0 < length - place < SHORTEST_PART:
                    continue
                way = _add(ways[start], Part(start, end, known), link)
                if place not in ways or way.cost < ways[place].cost:
                    ways[place] = way

    def _with_unknown_beginning(self, folded: str) -> _Way | None:
        """Return the cheapest way with one unknown part in front, such as a name."""
        found: list[_Way] = []
        if len(folded) < _SHORTEST_GUESS:
            return None
        for end in range(_SHORTEST_UNKNOWN, len(folded) - _SHORTEST_KNOWN + 1):
            unknown = Part(0, end, stem(folded[:end].removesuffix("s")))
            way = self._ways(folded, end, _Way(_COST_OF_UNKNOWN, (unknown,))).get(len(folded))
            if way and way.parts[-1].end - way.parts[-1].start >= _SHORTEST_KNOWN:
                found.append(way)
        return min(found, key=lambda way: way.cost, default=None)


def _add(way: _Way, part: Part, link: str) -> _Way:
    short = _COST_OF_SHORT_PART if part.end - part.start < _SHORTEST_UNKNOWN else 0.0
    cost = way.cost + _COST_OF_PART + short + (_COST_OF_LINK if link else 0.0)
    return _Way(cost, (*way.parts, part))


def sub_compounds(folded: str, parts: tuple[Part, ...]) -> list[tuple[str, int]]:
    """Return the stems of all neighbouring parts taken together, each with how many parts it has, without the whole."""
    count = len(parts)
    found: list[tuple[str, int]] = []
    for first in range(count):
        for last in range(first, count):
            many = last - first + 1
            if many == count:
                continue
            if many == 1:
                found.append((parts[first].stem, 1))
            else:
                found.append((stem(folded[parts[first].start : parts[last].end]), many))
    return found

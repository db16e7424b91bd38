"""Which entries answer a question, and how well: numpy arrays over the numbers of all entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
Weights = NDArray[np.float32]
Mask = NDArray[np.bool_]

OF_TRUST = 0.25
"""How much of its score an entry loses that nobody confirms any more."""


OF_FURTHER = np.float32(0.25)
"""What further ways of holding the same thing add to the best of them."""


OF_ABOUT = 1.0
"""What a token in a title or name adds, by how rare it is in titles and names."""


class Postings(NamedTuple):
    """The entries that hold a token, ascending, and what the token says about each."""

    numbers: Numbers
    weights: Weights


NOTHING = Postings(np.empty(0, np.int32), np.empty(0, np.float32))


class Codes(NamedTuple):
    """A facet: its codes, and pairs of an entry and the place of one of its codes, sorted by entry."""

    names: Sequence[str]
    numbers: Numbers
    places: Numbers


class Index(Protocol):
    """What scoring asks of an index; entries are numbers from 0."""

    @property
    def size(self) -> int:
        """Return how many numbers there are, those of deleted entries included."""

    @property
    def trust(self) -> Weights:
        """Return the trust of each entry."""

    def postings(self, token: str) -> Postings:
        """Return the entries that hold a token."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to hold what was asked for: all of these tokens."""

    tokens: tuple[str, ...]
    weight: float = 1.0
    label: str = ""
    """What this is in German."""
    is_sure: bool = True
    """Whether it is what was asked for, not only something like it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing asked for: a word, a phrase, a law; any alternative will do."""

    alternatives: tuple[Alternative, ...]
    label: str
    is_required: bool = True


class Ranked(NamedTuple):
    """Entries in the order of how well they answer."""

    numbers: Numbers
    scores: Weights


def together(held: Sequence[Postings], size: int) -> Postings:
    """Return the entries that hold any of some alternatives; the best one counts, further ones confirm it."""
    found = [one for one in held if len(one.numbers)]
    if len(found) <= 1:
        return found[0] if found else NOTHING
    best = np.zeros(size, np.float32)
    total = np.zeros(size, np.float32)
    for one in found:
        best[one.numbers] = np.maximum(best[one.numbers], one.weights)
        total[one.numbers] += one.weights
    numbers = np.flatnonzero(best).astype(np.int32)
    return Postings(numbers, best[numbers] + OF_FURTHER * (total[numbers] - best[numbers]))


def holding(index: Index, alternative: Alternative) -> Postings:
    """Return the entries that hold all tokens of an alternative."""
    # Several tokens share the weight, so that parts never count more than the whole.
    weight = alternative.weight / len(alternative.tokens)
    found = [_weighted(index, one, weight) for one in alternative.tokens]
    return reduce(_both, found) if all(len(one.numbers) for one in found) else NOTHING


def _weighted(index: Index, token: str, weight: float) -> Postings:
    """Weigh the entries that hold a token, more those that are about it."""
    numbers, weights = index.postings(token)
    scores = weights * np.float32(weight * _rarity(index, numbers))
    about = index.postings(f"^{token}")
    if len(about.numbers):
        places = np.searchsorted(numbers, about.numbers)
        scores[places] += about.weights * np.float32(
            OF_ABOUT * weight * _rarity(index, about.numbers)
        )
    return Postings(numbers, scores)


def _rarity(index: Index, numbers: Numbers) -> float:
    return float(np.log1p((index.size - len(numbers) + 0.5) / (len(numbers) + 0.5)))


def _both(one: Postings, other: Postings) -> Postings:
    numbers, left, right = np.intersect1d(
        one.numbers, other.numbers, assume_unique=True, return_indices=True
    )
    return Postings(numbers, one.weights[left] + other.weights[right])


def rank(
    index: Index, held: Sequence[Postings], required: Sequence[bool], allowed: Mask, *, enough: int
) -> Ranked:
    """Rank the entries that hold every required unit; with too few of them, add the best that hold some."""
    if len(held) == 1:
        numbers = held[0].numbers
        keep = allowed[numbers]
        return _sorted(index, numbers[keep], held[0].weights[keep])
    scores = np.zeros(index.size, np.float32)
    count = np.zeros(index.size, np.int8)
    for one, counts in zip(held, required, strict=True):
        scores[one.numbers] += one.weights
        if counts:
            count[one.numbers] += 1
    count *= allowed
    full = np.flatnonzero(count == sum(required)).astype(np.int32)
    ranked = _sorted(index, full, scores[full])
    if len(full) >= enough:
        return ranked
    return _filled(index, ranked, scores, count, enough)


def _filled(
    index: Index, ranked: Ranked, scores: Weights, count: NDArray[np.int8], enough: int
) -> Ranked:
    count[ranked.numbers] = 0
    some = np.flatnonzero(count).astype(np.int32)
    trusted = _trusted(index, some, scores[some])
    order = np.lexsort((-trusted, -count[some]))[: enough - len(ranked.numbers)]
    return Ranked(
        np.concatenate((ranked.numbers, some[order])),
        np.concatenate((ranked.scores, trusted[order])),
    )


def _sorted(index: Index, numbers: Numbers, scores: Weights) -> Ranked:
    return in_order(numbers, _trusted(index, numbers, scores))


def in_order(numbers: Numbers, scores: Weights) -> Ranked:
    """Sort entries by score; equal ones stay as they are."""
    order = np.argsort(-scores, kind="stable")
    return Ranked(numbers[order], scores[order])


def _trusted(index: Index, numbers: Numbers, scores: Weights) -> Weights:
    factor = (1 - OF_TRUST) + OF_TRUST * index.trust[numbers]
    return (scores * factor).astype(np.float32)


def codes_of(codes: Codes, number: int) -> list[str]:
    """Return the codes of an entry."""
    begin, end = np.searchsorted(codes.numbers, (number, number + 1))
    return [codes.names[place] for place in codes.places[begin:end].tolist()]


def count_codes(codes: Codes, kept: Mask) -> dict[str, int]:
    """Count the kept entries by code; codes without any are left out."""
    counts = np.bincount(codes.places[kept[codes.numbers]], minlength=len(codes.names))
    return {codes.names[place]: int(counts[place]) for place in np.flatnonzero(counts).tolist()}


def holds(held: Numbers, numbers: Numbers) -> Mask:
    """Return which of some entries are among those held, which are ascending."""
    if not len(held):
        return np.zeros(len(numbers), np.bool_)
    places = held.searchsorted(numbers)
    places[places == len(held)] = 0
    found: Mask = held[places] == numbers
    return found

"""All entries as of one commit, read once and remembered: tokens, codes, words as numpy arrays."""

import json
import threading
import weakref
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from search_index.base import Unusable
from search_index.scoring import NOTHING, Codes, Mask, Numbers, Postings, Weights

ABOUT = "!about"
TRUST = "trust"
EQUALS = "="
_MOST_CACHED = 50_000

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class About:
    """What an index says about itself; written with the entries, all or nothing."""

    fingerprint: str
    last_change: int


class _Cache:
    """Remembers what was read; whoever asks for too many different things makes it forget."""

    def __init__(self) -> None:
        self._values: dict[Hashable, Any] = {}
        self._lock = threading.RLock()

    def get(self, key: Hashable, read: Callable[[], Value]) -> Value:
        try:
            return self._values[key]  # type: ignore[no-any-return]
        except KeyError:
            with self._lock:
                if len(self._values) > _MOST_CACHED:
                    self._values.clear()
                if key not in self._values:
                    self._values[key] = read()
                return self._values[key]  # type: ignore[no-any-return]


class Segment:
    """A part of the index that never changes, but for what is deleted from it."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._cache = _Cache()
        self.size: int = reader.doc_count_all()
        weakref.finalize(self, reader.close)

    def postings(self, field: str, token: str) -> Postings:
        """Return the entries that hold a term of a field; deleted ones may be among them."""
        return self._cache.get((field, token), lambda: self._postings(field, token))

    def _postings(self, field: str, token: str) -> Postings:
        if (field, token) not in self._reader:
            return NOTHING
        matcher = self._reader.postings(field, token)
        numbers, weights = [], []
        while matcher.is_active():
            numbers.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
        return Postings(np.array(numbers, np.int32), np.array(weights, np.float32))

    def stored(self, number: int) -> tuple[str, str]:
        """Return identifier and title of an entry."""
        return self._cache.get(number, lambda: self._stored(number))

    def _stored(self, number: int) -> tuple[str, str]:
        fields = self._reader.stored_fields(number)
        return fields["id"], fields["title"]

    def starting(self, field: str, prefix: str, most: int) -> list[str]:
        """Return the first terms that begin with a prefix."""
        return self._cache.get(
            (field, prefix, most),
            lambda: self._starting(field, prefix, most),
        )

    def _starting(self, field: str, prefix: str, most: int) -> list[str]:
        found = islice(self._reader.expand_prefix(field, prefix), most)
        return [term.decode() for term in found]

    def frequencies(self, field: str) -> list[tuple[str, int]]:
        """Return all terms of a field, and how many entries hold each."""
        return self._cache.get((field,), lambda: self._frequencies(field))

    def _frequencies(self, field: str) -> list[tuple[str, int]]:
        found = self._reader.iter_field(field)
        return [(term.decode(), int(info.doc_frequency())) for term, info in found]


class View:
    """All entries as of one commit; entries are numbers. Safe to use from several threads."""

    def __init__(self, segments: list[Segment], deleted: list[list[int]], generation: int) -> None:
        self._segments = segments
        self._begins = np.cumsum([0, *(segment.size for segment in segments)]).tolist()
        self._deleted = deleted
        self._cache = _Cache()
        self.generation = generation
        self.size: int = self._begins[-1]

    @cached_property
    def live(self) -> Mask:
        """Return which numbers are entries that were not deleted."""
        live = np.ones(self.size, np.bool_)
        for begin, deleted in zip(self._begins, self._deleted, strict=False):
            live[np.array(deleted, np.int64) + begin] = False
        live[self._joined("id", ABOUT).numbers] = False
        return live

    @cached_property
    def trust(self) -> Weights:
        """Return the trust of every entry."""
        trust = np.ones(self.size, np.float32)
        held = self._joined("codes", TRUST)
        # Whoosh keeps no weight of zero apart from none at all, therefore one is added.
        trust[held.numbers] = held.weights - 1
        return trust

    @cached_property
    def title_order(self) -> Numbers:
        """Return the place of every entry when sorted by title."""
        titles = [self.stored(number)[1] for number in range(self.size)]
        order = np.empty(self.size, np.int32)
        order[sorted(range(self.size), key=titles.__getitem__)] = np.arange(self.size)
        return order

    def about(self) -> About:
        """Return what the index says about itself."""
        held = self._joined("id", ABOUT).numbers
        numbers = [int(number) for number in held if self._is_there(int(number))]
        if not numbers:
            raise Unusable
        return About(**json.loads(self.stored(numbers[-1])[1]))

    def postings(self, token: str) -> Postings:
        """Return the entries that hold a token; deleted ones may be among them."""
        return self._joined("tokens", token)

    def coded(self, facet: str, code: str) -> Numbers:
        """Return the entries that have a code."""
        return self._joined("codes", f"{facet}{EQUALS}{code}").numbers

    def is_word(self, word: str) -> bool:
        """Say whether an entry that was not deleted offers a word."""
        return bool(self.live[self._joined("words", word).numbers].any())

    def words(self) -> Iterator[tuple[str, int]]:
        """Yield the words that entries offer, and how many entries offer each."""
        for segment in self._segments:
            yield from segment.frequencies("words")

    def starting(self, prefix: str, most: int) -> list[str]:
        """Return tokens that begin with a prefix."""
        found = (segment.starting("tokens", prefix, most) for segment in self._segments)
        return list(dict.fromkeys(term for terms in found for term in terms))[:most]

    @cached_property
    def facets(self) -> dict[str, Codes]:
        """Return all codes by facet."""
        names = sorted(
            {term for segment in self._segments for term, _ in segment.frequencies("codes")}
        )
        by_facet: dict[str, list[str]] = {}
        for name in names:
            facet, equals, code = name.partition(EQUALS)
            if equals:
                by_facet.setdefault(facet, []).append(code)
        return {facet: self._codes(facet, codes) for facet, codes in by_facet.items()}

    def _codes(self, facet: str, codes: list[str]) -> Codes:
        numbers = [self.coded(facet, code) for code in codes]
        places = np.repeat(np.arange(len(codes), dtype=np.int32), [len(one) for one in numbers])
        together = np.concatenate(numbers)
        order = np.argsort(together, kind="stable")
        return Codes(codes, together[order], places[order])

    def stored(self, number: int) -> tuple[str, str]:
        """Return identifier (kind:key) and title of an entry."""
        place = bisect_right(self._begins, number) - 1
        return self._segments[place].stored(number - self._begins[place])

    def _is_there(self, number: int) -> bool:
        place = bisect_right(self._begins, number) - 1
        return number - self._begins[place] not in self._deleted[place]

    def _joined(self, field: str, token: str) -> Postings:
        return self._cache.get((field, token), lambda: self._join(field, token))

    def _join(self, field: str, token: str) -> Postings:
        found = [segment.postings(field, token) for segment in self._segments]
        if len(found) == 1:
            return found[0]
        if not any(len(one.numbers) for one in found):
            return NOTHING
        begins = self._begins
        numbers = [one.numbers + np.int32(begin) for one, begin in zip(found, begins, strict=False)]
        return Postings(np.concatenate(numbers), np.concatenate([one.weights for one in found]))

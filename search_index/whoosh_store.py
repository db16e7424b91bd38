"""The index on disk, kept by Whoosh; no other module knows Whoosh.

Whoosh only stores here: words are analysed before and entries scored after. Used are its schema, writer and leaf
readers; its query parser, refresh(), reader(reuse=), AsyncWriter and scoring are not, since they are defective.
"""

import json
import threading
import warnings
import weakref
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import numpy as np
from whoosh.fields import ID, FieldType, Schema
from whoosh.formats import Existence
from whoosh.index import FileIndex, LockError, create_in, open_dir

from search_index.base import Busy, Unusable
from search_index.scoring import NOTHING, Codes, Mask, Numbers, Postings, Weights

_SECONDS_BETWEEN_LOOKS = 0.25
_SECONDS_FOR_THE_LOCK = 5.0
_MOST_CACHED = 50_000
_MEGABYTES_TO_BUILD = 256
_ABOUT = "!about"
_TRUST = "trust"
_EQUALS = "="

Value = TypeVar("Value")


class Weighted(FieldType):
    """A field of tokens that were analysed and weighted before."""

    def __init__(self) -> None:
        # Without lengths of fields, Whoosh looks for their file once for every posting that it writes.
        super().__init__(Existence(), None, scorable=True)

    def index(
        self, value: Mapping[str, float], **_options: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield token, frequency, weight and an empty value, as Whoosh wants them."""
        return ((token.encode(), 1, weight, b"") for token, weight in value.items())


SCHEMA = Schema(
    id=ID(unique=True, stored=True),
    title=FieldType(None, None, stored=True),
    tokens=Weighted(),
    codes=Weighted(),
    words=Weighted(),
)
SCHEMA["title"].indexed = False


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as it is stored."""

    kind: str
    key: str
    title: str
    """What entries are sorted by when nothing was asked."""
    tokens: Mapping[str, float]
    codes: Mapping[str, tuple[str, ...]]
    words: Iterable[str]
    trust: float


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


class _Segment:
    """A part of the index that never changes, but for what is deleted from it."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._cache = _Cache()
        self.size: int = reader.doc_count_all()
        weakref.finalize(self, reader.close)

    def postings(self, field: str, token: str) -> Postings:
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

    def __init__(self, segments: list[_Segment], deleted: list[list[int]], generation: int) -> None:
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
        live[self._joined("id", _ABOUT).numbers] = False
        return live

    @cached_property
    def trust(self) -> Weights:
        """Return the trust of every entry."""
        trust = np.ones(self.size, np.float32)
        held = self._joined("codes", _TRUST)
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
        held = self._joined("id", _ABOUT).numbers
        numbers = [int(number) for number in held if self._is_there(int(number))]
        if not numbers:
            raise Unusable
        return About(**json.loads(self.stored(numbers[-1])[1]))

    def postings(self, token: str) -> Postings:
        """Return the entries that hold a token; deleted ones may be among them."""
        return self._joined("tokens", token)

    def coded(self, facet: str, code: str) -> Numbers:
        """Return the entries that have a code."""
        return self._joined("codes", f"{facet}{_EQUALS}{code}").numbers

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
            facet, equals, code = name.partition(_EQUALS)
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


class WhooshStore:
    """An index in a folder."""

    def __init__(self, index: FileIndex) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._next_look = 0.0
        self._known: dict[str, weakref.ref[_Segment]] = {}
        self._view = self._look()

    @classmethod
    def open(cls, folder: Path) -> "WhooshStore":
        """Open an index; raise Unusable if there is none or it cannot be read."""
        with warnings.catch_warnings(), suppress(Exception):
            # Whoosh raises whatever a broken file leads it to, and leaves that file open.
            warnings.simplefilter("ignore", ResourceWarning)
            return cls(open_dir(folder, schema=SCHEMA))
        raise Unusable

    @classmethod
    def create(cls, folder: Path, rows: Iterable[Row], about: About) -> "WhooshStore":
        """Write a new index into an empty folder."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)  # Whoosh unpickles what it reads: nobody else may write here
        index = create_in(folder, SCHEMA)
        with _writing(index, limitmb=_MEGABYTES_TO_BUILD) as writer:
            for row in rows:
                _add(writer, row)
            _describe(writer, about)
        return cls(index)

    def view(self) -> View:
        """Return the entries as of the last commit; looks for one of other processes now and then."""
        if monotonic() >= self._next_look:
            with self._lock:
                if self._index.latest_generation() != self._view.generation:
                    self._view = self._look()
                self._next_look = monotonic() + _SECONDS_BETWEEN_LOOKS
        return self._view

    def write(self, rows: Iterable[Row], deletes: Iterable[tuple[str, str]], about: About) -> None:
        """Replace and delete entries in one commit; raise Busy if another process writes."""
        with _writing(self._index, timeout=_SECONDS_FOR_THE_LOCK) as writer:
            for kind, key in deletes:
                writer.delete_by_term("id", _identifier(kind, key))
            for row in rows:
                writer.delete_by_term("id", _identifier(row.kind, row.key))
                _add(writer, row)
            writer.delete_by_term("id", _ABOUT)
            _describe(writer, about)
        self._next_look = 0.0

    def compact(self) -> None:
        """Write everything anew in one piece, without what was deleted."""
        with _writing(self._index, timeout=_SECONDS_FOR_THE_LOCK) as writer:
            writer.optimize = True
        self._next_look = 0.0

    def close(self) -> None:
        """Let go of the files, once no search uses them any more."""
        self._view = View([], [], -1)
        self._index.close()

    def _look(self) -> View:
        reader = self._index.reader()
        segments, deleted = [], []
        for leaf, _begin in reader.leaf_readers():
            name = leaf.segment().segment_id()
            deleted.append(list(leaf.segment().deleted_docs()))
            known = self._known.get(name, lambda: None)()
            if known:
                leaf.close()
            segment = known or _Segment(leaf)
            self._known[name] = weakref.ref(segment)
            segments.append(segment)
        return View(segments, deleted, reader.generation())


@contextmanager
def _writing(index: FileIndex, **options: Any) -> Iterator[Any]:
    try:
        writer = index.writer(**options)
    except LockError as locked:
        raise Busy from locked
    try:
        yield writer
        writer.commit()
    except BaseException:
        # A writer that failed keeps the lock until it is cancelled.
        with suppress(Exception):
            writer.cancel()
        raise


def _identifier(kind: str, key: str) -> str:
    return f"{kind}:{key}"


def _add(writer: Any, row: Row) -> None:
    codes = {f"{facet}{_EQUALS}{code}": 1.0 for facet, codes in row.codes.items() for code in codes}
    writer.add_document(
        id=_identifier(row.kind, row.key),
        title=row.title,
        tokens={token: round(weight, 2) for token, weight in row.tokens.items()},
        codes={**codes, _TRUST: 1 + round(row.trust, 3)},
        words=dict.fromkeys(row.words, 1.0),
    )


def _describe(writer: Any, about: About) -> None:
    facts = {"fingerprint": about.fingerprint, "last_change": about.last_change}
    writer.add_document(id=_ABOUT, title=json.dumps(facts))

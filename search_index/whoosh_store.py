"""The index on disk, kept by Whoosh; no other module knows Whoosh.

Whoosh only stores here: words are analysed before and entries scored after. Used are its schema, writer and leaf
readers; its query parser, refresh(), reader(reuse=), AsyncWriter and scoring are not, since they are defective.
"""

import json
import threading
import warnings
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from whoosh.fields import ID, FieldType, Schema
from whoosh.formats import Existence
from whoosh.index import FileIndex, LockError, create_in, open_dir

from search_index.base import Busy, Unusable
from search_index.view import ABOUT, EQUALS, TRUST, About, Segment, View

_SECONDS_BETWEEN_LOOKS = 0.25
_SECONDS_FOR_THE_LOCK = 5.0
_MEGABYTES_TO_BUILD = 256


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


class WhooshStore:
    """An index in a folder."""

    def __init__(self, index: FileIndex) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._next_look = 0.0
        self._known: dict[str, weakref.ref[Segment]] = {}
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
            writer.delete_by_term("id", ABOUT)
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
            segment = known or Segment(leaf)
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
    codes = {f"{facet}{EQUALS}{code}": 1.0 for facet, codes in row.codes.items() for code in codes}
    writer.add_document(
        id=_identifier(row.kind, row.key),
        title=row.title,
        tokens={token: round(weight, 2) for token, weight in row.tokens.items()},
        codes={**codes, TRUST: 1 + round(row.trust, 3)},
        words=dict.fromkeys(row.words, 1.0),
    )


def _describe(writer: Any, about: About) -> None:
    facts = {"fingerprint": about.fingerprint, "last_change": about.last_change}
    writer.add_document(id=ABOUT, title=json.dumps(facts))

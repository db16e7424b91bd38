"""The one index in use, kept like the domain's records: opened, followed change by change, or built anew.

Several processes share a folder. One of them writes at a time; the others go on with what they have opened, and look
at the pointer and at the number of the last change now and then.
"""

import logging
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal import clock
from portal.domain import searching
from portal.domain.searchable import EVERYTHING, Searchable
from search_index.base import Progress, Unusable
from search_index.engine import WhooshEngine, language_for
from search_index.shelf import Shelf

log = logging.getLogger(__name__)

AT_ONCE = 200
"""So many records go into one commit."""
MOST_FOLLOWED = 2000
"""With more changes than this, building anew is quicker."""
LATE = 200
"""PostgreSQL gives numbers before the commit: so many numbers back, a change may still turn up."""

Change = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """An index that can be asked."""

    path: Path
    engine: WhooshEngine
    built_on: str


class Indexer:
    """Keeps one index; every method but `is_current` belongs to whoever may write."""

    def __init__(self, shelf: Shelf) -> None:
        """Take the folder of the indexes."""
        self.shelf = shelf
        self.opened: Opened | None = None
        self._applied: set[int] = set()

    def is_current(self) -> bool:
        """Tell whether the opened index is the one in use and knows every change; open another one if need be."""
        path = self.shelf.current()
        if path is not None and not self._is_open(path):
            with self.shelf.writing() as mine:
                if mine:
                    self._open(path)
        return self._is_open(path) and self._knows_everything()

    def catch_up(self) -> bool:
        """Bring the index up to date; tell whether that was possible, which it is not while somebody else writes."""
        with self.shelf.writing() as mine:
            if mine:
                self._catch_up()
            return mine

    def rebuild(self, progress: Progress | None = None) -> bool:
        """Build a new index and use it; tell whether that was possible, which it is not while somebody else writes."""
        with self.shelf.writing() as mine:
            if mine:
                self._rebuild(progress)
            return mine

    def examine(self) -> None:
        """Give the opened index up if its files are not what its writer left behind.

        While somebody writes, a whole one may look broken: it is opened again with the next look.
        """
        opened = self.opened
        if opened and not self.shelf.is_whole(opened.path) and self.opened is opened:
            self.opened = None

    def _is_open(self, path: Path | None) -> bool:
        return self.opened is not None and self.opened.path == path and self.opened.path.is_dir()

    def _knows_everything(self) -> bool:
        opened = self.opened
        if opened is None or opened.built_on != _today():
            return False
        try:
            last = opened.engine.status().last_change
        except Exception:
            log.exception("index not readable")
            return False
        return last == searching.latest_change()

    def _open(self, path: Path) -> bool:
        """Open an index, if it is whole and made with today's words; else keep what there is."""
        if not self.shelf.is_whole(path):
            return False
        try:
            engine = WhooshEngine.open(path, searching.word_groups())
        except Unusable:
            return False
        # What stands for everything was followed by building; single records may be read once more.
        last = engine.status().last_change
        self._applied = {
            number
            for number, kind, _key in searching.changes_after(last - LATE)
            if number <= last and kind == EVERYTHING
        }
        self.opened = Opened(path, engine, self.shelf.seal(path).built_on)
        return True

    def _catch_up(self) -> None:
        path = self.shelf.current()
        if path is None or not (self._is_open(path) or self._open(path)):
            self._rebuild()
            return
        try:
            self._follow()
        except Exception:
            # Broken files and a full disk look alike here: building anew helps with the one and fails with the other.
            log.exception("index not followed")
            self._rebuild()

    def _follow(self) -> None:
        assert self.opened is not None  # noqa: S101 - `_catch_up` opened it
        last = self.opened.engine.status().last_change
        changes = [
            change
            for change in searching.changes_after(last - LATE)
            if change[0] not in self._applied
        ]
        if self._is_too_old(last) or _is_too_much(changes):
            self._rebuild()
            return
        for begin in range(0, len(changes), AT_ONCE):
            self._apply(self.opened, changes[begin : begin + AT_ONCE], last)

    def _is_too_old(self, last: int) -> bool:
        """Tell whether changes were forgotten before they were followed, or the database is another one by now."""
        assert self.opened is not None  # noqa: S101 - `_follow` saw it
        return (
            self.opened.built_on != _today()
            or last > searching.latest_change()
            or searching.oldest_kept() > last + 1
        )

    def _apply(self, opened: Opened, changes: Sequence[Change], last: int) -> None:
        refs = dict.fromkeys((kind, key) for _number, kind, key in changes)
        records = list(_read(refs))
        there = {(str(record.kind), record.key) for record in records}
        opened.engine.update(
            records,
            [ref for ref in refs if ref not in there],
            last_change=max(last, changes[-1][0]),
        )
        self.shelf.seal_again(opened.path)
        self._applied.update(number for number, _kind, _key in changes)

    def _rebuild(self, progress: Progress | None = None) -> None:
        built_on, last = _today(), searching.latest_change()
        applied = {number for number, _kind, _key in searching.changes_after(last - LATE)}
        groups = tuple(searching.word_groups())
        path = self.shelf.fresh(language_for(groups).fingerprint)
        try:
            engine = WhooshEngine.build(
                path, list(searching.everything()), groups, progress=progress, last_change=last
            )
            self.shelf.put_in_use(path, built_on=built_on)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        self._applied = applied
        self.opened = Opened(path, engine, built_on)


def _today() -> str:
    """Return the day: what may be found and how far it is trusted changes with it, without any change of a row."""
    return clock.today().isoformat()


def _is_too_much(changes: Sequence[Change]) -> bool:
    return len(changes) > MOST_FOLLOWED or any(kind == EVERYTHING for _, kind, _ in changes)


def _read(refs: dict[tuple[str, str], None]) -> Iterator[Searchable]:
    """Yield records as they are now; those that must not be found any more are left out."""
    keys: dict[str, list[str]] = defaultdict(list)
    for kind, key in refs:
        keys[kind].append(key)
    for kind, some in keys.items():
        if kind in searching.SOURCES:
            yield from searching.SOURCES[kind](some)

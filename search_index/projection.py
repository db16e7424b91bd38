"""The search as the pages know it: always an answer, never one that the domain would not give.

While the index is opened or built anew, pages are answered from the old index if that can be read, else from the
records themselves. What is found is asked of the domain again before anybody sees it.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from portal import db
from portal.domain import searching
from search_index.base import Busy, Found, Progress, Query
from search_index.indexing import Indexer
from search_index.scanning import Scanned, prepared, scan
from search_index.shelf import Shelf

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 0.25
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until it is tried again what went wrong; each time twice as long."""
SECONDS_RECORDS_ARE_KEPT = 5.0
"""Whoever is answered from the records shares one reading of them with others."""


@dataclass(frozen=True, slots=True)
class State:
    """How an index stands to the records."""

    name: str
    """The index in use; empty if there is none that can be read."""
    entries: int
    last_change: int
    latest_change: int
    is_current: bool


class Projection:
    """One folder's index, for all threads of this process."""

    def __init__(self, folder: Path, *, in_background: bool = True) -> None:
        """Take the folder; in the foreground, every query first brings the index up to date."""
        self._indexer = Indexer(Shelf(folder))
        self._in_background = in_background
        self._looking = threading.Lock()
        self._next_look = 0.0
        self._worker = _Worker(self._catch_up)
        self._records: tuple[float, list[Scanned]] = (0.0, [])

    def find(self, query: Query) -> Found:
        """Return what the index finds, or else the records themselves, as far as it may be seen now."""
        self._keep_up()
        return _checked(self._asked(query) or scan(self._all_records(), query), query)

    def suggest(self, text: str, locale: str = "de", limit: int = 8) -> list[str]:
        """Return texts with the last word completed, by words that everybody may read."""
        self._keep_up()
        opened = self._indexer.opened
        if opened is None:
            return []
        try:
            return opened.engine.suggest(text, locale, limit)
        except Exception:
            log.exception("index not readable")
            self._doubt()
            return []

    def highlight(self, text: str, query_text: str) -> list[tuple[str, bool]]:
        """Return the pieces of a text, and whether each is what was asked for."""
        opened = self._indexer.opened
        return opened.engine.highlight(text, query_text) if opened else [(text, False)]

    def changed(self) -> None:
        """Follow soon: something is on disk that the index does not know."""
        self._next_look = 0.0
        if self._in_background:
            self._worker.wake()

    def catch_up(self) -> None:
        """Bring the index up to date now, unless another process is at it."""
        if not self._indexer.is_current():
            self._indexer.catch_up()

    def settle(self) -> None:
        """Wait until the work in the background is done."""
        self._worker.wait()

    def rebuild(self, progress: Progress | None = None) -> None:
        """Build the index anew now; raise Busy if another process is at it."""
        if not self._indexer.rebuild(progress):
            raise Busy

    def discard(self) -> None:
        """Let every process build the index anew, as after the database was replaced."""
        self._indexer.shelf.discard()

    def state(self) -> State:
        """Return how the index stands to the records; changes nothing."""
        is_current = self._indexer.is_current()
        opened, latest = self._indexer.opened, searching.latest_change()
        if opened is None:
            return State("", 0, 0, latest, is_current=False)
        status = opened.engine.status()
        return State(opened.path.name, status.entries, status.last_change, latest, is_current)

    def _keep_up(self) -> None:
        """Look now and then whether the index is behind; whatever goes wrong is no concern of the page."""
        if monotonic() < self._next_look or not self._looking.acquire(blocking=False):
            return
        try:
            self._look()
        except Exception:
            log.exception("index not looked at")
            self._next_look = monotonic() + FIRST_PAUSE
        finally:
            self._looking.release()

    def _look(self) -> None:
        if not self._in_background:
            self.catch_up()
            return
        self._next_look = monotonic() + SECONDS_BETWEEN_LOOKS
        if not self._indexer.is_current():
            self._worker.wake()

    def _catch_up(self) -> None:
        """Do what the worker is there for, with a database connection of its own."""
        db.connect()
        try:
            self._indexer.catch_up()
        finally:
            db.close()

    def _asked(self, query: Query) -> Found | None:
        opened = self._indexer.opened
        if opened is None:
            return None
        try:
            return opened.engine.search(query)
        except Exception:
            log.exception("index not readable")
            self._doubt()
            return None

    def _doubt(self) -> None:
        """Look after an error whether the files are to blame; a mistake of ours must not make us build for ever."""
        try:
            self._indexer.examine()
        except OSError:
            log.exception("index not examined")
        self._next_look = 0.0

    def _all_records(self) -> list[Scanned]:
        until, records = self._records
        if monotonic() >= until:
            records = prepared(searching.everything())
            self._records = (monotonic() + SECONDS_RECORDS_ARE_KEPT, records)
        return records


def _checked(found: Found, query: Query) -> Found:
    """Leave out what the domain would not show any more."""
    refs = [(hit.kind, hit.key) for hit in found.hits]
    seen = {(str(one.kind), one.key) for one in searching.visible_to(refs, query.audiences)}
    hits = [hit for hit in found.hits if (hit.kind, hit.key) in seen]
    return replace(found, hits=hits, total=found.total - len(refs) + len(hits))


class _Worker:
    """Does one thing in a thread that lives as long as there is something to do; never twice at a time."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._is_wanted = False
        self._thread: threading.Thread | None = None
        self._not_before = 0.0
        self._pause = FIRST_PAUSE

    def wake(self) -> None:
        """Let the work be done soon; after a failure only when some time has passed."""
        with self._lock:
            if monotonic() < self._not_before:
                return
            self._is_wanted = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="index", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Wait until there is nothing to do any more."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while self._is_next():
            try:
                self._work()
                self._pause = FIRST_PAUSE
            except Exception:
                log.exception("index not brought up to date")
                self._not_before = monotonic() + self._pause
                self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def _is_next(self) -> bool:
        with self._lock:
            is_wanted, self._is_wanted = self._is_wanted, False
            if not is_wanted:
                self._thread = None
            return is_wanted

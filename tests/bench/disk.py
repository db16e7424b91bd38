"""The disk: how many commits a second it takes without a portal, and what the portal left on it."""

from contextlib import closing
from itertools import islice, repeat
from pathlib import Path
from time import perf_counter

from pysqlite3 import dbapi2 as sqlite

from tests.bench.load import MOST_REQUESTS

ROW = b"x" * 1300
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL")


def commit(file: Path, *, seconds: float) -> list[float]:
    """Commit one row after the other for some seconds; return how long each took."""
    with closing(sqlite.connect(file, isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, data BLOB)")
        end = perf_counter() + seconds
        return [
            _commit(connection) for _ in islice(repeat(None), MOST_REQUESTS) if perf_counter() < end
        ]


def _commit(connection: sqlite.Connection) -> float:
    begun = perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO row (data) VALUES (?)", (ROW,))
    connection.execute("COMMIT")
    return perf_counter() - begun


def requests_on_disk(folder: Path) -> int:
    """Count the requests in the portal's database."""
    with closing(sqlite.connect(folder / "portal.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM intake_request").fetchone()
    return int(count)

"""The database: one handle, the columns' types, and the queue of writers.

SQLite is the default: write-ahead log, `synchronous=FULL` (what is acknowledged is on disk), one writer at a
time with a bounded queue in front, so that a locked file costs readers nothing and writers a clear answer.
PostgreSQL takes over where one machine is not enough; every query and rule runs on both.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg
from peewee import (
    AutoField,
    DatabaseError,
    DatabaseProxy,
    Expression,
    IntegerField,
    InterfaceError,
    Model,
    OperationalError,
    SchemaManager,
    SqliteDatabase,
    TextField,
)
from peewee import __sqlite_version__ as sqlite_version  # type: ignore[attr-defined] # not in its stubs
from playhouse.pool import (
    MaxConnectionsExceeded,
    PooledPostgresqlDatabase,
    PooledSqliteDatabase,
)

SAFE_SQLITE = (3, 51, 3)  # older ones may corrupt a write-ahead log when it is reset
WRITERS_IN_QUEUE = 6
SECONDS_FOR_A_PLACE = 0.5
SECONDS_FOR_THE_LOCK = 3.0
SECONDS_FOR_A_STATEMENT = 15.0
SECONDS_TO_CONNECT = 5
CONNECTIONS = 40
PASSING_STATES = ("08", "40", "53", "55P03", "57")
"""What PostgreSQL calls a lost connection, a conflict, a full disk, a lock held too long, a server that stops."""

database = DatabaseProxy()


class DatabaseUnusable(Exception):
    """The database cannot be used as the portal needs it."""


class WritersBusy(Exception):
    """The database cannot take this now (away, too many writers, full disk); trying again later helps."""


class UtcDateTime(TextField):
    """An aware moment, stored as text that sorts by time."""

    def db_value(self, value: datetime | None) -> str | None:
        """Return the stored form."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def python_value(self, value: str | None) -> datetime | None:
        """Return the moment."""
        return None if value is None else datetime.fromisoformat(value)


class IsoDate(TextField):
    """A calendar day, stored as text that sorts by day."""

    def db_value(self, value: date | None) -> str | None:
        """Return the stored form."""
        return None if value is None else value.isoformat()

    def python_value(self, value: str | None) -> date | None:
        """Return the day."""
        return None if value is None else date.fromisoformat(value)


class Flag(IntegerField):
    """Yes or no."""

    def is_set(self) -> Expression:
        """Return the condition that it is yes."""
        return self == True  # noqa: E712 - SQL compares

    def db_value(self, value: bool | None) -> int | None:
        """Return the stored form."""
        return None if value is None else int(bool(value))

    def python_value(self, value: int | None) -> bool | None:
        """Return the answer."""
        return None if value is None else bool(value)


class JsonText(TextField):
    """A list or object of codes."""

    def holds(self, code: str) -> Expression:
        """Return the condition that a list holds a code; a plain comparison would quote the pattern as JSON."""
        condition: Expression = self.cast("TEXT").contains(json.dumps(code))
        return condition

    def db_value(self, value: Any) -> str | None:
        """Return the stored form."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def python_value(self, value: str | None) -> Any:
        """Return the list or object."""
        return None if value is None else json.loads(value)


class _StrictOnSqlite(SchemaManager):
    """STRICT tables refuse values of another type; only SQLite knows (and needs) the word."""

    def _create_table(self, safe: bool = True, **options: Any) -> Any:
        self.model._meta.strict_tables = is_sqlite()
        return super()._create_table(safe=safe, **options)  # type: ignore[misc] # not in its stubs


class BaseModel(Model):
    """What every table has."""

    id = AutoField()

    class Meta:
        """Shared by every table."""

        database = database
        legacy_table_names = False
        schema_manager_class = _StrictOnSqlite

    @classmethod
    def locked(cls, *conditions: Any) -> Self | None:
        """Return one row, held against other writers until the transaction ends."""
        query = cls.select().where(*conditions)
        return (query if is_sqlite() else query.for_update()).first()  # type: ignore[no-any-return]


def open_database(url: str) -> None:
    """Bind the handle to a database and prove that it is safe to use."""
    parts = urlsplit(url)
    close_all()
    database.initialize(_sqlite(parts.path) if parts.scheme == "sqlite" else _postgres(url))
    if parts.scheme == "sqlite":
        _check_sqlite()


def is_sqlite() -> bool:
    """Return whether the bound database is SQLite."""
    return isinstance(database.obj, SqliteDatabase)


def _sqlite(path: str) -> PooledSqliteDatabase:
    file = Path(path.removeprefix("/"))  # sqlite:////var/lib/portal.db is absolute
    file.parent.mkdir(parents=True, exist_ok=True)
    return PooledSqliteDatabase(
        str(file),
        max_connections=CONNECTIONS,
        check_same_thread=False,
        lock_type="IMMEDIATE",
        pragmas={
            "journal_mode": "wal",
            "synchronous": "full",
            "busy_timeout": int(SECONDS_FOR_THE_LOCK * 1000),
            "foreign_keys": 1,
            "secure_delete": 1,
            "trusted_schema": 0,
        },
    )


def _postgres(url: str) -> PooledPostgresqlDatabase:
    lock, statement = int(SECONDS_FOR_THE_LOCK * 1000), int(SECONDS_FOR_A_STATEMENT * 1000)
    return PooledPostgresqlDatabase(
        url.replace("postgres://", "postgresql://", 1),
        max_connections=CONNECTIONS,
        stale_timeout=300,
        prefer_psycopg3=True,
        connect_timeout=SECONDS_TO_CONNECT,
        options=f"-c lock_timeout={lock} -c statement_timeout={statement}",
    )


def _check_sqlite() -> None:
    if sqlite_version < SAFE_SQLITE:
        raise DatabaseUnusable(
            f"SQLite {sqlite_version} kann Daten verlieren; gebraucht wird mindestens {SAFE_SQLITE}"
        )
    with database.connection_context():
        journal = database.execute_sql("PRAGMA journal_mode").fetchone()[0]
        synchronous = database.execute_sql("PRAGMA synchronous").fetchone()[0]
    if (journal, synchronous) != ("wal", 2):
        raise DatabaseUnusable(
            f"Die Datenbank schreibt nicht sicher (journal_mode={journal}, synchronous={synchronous})"
        )


def connect() -> None:
    """Take a connection for this thread; raise WritersBusy if the database gives none."""
    try:
        database.connect(reuse_if_open=True)
    except (InterfaceError, OperationalError, MaxConnectionsExceeded) as error:
        raise WritersBusy from error


def close() -> None:
    """Give this thread's connection back."""
    if not database.is_closed():
        database.close()


def close_all() -> None:
    """Give up every connection of this process."""
    if database.obj is not None:
        close()
        database.obj.close_all()


class _WriteQueue:
    """One writer at a time in this process, few waiting, nobody for long.

    Whoever has the turn keeps it for what listeners write after the commit: waiting for a second place while holding
    the lock would stop everybody when the queue is full.
    """

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(WRITERS_IN_QUEUE)
        self._lock = threading.Lock()
        self._writer: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        if self._writer == threading.get_ident():
            yield
            return
        if not self._places.acquire(timeout=SECONDS_FOR_A_PLACE):
            raise WritersBusy
        try:
            if not self._lock.acquire(timeout=SECONDS_FOR_THE_LOCK):
                raise WritersBusy
            self._writer = threading.get_ident()
            try:
                yield
            finally:
                self._writer = None
                self._lock.release()
        finally:
            self._places.release()


_queue = _WriteQueue()


@contextmanager
def write_transaction() -> Iterator[None]:
    """Run a transaction that may write; only `portal.domain.changes` calls this."""
    if database.in_transaction():
        with database.atomic():
            yield
        return
    with _queue.turn() if is_sqlite() else nullcontext():
        try:
            with database.atomic():
                yield
        except (DatabaseError, InterfaceError) as error:
            if _will_pass(error):
                raise WritersBusy from error
            raise


def _will_pass(error: BaseException | None) -> bool:
    """Tell whether trying later helps; the real error may hide behind a failed rollback."""
    while error is not None:
        if _passes(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _passes(error: BaseException) -> bool:
    if not isinstance(error, psycopg.Error):
        return is_sqlite() and any(reason in str(error) for reason in ("locked", "is full"))
    if error.sqlstate is None:  # not the server's word: the connection itself is gone
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate.startswith(PASSING_STATES)


def wait_for_turn(name: str) -> None:
    """Hold everybody else who asks for the same name until this transaction ends; SQLite has one writer anyway.

    What looks whether a key is free before it takes it needs this: on PostgreSQL two could both find it free.
    """
    if not is_sqlite():
        database.execute_sql("SELECT pg_advisory_xact_lock(hashtext(%s))", (name,))


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything as of one moment, while writers go on."""
    kind = {"lock_type": "DEFERRED"} if is_sqlite() else {"isolation_level": "REPEATABLE READ"}
    with database.atomic(**kind):
        # the first read fixes the moment
        database.execute_sql("SELECT count(*) FROM schema_migration")
        yield


def forget_deleted() -> None:
    """Overwrite what was deleted in SQLite's write-ahead log too; outside of a transaction only."""
    if is_sqlite():
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")

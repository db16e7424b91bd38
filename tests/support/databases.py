"""Databases for tests: built once per worker, copied for each test.

A template is migrated and filled from a county pack once. SQLite copies a file, PostgreSQL says
`CREATE DATABASE … TEMPLATE …`: both are quicker than building, and every test starts from the same rows.
"""

import os
import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import psycopg

from portal import db

Fill = Callable[[], None]
Shape = tuple[int, int]


class Databases(ABC):
    """Makes the databases of one test worker."""

    def __init__(self) -> None:
        self._templates: set[str] = set()

    def fresh(self, template: str, fill: Fill) -> str:
        """Open a new copy of a template, building the template first if need be; return its URL."""
        if template not in self._templates:
            db.open_database(self._build(template))
            fill()
            close_all()
            self._settle(template)
            self._templates.add(template)
        url = self._copy(template)
        db.open_database(url)
        return url

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of the copy that tests work on."""

    @abstractmethod
    def _build(self, template: str) -> str:
        """Return the address of an empty database for a template."""

    @abstractmethod
    def _copy(self, template: str) -> str:
        """Replace the working copy; return its address."""

    @abstractmethod
    def _settle(self, template: str) -> None:
        """Make a filled template ready to be copied."""


class SqliteDatabases(Databases):
    """Copies a file."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    @property
    def url(self) -> str:
        return f"sqlite:///{self._file('working')}"

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.db"

    def _build(self, template: str) -> str:
        return f"sqlite:///{self._file(template)}"

    def _settle(self, template: str) -> None:
        """Leave it: closing the last connection wrote everything into the one file."""

    def _copy(self, template: str) -> str:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._file('working')}{ending}").unlink(missing_ok=True)
        shutil.copyfile(self._file(template), self._file("working"))
        return self.url


class PostgresDatabases(Databases):
    """Lets the server copy, or – far quicker – puts the rows of the template back into the last copy."""

    def __init__(self, server: str, worker: str) -> None:
        super().__init__()
        self._server = server
        self._worker = worker
        self._copied: tuple[str, Shape] | None = None

    @property
    def url(self) -> str:
        return self._url("working")

    def _name(self, name: str) -> str:
        return f"kim_{self._worker}_{name}"

    def _url(self, name: str) -> str:
        return self._server.replace("/postgres?", f"/{self._name(name)}?")

    def _build(self, template: str) -> str:
        self._command(f'CREATE DATABASE "{self._name(template)}"')
        return self._url(template)

    def _settle(self, template: str) -> None:
        with psycopg.connect(self._url(template)) as connection:
            connection.execute("CREATE SCHEMA pristine")
            for table in _tables(connection):
                connection.execute(f'CREATE TABLE pristine."{table}" AS TABLE public."{table}"')

    def _copy(self, template: str) -> str:
        if not self._put_back(template):
            working = self._name("working")
            self._command(f'DROP DATABASE IF EXISTS "{working}" WITH (FORCE)')
            self._command(f'CREATE DATABASE "{working}" TEMPLATE "{self._name(template)}"')
            with psycopg.connect(self.url) as connection:
                self._copied = (template, _shape(connection))
        return self.url

    def _put_back(self, template: str) -> bool:
        """Restore the rows, if the last copy is of this template and its tables are still the same."""
        if self._copied is None or self._copied[0] != template:
            return False
        with psycopg.connect(self.url) as connection:
            if _shape(connection) != self._copied[1]:
                return False
            connection.execute("SET session_replication_role = replica")  # in any order of tables
            connection.execute(_restoring(_tables(connection)))
        return True

    def _command(self, sql: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql)


def _tables(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [name for (name,) in rows]


def _shape(connection: psycopg.Connection) -> Shape:
    """Return numbers that change when a table is made, changed or dropped."""
    query = """
        SELECT count(*), max(c.oid::bigint) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
    """
    return connection.execute(query).fetchone()


def _restoring(tables: list[str]) -> str:
    statements = []
    for table in tables:
        statements.append(f'DELETE FROM public."{table}"')
        statements.append(f'INSERT INTO public."{table}" SELECT * FROM pristine."{table}"')
        statements.append(
            f"SELECT setval(pg_get_serial_sequence('public.\"{table}\"', 'id'), coalesce(max(id), 0) + 1, false)"
            f' FROM public."{table}"'
        )
    return "; ".join(statements)


def close_all() -> None:
    """Give up every connection of the bound database, once nobody works with one in the background."""
    if index := sys.modules.get("search_index"):
        index.settle()
    if db.database.obj is not None:
        db.close()
        db.database.obj.close_all()


class PostgresServer:
    """A PostgreSQL server of the tests' own, in a folder of its own, for one run."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kim-postgres-"))
        os.environ.setdefault(
            "XDG_RUNTIME_DIR", str(self._folder)
        )  # where the library keeps its lock
        import pgserver  # noqa: PLC0415 - only tests on PostgreSQL need it

        self._server = pgserver.get_server(self._folder / "data", cleanup_mode="delete")
        self.url: str = self._server.get_uri()
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._server.psql(f"ALTER SYSTEM SET {setting} = off;")  # tests may lose their data
        self._server.psql("SELECT pg_reload_conf();")

    def stop(self) -> None:
        """Stop the server and forget its data."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

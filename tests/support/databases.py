"""Databases for tests: built once per worker, copied for each test.

A template is migrated and filled from a county pack once. SQLite copies a file, PostgreSQL says
`CREATE DATABASE … TEMPLATE …`: both are quicker than building, and every test starts from the same rows.
"""

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from portal import db

Fill = Callable[[], None]


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

    def _copy(self, template: str) -> str:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._file('working')}{ending}").unlink(missing_ok=True)
        shutil.copyfile(self._file(template), self._file("working"))
        return self.url


class PostgresDatabases(Databases):
    """Lets the server copy."""

    def __init__(self, server: str, worker: str) -> None:
        super().__init__()
        self._server = server
        self._worker = worker

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

    def _copy(self, template: str) -> str:
        self._command(f'DROP DATABASE IF EXISTS "{self._name("working")}" WITH (FORCE)')
        self._command(
            f'CREATE DATABASE "{self._name("working")}" TEMPLATE "{self._name(template)}" STRATEGY FILE_COPY'
        )
        return self.url

    def _command(self, sql: str) -> None:
        import psycopg  # noqa: PLC0415 - only tests on PostgreSQL need it

        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql)


def close_all() -> None:
    """Give up every connection of the bound database."""
    if db.database.obj is not None:
        db.close()
        db.database.obj.close_all()


class PostgresServer:
    """A PostgreSQL server of the tests' own, in a folder of its own, for one run."""

    def __init__(self) -> None:
        import pgserver  # noqa: PLC0415 - only tests on PostgreSQL need it

        self._folder = Path(tempfile.mkdtemp(prefix="kim-postgres-"))
        self._server = pgserver.get_server(self._folder / "data", cleanup_mode="delete")
        self.url: str = self._server.get_uri()
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._server.psql(f"ALTER SYSTEM SET {setting} = off;")  # tests may lose their data
        self._server.psql("SELECT pg_reload_conf();")

    def stop(self) -> None:
        """Stop the server and forget its data."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

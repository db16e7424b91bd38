"""Fixtures of every test; `support/` holds what they are made of."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings as hypothesis_settings

from portal import clock as portal_clock
from portal import db, keys
from portal.config import Settings
from portal.domain.accounts import passwords
from tests.support.browser import StrictClient, browser
from tests.support.catalogs import compile_catalogs
from tests.support.clock import MONDAY_MORNING, TestClock
from tests.support.databases import (
    Databases,
    PostgresDatabases,
    PostgresServer,
    SqliteDatabases,
    close_all,
)

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
KEYRING = keys.Keyring(
    session=b"s" * 32, hashing=b"h" * 32, audit=b"a" * 32, current="k1", seals={"k1": b"k" * 32}
)

# A slow machine is no failure, and the same run finds the same examples.
hypothesis_settings.register_profile("house", deadline=None, derandomize=True, print_blob=False)
hypothesis_settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run on PostgreSQL instead of SQLite")
    parser.addoption("--write-facts", action="store_true", help="write the generated facts anew")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        config.postgres_url = config.workerinput["postgres_url"]
        return
    compile_catalogs()
    config.postgres_server = PostgresServer() if config.getoption("--postgres") else None
    config.postgres_url = config.postgres_server.url if config.postgres_server else ""


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    node.workerinput["postgres_url"] = node.config.postgres_url


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := getattr(config, "postgres_server", None):
        server.stop()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {'PostgreSQL' if config.getoption('--postgres') else 'SQLite'}"


def pytest_terminal_summary(terminalreporter: object) -> None:
    if not chromium():
        terminalreporter.write_line(
            "no Chromium on this machine: the browser journeys were skipped"
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Parameters from a set come in another order in each worker; both must run the same list.
    items.sort(key=lambda item: (item.location[0], item.location[1] or 0, item.name))
    for item in items:
        if "journey" in item.keywords and not chromium():
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
        if "sqlite_only" in item.keywords and config.getoption("--postgres"):
            item.add_marker(pytest.mark.skip(reason="tests the embedded database"))


def chromium() -> str:
    """Return the browser of this machine, or nothing."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), "")


@pytest.fixture(autouse=True)
def clock() -> Iterator[TestClock]:
    """Monday, 23 November 2026, nine o'clock in Höxter; `clock.move(days=3)` lets time pass."""
    moment = TestClock(MONDAY_MORNING)
    with portal_clock.use(moment):
        yield moment


@pytest.fixture(autouse=True)
def keyring() -> keys.Keyring:
    """The same keys in every test."""
    keys.use_keyring(KEYRING)
    return KEYRING


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hash passwords with next to no cost."""
    passwords.use_hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this worker's own."""
    return tmp_path_factory.mktemp("portal")


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, folder: Path) -> Databases:
    """The maker of this worker's databases."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    if url := request.config.postgres_url:
        return PostgresDatabases(url, worker)
    return SqliteDatabases(folder)


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """A migrated database without a county."""
    yield databases.fresh("migrated", migrated)
    close_all()


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """A database with the pack of Kreis Höxter, nobody with access, no request."""
    yield databases.fresh("hoexter", partial(with_county, "hoexter"))
    close_all()


@pytest.fixture
def tiny_database(databases: Databases) -> Iterator[str]:
    """A database with the tiny second pack: two towns, three posts, other languages and periods."""
    yield databases.fresh("testkreis", partial(with_county, "testkreis"))
    close_all()


def migrated() -> None:
    """Fill a template: tables only."""
    from portal.migrations import migrate  # noqa: PLC0415 - most tests need no migration

    migrate()


def with_county(key: str) -> None:
    """Fill a template: tables and a county's pack."""
    from tests.support.counties import install  # noqa: PLC0415 - domain tests need no pack

    migrated()
    with portal_clock.frozen(MONDAY_MORNING):
        keys.use_keyring(KEYRING)
        install(key)


@pytest.fixture(scope="session")
def settings(folder: Path, databases: Databases) -> Settings:
    """The settings of the tests' portal."""
    key_file = folder / "keys.toml"
    keys.write_key_file(key_file, KEYRING)
    return Settings(
        mode="test",
        data_dir=folder,
        database_url=databases.url,
        key_file=key_file,
        base_url="http://localhost",
    )


@pytest.fixture(scope="session")
def _apps(settings: Settings, databases: Databases) -> Callable[[str], Flask]:
    """Build each kind of app once per worker: its templates stay compiled."""
    from portal.app import create_app  # noqa: PLC0415 - domain tests need no app

    built: dict[str, Flask] = {}

    def build(mode: str) -> Flask:
        if mode not in built:
            built[mode] = create_app(replace(settings, mode=mode))
            built[mode].config["TESTING"] = True
            # A mistake of ours shows its traceback in the test, not the page that people get.
            built[mode].error_handler_spec[None][None].pop(Exception, None)
        return built[mode]

    return build


@pytest.fixture
def app(database: str, _apps: Callable[[str], Flask]) -> Flask:
    """The portal of Kreis Höxter."""
    return _fresh(_apps("test"), database)


@pytest.fixture
def demo_app(database: str, _apps: Callable[[str], Flask]) -> Flask:
    """The portal in demo mode."""
    return _fresh(_apps("demo"), database)


def _fresh(app: Flask, database: str) -> Flask:
    """Bind an app to this test's database; what other tests' searches remember is forgotten."""
    from search_index import setup_search  # noqa: PLC0415 - domain tests need no index

    db.open_database(database)
    index = app.config["SETTINGS"].data_dir / "search"
    shutil.rmtree(index, ignore_errors=True)
    setup_search(index, in_background=False)
    return app


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """A browser without JavaScript that looks every page over."""
    return browser(app)


@pytest.fixture
def make_account(database: str) -> Callable[..., Any]:
    """Make people: `make_account(Role.CASE_MANAGER, position="CMS-III-a")`."""
    from tests.support import people  # noqa: PLC0415 - most tests need nobody

    return people.make_account


@pytest.fixture
def make_request(database: str) -> Callable[..., Any]:
    """Make requests: `make_request("brakel", state=State.CONTACTED, language="ar")`."""
    from tests.support import people  # noqa: PLC0415

    return people.make_request


@pytest.fixture
def empty_directory(database: str) -> None:
    """Kreis Höxter without what its pack says about services, programmes and laws."""
    from tests.support import services  # noqa: PLC0415

    services.empty_directory()


@pytest.fixture
def make_service(database: str) -> Callable[..., Any]:
    """Make services: `make_service("brakel", state=State.NEEDS_CHECK, topics=("language",))`."""
    from tests.support import services  # noqa: PLC0415

    return services.make_service


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., StrictClient]:
    """Sign somebody in, with second factor, in a browser of their own: `sign_in(account).get("/heute")`."""
    from tests.support.signing_in import signed_in  # noqa: PLC0415

    return partial(signed_in, app)


@pytest.fixture
def with_code(app: Flask) -> Callable[..., StrictClient]:
    """Open a request by its return code, in a browser of its own: `with_code(request).get("/de/anfrage/meine")`."""
    from tests.support.signing_in import opened  # noqa: PLC0415

    return partial(opened, app)

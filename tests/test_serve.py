"""How the portal runs for people."""

import threading
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from flask import Flask
from waitress.adjustments import Adjustments
from waitress.server import create_server

from portal import db
from portal.config import Settings
from portal.domain.permissions import Role
from portal.domain.privacy import anchors
from portal.models.accounts import Account
from portal.models.tick import TickStep
from portal.serve import Upkeep, problems_before_start, server_options
from tests.support.people import make_account

DEFAULT = Settings(mode="demo")


def adjusted(settings: Settings) -> Adjustments:
    return Adjustments(**server_options(settings))


def test_slow_clients_find_room_and_do_not_stay(tmp_path: Path) -> None:
    found = adjusted(DEFAULT)
    assert (found.threads, found.connection_limit, found.channel_timeout) == (8, 1000, 20)
    assert found.max_request_body_size == 1024 * 1024
    assert found.ident is None


def test_nobody_is_believed_about_addresses_unless_it_is_the_proxy() -> None:
    alone = adjusted(DEFAULT)
    assert (alone.trusted_proxy, alone.clear_untrusted_proxy_headers) == (None, True)
    behind = adjusted(replace(DEFAULT, trusted_proxy="10.0.0.1"))
    assert (behind.trusted_proxy, behind.trusted_proxy_count) == ("10.0.0.1", 1)
    assert behind.trusted_proxy_headers == {"x-forwarded-for", "x-forwarded-proto"}
    assert behind.clear_untrusted_proxy_headers


def test_nothing_is_missing_on_a_portal_that_is_set_up(
    settings: Settings, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.serve.MANIFEST", Path(__file__))
    assert problems_before_start(settings) == []


def test_invented_people_keep_a_portal_from_real_use(
    settings: Settings, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.serve.MANIFEST", Path(__file__))
    make_account(Role.ADMIN)
    in_use = replace(settings, mode="production")
    assert problems_before_start(in_use) == []
    db.connect()
    Account.update(demo=True).execute()
    assert "erfundene" in problems_before_start(in_use)[0]
    assert problems_before_start(replace(settings, mode="demo")) == []


def test_everything_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.serve.MANIFEST", tmp_path / "manifest.json")
    nothing = Settings(
        mode="demo",
        database_url="postgresql://nobody@127.0.0.1:1/x",
        key_file=tmp_path / "keys.toml",
    )
    assets, keys, database = problems_before_start(nothing)
    assert "make run" in assets
    assert "portal init" in keys
    assert "nicht benutzbar" in database


def test_the_upkeep_runs_beside_the_pages(
    settings: Settings, database: str, tmp_path: Path
) -> None:
    upkeep = Upkeep(replace(settings, data_dir=tmp_path))
    upkeep.once()
    db.connect()
    assert TickStep.select().count() > 0
    assert (tmp_path / anchors.FILE).exists()


def test_the_upkeep_survives_a_lost_database(
    settings: Settings, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("portal.serve.tick", fail)
    Upkeep(settings).once()


def test_the_upkeep_stops_with_the_portal(
    settings: Settings, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = threading.Event()
    monkeypatch.setattr("portal.serve.tick", lambda *_arguments, **_options: ran.set())
    upkeep = Upkeep(settings)
    upkeep.start()
    assert ran.wait(5)
    upkeep.stop()
    assert not upkeep.is_alive()


def asked(port: int, method: str, path: str, **headers: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_the_server_answers_without_saying_what_it_is(app: Flask) -> None:
    make_account(Role.COORDINATOR, position="KS")
    options = server_options(replace(app.config["SETTINGS"], port=0))
    server = create_server(app, **options)

    def run() -> None:
        with suppress(OSError):  # closing pulls the socket away under its feet
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        healthy = asked(server.effective_port, "GET", "/gesund")
        assert (healthy.status, healthy.getheader("Server")) == (200, None)
        too_much = asked(server.effective_port, "POST", "/de/", **{"Content-Length": "2000000"})
        assert too_much.status == 413
    finally:
        server.close()
        thread.join(5)

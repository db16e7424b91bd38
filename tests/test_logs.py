"""The log names no person, whatever goes wrong."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from portal.domain.events import listen, publish
from portal.domain.permissions import Role
from portal.logs import KEYS, setup_logs
from tests.support.browser import StrictClient
from tests.support.people import make_account
from tests.support.signing_in import signed_in

CANARY = "Kanarienvogel"


class Log:
    def __init__(self) -> None:
        self.stream = io.StringIO()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    made = Log()
    setup_logs(made.stream)
    yield made
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def test_a_line_has_the_listed_keys_and_no_others(log: Log) -> None:
    extra = dict.fromkeys(KEYS, 7) | {"path": CANARY, "form": CANARY}
    logging.getLogger("portal.test").info("request", extra=extra)
    (line,) = log.lines()
    assert set(line) == {"time", "level", "logger", "event", *KEYS}
    assert (line["level"], line["logger"], line["event"]) == ("info", "portal.test", "request")
    assert line["time"].endswith("+00:00")


def test_values_put_into_a_message_are_left_out(log: Log) -> None:
    logging.getLogger("somebody.else").warning("cannot parse %s", CANARY)
    assert log.lines()[0]["event"] == "cannot parse %s"


def test_an_exception_is_its_type_and_place(log: Log) -> None:
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError:
        logging.getLogger("portal.test").exception("unexpected")
    (line,) = log.lines()
    assert [entry for entry in line["exception"] if ":" not in entry] == [
        "ValueError",
        "RuntimeError",
    ]
    assert any("test_logs.py:" in entry for entry in line["exception"])
    assert CANARY not in log.stream.getvalue()


def test_an_exception_that_caused_itself_ends(log: Log) -> None:
    error = RuntimeError("a")
    error.__cause__ = error
    logging.getLogger("portal.test").error("unexpected", exc_info=error)
    assert log.lines()[0]["exception"] == ["RuntimeError"]


@pytest.mark.parametrize("evil", ["a\nb", "a\r\nb", "\x1b[31m", "\u2028", '"}', "\ud800"])
def test_no_value_can_forge_a_line(log: Log, evil: str) -> None:
    logging.getLogger("portal.test").info("request", extra={"endpoint": evil})
    assert len(log.stream.getvalue().split("\n")) == 2
    assert log.stream.getvalue().isascii()
    assert log.lines()[0]["endpoint"] == evil


def test_a_request_is_logged_without_its_address_or_entries(log: Log, client: StrictClient) -> None:
    logging.getLogger("portal.web.request_log").setLevel(logging.INFO)
    client.get(f"/de/anfrage/brakel?k={CANARY}")
    client.get(f"/de/{CANARY}")
    client.post("/de/anfrage/status", data={"code": CANARY})
    requests = [line for line in log.lines() if line["event"] == "request"]
    assert [(line["endpoint"], line["method"]) for line in requests] == [
        ("intake.form", "GET"),
        ("", "GET"),
        ("intake.enter_code", "POST"),
    ]
    assert all(line["ms"] >= 0 and line["status"] for line in requests)
    assert CANARY not in log.stream.getvalue()


def test_an_error_outside_of_every_handler_does_not_name_the_address(log: Log, app: Flask) -> None:
    with app.test_request_context(f"/de/{CANARY}"):
        app.log_exception((None, None, None))
    (line,) = log.lines()
    assert line["event"] == "unexpected error"
    assert CANARY not in log.stream.getvalue()


def test_a_listener_that_fails_is_named_by_what_it_heard(log: Log) -> None:
    class Happened:
        pass

    listen(Happened, lambda _event: 1 / 0)
    publish(Happened())
    (line,) = log.lines()
    assert (line["event"], line["kind"]) == ("listener failed", "Happened")


def test_who_was_signed_in_is_a_number(log: Log, app: Flask) -> None:
    account = make_account(Role.ADMIN, name=CANARY)
    signed_in(app, account).get("/heute")
    (line,) = [line for line in log.lines() if line.get("endpoint") == "home.today"]
    assert line["account"] == account.id
    assert CANARY not in log.stream.getvalue()

"""The database under pressure: nothing acknowledged is lost, nobody waits for long."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from peewee import IntegrityError, OperationalError

from portal import db
from portal.domain.actors import SYSTEM
from portal.domain.changes import change, upkeep
from portal.domain.events import listen
from portal.domain.intake.receiving import receive
from portal.domain.permissions import Role
from portal.models.intake import IntakeRequest
from portal.models.privacy import AuditEntry, AuditHead, DeletionProof
from tests.support.browser import StrictClient
from tests.support.clock import TestClock
from tests.support.people import make_account, make_answers, make_request
from tests.support.signing_in import opened, signed_in

pytestmark = pytest.mark.usefixtures("database")
FORM = {"town": "brakel", "display_name": "Demo", "contact": "demo@example.org", "consent": True}


@given(
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))])),
    st.datetimes(timezones=st.just(UTC)),
)
def test_moments_sort_as_they_are_stored(one: datetime, other: datetime) -> None:
    field = db.UtcDateTime()
    stored = field.db_value(one), field.db_value(other)
    assert field.python_value(stored[0]) == one
    assert (stored[0] < stored[1]) == (one < other)


def break_off(*announcing: object) -> None:
    """Begin a change that fails before its end."""
    with change(by=SYSTEM, action="test:thing:break", subject="x") as entry:
        DeletionProof.create(rule="test", count=1, at=datetime.now(UTC))
        for event in announcing:
            entry.announce(event)
        raise ZeroDivisionError


def test_a_change_and_its_audit_entry_stand_or_fall_together() -> None:
    before = AuditEntry.select().count()
    with pytest.raises(ZeroDivisionError):
        break_off()
    assert DeletionProof.select().count() == 0
    assert AuditEntry.select().count() == before


def test_listeners_hear_of_what_is_on_disk_only() -> None:
    class Happened:
        pass

    heard = []
    listen(Happened, heard.append)
    with pytest.raises(ZeroDivisionError):
        break_off(Happened())
    assert heard == []
    with change(by=SYSTEM, action="test:a:b", subject="x") as entry:
        entry.announce(Happened())
        assert heard == []
    assert len(heard) == 1


def test_a_listener_that_fails_stops_nobody() -> None:
    class Failing:
        pass

    listen(Failing, lambda _event: 1 / 0)
    with change(by=SYSTEM, action="test:a:b", subject="x") as entry:
        entry.announce(Failing())
    assert AuditEntry.select().where(AuditEntry.action == "test:a:b").count() == 1


@pytest.mark.sqlite_only
def test_a_listener_that_writes_needs_no_second_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else writers block each other: each would hold the pen and wait for a place in the queue."""

    class Happened:
        pass

    monkeypatch.setattr(db._queue, "_places", threading.BoundedSemaphore(1))
    listen(Happened, lambda _event: _write_a_proof())
    with change(by=SYSTEM, action="test:a:b", subject="x") as entry:
        entry.announce(Happened())
    assert DeletionProof.select().count() == 1


def _write_a_proof() -> None:
    with upkeep():
        DeletionProof.create(rule="test", count=1, at=datetime.now(UTC))


@pytest.mark.sqlite_only
def test_a_locked_database_answers_soon_and_keeps_the_entries(
    client: StrictClient, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = client.get("/de/anfrage/brakel").form("request-form").fill(**FORM)
    monkeypatch.setattr(db, "SECONDS_FOR_THE_LOCK", 0.1)
    monkeypatch.setattr(db, "SECONDS_FOR_A_PLACE", 0.1)
    holds, release = threading.Event(), threading.Event()
    writer = threading.Thread(target=_hold_the_pen, args=(holds, release))
    writer.start()
    try:
        assert holds.wait(5)
        answer = form.submit()
        assert client.get("/de/anfrage/brakel").status_code == 200
    finally:
        release.set()
        writer.join()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.form().values["display_name"] == ["Demo"]
    assert IntakeRequest.select().count() == 0
    assert answer.form().submit().status_code == 303
    assert IntakeRequest.select().count() == 1


@pytest.mark.sqlite_only
def test_who_reads_does_not_wait_for_who_writes(
    app: Flask, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session seen long ago wants to be marked, and a message as read: marks can wait."""
    manager = make_account(Role.CASE_MANAGER, position="CMS-III-a")
    desk, visitor = signed_in(app, manager), opened(app, make_request("brakel"))
    clock.move(minutes=5)
    monkeypatch.setattr(db, "SECONDS_FOR_THE_LOCK", 0.1)
    holds, release = threading.Event(), threading.Event()
    writer = threading.Thread(target=_hold_the_pen, args=(holds, release))
    writer.start()
    try:
        assert holds.wait(5)
        assert desk.get("/eingang").status_code == 200
        assert visitor.get("/de/anfrage/meine").status_code == 200
    finally:
        release.set()
        writer.join()


def _hold_the_pen(holds: threading.Event, release: threading.Event) -> None:
    with upkeep():
        holds.set()
        release.wait(10)
    db.close()


@pytest.mark.sqlite_only
def test_a_full_disk_loses_nothing_and_needs_no_restart(client: StrictClient) -> None:
    form = client.get("/de/anfrage/brakel").form("request-form").fill(**FORM)
    pages = db.database.execute_sql("PRAGMA page_count").fetchone()[0]
    db.database.execute_sql(f"PRAGMA max_page_count = {pages}")
    answers = [form.fill(submission_key=f"{number:022d}").submit() for number in range(60)]
    assert {answer.status_code for answer in answers} == {303, 503}
    assert client.get("/de/anfrage/brakel").status_code == 200
    stored = IntakeRequest.select().count()
    assert stored == sum(answer.status_code == 303 for answer in answers)
    db.database.execute_sql("PRAGMA max_page_count = 1000000")
    assert form.fill(submission_key="x" * 22).submit().status_code == 303
    assert IntakeRequest.select().count() == stored + 1


@pytest.mark.sqlite_only
def test_tables_refuse_values_of_another_type() -> None:
    with pytest.raises((IntegrityError, OperationalError)), upkeep():
        db.database.execute_sql("UPDATE county SET name = x'00'")


def test_many_senders_at_once_make_each_request_once() -> None:
    """Double clicks in parallel: every form is stored once, whoever was first."""
    forms = [make_answers("brakel") for _number in range(4)]
    receipts = []

    def send(number: int) -> None:
        receipts.append(receive(forms[number % 4]))
        db.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 16
    assert sum(receipt.is_new for receipt in receipts) == 4
    assert IntakeRequest.select().count() == 4


def test_a_database_that_cannot_be_reached_is_away_for_now(database: str) -> None:
    db.open_database("postgresql://nobody@127.0.0.1:1/x")
    with pytest.raises(db.WritersBusy):
        db.connect()


def test_a_mistake_of_ours_stays_one() -> None:
    head = AuditHead.select().first()
    with pytest.raises(IntegrityError), upkeep():
        AuditHead.create(chain=head.chain, seq=0, mac="", kept_from=0, kept_mac="")


@pytest.fixture
def postgres(
    request: pytest.FixtureRequest, database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg.Connection]:
    """Somebody else's connection to the same PostgreSQL; the portal's own waits for a moment only."""
    if not request.config.getoption("--postgres"):
        pytest.skip("tests the database server")
    monkeypatch.setattr(db, "SECONDS_FOR_THE_LOCK", 0.05)
    monkeypatch.setattr(db, "SECONDS_FOR_A_STATEMENT", 0.2)
    db.open_database(database)
    with psycopg.connect(database) as other:
        yield other


def test_who_waits_for_a_row_too_long_hears_that_it_is_busy(postgres: psycopg.Connection) -> None:
    postgres.execute("SELECT * FROM audit_head FOR UPDATE")
    with pytest.raises(db.WritersBusy), change(by=SYSTEM, action="test:a:b"):
        pass
    postgres.rollback()
    with change(by=SYSTEM, action="test:a:b"):
        pass
    assert AuditEntry.select().where(AuditEntry.action == "test:a:b").count() == 1


def test_a_statement_that_takes_too_long_is_broken_off(postgres: psycopg.Connection) -> None:
    with pytest.raises(db.WritersBusy), upkeep():
        db.database.execute_sql("SELECT pg_sleep(60)")


def test_two_who_wait_for_each_other_hear_that_it_is_busy(postgres: psycopg.Connection) -> None:
    with pytest.raises(db.WritersBusy), upkeep():
        db.database.execute_sql("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$")


def test_a_lost_connection_is_replaced(postgres: psycopg.Connection) -> None:
    def be_cut_off() -> None:
        with upkeep():
            DeletionProof.create(rule="test", count=1, at=datetime.now(UTC))
            mine = db.database.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
            postgres.execute("SELECT pg_terminate_backend(%s)", (mine,))
            DeletionProof.create(rule="test", count=1, at=datetime.now(UTC))

    with pytest.raises(db.WritersBusy):
        be_cut_off()
    db.close()
    db.connect()
    with upkeep():
        assert DeletionProof.select().count() == 0

"""The database under pressure: nothing acknowledged is lost, nobody waits for long."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import IntegrityError, OperationalError

from portal import db
from portal.domain.actors import SYSTEM
from portal.domain.changes import change, upkeep
from portal.domain.events import listen
from portal.domain.intake.receiving import receive
from portal.models.intake import IntakeRequest
from portal.models.privacy import AuditEntry, DeletionProof
from tests.support.browser import StrictClient
from tests.support.people import make_answers

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

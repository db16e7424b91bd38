from pathlib import Path

import pytest
from peewee import OperationalError

from portal import db, migrations
from portal.db import WritersBusy
from portal.domain import health
from portal.domain.permissions import Role
from portal.domain.tick import Outside, tick
from portal.models.accounts import Account
from tests.support.clock import TestClock
from tests.support.databases import Databases, close_all
from tests.support.people import make_account


@pytest.fixture
def staffed(database: str) -> None:
    make_account(Role.COORDINATOR, position="KS")


def test_a_portal_in_use_is_healthy(staffed: None) -> None:
    assert health.problems() == []


def test_a_portal_without_a_county_is_not_ready(empty_database: str) -> None:
    assert health.problems() == ["In der Datenbank ist noch kein Kreis („portal init --county …“)"]


def test_a_database_that_lacks_changes_is_not_ready(databases: Databases) -> None:
    first, *rest = migrations.known()
    databases.fresh("partly", lambda: migrations.migrate(up_to=first))
    assert rest[0] in health.problems()[0]
    close_all()


def test_the_upkeep_must_run_every_hour(staffed: None, clock: TestClock, tmp_path: Path) -> None:
    tick(Outside(tmp_path))
    clock.move(minutes=59)
    assert health.problems() == []
    clock.move(minutes=2)
    assert "über einer Stunde" in health.problems()[0]


@pytest.mark.parametrize("error", [WritersBusy(), OperationalError("disk full")])
def test_a_database_that_takes_no_writes_is_a_problem(
    database: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise error

    monkeypatch.setattr(health, "upkeep", refuse)
    assert health.not_writable() == [
        f"In die Datenbank kann nicht geschrieben werden: {type(error).__name__}"
    ]


def test_looking_changes_nothing(database: str) -> None:
    before = db.database.execute_sql("SELECT * FROM audit_head").fetchall()
    health.problems()
    assert health.not_writable() == []
    assert db.database.execute_sql("SELECT * FROM audit_head").fetchall() == before


def test_the_fallback_post_needs_somebody(database: str) -> None:
    assert "Koordinierende Stelle" in health.unstaffed()[0]
    make_account(Role.COORDINATOR, position="KS", substitute=True)
    assert len(health.unstaffed()) == 1
    make_account(Role.COORDINATOR, position="KS")
    assert health.unstaffed() == []


def test_an_empty_fallback_post_is_a_problem(database: str) -> None:
    assert health.problems() == health.unstaffed() != []


def test_asking_takes_no_place_among_the_writers(
    staffed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise AssertionError

    monkeypatch.setattr(health, "upkeep", refuse)
    assert health.problems() == []
    with pytest.raises(AssertionError):
        health.examined()


def test_a_database_that_went_away_is_a_problem(staffed: None) -> None:
    db.open_database("postgresql://nobody:Kanarienvogel@127.0.0.1:1/x")
    assert health.problems() == ["Die Datenbank antwortet nicht: OperationalError"]


def test_what_is_wrong_is_in_the_log(database: str, caplog: pytest.LogCaptureFixture) -> None:
    (problem,) = health.problems()
    assert [record.problem for record in caplog.records] == [problem]


def test_invented_people_are_named(database: str) -> None:
    make_account(Role.COORDINATOR, position="KS")
    assert health.invented() == []
    Account.update(demo=True).execute()
    assert "erfundene" in health.invented()[0]

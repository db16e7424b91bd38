from pathlib import Path

import pytest
from peewee import OperationalError

from portal import db, migrations
from portal.db import WritersBusy
from portal.domain import health
from portal.domain.permissions import Role
from portal.domain.tick import Outside, tick
from tests.support.clock import TestClock
from tests.support.databases import Databases, close_all
from tests.support.people import make_account


def test_a_fresh_portal_is_healthy(database: str) -> None:
    assert health.problems() == []


def test_a_portal_without_a_county_is_not_ready(empty_database: str) -> None:
    assert health.problems() == ["In der Datenbank ist noch kein Kreis („portal init --county …“)"]


def test_a_database_that_lacks_changes_is_not_ready(databases: Databases) -> None:
    first, *rest = migrations.known()
    databases.fresh("partly", lambda: migrations.migrate(up_to=first))
    assert rest[0] in health.problems()[0]
    close_all()


def test_the_upkeep_must_run_every_day(database: str, clock: TestClock, tmp_path: Path) -> None:
    tick(Outside(tmp_path))
    clock.move(hours=25)
    assert health.problems() == []
    clock.move(hours=2)
    assert "über einem Tag" in health.problems()[0]


@pytest.mark.parametrize("error", [WritersBusy(), OperationalError("disk full")])
def test_a_database_that_takes_no_writes_is_a_problem(
    database: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise error

    monkeypatch.setattr(health, "upkeep", refuse)
    assert health.problems() == [
        f"In die Datenbank kann nicht geschrieben werden: {type(error).__name__}"
    ]


def test_looking_changes_nothing(database: str) -> None:
    before = db.database.execute_sql("SELECT * FROM audit_head").fetchall()
    health.problems()
    assert db.database.execute_sql("SELECT * FROM audit_head").fetchall() == before


def test_the_fallback_post_needs_somebody(database: str) -> None:
    assert "Koordinierende Stelle" in health.unstaffed()[0]
    make_account(Role.COORDINATOR, position="KS", substitute=True)
    assert len(health.unstaffed()) == 1
    make_account(Role.COORDINATOR, position="KS")
    assert health.unstaffed() == []

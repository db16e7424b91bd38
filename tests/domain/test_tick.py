from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from portal.db import WritersBusy
from portal.domain import events, health, tick
from portal.domain.outbox import Letter
from portal.domain.permissions import Role
from portal.domain.privacy import anchors, retention
from portal.domain.tick import STEPS, Outside
from portal.models.accounts import Account, Holding
from portal.models.outbox import OutboxMail
from portal.models.privacy import AuditHead
from portal.models.tick import TickStep
from tests.support.clock import TestClock
from tests.support.people import make_account, make_request

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without the listeners of other tests."""
    monkeypatch.setattr(events, "_listeners", defaultdict(list))


@pytest.fixture(autouse=True)
def coordinator(database: str) -> Account:
    return make_account(Role.COORDINATOR, position="KS")


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path)


def steps() -> dict[str, TickStep]:
    return {step.name: step for step in TickStep.select()}


def test_everything_is_done_and_noted(outside: Outside, clock: TestClock) -> None:
    assert tick.tick(outside) == {}
    assert {name: step.ran_at for name, step in steps().items()} == {
        step.name: clock() for step in STEPS
    }
    assert (outside.data_dir / anchors.FILE).exists()


def test_a_late_request_is_told_by_mail(outside: Outside, clock: TestClock) -> None:
    make_account(Role.CASE_MANAGER, position="CMS-III-a", mail="brakel@example.org")
    make_request("brakel")
    clock.move(days=3)
    letters: list[Letter] = []
    tick.tick(replace(outside, send=letters.append))
    assert [letter.to for letter in letters] == ["brakel@example.org"]


def test_without_a_mail_server_letters_wait(outside: Outside, clock: TestClock) -> None:
    make_account(Role.CASE_MANAGER, position="CMS-III-a")
    make_request("brakel")
    clock.move(days=3)
    assert tick.tick(outside) == {}
    assert OutboxMail.get().tries == 0


def test_the_search_index_follows(outside: Outside) -> None:
    followed: list[str] = []
    assert tick.tick(replace(outside, follow=lambda: followed.append("index"))) == {}
    assert followed == ["index"]


def test_only_what_is_due_is_done_unless_asked_for(outside: Outside, clock: TestClock) -> None:
    tick.tick(outside, everything=False)
    clock.move(minutes=40)
    tick.tick(outside, everything=False)
    age = {name: clock() - step.ran_at for name, step in steps().items()}
    assert {name for name, since in age.items() if not since} == {"reminders", "posts", "letters"}
    tick.tick(outside)
    assert {step.ran_at for step in TickStep.select()} == {clock()}


def test_one_failing_step_stops_no_other_and_is_tried_again(
    outside: Outside, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_data_dir: Path) -> None:
        raise RuntimeError("Kanarienvogel")

    monkeypatch.setattr(retention, "run", fail)
    assert tick.tick(outside, everything=False) == {"retention": "RuntimeError"}
    assert {name for name, step in steps().items() if not step.error} == {
        "reminders",
        "posts",
        "directory",
        "search",
        "index",
        "letters",
        "audit",
    }
    assert health.problems() == ["Der Schritt „retention“ schlägt fehl: RuntimeError"]
    monkeypatch.undo()
    clock.move(minutes=1)
    assert tick.tick(outside, everything=False) == {}
    assert health.problems() == []


def test_a_broken_log_raises_the_alarm_and_gets_no_new_anchor(outside: Outside) -> None:
    tick.tick(outside)
    before = (outside.data_dir / anchors.FILE).read_text()
    AuditHead.update(mac="0" * 64).where(AuditHead.chain == "changes").execute()
    errors = tick.tick(outside)
    assert list(errors) == ["audit"]
    assert "Kette „changes“" in errors["audit"]
    assert (outside.data_dir / anchors.FILE).read_text() == before
    assert errors["audit"] in health.problems()[0]


def test_an_empty_fallback_post_is_an_alarm_until_somebody_holds_it(outside: Outside) -> None:
    Holding.delete().execute()
    assert "niemand hat sie inne" in tick.tick(outside)["posts"]
    assert tick.tick(outside, everything=False).keys() == {"posts"}
    assert len(health.problems()) == 1
    make_account(Role.COORDINATOR, position="KS")
    assert tick.tick(outside, everything=False) == {}
    assert health.problems() == []


def test_a_note_that_finds_no_place_stops_no_later_step(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise WritersBusy

    monkeypatch.setattr(tick, "upkeep", busy)
    assert tick.tick(outside) == {step.name: "WritersBusy" for step in STEPS}
    assert (outside.data_dir / anchors.FILE).exists()  # the last step was done
    monkeypatch.undo()
    assert tick.tick(outside, everything=False) == {}

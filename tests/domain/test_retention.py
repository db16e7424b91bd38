from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal import clock as portal_clock
from portal import keys
from portal.db import close
from portal.domain import outbox, tries
from portal.domain.accounts import sessions
from portal.domain.accounts.signing_in import begin, check_password
from portal.domain.changes import CHANGES, READINGS, VISITS, recorded_reading
from portal.domain.errors import RuleBroken
from portal.domain.intake.handling import make_move, withdraw
from portal.domain.intake.messages import write_message
from portal.domain.intake.receiving import receive
from portal.domain.intake.states import ENDED, Move, State
from portal.domain.permissions import Role
from portal.domain.privacy import audit, ledger, requests, retention
from portal.domain.privacy.periods import Period
from portal.models.accounts import Account, Invitation, Session, Tries
from portal.models.intake import IntakeFigure, IntakeMessage, IntakeRequest, IntakeStep
from portal.models.outbox import OutboxMail
from portal.models.privacy import AuditEntry, ConsentProof, DeletionProof
from tests.support.clock import TestClock
from tests.support.people import make_account, make_answers, make_request

LONGEST_YEARS = 20
CANARY = "Kanarienvogel Zwitscher"
pytestmark = pytest.mark.usefixtures("database")


def proofs() -> dict[str, int]:
    return {proof.rule: proof.count for proof in DeletionProof.select()}


def left() -> set[str]:
    return {request.ref for request in IntakeRequest.select()}


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        ((2026, 11, 23), 6, (2026, 5, 23)),
        ((2026, 8, 31), 6, (2026, 2, 28)),
        ((2028, 8, 31), 6, (2028, 2, 29)),
        ((2027, 1, 15), 1, (2026, 12, 15)),
        ((2026, 3, 31), 13, (2025, 2, 28)),
        ((2026, 11, 23), 0, (2026, 11, 23)),
    ],
)
def test_months_are_calendar_months(
    moment: tuple[int, int, int], months: int, expected: tuple[int, int, int]
) -> None:
    before = Period(months, "months").before(datetime(*moment, 8, tzinfo=UTC))
    assert before == datetime(*expected, 8, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(1, 240))
def test_a_period_of_months_is_never_longer_than_it_says(moment: datetime, months: int) -> None:
    assume(moment.year > LONGEST_YEARS)
    before = Period(months, "months").before(moment)
    passed = (moment.year - before.year) * 12 + moment.month - before.month
    assert passed == months
    assert before.day <= moment.day


def test_periods_speak_german_and_come_from_the_county() -> None:
    words = {rule.name: str(rule.period) for rule in retention.RULES}
    assert words["intake_closed"] == "6 Monate"
    assert words["intake_withdrawn"] == "72 Stunden"
    assert words["tries"] == "1 Tag"


def test_another_county_has_other_periods(tiny_database: str) -> None:
    words = {rule.name: str(rule.period) for rule in retention.RULES}
    assert words["intake_closed"] == "3 Monate"


@pytest.mark.parametrize("state", sorted(ENDED - {State.CASE_OPENED, State.WITHDRAWN}))
def test_an_ended_request_goes_after_six_months_and_leaves_a_figure(
    state: State, clock: TestClock, tmp_path: Path
) -> None:
    request = make_request("brakel", state=state, channel="flyer", edition="7", topics=("work",))
    clock.set(datetime(2027, 5, 23, 8, 59, tzinfo=portal_clock.LOCAL_ZONE))
    retention.run(tmp_path)
    assert left() == {request.ref}
    clock.move(minutes=2)
    assert retention.run(tmp_path)["intake_closed"] == 1
    assert left() == set()
    assert IntakeStep.select().count() == 0
    (figure,) = IntakeFigure.select()
    assert (figure.month, figure.town.slug, figure.channel) == ("2026-11", "brakel", "flyer")
    assert (figure.outcome, figure.topics) == (request.outcome, ["work"])
    assert figure.days_to_contact == (0 if request.first_contact_at else None)
    assert proofs()["intake_closed"] == 1


def test_a_figure_holds_nothing_that_could_point_to_a_person() -> None:
    assert set(IntakeFigure._meta.fields) == {
        "id",
        "month",
        "town",
        "channel",
        "outcome",
        "topics",
        "days_to_contact",
    }


def test_a_request_that_became_a_case_goes_as_long_as_there_are_no_cases(
    clock: TestClock, tmp_path: Path
) -> None:
    request = make_request("brakel", state=State.CASE_OPENED)
    clock.set(datetime(2027, 5, 23, 8, 59, tzinfo=portal_clock.LOCAL_ZONE))
    retention.run(tmp_path)
    assert left() == {request.ref}
    clock.move(minutes=2)
    assert retention.run(tmp_path)["intake_case_opened"] == 1
    assert left() == set()
    assert IntakeFigure.select().count() == 1


@pytest.mark.parametrize("state", sorted(set(State) - ENDED))
def test_what_is_not_ended_stays(state: State, clock: TestClock, tmp_path: Path) -> None:
    make_request("brakel", state=state)
    clock.move(days=3 * 365)
    counts = retention.run(tmp_path)
    assert {name for name, count in counts.items() if count} <= {
        "sessions",
        "invitations",
        "letters",
        "visits",
    }
    assert len(left()) == 1


def test_days_until_the_first_contact_are_counted(clock: TestClock, tmp_path: Path) -> None:
    case_manager = make_account(Role.CASE_MANAGER, position="CMS-III-a")
    request = make_request("brakel", state=State.IN_TRIAGE, by=case_manager)
    clock.move(days=8)
    for move, outcome in ((Move.CONTACT, None), (Move.FINISH_INTAKE, None)):
        make_move(by=case_manager, reference=request.ref, move=move, outcome=outcome)
    make_move(by=case_manager, reference=request.ref, move=Move.CLOSE, outcome="b_solved_directly")
    clock.move(days=200)
    retention.run(tmp_path)
    assert [figure.days_to_contact for figure in IntakeFigure.select()] == [6]


def test_a_withdrawn_request_is_gone_within_72_hours_and_leaves_only_a_proof(
    clock: TestClock, tmp_path: Path
) -> None:
    request = make_request("warburg")
    withdraw(request.id)
    clock.move(hours=47)
    retention.run(tmp_path)
    assert left() == {request.ref}
    clock.move(hours=2)  # a machine that stood still for a day still keeps the promise
    retention.run(tmp_path)
    assert left() == set()
    assert IntakeFigure.select().count() == 0
    assert proofs()["intake_withdrawn"] == 1


def test_a_request_withdrawn_after_its_end_does_not_wait_for_six_months(
    clock: TestClock, tmp_path: Path
) -> None:
    request = make_request("warburg", state=State.CLOSED)
    withdraw(request.id)
    clock.move(hours=71)
    assert retention.run(tmp_path)["intake_withdrawn"] == 1


def test_what_looked_like_a_machine_goes_after_14_days_unless_taken_up(
    clock: TestClock, tmp_path: Path
) -> None:
    case_manager = make_account(Role.CASE_MANAGER, position="CMS-III-a")
    receive(make_answers("brakel"), needs_check=True)
    taken = receive(make_answers("brakel"), needs_check=True).request
    make_move(by=case_manager, reference=taken.ref, move=Move.TRIAGE)
    ordinary = make_request("brakel")
    clock.move(days=13.9)
    retention.run(tmp_path)
    assert len(left()) == 3
    clock.move(days=0.2)
    assert retention.run(tmp_path)["intake_unconfirmed"] == 1
    assert left() == {taken.ref, ordinary.ref}
    assert IntakeFigure.select().count() == 0


def test_readings_go_after_a_year_and_changes_never(clock: TestClock, tmp_path: Path) -> None:
    recorded_reading(by=make_account(), subject="intake_request:HX-1", reason="holder")
    changes = AuditEntry.select().where(AuditEntry.chain == CHANGES).count()
    clock.move(days=364)
    assert retention.run(tmp_path)["readings"] == 0
    clock.move(days=2)
    assert retention.run(tmp_path)["readings"] == 1
    assert AuditEntry.select().where(AuditEntry.chain == READINGS).count() == 0
    assert AuditEntry.select().where(AuditEntry.chain == CHANGES).count() > changes
    assert audit.verify(tmp_path) == ()


def test_who_signed_in_is_forgotten_after_a_year(clock: TestClock, tmp_path: Path) -> None:
    account = make_account()
    with pytest.raises(RuleBroken):
        check_password(mail=account.mail, password="falsch", network="10.0.0.1")
    begin(account)
    visits = AuditEntry.select().where(AuditEntry.actor.in_(["public", f"account:{account.id}"]))
    assert {entry.chain for entry in visits} == {VISITS}
    clock.move(days=364)
    assert retention.run(tmp_path)["visits"] == 0
    clock.move(days=2)
    assert retention.run(tmp_path)["visits"] == 2
    assert visits.count() == 0
    assert audit.verify(tmp_path) == ()


def test_technical_rows_go(clock: TestClock, tmp_path: Path) -> None:
    account = make_account()
    sessions.open_for_account(account, complete=True)
    tries.count("test", "key", limit=tries.Limit(5, 60))
    outbox.post(to=account, subject="a", body="b", reason="sent")
    outbox.deliver(lambda _letter: None)
    clock.move(days=29)
    retention.run(tmp_path)
    assert (Session.select().count(), Tries.select().count()) == (0, 0)
    assert Invitation.select().count() == 1
    assert OutboxMail.select().where(OutboxMail.reason == "sent").count() == 1
    clock.move(days=3)
    retention.run(tmp_path)
    assert (Invitation.select().count(), OutboxMail.select().count()) == (0, 0)
    assert set(proofs()) == {"sessions", "tries", "invitations", "letters"}
    assert Account.select().count() == 1


def test_many_go_in_small_steps_each_with_its_proof(clock: TestClock, tmp_path: Path) -> None:
    for _number in range(2 * requests.AT_ONCE + 1):
        withdraw(make_request("brakel").id)
    clock.move(days=3)
    assert retention.run(tmp_path)["intake_withdrawn"] == 2 * requests.AT_ONCE + 1
    counts = [proof.count for proof in DeletionProof.select() if proof.rule == "intake_withdrawn"]
    assert counts == [requests.AT_ONCE, requests.AT_ONCE, 1]


def test_a_run_stopped_in_the_middle_goes_on(
    clock: TestClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(requests.AT_ONCE + 2):
        withdraw(make_request("brakel").id)
    clock.move(days=3)
    append, calls = ledger.append, []

    def stop_at_the_second(path: Path, *lines: ledger.Line) -> None:
        append(path, *lines)
        calls.append(len(lines))
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(ledger, "append", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        retention.run(tmp_path)
    assert len(left()) == 2
    assert proofs() == {"intake_withdrawn": requests.AT_ONCE}
    monkeypatch.undo()
    retention.run(tmp_path)
    assert left() == set()
    assert audit.verify(tmp_path) == ()


def test_the_proof_and_the_note_name_nobody(clock: TestClock, tmp_path: Path) -> None:
    request = make_request("brakel", display_name=CANARY)
    withdraw(request.id)
    clock.move(days=3)
    retention.run(tmp_path)
    notes = (tmp_path / requests.FILE).read_text()
    assert CANARY not in notes
    assert request.ref not in notes
    (line,) = ledger.lines(tmp_path / requests.FILE)
    assert line["hash"] == keys.keyring().keyed_hash("deleted", request.ref)
    assert datetime.fromisoformat(line["at"]) == portal_clock.now()


def test_what_was_deleted_is_deleted_again_after_it_came_back(
    clock: TestClock, tmp_path: Path
) -> None:
    gone = make_request("brakel", state=State.CLOSED)
    kept = make_request("brakel")
    clock.move(days=200)
    retention.run(tmp_path)
    IntakeFigure.delete().execute()
    returned = {
        field.name: getattr(gone, field.name)
        for field in IntakeRequest._meta.sorted_fields
        if field.name != "id"
    }
    IntakeRequest.create(**returned)
    assert requests.forget_again(tmp_path) == 1
    assert left() == {kept.ref}
    assert IntakeFigure.select().count() == 1
    assert requests.forget_again(tmp_path) == 0


@pytest.mark.sqlite_only
def test_no_byte_of_the_deleted_stays_in_the_files(
    database: str, clock: TestClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Sealed text cannot be searched for; stored plainly, its traces can.
    monkeypatch.setattr(keys.Keyring, "seal", lambda _ring, value, context: repr(value).encode())
    request = make_request("brakel", display_name=CANARY, free_text=f"{CANARY} " * 15)
    write_message(by=make_account(), request=request, text=CANARY * 30, language="de")
    file = Path(database.removeprefix("sqlite:///"))
    assert _traces(file) > 0
    withdraw(request.id)
    clock.move(days=3)
    retention.run(tmp_path)
    close()
    assert IntakeMessage.select().count() == 0
    assert _traces(file) == 0


def _traces(file: Path) -> int:
    found = (Path(f"{file}{ending}") for ending in ("", "-wal", "-shm"))
    return sum(path.read_bytes().count(CANARY.encode()) for path in found if path.exists())


def test_every_rule_says_what_it_deletes(tmp_path: Path) -> None:
    names = [rule.name for rule in retention.RULES]
    assert len(set(names)) == len(names)
    assert all(rule.what and rule.begins for rule in retention.RULES)
    assert all(
        rule.period.before(portal_clock.now()) < portal_clock.now() for rule in retention.RULES
    )
    assert timedelta(0) < retention.TIME_TO_ACT < timedelta(hours=72)


def test_the_proof_of_consent_outlives_the_request_without_the_person(
    clock: TestClock, tmp_path: Path
) -> None:
    request = receive(make_answers("brakel", display_name=CANARY, language="uk")).request
    withdraw(request.id)
    clock.move(days=3)
    retention.run(tmp_path)
    assert left() == set()
    proof = ConsentProof.get()
    assert (proof.text, proof.given_at) == (request.consent, request.received_at)
    assert request.ref not in repr(ConsentProof.select().dicts().get())
    clock.move(days=3 * 366)
    retention.run(tmp_path)
    assert ConsentProof.select().count() == 0

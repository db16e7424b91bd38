from collections import defaultdict
from datetime import timedelta

import pytest

from portal.domain import events, outbox
from portal.domain.actors import SYSTEM
from portal.domain.changes import change
from portal.domain.intake.handling import withdraw
from portal.domain.intake.letters import setup_letters, tell_of_message, tell_of_request
from portal.domain.intake.messages import MessageWritten, write_message
from portal.domain.intake.receiving import RequestReceived
from portal.domain.intake.requester import add_message
from portal.domain.outbox import Letter
from portal.domain.permissions import Role
from portal.models.accounts import Account
from portal.models.outbox import OutboxMail
from tests.support.clock import TestClock
from tests.support.people import make_account, make_request

CANARY = "Kanarienvogel Zwitscher"
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without the listeners of other tests."""
    monkeypatch.setattr(events, "_listeners", defaultdict(list))


class MailServer:
    """Takes letters, or refuses them."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.tried = 0
        self.letters: list[Letter] = []

    def __call__(self, letter: Letter) -> None:
        self.tried += 1
        if self.broken:
            raise ConnectionRefusedError("keine Verbindung")
        self.letters.append(letter)


def post(reason: str = "one", to: Account | str = "amt@example.org") -> None:
    outbox.post(to=to, subject="Betreff", body="Text", reason=reason)


def test_a_subject_is_one_line_whatever_is_named_in_it() -> None:
    outbox.post(to="amt@example.org", subject="Zu „A\nBcc: x“", body="Text", reason="one")
    assert OutboxMail.get().subject == "Zu „A Bcc: x“"


def test_a_letter_is_written_once_for_each_reason() -> None:
    post()
    post()
    post("other")
    assert OutboxMail.select().count() == 2


def test_a_letter_goes_out_once() -> None:
    server = MailServer()
    post(to=make_account(mail="anna@example.org"))
    assert outbox.deliver(server) == 1
    assert outbox.deliver(server) == 0
    assert server.letters == [Letter("anna@example.org", "Betreff", "Text")]


def test_a_letter_shares_the_fate_of_its_change() -> None:
    def change_that_fails() -> None:
        with change(by=SYSTEM, action="test"):
            post()
            raise KeyError

    with pytest.raises(KeyError):
        change_that_fails()
    assert OutboxMail.select().count() == 0


def test_invented_people_get_no_mail() -> None:
    account = make_account()
    Account.update(demo=True).execute()
    post(to=account)
    assert outbox.deliver(MailServer()) == 0
    assert OutboxMail.get().tries == 0


def test_failures_are_kept_and_tried_again_after_growing_pauses(clock: TestClock) -> None:
    server = MailServer(broken=True)
    post()
    pauses = []
    for number in range(1, 6):
        outbox.deliver(server)
        letter = OutboxMail.get()
        assert (letter.tries, letter.sent_at) == (number, None)
        assert letter.last_error == "ConnectionRefusedError: keine Verbindung"
        pauses.append(letter.due_at - clock())
        clock.move(seconds=pauses[-1].total_seconds() - 1)
        outbox.deliver(server)
        assert OutboxMail.get().tries == number
        clock.move(seconds=2)
    assert pauses == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 80)]
    server.broken = False
    assert outbox.deliver(server) == 1
    assert OutboxMail.get().last_error == ""


def test_pauses_end_somewhere() -> None:
    assert outbox.pause_after(1) == outbox.FIRST_PAUSE
    assert outbox.pause_after(5000) == outbox.LONGEST_PAUSE


def test_one_refused_letter_stops_no_other() -> None:
    for number in range(4):
        post(str(number), to=f"person-{number}@example.org")
    arrived = []

    def refuse_second(letter: Letter) -> None:
        if letter.to.startswith("person-1"):
            raise ValueError("unbekannt")
        arrived.append(letter.to)

    assert outbox.deliver(refuse_second) == 3
    assert len(arrived) == 3


def test_a_dead_server_is_not_asked_for_every_letter() -> None:
    for number in range(10):
        post(str(number))
    server = MailServer(broken=True)
    outbox.deliver(server)
    assert server.tried == outbox.FAILURES_IN_A_ROW


def test_two_machines_do_not_send_the_same_letter() -> None:
    post()
    inner = MailServer()

    def send_while_another_machine_looks(letter: Letter) -> None:
        assert outbox.deliver(inner) == 0

    assert outbox.deliver(send_while_another_machine_looks) == 1
    assert inner.letters == []


def test_letters_nobody_wanted_go_at_last(clock: TestClock) -> None:
    post()
    clock.move(days=59)
    assert outbox.forget_old(clock()) == 0
    clock.move(days=2)
    assert outbox.forget_old(clock()) == 1


# What the case management is told at once


def test_who_is_on_duty_is_told_of_a_request_without_a_name() -> None:
    setup_letters()
    make_account(Role.CASE_MANAGER, position="CMS-III-a", mail="brakel@example.org")
    request = make_request("brakel", display_name=CANARY, free_text=CANARY)
    (letter,) = OutboxMail.select()
    assert letter.address == "brakel@example.org"
    assert request.ref in letter.subject
    assert "Brakel" in letter.body
    assert CANARY not in letter.subject + letter.body
    tell_of_request(RequestReceived(request.id))
    assert OutboxMail.select().count() == 1


def test_each_message_of_the_person_is_told_and_none_of_the_staff() -> None:
    setup_letters()
    case_manager = make_account(Role.CASE_MANAGER, position="CMS-III-a")
    request = make_request("brakel")
    for text in ("eins", "zwei"):
        add_message(request.id, text=f"{CANARY} {text}", language="de")
    write_message(by=case_manager, request=request, text="drei", language="de")
    subjects = [letter.subject for letter in OutboxMail.select().order_by(OutboxMail.id)][1:]
    assert subjects == [f"KIM-Portal: neue Nachricht zu {request.ref}"] * 2
    assert not any(CANARY in letter.body for letter in OutboxMail.select())


def test_an_event_may_come_after_the_request_is_gone() -> None:
    tell_of_request(RequestReceived(4711))
    tell_of_message(MessageWritten(4711, from_person=True))
    assert OutboxMail.select().count() == 0


def test_a_request_is_taken_even_if_its_letter_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setup_letters()
    make_account(Role.CASE_MANAGER, position="CMS-III-a")
    monkeypatch.setattr(outbox, "post", lambda **_letter: 1 / 0)
    request = make_request("brakel")
    withdraw(request.id)
    assert OutboxMail.select().count() == 0

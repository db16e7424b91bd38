"""The inbox as case managers use it, without JavaScript."""

import pytest
from flask import Flask

from portal import clock
from portal.domain.intake.receiving import receive
from portal.domain.intake.states import State
from portal.domain.permissions import Role
from portal.models.accounts import Absence, Account
from portal.models.county import Town
from portal.models.intake import IntakeRequest
from portal.models.privacy import AuditEntry
from tests.support.browser import Answer, StrictClient
from tests.support.people import make_account, make_answers, make_request
from tests.support.queries import max_queries
from tests.support.signing_in import signed_in

BRAKEL = "CMS-III-a"


@pytest.fixture
def manager(app: Flask) -> Account:
    """Whoever holds the post of Brakel and Bad Driburg."""
    return make_account(Role.CASE_MANAGER, position=BRAKEL)


@pytest.fixture
def desk(app: Flask, manager: Account) -> StrictClient:
    """The case manager's browser."""
    return signed_in(app, manager)


def step(answer: Answer, move: str, **entries: str) -> Answer:
    """Press the button of a move."""
    data = {"csrf_token": token(answer), "move": move, **entries}
    return answer.browser.post(f"{answer.path.split('?')[0]}/schritt", data=data)


def token(answer: Answer) -> str:
    return next(
        e.get("value", "") for e in answer.document.iter("input") if e.get("name") == "csrf_token"
    )


def test_the_list_shows_what_is_mine_without_names(desk: StrictClient) -> None:
    own = receive(make_answers("brakel", display_name="Rumpelstilz", language="ar")).request
    foreign = make_request("warburg")
    page = desk.get("/eingang")
    assert own.ref in page.main_text
    assert "Arabisch" in page.main_text
    assert foreign.ref not in page.text
    assert "Rumpelstilz" not in page.text


def test_a_request_from_first_look_to_outcome(desk: StrictClient) -> None:
    receive(
        make_answers(
            "brakel",
            display_name="أمل ديمو",
            free_text="مرحبا بكم",
            language="ar",
            spoken_language="ar",
            topics=("german",),
            interpreter=True,
        )
    )
    page = desk.get("/heute").click("1 Anfrage wartet auf den ersten Kontakt.")
    page = page.click(IntakeRequest.get().ref)
    assert "Deutsch lernen" in page.main_text
    assert "Sie haben diese Stelle." in page.main_text
    text = next(e for e in page.document.iter("p") if "مرحبا بكم" in "".join(e.itertext()))
    assert (text.get("lang"), text.get("dir")) == ("ar", "auto")
    for move in ("triage", "contact", "appoint", "finish_intake"):
        page = step(page, move).follow()
    unfinished = step(page, "close")
    assert unfinished.status_code == 422
    assert "Bitte wählen Sie das Ergebnis." in unfinished.main_text
    page = step(page, "close", outcome="b_solved_directly").follow()
    assert "B – vom Case Management gelöst" in page.main_text
    assert IntakeRequest.get().state == State.CLOSED


def test_a_step_that_came_too_late_is_explained(desk: StrictClient, manager: Account) -> None:
    request = make_request("brakel")
    page = desk.get(f"/eingang/{request.ref}")
    assert step(page, "triage").status_code == 303
    again = step(page, "triage")
    assert again.status_code == 422
    assert "nicht möglich" in again.main_text
    assert step(page, "fliegen").status_code == 422


def test_a_second_click_does_not_count_twice(desk: StrictClient, manager: Account) -> None:
    request = make_request("brakel", state=State.IN_TRIAGE, by=manager)
    page = desk.get(f"/eingang/{request.ref}")
    assert step(page, "try_contact", seen_steps="1").status_code == 303
    assert step(page, "try_contact", seen_steps="1").status_code == 422
    form = page.form(f"/eingang/{request.ref}/nachricht").fill(text="Guten Tag")
    form.submit()
    form.submit()
    request = IntakeRequest.get_by_id(request.id)
    assert (request.failed_attempts, request.messages.count()) == (1, 1)


def test_an_ended_request_can_be_taken_up_again(desk: StrictClient, manager: Account) -> None:
    request = make_request("brakel", state=State.UNREACHABLE, by=manager)
    page = step(desk.get(f"/eingang/{request.ref}"), "reopen").follow()
    assert "Wieder aufgenommen" in page.main_text
    request = IntakeRequest.get_by_id(request.id)
    assert (request.state, request.outcome, request.closed_at) == (State.IN_TRIAGE, "", None)


def test_what_was_typed_stays_when_the_duty_ends(app: Flask, desk: StrictClient) -> None:
    request = make_request("brakel")
    page = desk.get(f"/eingang/{request.ref}")
    form = page.form(f"/eingang/{request.ref}/nachricht").fill(text="Eine lange Antwort")
    IntakeRequest.update(position=Town.get(Town.slug == "warburg").position).execute()
    answer = form.submit()
    assert answer.status_code == 404
    assert "Eine lange Antwort" in answer.main_text


def test_an_absent_holder_reads_as_holder(desk: StrictClient, manager: Account) -> None:
    request = make_request("brakel")
    Absence.create(account=manager, first_day=clock.today(), last_day=clock.today())
    assert "Sie haben diese Stelle." in desk.get(f"/eingang/{request.ref}").main_text


def test_somebody_elses_request_does_not_exist(desk: StrictClient) -> None:
    foreign = make_request("warburg")
    page = desk.get("/eingang")
    for path in (f"/eingang/{foreign.ref}", "/eingang/HX-0000-00"):
        assert desk.get(path).status_code == 404
    for action in ("schritt", "nachricht", "code"):
        data = {"csrf_token": token(page), "move": "triage", "text": "Hallo"}
        assert desk.post(f"/eingang/{foreign.ref}/{action}", data=data).status_code == 404
    assert IntakeRequest.get().state == State.RECEIVED


def test_reading_a_request_is_logged_reading_the_list_is_not(desk: StrictClient) -> None:
    request = make_request("brakel")
    readings = AuditEntry.select().where(AuditEntry.chain == "readings")
    desk.get("/eingang")
    assert readings.count() == 0
    desk.get(f"/eingang/{request.ref}")
    assert readings.count() == 1


def test_both_sides_write(desk: StrictClient) -> None:
    request = make_request("brakel")
    page = desk.get(f"/eingang/{request.ref}")
    empty = page.form(f"/eingang/{request.ref}/nachricht").submit()
    assert (empty.status_code, list(empty.errors)) == (422, ["text"])
    page = page.form(f"/eingang/{request.ref}/nachricht").fill(text="Guten Tag").submit().follow()
    assert "Guten Tag" in page.main_text


def test_a_lost_code_is_replaced_and_shown_once(desk: StrictClient) -> None:
    request = make_request("brakel")
    page = desk.get(f"/eingang/{request.ref}").form(f"/eingang/{request.ref}/code").submit()
    assert page.status_code == 200
    code = next(
        "".join(e.itertext()).strip() for e in page.document.iter("p") if e.get("class") == "code"
    )
    assert code not in desk.get(f"/eingang/{request.ref}").text
    visitor = type(desk)(desk.application, Answer, use_cookies=True)
    assert visitor.get("/de/anfrage/status").form().fill(code=code).submit().status_code == 303


def test_filters_work_as_plain_form_and_as_fragment(desk: StrictClient) -> None:
    arabic, german = make_request("brakel", language="ar"), make_request("brakel")
    page = desk.get("/eingang").form("/eingang").fill(sprache="ar").submit()
    assert arabic.ref in page.text
    assert german.ref not in page.text
    part = desk.get("/eingang?sprache=ar", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]
    for odd in (
        "seite=x",
        "seite=99999999999",
        "seite=" + "9" * 5000,
        "stand=nix",
        "stadt=🚲",
        "seite=-1",
    ):
        assert desk.get(f"/eingang?{odd}").status_code == 200
    for unusable in ("/eingang?stadt=%00", "/eingang/%00", "/de/anfrage/%E2%80%AE"):
        assert desk.get(unusable).status_code == 404


def test_a_long_list_has_pages_and_few_queries(desk: StrictClient) -> None:
    for _number in range(30):
        make_request("brakel")
    with max_queries(30):
        first = desk.get("/eingang")
    assert len(first.all("tr")) == 26
    assert len(first.click("Weiter").all("tr")) == 6


def test_the_overview_names_nobody(app: Flask) -> None:
    receive(make_answers("warburg", display_name="Rumpelstilz"))
    office = signed_in(app, make_account(Role.COORDINATOR, position="KS"))
    page = office.get("/eingang/ueberblick")
    assert IntakeRequest.get().ref in page.main_text
    assert "Rumpelstilz" not in page.text


def test_visitors_are_led_to_the_sign_in(client: StrictClient) -> None:
    answer = client.get("/eingang")
    assert answer.status_code == 303
    assert answer.location.startswith("/konto/anmelden")

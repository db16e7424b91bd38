"""The main job, end to end: from a flyer to an answer, and out again."""

import re

import pytest

from portal.domain.intake.states import Outcome, State
from portal.domain.permissions import Role
from portal.models.intake import IntakeRequest
from tests.journeys.devices import DESK, PHONE, Device
from tests.journeys.stations import SUBMIT, enter_app_code, enter_password
from tests.support.people import PASSWORD

pytestmark = pytest.mark.journey

NAME = "سلمى مثال"
CONTACT = "05271 965 1234"
CONTACT_STORED = "+4952719651234"
TEXT = "نحن خمسة ونبحث عن شقة."
CODE = re.compile(r"(\w{4}-){3}\w{4}")
MINUTES_TO_WRITE = 3


@pytest.mark.parametrize(
    "java_script_enabled", [True, False], ids=["with script", "without script"]
)
def test_from_the_flyer_to_the_code(new_device, app, clock, java_script_enabled):
    phone = new_device(**PHONE, locale="ar", java_script_enabled=java_script_enabled)
    code = ask_for_help(phone, clock)
    request = IntakeRequest.get()
    assert (request.town.slug, request.channel, request.language) == ("brakel", "flyer", "ar")
    assert (request.position.key, request.needs_check) == ("CMS-III-a", False)
    assert sorted(request.topics) == ["housing", "school"]

    other = new_device(java_script_enabled=java_script_enabled)
    enter_return_code(other, "de", code)
    assert "angekommen" in other.page.inner_text(".lead")


def test_from_the_flyer_to_an_answer_and_out_again(new_device, app, clock, make_account):
    code = ask_for_help(new_device(**PHONE, locale="ar"), clock)
    reference = IntakeRequest.get().ref
    case_manager = make_account(Role.CASE_MANAGER, position="CMS-III-a", password=PASSWORD)
    desk = new_device(**DESK)
    sign_in_for_the_first_time(desk, case_manager, clock)
    answer(desk, reference, clock)
    request = IntakeRequest.get()
    assert (request.state, request.outcome) == (State.CLOSED, Outcome.A_INFO_REGISTERED)

    friends_computer = new_device(locale="en")
    enter_return_code(friends_computer, "en", code)
    assert friends_computer.page.inner_text(".lead").startswith("Your request is closed.")
    withdraw(friends_computer)
    enter_return_code(friends_computer, "en", code)
    assert friends_computer.path == "/en/anfrage/status", "the code still opens what was withdrawn"

    for path in ("/heute", "/eingang?stand=all", f"/eingang/{reference}"):
        seen = desk.visit(path).inner_text("body")
        assert not [secret for secret in (NAME, CONTACT_STORED, TEXT) if secret in seen], path


@pytest.mark.parametrize(
    "java_script_enabled", [True, False], ids=["with script", "without script"]
)
def test_a_double_click_and_a_reload_send_one_request(new_device, clock, java_script_enabled):
    page = new_device(java_script_enabled=java_script_enabled).visit("/de/anfrage/brakel")
    write(page)
    clock.move(minutes=MINUTES_TO_WRITE)
    page.dblclick(SUBMIT)
    page.wait_for_url("**/de/anfrage/angekommen")
    page.reload()
    assert IntakeRequest.select().count() == 1


def ask_for_help(phone: Device, clock) -> str:
    """Fill in the form from the flyer, looking at it in Ukrainian midway; return the code."""
    page = phone.visit("/a/brakel?k=flyer")
    assert phone.path == "/ar/anfrage/brakel?k=flyer"
    assert (page.get_attribute("html", "dir"), page.input_value("#town")) == ("rtl", "brakel")
    write(page)
    before = entries(page)
    for lang, direction in (("uk", "ltr"), ("ar", "rtl")):
        page.click(f".language-switch [value={lang}]")
        assert page.get_attribute("html", "dir") == direction
        assert phone.path.startswith(f"/{lang}/anfrage/brakel")
        assert entries(page) == before, f"the switch to {lang} lost something"
        assert page.is_hidden(".error-summary"), "nobody asked to check the form yet"
    clock.move(minutes=MINUTES_TO_WRITE)
    page.click(SUBMIT)
    assert phone.path == "/ar/anfrage/angekommen"
    code = page.inner_text(".code")
    assert CODE.fullmatch(code)
    page.reload()
    assert page.inner_text(".code") == code, "a reload must not lose the code"
    page.click(SUBMIT)
    assert code not in page.inner_text("body"), "the code is kept and still shown"
    return code


def write(page) -> None:
    """Answer the questions."""
    page.fill("#display_name", NAME)
    page.fill("#contact", CONTACT)
    page.check("[name=contact_wish][value=call]")
    page.check("[name=best_time][value=morning]")
    page.select_option("#spoken_language", "ku")
    page.check("#interpreter")
    for topic in ("housing", "school"):
        page.check(f"[name=topics][value={topic}]")
    page.check("[name=age_band][value='27_plus']")
    page.click(".fold summary >> nth=0")
    page.fill("#free_text", TEXT)
    page.check("#consent")


def entries(page) -> list[list[str]]:
    """Return what the form would send, but for what the portal changes itself."""
    sent = page.evaluate("[...new FormData(document.getElementById('request-form'))]")
    return [entry for entry in sent if entry[0] not in {"csrf_token", "rendered_at"}]


def sign_in_for_the_first_time(desk: Device, account, clock) -> None:
    """Set up the second factor, sign out, and sign in with it."""
    enter_password(desk, account)
    assert desk.page.inner_text("h1") == "Zweiten Faktor einrichten"
    secret = desk.page.inner_text("main .code")
    enter_app_code(desk, secret)
    desk.page.click("text=Ich habe die Codes aufbewahrt")
    assert desk.path == "/heute"
    desk.page.click(".menu summary")
    desk.page.click("text=Abmelden")
    desk.visit("/heute")
    assert desk.path.startswith("/konto/anmelden"), "signed out and still inside"
    clock.move(minutes=1)  # a code counts once
    enter_password(desk, account)
    assert desk.path.startswith("/konto/zweiter-faktor")
    enter_app_code(desk, secret)
    assert desk.path == "/heute"


def answer(desk: Device, reference: str, clock) -> None:
    """Find the request, contact the person, talk, and close it with outcome A."""
    page = desk.page
    page.click("text=1 Anfrage wartet auf den ersten Kontakt.")
    assert desk.path.startswith("/eingang")
    assert NAME not in page.inner_text("main"), "the list shows no names"
    page.click(f"text={reference}")
    seen = page.inner_text("main")
    assert all(fact in seen for fact in (NAME, CONTACT_STORED, TEXT, "Wohnen", "Flyer", "Arabisch"))
    for step in ("In Bearbeitung nehmen", "Kontakt hergestellt", "Erstgespräch geführt"):
        clock.move(minutes=10)
        page.get_by_role("button", name=step, exact=True).click()
        assert page.locator(".error-summary, .kern-alert--danger").count() == 0
    page.check("[name=outcome][value=a_info_registered]")
    page.get_by_role("button", name="Abschließen", exact=True).click()
    assert "Abgeschlossen" in page.inner_text(".badges")


def enter_return_code(device: Device, lang: str, code: str) -> None:
    """Type a return code the way people do."""
    page = device.visit(f"/{lang}/anfrage/status")
    page.fill("#code", code.lower().replace("-", " "))
    page.click(SUBMIT)


def withdraw(device: Device) -> None:
    """Take the request back."""
    device.page.check("#sure")
    device.page.click("form[action$=zurueckziehen] [type=submit]")
    assert device.path.endswith("/anfrage/zurueckgezogen")

"""Every page of the portal, and the way to it: whoever looks pages over walks these ways."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from flask import Flask

from portal import clock as portal_clock
from portal.domain import posts
from portal.domain.accounts import people
from portal.domain.actors import SYSTEM
from portal.domain.intake import requester
from portal.domain.intake.messages import write_message
from portal.domain.intake.receiving import receive
from portal.domain.intake.states import State
from portal.domain.permissions import Role
from portal.models.accounts import Account
from portal.models.intake import IntakeRequest
from tests.journeys.devices import Device
from tests.support.clock import TestClock
from tests.support.people import PASSWORD, make_account, make_answers, make_request

CONTACT = "05271 965 1234"
SUBMIT = "main form [type=submit]"


@dataclass(frozen=True)
class County:
    """People and requests of every kind that a page can show."""

    case_manager: Account
    coordinator: Account
    administrator: Account
    protection_officer: Account
    request: IntakeRequest
    closed_request: IntakeRequest


def county_at_work(clock: TestClock) -> County:
    """Let a fortnight pass in which people asked, were answered and waited."""
    case_manager = make_account(
        Role.CASE_MANAGER, position="CMS-III-a", name="Erika Beispiel", password=PASSWORD
    )
    coordinator = make_account(Role.COORDINATOR, position="KS", name="Kim Beispiel")
    make_account(Role.CASE_MANAGER, position="CMS-III-a", substitute=True, name="Robin Beispiel")
    closed = make_request("brakel", state=State.CLOSED, language="ar", channel="flyer")
    make_request("brakel", language="uk", channel="homepage", topics=("school", "family"))
    clock.move(days=10)  # the one above is overdue now
    for state in (State.IN_TRIAGE, State.APPOINTMENT, State.NO_SHOW, State.INTAKE_DONE):
        make_request("brakel", state=state, topics=("work", "german", "recognition"))
    receive(make_answers("brakel", contact=CONTACT, language="en"), needs_check=True)
    next_month = portal_clock.today() + timedelta(days=30)
    posts.record_absence(
        case_manager.id, by=case_manager, first_day=next_month, last_day=next_month
    )
    return County(
        case_manager,
        coordinator,
        make_account(Role.ADMIN, name="Alex Beispiel"),
        make_account(Role.DATA_PROTECTION_OFFICER, name="Toni Beispiel"),
        request_with_everything(case_manager),
        closed,
    )


def request_with_everything(case_manager: Account) -> IntakeRequest:
    """Send a form in which every question is answered, and talk about it."""
    request = make_request(
        "brakel",
        display_name="سلمى مثال",
        contact=CONTACT,
        free_text="مرحبا، نحن عائلة من خمسة أشخاص ونبحث عن شقة.",
        language="ar",
        spoken_language="ar",
        channel="flyer",
        edition="2026-11",
        interpreter=True,
        topics=("housing", "school"),
        relation="volunteer",
        helper="Jo Beispiel",
        agreed=True,
    )
    requester.add_message(request.id, text="متى الموعد؟", language="ar")
    write_message(by=case_manager, request=request, text="Am Montag um 10 Uhr.", language="de")
    return request


PUBLIC_PAGES = {
    "start": "",
    "form": "anfrage/",
    "other town": "anfrage/andere-stadt",
    "state accommodation": "anfrage/landesunterkunft",
    "withdrawn": "anfrage/zurueckgezogen",
    "code": "anfrage/status",
    "imprint": "impressum",
    "privacy": "datenschutz",
    "accessibility": "barrierefreiheit",
    "easy language": "leichte-sprache",
    "directory": "angebote/",
    "directory narrowed": "angebote/?q=Notruf&offen=1&thema=health",
    "nothing found": "angebote/?q=xyzzyqqq",
    "service": "angebote/notruf",
    "service in a frame": "angebote/notruf/einbetten",
    "suggestion": "angebote/notruf/vorschlag",
    "shortlist": "angebote/merkzettel?a=notruf",
    "empty shortlist": "angebote/merkzettel",
    "map": "angebote/karte",
    "programmes": "programme/",
    "programme": "programme/kim-cm",
    "demarcations": "abgrenzung",
    "knowledge": "wissen/",
    "knowledge card": "wissen/mbe",
    "wayfinder": "wegweiser/",
    "not found": "gibt-es-nicht",
}


def public_pages(device: Device, app: Flask, county: County, lang: str) -> Iterator[str]:
    """Bring the device to every page that people see who ask for help; say where it is."""
    for name, path in PUBLIC_PAGES.items():
        device.visit(f"/{lang}/{path}")
        yield name
    device.visit(f"/{lang}/anfrage/status").fill("#code", "ACEF-HJKM-NPRT-WXY3")
    device.page.click(SUBMIT)
    yield "wrong code"
    page = device.visit(f"/{lang}/wegweiser/")
    page.click(SUBMIT)
    yield "wayfinder with errors"
    page.select_option("#town", "brakel")
    page.check("[name=age_band][value='27_66']")
    page.click(SUBMIT)
    for fold in page.locator(".fold summary").all():
        fold.click()
    yield "wayfinder's answer"
    page = device.visit(f"/{lang}/anfrage/brakel")
    for fold in page.locator(".fold summary").all():
        fold.click()
    yield "form unfolded"
    page.check("#on_behalf")
    page.click(SUBMIT)
    yield "form with errors"
    page.locator("[name=csrf_token]").evaluate_all("all => all.forEach(one => one.remove())")
    page.click(SUBMIT)
    yield "form without its token"
    device.visit(f"/{lang}/anfrage/brakel")
    fill_in(device)
    page.click(SUBMIT)
    yield "received"
    page.click(SUBMIT)
    yield "code kept"
    device.open_request(app, county.request)
    device.visit(f"/{lang}/anfrage/meine")
    yield "own request"
    page.locator(SUBMIT).first.click()
    yield "own request with an error"


def fill_in(device: Device) -> None:
    """Answer the questions of the form that need an answer, except for the town."""
    device.page.fill("#display_name", "Salma")
    device.page.fill("#contact", CONTACT)
    device.page.check("#consent")


def staff_pages(device: Device, app: Flask, county: County) -> Iterator[str]:
    """Bring the device to every page that staff see; say where it is."""
    yield from pages_before_signing_in(device)
    yield from pages_of_signing_in(device, county.case_manager)
    device.sign_in(app, county.case_manager)
    yield from pages_of_work(device, county)
    ways = {
        county.coordinator: (
            "/eingang/ueberblick",
            "/konto/stellen",
            "/konto/stellen/CMS-III-a",
            "/wegweiser/fachlich",
            "/wegweiser/regeln",
            "/wegweiser/regeln/1",
            "/wegweiser/regeln/1/rule/R05",
            "/wegweiser/regeln/luecken",
        ),
        county.administrator: (
            "/konto/personen",
            "/konto/personen/neu",
            f"/konto/personen/{county.coordinator.id}",
        ),
        county.protection_officer: ("/datenschutz/protokoll", "/datenschutz/loeschungen"),
    }
    for account, paths in ways.items():
        device.sign_in(app, account)
        for path in ("/heute", *paths):
            device.visit(path)
            yield f"{path} of {account.name}"


def pages_before_signing_in(device: Device) -> Iterator[str]:
    """Go to the pages of staff that need no account."""
    page = device.visit("/konto/anmelden")
    yield "sign-in"
    page.click(SUBMIT)
    yield "sign-in with errors"
    _account, token = people.invite(
        by=SYSTEM, mail="neu@example.org", name="Neu Beispiel", roles=[]
    )
    device.visit(f"/konto/einladung/{token}")
    yield "invitation"
    device.visit("/konto/einladung/abgelaufen")
    yield "invitation that is over"


def pages_of_signing_in(device: Device, account: Account) -> Iterator[str]:
    """Sign in for the first time, out, and in again; the account has a password and no second factor yet."""
    enter_password(device, account)
    yield "enrolment"
    secret = device.page.inner_text("main .code")
    enter_app_code(device, secret)
    yield "recovery codes"
    device.visit("/konto/")
    yield "own account"
    sign_out(device)
    enter_password(device, account)
    yield "second factor"
    enter_app_code(device, secret)
    yield "second factor with an error"  # a code counts once


def enter_password(device: Device, account: Account) -> None:
    """Sign in as far as the second factor."""
    page = device.visit("/konto/anmelden")
    page.fill("#mail", account.mail)
    page.fill("#password", PASSWORD)
    page.click(SUBMIT)


def enter_app_code(device: Device, secret: str) -> None:
    """Type what an authenticator app shows at this moment."""
    device.page.fill("#code", pyotp.TOTP(secret).at(portal_clock.now()))
    device.page.click("#code-form [type=submit]")


def sign_out(device: Device) -> None:
    """Sign out by the menu."""
    device.page.click(".menu summary")
    device.page.click("text=Abmelden >> visible=true")


def pages_of_work(device: Device, county: County) -> Iterator[str]:
    """Go through what a case manager has in front of them."""
    for path in (
        "/heute",
        "/eingang",
        "/eingang?stand=ended&sprache=uk",
        f"/eingang/{county.request.ref}",
        f"/eingang/{county.closed_request.ref}",
        "/konto/",
        "/konto/abwesenheit",
        "/konto/passwort",
        "/konto/bestaetigen",
        "/eingang/gibt-es-nicht",
        "/datenschutz/protokoll",
    ):
        device.visit(path)
        yield path

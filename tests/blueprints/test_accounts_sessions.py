"""The two cookies: set only where there is something to remember, and dead when they should be."""

import base64
from dataclasses import replace

import pyotp
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_cookie

from portal import clock as portal_clock
from portal.config import Settings
from portal.domain.permissions import Role
from portal.keys import keyring
from portal.models.accounts import Session
from portal.web.sessions import LONGEST_COOKIE, SEAL_CONTEXT, PortalSessions, VisitorSession
from tests.support.browser import browser
from tests.support.people import PASSWORD
from tests.support.queries import counted_queries

SIGN_IN = "/konto/anmelden"


def cookies_of(answer) -> dict[str, str]:
    """Return the Set-Cookie lines of an answer by the cookie's name."""
    return {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}


def cookie_with(**data: object) -> str:
    value = {"at": portal_clock.now().isoformat(), "data": data}
    return base64.urlsafe_b64encode(keyring().seal(value, context=SEAL_CONTEXT)).decode()


def test_looking_around_leaves_no_cookie_and_no_row(client):
    for path in ("/", "/de/", "/gesund", "/de/impressum", "/static/dist/manifest.json"):
        assert cookies_of(client.get(path)) == {}
    assert not Session.select().exists()


def test_a_form_sets_one_small_cookie(client):
    answer = client.get(SIGN_IN)
    (line,) = cookies_of(answer).values()
    assert line.startswith("form=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; "))
    assert "Max-Age" not in line, "it ends with the browser"
    assert len(line) < 500
    assert cookies_of(client.get(SIGN_IN)) == {}, "it is set again only if it changed"


def test_signing_in_drops_all_from_before(app, make_account):
    client = browser(app)
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    page = client.get(SIGN_IN)
    old_token = page.form().values["csrf_token"]
    old_cookie = client.get_cookie("form").value
    answer = page.form().fill(mail=account.mail, password=PASSWORD).submit()
    lines = cookies_of(answer)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(lines["sid"].split("; "))
    assert "Max-Age=0" in lines["form"]
    assert "Max-Age" not in lines["sid"], "it ends with the browser"
    assert client.post("/konto/abmelden", data={"csrf_token": old_token}).status_code == 400
    client.set_cookie("form", old_cookie)
    assert client.post("/konto/abmelden", data={"csrf_token": old_token}).status_code == 400
    assert client.get("/heute").status_code == 200


def test_each_step_of_signing_in_has_its_own_token(app, make_account):
    client = browser(app)
    account = make_account(Role.CASE_MANAGER, password=PASSWORD)
    page = client.get(SIGN_IN).form().fill(mail=account.mail, password=PASSWORD).submit().follow()
    half = client.get_cookie("sid").value
    secret = page.all("strong")[0].text
    code = pyotp.TOTP(secret).at(int(portal_clock.now().timestamp()))
    page.form("code-form").fill(code=code).submit()
    assert client.get_cookie("sid").value != half
    stolen = browser(app)
    stolen.set_cookie("sid", half)
    assert stolen.get("/heute").status_code == 303
    assert stolen.get("/konto/zweiter-faktor").location == SIGN_IN


def test_signing_in_again_ends_the_session_before(app, make_account):
    client = browser(app)
    first, second = (make_account(Role.ASSISTANT, password=PASSWORD) for _ in range(2))
    form = client.get(SIGN_IN).form()
    form.fill(mail=first.mail, password=PASSWORD).submit()
    token = client.get("/konto/").form("/konto/abmelden").values["csrf_token"]
    client.post(SIGN_IN, data={"mail": second.mail, "password": PASSWORD, "csrf_token": token})
    assert [row.account for row in Session.select()] == [second]


def test_two_first_pages_side_by_side_share_a_token(app, sign_in, make_account):
    client = browser(app)
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    client.get(SIGN_IN).form().fill(mail=account.mail, password=PASSWORD).submit()
    pages = [client.get("/konto/passwort") for _ in range(2)]
    for page in pages:
        assert page.form().submit().status_code == 422


@given(
    st.text(
        alphabet=st.characters(
            codec="ascii", categories=["L", "N", "P", "S"], exclude_characters='";,\\'
        ),
        max_size=300,
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_malformed_cookies_are_ignored(app: Flask, value: str) -> None:
    client = browser(app)
    for name in ("form", "sid"):
        client.set_cookie(name, value)
    assert client.get("/de/impressum").status_code == 200
    assert client.get(SIGN_IN).form().submit().status_code == 422


def test_a_cookie_of_another_kind_or_age_is_ignored(app, clock):
    interface = app.session_interface
    fresh = cookie_with(note="neu")
    foreign = base64.urlsafe_b64encode(keyring().seal({"at": "x"}, context="session")).decode()

    def data_of(cookie: str) -> dict[str, object]:
        with app.test_request_context(headers={"Cookie": f"form={cookie}"}) as context:
            return dict(interface.open_session(app, context.request))

    assert data_of(fresh) == {"note": "neu"}
    assert data_of(foreign) == data_of(fresh[:-8]) == data_of(fresh + "A" * LONGEST_COOKIE) == {}
    clock.move(hours=2)
    assert data_of(fresh) == {}
    clock.move(hours=-5)
    assert data_of(fresh) == {}


def test_a_cookie_never_grows_too_long(app):
    with app.test_request_context():
        session = VisitorSession()
        session["text"] = "x" * LONGEST_COOKIE
        with pytest.raises(ValueError, match="too much"):
            app.session_interface.save_session(app, session, app.response_class())


def test_over_tls_the_cookies_are_bound_to_the_host(app, settings: Settings, make_account):
    interface = PortalSessions(replace(settings, base_url="https://kim.example.org"))
    with app.test_request_context():
        session = VisitorSession()
        session["note"] = "x"
        response = app.response_class()
        interface.save_session(app, session, response)
    (line,) = response.headers.getlist("Set-Cookie")
    assert line.startswith("__Host-form=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(line.split("; "))
    assert "Domain" not in line
    assert interface.signed_in_cookie == "__Host-sid"


@pytest.mark.parametrize(("minutes", "alive"), [(29, True), (31, False)])
def test_idle_staff_is_signed_out(minutes, alive, sign_in, make_account, clock):
    client = sign_in(make_account(Role.ASSISTANT))
    assert client.get("/heute").status_code == 200
    clock.move(minutes=minutes)
    assert (client.get("/heute").status_code == 200) is alive


def test_a_post_after_the_session_ended_is_refused(sign_in, make_account, clock):
    client = sign_in(make_account(Role.ASSISTANT))
    form = client.get("/konto/abwesenheit").form()
    clock.move(hours=9)
    answer = form.fill(first_day="2026-12-01", last_day="2026-12-02").submit()
    assert answer.status_code in {400, 401}


def test_built_files_ask_nothing(sign_in, make_account):
    client = sign_in(make_account(Role.ASSISTANT))
    with counted_queries() as queries:
        client.get("/static/dist/manifest.json")
    assert [query for query in queries if query.startswith(("SELECT", "UPDATE"))] == []


def test_cookies_are_short(app, make_account):
    client = browser(app)
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    answer = client.get(SIGN_IN).form().fill(mail=account.mail, password=PASSWORD).submit()
    value = parse_cookie(cookies_of(answer)["sid"])["sid"]
    assert len(value) < 200

"""From the invitation to the second factor, and out again."""

import re

import pyotp
import pytest

from portal import clock as portal_clock
from portal.domain.accounts import people
from portal.domain.actors import SYSTEM
from portal.domain.permissions import Role
from portal.models.accounts import Account, Session
from tests.support.browser import Answer, StrictClient, browser
from tests.support.people import PASSWORD
from tests.support.signing_in import signed_in

NEW_PASSWORD = "Sieben leise Lampen segeln"
SIGN_IN, FACTOR = "/konto/anmelden", "/konto/zweiter-faktor"
CLOSED = [
    "/heute",
    "/konto/",
    "/konto/abwesenheit",
    "/konto/passwort",
    "/konto/bestaetigen",
    "/konto/zweiter-faktor/neu",
]


def give_password(
    client: StrictClient, account: Account, password: str = PASSWORD, path: str = SIGN_IN
) -> Answer:
    return client.get(path).form().fill(mail=account.mail, password=password).submit()


def secret_on(answer: Answer) -> str:
    return next(iter(answer.all("strong"))).text


def code_of(secret: str) -> str:
    return pyotp.TOTP(secret).at(int(portal_clock.now().timestamp()))


def enrol(answer: Answer) -> tuple[str, list[str]]:
    """Set a second factor up; return the app's secret and the recovery codes."""
    secret = secret_on(answer)
    codes_page = answer.form("code-form").fill(code=code_of(secret)).submit()
    assert codes_page.status_code == 200
    return secret, [element.text for element in codes_page.all("code")]


def is_in(client: StrictClient) -> bool:
    return client.get("/heute").status_code == 200


def test_the_whole_way_in(app, make_account):
    _account, token = people.invite(
        by=SYSTEM,
        mail="demo@example.org",
        name="Demo Person",
        roles=[people.WantedRole(Role.CASE_MANAGER)],
    )
    client = browser(app)
    answer = client.get(f"/konto/einladung/{token}")
    assert "Demo Person" in answer.main_text
    answer = answer.form().fill(new_password=PASSWORD, repeat_password=PASSWORD).submit()
    page = answer.follow()
    assert page.path == FACTOR
    assert not is_in(client)
    _secret, codes = enrol(page)
    assert len(codes) == 10
    assert is_in(client)


def test_signing_in_with_both_factors(app, make_account, clock):
    account = make_account(Role.CASE_MANAGER, password=PASSWORD)
    client = browser(app)
    secret, codes = enrol(give_password(client, account).follow())
    client.get("/konto/").form("/konto/abmelden").submit()
    assert not is_in(client)
    clock.move(minutes=1)
    answer = give_password(client, account, path=f"{SIGN_IN}?next=/konto/abwesenheit").follow()
    assert answer.path == f"{FACTOR}?next=/konto/abwesenheit"
    assert not is_in(client)
    wrong = answer.form("code-form").fill(code="000000").submit()
    assert wrong.status_code == 422
    assert "code" in wrong.errors
    answer = wrong.form("code-form").fill(code=code_of(secret)).submit()
    assert answer.location == "/konto/abwesenheit"
    assert is_in(client)
    other = browser(app)
    page = give_password(other, account).follow()
    assert page.form("code-form").fill(code=codes[0]).submit().follow().path == "/heute"


@pytest.mark.parametrize("code", ["", "000000", "kein Code"])
def test_a_wrong_first_code_enrols_nothing_and_keeps_the_secret(code, app, make_account):
    client = browser(app)
    account = make_account(Role.CASE_MANAGER, password=PASSWORD)
    page = give_password(client, account).follow()
    again = page.form("code-form").fill(code=code).submit()
    assert again.status_code == 422
    assert "code" in again.errors
    assert secret_on(again) == secret_on(page)
    assert Account.get_by_id(account.id).totp_sealed is None
    assert not is_in(client)
    enrol(again)
    assert is_in(client)


def test_without_a_second_factor_the_password_is_enough(app, make_account):
    client = browser(app)
    answer = give_password(client, make_account(Role.ASSISTANT, password=PASSWORD))
    assert answer.follow().path == "/heute"
    assert client.get(SIGN_IN).location == "/heute"
    assert client.get(FACTOR).location == SIGN_IN


@pytest.mark.parametrize("path", CLOSED)
def test_half_signed_in_is_the_public(path, app, make_account):
    client = browser(app)
    give_password(client, make_account(Role.CASE_MANAGER, password=PASSWORD))
    for stranger in (client, browser(app)):
        answer = stranger.get(path)
        assert answer.status_code == 303
        assert answer.location == f"{SIGN_IN}?next={path}"


def test_a_wrong_password_says_nothing_and_keeps_the_mail(client, make_account):
    account = make_account(password=PASSWORD)
    pages = [
        give_password(client, Account(mail=mail), "falsch")
        for mail in (account.mail, "x@example.org")
    ]
    for answer in pages:
        assert answer.status_code == 422
        assert "stimmt nicht" in answer.main_text
        assert answer.form().values["password"] == [""]
    assert pages[0].form().values["mail"] == [account.mail]
    assert len({page.main_text for page in pages}) == 1


def test_an_empty_form_says_what_is_missing(client):
    answer = client.get(SIGN_IN).form().submit()
    assert answer.status_code == 422
    assert set(answer.errors) == {"mail", "password"}


def test_the_sixth_try_waits(client, make_account):
    account = make_account(password=PASSWORD)
    for _ in range(5):
        assert give_password(client, account, "falsch").status_code == 422
    answer = give_password(client, account)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"


def test_too_many_codes_wait(app, make_account):
    account = make_account(Role.CASE_MANAGER, password=PASSWORD)
    client = browser(app)
    enrol(give_password(client, account).follow())
    client = browser(app)
    page = give_password(client, account).follow()
    for _ in range(5):
        assert page.form("code-form").fill(code="000000").submit().status_code == 422
    assert page.form("code-form").fill(code="000000").submit().status_code == 429


@pytest.mark.parametrize(
    "target",
    [
        "https://boese.example/",
        "//boese.example/",
        "/\\boese.example",
        "\\\\boese.example",
        "/\t/boese.example",
        "/%0d%0aSet-Cookie:x",
        "javascript:alert(1)",
        "heute",
        "",
        "/" + "x" * 600,
    ],
)
def test_signing_in_leads_nowhere_else(target, app, make_account):
    client = browser(app)
    client.get(SIGN_IN)
    form = client.get(SIGN_IN, query_string={"next": target}).form()
    assert form.fill(mail="x@example.org", password="x").submit().status_code == 422
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    answer = form.fill(mail=account.mail, password=PASSWORD).submit()
    assert answer.location in {"/heute", "/%250d%250aSet-Cookie:x", "/%0d%0aSet-Cookie:x"}


def test_signing_out_leaves_nothing(app, sign_in, make_account):
    client = sign_in(make_account(Role.ASSISTANT))
    stolen = browser(app)
    name = app.session_interface.signed_in_cookie
    stolen.set_cookie(name, client.get_cookie(name).value)
    assert is_in(stolen)
    answer = client.get("/konto/").form("/konto/abmelden").submit()
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert client.get_cookie(name) is None
    assert not is_in(stolen)
    assert not Session.select().exists()


def test_signing_out_is_no_link(client):
    assert client.get("/konto/abmelden").status_code == 405


def test_used_and_old_links_are_gone(client, clock):
    _account, token = people.invite(by=SYSTEM, mail="demo@example.org", name="Demo Person")
    page = client.get(f"/konto/einladung/{token}")
    page.form().fill(new_password=PASSWORD, repeat_password=PASSWORD).submit()
    for path in (token, "nie-gegeben", "x" * 2000):
        answer = browser(client.application).get(f"/konto/einladung/{path}")
        assert answer.status_code == 410
    _account, token = people.reset(_account.id, by=SYSTEM)
    clock.move(hours=24)
    assert client.get(f"/konto/einladung/{token}").status_code == 410


def test_a_weak_password_is_explained(client):
    _account, token = people.invite(by=SYSTEM, mail="demo@example.org", name="Demo Person")
    page = client.get(f"/konto/einladung/{token}")
    weak = (
        page.form()
        .fill(new_password="Brakel-Brakel-2026", repeat_password="Brakel-Brakel-2026")
        .submit()
    )
    assert weak.status_code == 422
    assert "andere wissen" in weak.errors["new_password"]
    different = weak.form().fill(new_password=PASSWORD, repeat_password=NEW_PASSWORD).submit()
    assert different.status_code == 422
    assert "nicht gleich" in different.errors["repeat_password"]


# ------------------------------------------------------------------------------------------- one's own account


def test_ones_own_page_lists_devices(app, make_account):
    account = make_account(Role.ASSISTANT)
    client, other = signed_in(app, account), signed_in(app, account)
    page = client.get("/konto/")
    assert account.mail in page.main_text
    assert "dieses Gerät" in page.main_text
    page.form("/konto/sitzungen/andere-beenden").submit()
    assert is_in(client)
    assert not is_in(other)
    own = Session.get()
    answer = client.get("/konto/").form(f"/konto/sitzungen/{own.id}/beenden").submit()
    assert answer.location == SIGN_IN
    assert not is_in(client)


def test_a_device_is_named(app, make_account):
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    client = browser(app)
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
    form = client.get(SIGN_IN).form().fill(mail=account.mail, password=PASSWORD)
    form.submit(headers={"User-Agent": agent})
    assert "Firefox, Windows" in client.get("/konto/").main_text


def test_nobody_ends_somebody_elses_session(app, sign_in, make_account):
    other = sign_in(make_account(Role.ASSISTANT))
    client = sign_in(make_account(Role.ASSISTANT))
    foreign = Session.select().order_by(Session.id).first()
    token = client.get("/konto/").form("/konto/abmelden").values["csrf_token"]
    path = f"/konto/sitzungen/{foreign.id}/beenden"
    assert client.post(path, data={"csrf_token": token}).status_code == 404
    assert is_in(other)


def test_changing_the_password(app, make_account):
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    client, other = signed_in(app, account), signed_in(app, account)
    page = client.get("/konto/passwort")
    entries = {"new_password": NEW_PASSWORD, "repeat_password": NEW_PASSWORD}
    wrong = page.form().fill(old_password="falsch", **entries).submit()
    assert wrong.status_code == 422
    assert "old_password" in wrong.errors
    assert (
        "geändert"
        in wrong.form().fill(old_password=PASSWORD, **entries).submit().follow().main_text
    )
    assert is_in(client)
    assert not is_in(other)
    assert give_password(browser(app), account, NEW_PASSWORD).status_code == 303


def test_changing_the_factor_asks_again_who_it_is(app, make_account, clock):
    account = make_account(Role.CASE_MANAGER, password=PASSWORD)
    client = browser(app)
    secret, _codes = enrol(give_password(client, account).follow())
    clock.move(minutes=6)
    answer = client.get("/konto/").click("Anderes Telefon einrichten").follow()
    assert answer.path == "/konto/bestaetigen?next=/konto/zweiter-faktor/neu"
    wrong = answer.form().fill(password=PASSWORD, code="000000").submit()
    assert wrong.status_code == 422
    page = wrong.form().fill(password=PASSWORD, code=code_of(secret)).submit().follow()
    new_secret, codes = enrol(page)
    assert new_secret != secret
    assert len(codes) == 10
    assert is_in(client)
    clock.move(minutes=1)
    page = give_password(browser(app), account).follow()
    assert page.form("code-form").fill(code=code_of(secret)).submit().status_code == 422
    assert page.form("code-form").fill(code=code_of(new_secret)).submit().status_code == 303


def test_new_recovery_codes(app, make_account, clock):
    account = make_account(Role.CASE_MANAGER, password=PASSWORD)
    client = browser(app)
    _secret, old = enrol(give_password(client, account).follow())
    page = client.get("/konto/").form("/konto/wiederherstellungscodes").submit()
    new = [element.text for element in page.all("code")]
    assert len(set(new) - set(old)) == 10
    clock.move(minutes=6)
    answer = client.get("/konto/").form("/konto/wiederherstellungscodes").submit()
    assert answer.location == "/konto/bestaetigen?next=/konto/"


def test_a_second_factor_of_ones_own_free_will(app, make_account):
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    client = browser(app)
    give_password(client, account)
    _secret, codes = enrol(client.get("/konto/").click("Zweiten Faktor einrichten"))
    assert codes
    assert give_password(browser(app), account).location == FACTOR


# ------------------------------------------------------------------------------------------------- roles


def test_roles_count_with_the_next_click(app, sign_in, make_account):
    account = make_account(Role.COORDINATOR)
    client = sign_in(account)
    assert client.get("/konto/stellen").status_code == 200
    people.withdraw_role(account.grants[0].id, by=SYSTEM)
    assert client.get("/konto/stellen").status_code == 403
    people.grant_role(account.id, by=SYSTEM, role=Role.COORDINATOR)
    assert client.get("/konto/stellen").status_code == 200


def test_a_role_that_needs_a_second_factor_asks_for_it_with_the_next_click(app, make_account):
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    client = browser(app)
    give_password(client, account)
    assert is_in(client)
    people.grant_role(account.id, by=SYSTEM, role=Role.CASE_MANAGER)
    assert not is_in(client)
    enrol(client.get(FACTOR))
    assert is_in(client)


def test_a_closed_account_is_out_with_the_next_click(app, sign_in, make_account):
    account = make_account(Role.ASSISTANT)
    client = sign_in(account)
    people.deactivate(account.id, by=SYSTEM)
    assert not is_in(client)


# -------------------------------------------------------------------------------------------------- demo


def make_demo(account: Account) -> Account:
    Account.update(demo=True).where(Account.id == account.id).execute()
    return account


def test_one_click_in_demo_mode(demo_app, make_account):
    account = make_demo(make_account(Role.CASE_MANAGER, position="CMS-III-a", name="Demo Brakel"))
    client = browser(demo_app)
    page = client.get(SIGN_IN)
    assert "erfunden" in page.main_text
    assert "Case-Manager*in" in page.main_text
    answer = page.form(f"/konto/demo/{account.id}").submit()
    assert answer.follow().path == "/heute"


def test_real_people_have_no_click(demo_app, make_account):
    account, invented = make_account(Role.CASE_MANAGER), make_demo(make_account(Role.ASSISTANT))
    client = browser(demo_app)
    page = client.get(SIGN_IN)
    assert account.name not in page.main_text
    token = page.form(f"/konto/demo/{invented.id}").values["csrf_token"]
    assert client.post(f"/konto/demo/{account.id}", data={"csrf_token": token}).status_code == 404


def test_outside_demo_mode_there_is_nothing_of_it(app, client, make_account):
    account = make_demo(make_account(Role.ASSISTANT, password=PASSWORD))
    assert not [rule for rule in app.url_map.iter_rules() if "demo" in rule.rule]
    page = client.get(SIGN_IN)
    assert "erfunden" not in page.main_text
    token = page.form().values["csrf_token"]
    assert client.post(f"/konto/demo/{account.id}", data={"csrf_token": token}).status_code == 404
    assert give_password(client, account).status_code == 422


def test_a_session_of_the_demo_does_not_count_elsewhere(app, make_account):
    client = signed_in(app, make_demo(make_account(Role.ASSISTANT)))
    assert not is_in(client)


def test_no_page_tells_a_secret(app, sign_in, make_account):
    """An administrator sees neither passwords nor seeds nor codes of anybody."""
    account = make_account(Role.CASE_MANAGER, password=PASSWORD)
    secret, codes = enrol(give_password(browser(app), account).follow())
    admin = sign_in(make_account(Role.ADMIN))
    stored = Account.get_by_id(account.id)
    for path in ("/konto/personen", f"/konto/personen/{account.id}"):
        text = admin.get(path).text
        for canary in (PASSWORD, secret, *codes, stored.password_hash):
            assert canary not in text
    assert re.search(
        r"Zweiter Faktor\s+eingerichtet", admin.get(f"/konto/personen/{account.id}").main_text
    )

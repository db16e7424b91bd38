"""The administration's pages: invite, give roles, close – and nothing for anybody else."""

import pytest

from portal.domain.accounts import people
from portal.domain.actors import SYSTEM
from portal.domain.permissions import Role
from portal.models.accounts import Account, RoleGrant
from portal.models.county import Organisation
from tests.support.browser import browser
from tests.support.people import PASSWORD
from tests.support.queries import counted_queries


@pytest.fixture
def admin(sign_in, make_account):
    return sign_in(make_account(Role.ADMIN, password=PASSWORD, name="Demo Technik"))


def test_inviting_shows_the_link_once(admin, app):
    page = admin.get("/konto/personen").click("Person einladen")
    organisation = Organisation.select().first()
    form = page.form().fill(
        name="Demo Neu",
        mail="neu@example.org",
        role="ki_head",
        scope=f"organisation:{organisation.id}",
    )
    answer = form.submit()
    assert answer.heading == "Demo Neu"
    assert organisation.name in answer.main_text
    link = answer.all("strong")[0].text
    assert link.startswith("http://localhost/konto/einladung/")
    account = Account.get(Account.mail == "neu@example.org")
    assert link not in admin.get(f"/konto/personen/{account.id}").text
    assert browser(app).get(link).status_code == 200


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"mail": "keine Adresse"}, "mail"),
        ({"name": ""}, "name"),
        ({"role": ""}, "role"),
        ({"role": "provider_editor"}, "scope"),
        ({"role": "admin", "scope": "town:1"}, "scope"),
    ],
)
def test_a_bad_invitation_keeps_its_entries(entries, field, admin):
    filled = {"name": "Demo Neu", "mail": "neu@example.org", "role": "ki_head", **entries}
    answer = admin.get("/konto/personen/neu").form().fill(**filled).submit()
    assert answer.status_code == 422
    assert field in answer.errors
    assert {name: answer.form().values[name][0] for name in filled} == filled


@pytest.mark.parametrize(
    "data",
    [
        {"role": "king"},
        {"role": "admin", "scope": "moon:1"},
        {"role": ["admin", "x"], "scope": "town:99999999999999"},
    ],
)
def test_choices_that_were_not_offered_are_refused(data, admin, make_account):
    account = make_account()
    token = admin.get(f"/konto/personen/{account.id}").form("/konto/abmelden").values["csrf_token"]
    answer = admin.post(f"/konto/personen/{account.id}/rollen", data={**data, "csrf_token": token})
    assert answer.status_code == 422
    assert not RoleGrant.select().where(RoleGrant.account == account).exists()


def test_giving_and_taking_a_role(admin, make_account):
    account = make_account(Role.ASSISTANT)
    path = f"/konto/personen/{account.id}"
    page = admin.get(path).form(f"{path}/rollen").fill(role="ki_head").submit().follow()
    assert "Leitung Integrationszentrum" in page.main_text
    again = page.form(f"{path}/rollen").fill(role="ki_head").submit()
    assert again.status_code == 422
    assert "role" in again.errors
    grant = RoleGrant.get(RoleGrant.role == Role.ASSISTANT)
    page = again.form(f"{path}/rollen/{grant.id}/entziehen").submit().follow()
    assert [grant.role for grant in account.grants] == [Role.KI_HEAD]
    assert "entzogen" in page.main_text


def test_closing_opening_and_signing_out(admin, make_account, sign_in):
    account = make_account(Role.ASSISTANT)
    client = sign_in(account)
    path = f"/konto/personen/{account.id}"
    page = admin.get(path).form(f"{path}/abmelden").submit().follow()
    assert client.get("/heute").status_code == 303
    page = page.form(f"{path}/sperren").submit().follow()
    assert "gesperrt" in page.main_text
    page = page.form(f"{path}/entsperren").submit().follow()
    assert "gesperrt" not in page.main_text.replace("nicht gesperrt", "")


def test_resetting_shows_a_new_link(admin, make_account):
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    path = f"/konto/personen/{account.id}"
    answer = admin.get(path).form(f"{path}/zuruecksetzen").submit()
    assert "/konto/einladung/" in answer.all("strong")[0].text
    assert Account.get_by_id(account.id).password_hash == ""


def test_a_lost_second_factor(admin, make_account):
    account = make_account(Role.ASSISTANT)
    Account.update(totp_sealed=b"x").where(Account.id == account.id).execute()
    path = f"/konto/personen/{account.id}"
    admin.get(path).form(f"{path}/zweiter-faktor-entfernen").submit()
    assert Account.get_by_id(account.id).totp_sealed is None


def test_the_last_administrator_is_told_why_not(admin):
    own = Account.get(Account.name == "Demo Technik")
    path = f"/konto/personen/{own.id}"
    page = admin.get(path)
    grant = RoleGrant.get(RoleGrant.account == own)
    for action in (f"{path}/sperren", f"{path}/rollen/{grant.id}/entziehen"):
        answer = page.form(action).submit()
        assert answer.status_code == 422
        assert "mindestens eine Person" in answer.main_text
    assert admin.get("/konto/personen").status_code == 200


def test_nobody_resets_their_own_password_here(admin):
    own = Account.get(Account.name == "Demo Technik")
    path = f"/konto/personen/{own.id}/zuruecksetzen"
    token = admin.get("/konto/").form("/konto/abmelden").values["csrf_token"]
    assert admin.post(path, data={"csrf_token": token}).status_code == 422


@pytest.mark.parametrize(
    "end", ["999999", "99999999999999999999", "-1", "x", "1/koenig", "999999/sperren"]
)
def test_what_is_not_there_is_not_found(end, admin):
    token = admin.get("/konto/").form("/konto/abmelden").values["csrf_token"]
    assert admin.get(f"/konto/personen/{end}").status_code in {404, 405}
    assert admin.post(f"/konto/personen/{end}", data={"csrf_token": token}).status_code in {
        404,
        405,
    }


def test_data_protection_looks_and_changes_nothing(sign_in, make_account):
    account = make_account(Role.ASSISTANT)
    client = sign_in(make_account(Role.DATA_PROTECTION_OFFICER))
    page = client.get(f"/konto/personen/{account.id}")
    assert [form.get("action") for form in page.all("form")] == ["/konto/abmelden"]
    token = page.form("/konto/abmelden").values["csrf_token"]
    answer = client.post(f"/konto/personen/{account.id}/sperren", data={"csrf_token": token})
    assert answer.status_code == 403
    assert client.get("/konto/personen/neu").status_code == 403


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN, Role.DATA_PROTECTION_OFFICER}))
def test_nobody_else_comes_near(role, sign_in, make_account):
    client = sign_in(make_account(role))
    for path in ("/konto/personen", "/konto/personen/1", "/konto/personen/neu"):
        assert client.get(path).status_code == 403


def test_the_list_asks_no_more_often_for_more_people(admin, make_account):
    def queries() -> int:
        with counted_queries() as counted:
            assert admin.get("/konto/personen").status_code == 200
        return len(counted)

    few = queries()
    for role in (Role.CASE_MANAGER, Role.KI_HEAD, Role.REPORTER_INTERNAL):
        make_account(role)
    assert queries() == few


def test_a_closed_account_can_still_be_looked_at(admin, make_account):
    account = make_account(Role.ASSISTANT)
    people.deactivate(account.id, by=SYSTEM)
    assert admin.get(f"/konto/personen/{account.id}").status_code == 200

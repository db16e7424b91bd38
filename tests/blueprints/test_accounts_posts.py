"""Posts and absences: the coordination's pages, and everybody's own."""

import pytest

from portal.domain import posts
from portal.domain.actors import SYSTEM
from portal.domain.permissions import Role
from portal.models.accounts import Absence, Holding
from tests.support.queries import counted_queries

POST = "/konto/stellen/CMS-III-a"


@pytest.fixture
def coordination(sign_in, make_account):
    return sign_in(make_account(Role.COORDINATOR, position="KS", name="Demo Koordination"))


def test_appointing_and_ending(coordination, make_account):
    account = make_account(Role.CASE_MANAGER, name="Demo Brakel")
    page = coordination.get("/konto/stellen")
    assert "unbesetzt" in page.main_text
    form = coordination.get(POST).form("appoint-form")
    assert form.values["valid_from"] == ["2026-11-23"]
    page = form.fill(account=str(account.id), kind="holder").submit().follow()
    assert "Demo Brakel" in page.main_text
    assert "Demo Brakel" in coordination.get("/konto/stellen").main_text
    holding = Holding.get(Holding.account == account)
    action = f"{POST}/{holding.id}/beenden"
    early = page.form(action).fill(**{f"h{holding.id}-last_day": "2026-11-01"}).submit()
    assert early.status_code == 422
    page.form(action).fill(**{f"h{holding.id}-last_day": "2026-11-23"}).submit()
    assert str(Holding.get_by_id(holding.id).valid_to) == "2026-11-23"


def test_a_future_appointment_is_taken_back(coordination, make_account):
    account = make_account(Role.CASE_MANAGER)
    form = coordination.get(POST).form("appoint-form")
    page = (
        form.fill(account=str(account.id), kind="substitute", valid_from="2027-01-01")
        .submit()
        .follow()
    )
    holding = Holding.get(Holding.account == account)
    assert holding.substitute
    page.form(f"{POST}/{holding.id}/zuruecknehmen").submit()
    assert Holding.get_or_none(Holding.account == account) is None


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"account": ""}, "account"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "gestern"}, "valid_from"),
        ({"valid_from": "0001-01-01"}, "valid_to"),
        ({"valid_to": "2020-01-01"}, "valid_to"),
        ({"valid_to": "9999-12-31"}, "valid_to"),
    ],
)
def test_a_bad_appointment_keeps_its_entries(entries, field, coordination, make_account):
    account = make_account(Role.CASE_MANAGER)
    filled = {"account": str(account.id), "valid_from": "2026-11-23", **entries}
    answer = coordination.get(POST).form("appoint-form").fill(**filled).submit()
    assert answer.status_code == 422
    assert field in answer.errors
    form = answer.form("appoint-form")
    assert {name: form.values[name][0] for name in filled} == filled


def test_the_fallback_post_says_why_it_stays_held(coordination):
    holding = Holding.get()
    page = coordination.get("/konto/stellen/KS")
    action = f"/konto/stellen/KS/{holding.id}/beenden"
    answer = page.form(action).fill(**{f"h{holding.id}-last_day": "2026-12-01"}).submit()
    assert answer.status_code == 422
    assert "Benennen Sie erst jemanden" in answer.main_text
    without_day = page.form(action).fill(**{f"h{holding.id}-last_day": ""}).submit()
    assert without_day.status_code == 422


def test_the_absence_of_somebody_else(coordination, make_account):
    account = make_account(Role.CASE_MANAGER, position="CMS-III-a", name="Demo Brakel")
    form = coordination.get("/konto/stellen").form("absence-form")
    filled = form.fill(account=str(account.id), first_day="2026-11-23", last_day="2026-11-27")
    page = filled.submit().follow()
    assert "27. November 2026" in page.main_text
    again = filled.submit()
    assert again.status_code == 422
    absence = Absence.get()
    action = f"/konto/abwesenheit/{absence.id}/entfernen?next=/konto/stellen"
    assert page.form(action).submit().location == "/konto/stellen"
    assert not Absence.select().exists()


def test_ones_own_absence(sign_in, make_account):
    client = sign_in(make_account(Role.CASE_MANAGER))
    page = client.get("/konto/").click("Meine Abwesenheiten")
    wrong = page.form("absence-form").fill(first_day="2026-12-24", last_day="2026-12-01").submit()
    assert wrong.status_code == 422
    assert "last_day" in wrong.errors
    page = wrong.form("absence-form").fill(last_day="2026-12-31").submit().follow()
    assert "31. Dezember 2026" in page.main_text
    page.form(f"/konto/abwesenheit/{Absence.get().id}/entfernen").submit()
    assert not Absence.select().exists()


def test_somebody_elses_absence_is_not_found(sign_in, make_account, clock):
    other = make_account(Role.CASE_MANAGER)
    absence = posts.record_absence(
        other.id, by=SYSTEM, first_day=clock().date(), last_day=clock().date()
    )
    client = sign_in(make_account(Role.CASE_MANAGER))
    token = client.get("/konto/").form("/konto/abmelden").values["csrf_token"]
    for absence_id in (absence.id, 10**6):
        path = f"/konto/abwesenheit/{absence_id}/entfernen"
        assert client.post(path, data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize("key", ["nirgends", "%00", "CMS-III-a%20", "%F0%9F%9A%B2"])
def test_a_post_that_is_not_there_is_not_found(key, coordination):
    assert coordination.get(f"/konto/stellen/{key}").status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR}))
def test_nobody_else_manages_posts(role, sign_in, make_account):
    client = sign_in(make_account(role))
    for path in ("/konto/stellen", POST):
        assert client.get(path).status_code == 403


def test_the_list_asks_no_more_often_for_more_people(coordination, make_account):
    def queries() -> int:
        with counted_queries() as counted:
            assert coordination.get("/konto/stellen").status_code == 200
        return len(counted)

    make_account(Role.CASE_MANAGER, position="CMS-III-a")
    few = queries()
    for key in ("CMS-I-a", "CMS-I-b", "CMS-II-a"):
        make_account(Role.CASE_MANAGER, position=key)
    assert queries() == few

"""What the data protection officer sees, and nobody else."""

import pytest
from flask import Flask

from portal.domain.intake.handling import withdraw
from portal.domain.intake.inbox import open_request
from portal.domain.permissions import GRANTS, Permission, Role
from portal.domain.privacy import retention
from portal.domain.privacy.log import PAGE_SIZE
from portal.models.accounts import Account
from tests.support.browser import StrictClient
from tests.support.clock import TestClock
from tests.support.people import make_account, make_request
from tests.support.queries import max_queries
from tests.support.signing_in import signed_in

CANARY = "Kanarienvogel Zwitscher"
PAGES = ("/datenschutz/protokoll", "/datenschutz/loeschungen")


@pytest.fixture
def officer(app: Flask) -> StrictClient:
    return signed_in(app, make_account(Role.DATA_PROTECTION_OFFICER, name="Dana Schutz"))


@pytest.fixture
def case_manager(app: Flask) -> Account:
    return make_account(Role.CASE_MANAGER, position="CMS-III-a", name="Cara Manager")


def rows(page: object) -> list[list[str]]:
    return [
        [" ".join("".join(cell.itertext()).split()) for cell in row.iter("td")]
        for row in page.document.iter("tr")
        if row.find("td") is not None
    ]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", sorted(Role))
def test_only_who_may_read_the_log_does(app: Flask, role: Role, path: str) -> None:
    allowed = Permission.AUDIT_READ in GRANTS[role]
    assert signed_in(app, make_account(role)).get(path).status_code == (200 if allowed else 403)


def test_the_log_tells_who_read_and_who_changed(
    officer: StrictClient, case_manager: Account
) -> None:
    request = make_request("brakel", display_name=CANARY)
    open_request(by=case_manager, reference=request.ref)
    page = officer.get("/datenschutz/protokoll")
    read, received = rows(page)[:2]
    assert read[1:4] == ["Cara Manager", "gelesen", f"intake_request:{request.ref}"]
    assert received[1:4] == [
        "Öffentlichkeit",
        "Anfrage eingegangen",
        f"intake_request:{request.ref}",
    ]
    assert "town: brakel" in received[4]
    assert CANARY not in page.text


def test_the_log_can_be_narrowed(officer: StrictClient, case_manager: Account) -> None:
    request, other = make_request("brakel"), make_request("brakel")
    open_request(by=case_manager, reference=request.ref)
    page = officer.get("/datenschutz/protokoll")
    form = page.form("/datenschutz/protokoll")
    only_read = form.fill(art="readings").submit()
    assert [row[2] for row in rows(only_read)] == ["gelesen"]
    hers = page.form("/datenschutz/protokoll").fill(wer=f"account:{case_manager.id}").submit()
    assert {row[1] for row in rows(hers)} == {"Cara Manager"}
    about = page.form("/datenschutz/protokoll").fill(was=other.ref).submit()
    assert {row[3] for row in rows(about)} == {f"intake_request:{other.ref}"}
    nothing = page.form("/datenschutz/protokoll").fill(was="HX-0000-00").submit()
    assert "Keine Einträge mit diesen Filtern" in nothing.main_text


@pytest.mark.parametrize(
    "query",
    [
        "art=x",
        "wer=x",
        "was=%25%27%22_",
        "seite=0",
        "seite=-1",
        "seite=zwei",
        "seite=9" * 3,
        "seite=²",
    ],
)
def test_no_filter_breaks_the_page(officer: StrictClient, query: str) -> None:
    assert officer.get(f"/datenschutz/protokoll?{query}").status_code == 200


def test_a_sign_of_search_is_no_pattern(officer: StrictClient) -> None:
    assert "Keine Einträge" in officer.get("/datenschutz/protokoll?was=%25").main_text


def test_long_logs_have_pages_that_keep_the_filters(officer: StrictClient) -> None:
    for _number in range(PAGE_SIZE // 2 + 1):
        make_request("brakel")
        make_request("warburg")
    page = officer.get("/datenschutz/protokoll?art=changes&wer=public")
    assert len(rows(page)) == PAGE_SIZE
    with max_queries(12):
        second = page.click("Seite 2")
    assert len(rows(second)) == 2
    assert second.form("/datenschutz/protokoll").values["wer"] == ["public"]


def test_htmx_gets_the_part_that_changes(officer: StrictClient) -> None:
    part = officer.get("/datenschutz/protokoll", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]


def test_the_rules_are_shown_as_the_county_set_them(officer: StrictClient) -> None:
    page = officer.get("/datenschutz/loeschungen")
    shown = {row[0]: row[1:] for row in rows(page)}
    assert shown["Zurückgezogene Anfragen"] == ["höchstens 72 Stunden", "Rückzug"]
    assert "Bisher wurde nichts gelöscht." in page.main_text


def test_proofs_say_how_much_but_never_what(
    officer: StrictClient, app: Flask, clock: TestClock, tmp_path: object
) -> None:
    request = make_request("brakel", display_name=CANARY)
    withdraw(request.id)
    clock.move(days=3)
    retention.run(tmp_path)
    again = signed_in(app, make_account(Role.DATA_PROTECTION_OFFICER))
    page = again.get("/datenschutz/loeschungen")
    assert ["26.11.26, 09:00", "Zurückgezogene Anfragen", "1"] in rows(page)
    assert request.ref not in page.text
    assert CANARY not in page.text

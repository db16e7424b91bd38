"""What the data protection officer sees, and nobody else."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from json import loads
from pathlib import Path

import pytest
from flask import Flask

from blueprints.privacy import labels
from blueprints.privacy.wording import REASON_STEP
from portal.config import ROOT
from portal.domain import posts
from portal.domain.accounts import people, signing_in
from portal.domain.accounts.scopes import Scope, ScopeKind
from portal.domain.actors import SYSTEM
from portal.domain.changes import CHAINS, PRUNABLE
from portal.domain.county_pack import load_pack
from portal.domain.demo import install_demo
from portal.domain.directory import codes
from portal.domain.duty import Reason
from portal.domain.errors import RuleBroken
from portal.domain.intake.handling import issue_new_code, withdraw
from portal.domain.intake.inbox import open_request
from portal.domain.intake.reminders import remind
from portal.domain.intake.states import Move, Outcome, State
from portal.domain.permissions import GRANTS, Permission, Role
from portal.domain.privacy import retention
from portal.domain.privacy.log import PAGE_SIZE
from portal.models.accounts import Account, RoleGrant
from portal.models.county import Organisation, StaffPosition
from portal.models.privacy import AuditEntry
from tests.support.browser import StrictClient
from tests.support.clock import TestClock
from tests.support.people import PASSWORD, make_account, make_request, somebody_on_duty
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
    assert read[1:4] == ["Cara Manager", "gelesen", f"Anfrage {request.ref}"]
    assert received[1:4] == [
        "Öffentlichkeit",
        "Anfrage eingegangen",
        f"Anfrage {request.ref}",
    ]
    assert read[4] == "Grund: hat die Stelle"
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
    assert {row[3] for row in rows(about)} == {f"Anfrage {other.ref}"}
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
        "seite=" + "9" * 5000,
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


def test_the_log_speaks_german_about_a_move_and_a_post(
    officer: StrictClient, case_manager: Account
) -> None:
    make_request("brakel", state=State.CLOSED, by=case_manager)
    title = StaffPosition.get(StaffPosition.key == "CMS-III-a").title
    shown = {row[2]: row[3:] for row in rows(officer.get("/datenschutz/protokoll"))}
    assert shown["Anfrage abgeschlossen"][1] == (
        "Ergebnis: A – informiert und registriert; Stand: Erstgespräch geführt → Abgeschlossen"
    )
    assert shown["Stelle besetzt"] == [
        f"Stelle {title}",
        "Person: Cara Manager; Als Vertretung: nein; Ab: 23.11.2026",
    ]


def _everything_is_done(tmp_path: Path, clock: TestClock) -> None:
    """Let the program write every kind of entry that the tests can bring about."""
    install_demo(load_pack(ROOT / "portal" / "counties" / "hoexter"))
    admin, account = make_account(Role.ADMIN, password=PASSWORD), make_account(password=PASSWORD)
    people.grant_role(
        account.id,
        by=admin,
        role=Role.COMPONENT3,
        scope=Scope(ScopeKind.ORGANISATION, Organisation.get().id),
    )
    people.withdraw_role(RoleGrant.get(RoleGrant.account == account).id, by=admin)
    people.reset(account.id, by=admin)
    people.end_sessions(account.id, by=admin)
    people.deactivate(account.id, by=admin)
    people.reactivate(account.id, by=admin)
    today = clock().date()
    absence = posts.record_absence(account.id, by=account, first_day=today, last_day=today)
    posts.remove_absence(absence.id, by=account)
    holding = make_account(Role.CASE_MANAGER, position="CMS-III-a").holdings.get()
    posts.end_holding(holding.id, by=SYSTEM, last_day=today + timedelta(days=1))
    with suppress(RuleBroken):
        signing_in.check_password(mail=account.mail, password="falsch", network="x")
    signing_in.finish(account)
    for state in State:
        make_request("warburg", state=state)
    clock.move(days=400)
    remind(clock().date())
    retention.run(tmp_path)
    request = make_request("warburg")
    issue_new_code(by=somebody_on_duty(request), reference=request.ref)
    open_request(by=somebody_on_duty(request), reference=request.ref)


def test_every_code_that_the_program_writes_has_a_label(
    app: Flask, clock: TestClock, tmp_path: Path
) -> None:
    _everything_is_done(tmp_path, clock)
    entries = list(AuditEntry.select())
    details = [(key, value) for entry in entries for key, value in loads(entry.details).items()]
    codes = {
        (key, code)
        for key, value in details
        for one in (value if isinstance(value, list) else [value])
        for code in (one.split(REASON_STEP) if one and key in labels.VALUES else ())
    }
    assert {entry.action for entry in entries} <= set(labels.ACTIONS)
    assert {key for key, _value in details} <= set(labels.KEYS)
    assert {entry.subject.partition(":")[0] for entry in entries} - {""} <= set(labels.SUBJECTS)
    assert {(key, code) for key, code in codes if code not in labels.VALUES[key]} == set()
    assert {"role", "roles", "state", "outcome", "reason", "reminded"} <= {key for key, _ in codes}


def test_every_action_of_the_source_has_a_label() -> None:
    """What no story above brings about is still found in the code."""
    written = {
        action
        for file in (ROOT / "portal").rglob("*.py")
        for action in re.findall(
            r'"((?:accounts|county|directory|intake|keys|privacy|wayfinder):\w+:\w+)"',
            file.read_text(),
        )
    }
    moves = {f"intake:request:{move}" for move in Move}
    moves |= {f"directory:service:{move}" for move in codes.Move}
    moves |= {f"directory:{kind}:translate" for kind in ("service", "knowledge_card")}
    moves |= {f"wayfinder:rules:{decision}" for decision in ("release", "reject")}
    pruned = {f"privacy:{chain}:prune" for chain in PRUNABLE}
    assert len(written) > 30
    assert written | moves | pruned | {"read"} == set(labels.ACTIONS)


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (labels.CHAINS, CHAINS),
        (labels.STATES, State),
        (labels.OUTCOMES, Outcome),
        (labels.REASONS, Reason),
        (labels.ROLES, Role),
    ],
)
def test_the_tables_are_complete(table: dict[str, str], codes: Iterable[str]) -> None:
    assert set(table) == set(codes)

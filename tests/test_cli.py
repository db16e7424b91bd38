"""The `portal` command as an operator uses it."""

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import search_index
from portal import cli, db, keys
from portal.config import Settings
from portal.domain.health import TICK_MISSED
from portal.domain.permissions import Role, roles_of
from portal.models.accounts import Account
from portal.models.county import County, Town
from portal.models.intake import IntakeRequest
from portal.models.privacy import AuditHead
from portal.models.tick import TickStep
from search_index.shelf import Shelf
from tests.support.clock import TestClock
from tests.support.databases import Databases, close_all
from tests.support.people import make_account, make_request

Portal = Callable[..., tuple[int, str]]
OTHER_SETTINGS = ("PORT", "PORTAL_BASE_URL", "PORTAL_HOSTS", "PORTAL_KEY_FILE", "PORTAL_SMTP_HOST")


@pytest.fixture
def data_dir(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, databases: Databases
) -> Iterator[Path]:
    """A machine on which nothing was set up yet, but the assets were built."""
    folder = tmp_path / "data"
    monkeypatch.setattr(search_index, "_projections", [])  # each command is a process of its own
    built = tmp_path / "manifest.json"
    built.write_text("{}")
    monkeypatch.setattr("portal.serve.MANIFEST", built)
    for name in OTHER_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORTAL_MODE", "demo")
    monkeypatch.setenv("PORTAL_DATA_DIR", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if not databases.url.startswith("sqlite"):
        monkeypatch.setenv("DATABASE_URL", databases.fresh("nothing", lambda: None))
        close_all()
    yield folder
    close_all()


@pytest.fixture
def portal(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Portal:
    """Run a command; return its exit code and what it said."""
    monkeypatch.setattr(cli, "setup_logs", lambda: None)  # the log is not what a command says

    def run(*arguments: str | Path) -> tuple[int, str]:
        code = cli.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
def ready(portal: Portal) -> Portal:
    """A portal that was set up."""
    assert portal("init", "--county", "hoexter")[0] == 0
    return portal


@pytest.fixture
def connected(ready: Portal) -> Iterator[None]:
    db.connect()
    yield
    db.close()


def test_a_fresh_machine_is_set_up_by_one_command(portal: Portal, data_dir: Path) -> None:
    code, said = portal("init", "--county", "hoexter")
    assert code == 0
    assert said.startswith("Kreis Höxter: ")
    assert data_dir.stat().st_mode & 0o777 == 0o700
    assert (data_dir / "keys.toml").stat().st_mode & 0o777 == 0o400
    assert Town.select().count() == 10
    assert (Account.select().count(), IntakeRequest.select().count()) == (0, 0)


def test_the_database_file_is_for_its_owner_only(ready: Portal, data_dir: Path) -> None:
    files = list(data_dir.glob("portal.db*"))
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


def test_setting_up_again_changes_nothing_and_names_what_stays(
    ready: Portal, data_dir: Path
) -> None:
    ring = (data_dir / "keys.toml").read_bytes()
    Town.update(name="Umbenannt").where(Town.slug == "brakel").execute()
    code, said = ready("init", "--county", "hoexter")
    assert code == 0
    assert said.splitlines() == [
        "Kreis Höxter: 0 Einträge neu, 0 aufgefrischt.",
        "Bleibt, wie es ist, weil es hier geändert wurde: town brakel",
    ]
    assert (data_dir / "keys.toml").read_bytes() == ring


def test_a_demo_has_people_and_requests(portal: Portal) -> None:
    for _time in range(2):
        assert portal("init", "--county", "hoexter", "--demo")[0] == 0
        assert (
            Account.select().where(Account.demo.is_set()).count() == Account.select().count() > 10
        )
        assert IntakeRequest.select().count() == 12


def test_real_use_knows_no_invented_people(
    portal: Portal, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_MODE", "production")
    monkeypatch.setenv("PORTAL_BASE_URL", "https://kim.example.org")
    monkeypatch.setenv("PORTAL_TRUSTED_PROXY", "10.0.0.1")
    code, said = portal("init", "--county", "hoexter", "--demo")
    assert (code, said.count("\n")) == (1, 1)
    assert "nie im Betrieb" in said
    assert not data_dir.exists()
    assert portal("init", "--county", "hoexter")[0] == 0
    assert Account.select().count() == 0


def test_an_unknown_county_is_answered_with_the_known_ones(portal: Portal) -> None:
    assert portal("init", "--county", "../hoexter") == (
        1,
        "Das Kreispaket „../hoexter“ gibt es nicht. Bekannt: hoexter.\n",
    )


def test_a_database_belongs_to_one_county(ready: Portal) -> None:
    County.update(key="anderswo").execute()
    code, said = ready("init", "--county", "hoexter")
    assert (code, said) == (1, "Diese Datenbank gehört zum Kreispaket „anderswo“.\n")


def test_a_filled_database_never_gets_new_keys(ready: Portal, data_dir: Path) -> None:
    (data_dir / "keys.toml").unlink()
    code, said = ready("init", "--county", "hoexter")
    assert code == 1
    assert "nicht lesbar" in said
    assert not (data_dir / "keys.toml").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",),
        ("check",),
        ("tick",),
        ("audit", "verify"),
        ("backup", "file"),
        ("restore", "file"),
        ("keys", "rotate"),
        ("invite", "a@example.org", "Anna"),
    ],
)
def test_before_it_is_set_up_every_command_says_so(
    portal: Portal, arguments: tuple[str, ...]
) -> None:
    code, said = portal(*arguments)
    assert code == 1
    assert "keys.toml gibt es nicht" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["init --county hoexter", "serve", "check", "tick"])
def test_wrong_settings_are_all_named_at_once(
    portal: Portal, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "viele")
    monkeypatch.setenv("PORTAL_HOSTS", "?")
    code, said = portal(*command.split())
    assert code == 1
    assert len(said.splitlines()) == 3


@pytest.mark.parametrize("command", ["", "fliegen", "init", "restore", "invite a@example.org"])
def test_a_wrong_call_is_explained(portal: Portal, command: str) -> None:
    code, said = portal(*command.split())
    assert code == 2
    assert "Traceback" not in said


def test_help_lists_the_commands(portal: Portal) -> None:
    code, said = portal("--help")
    assert code == 0
    assert {
        "init",
        "serve",
        "check",
        "tick",
        "audit",
        "backup",
        "restore",
        "keys",
        "invite",
        "wayfinder",
    } <= set(said.split())


def test_an_unreachable_database_is_one_sentence(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    code, said = portal("init", "--county", "hoexter")
    assert code == 1
    assert said.startswith("Die Datenbank antwortet nicht: ")


# Before serving


def test_a_start_is_refused_with_everything_that_is_missing(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.serve.MANIFEST", tmp_path / "missing.json")
    code, said = portal("serve")
    assert code == 1
    assert [line[:2] for line in said.splitlines()] == ["Da", "- ", "- ", "- "]
    assert "keys.toml" in said
    assert "0001_tables" in said


def test_a_portal_that_is_ready_starts(ready: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(cli, "serve_forever", started.append)
    assert ready("serve") == (0, "Das Portal antwortet unter http://127.0.0.1:8000\n")
    assert [settings.mode for settings in started] == ["demo"]


def test_a_taken_port_is_one_sentence(ready: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(_settings: Settings) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(cli, "serve_forever", taken)
    code, said = ready("serve")
    assert code == 1
    assert "Mit PORT=… wählen Sie einen anderen Port." in said


def test_a_check_tells_what_keeps_people_from_an_answer(ready: Portal, clock: TestClock) -> None:
    code, said = ready("check")
    assert code == 1
    assert "Koordinierende Stelle" in said
    db.connect()
    make_account(Role.COORDINATOR, position="KS")
    db.close()
    code, said = ready("check")
    assert code == 0
    assert said.splitlines()[-1] == "Alles in Ordnung."
    assert "bleiben Briefe im Postausgang" in said
    ready("tick")
    clock.move(seconds=TICK_MISSED.total_seconds() + 1)
    assert "über einer Stunde" in ready("check")[1]


def test_a_check_asks_the_mail_server(ready: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("PORTAL_SMTP_PORT", "1")
    monkeypatch.setenv("PORTAL_SMTP_SENDER", "kim@example.org")
    code, said = ready("check")
    assert code == 1
    assert "Der Mailserver 127.0.0.1:1 nimmt keine Briefe an" in said


def test_what_the_county_still_owes_counts_in_real_use_only(
    ready: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "bitte ergänzen" not in ready("check")[1]
    monkeypatch.setenv("PORTAL_MODE", "production")
    monkeypatch.setenv("PORTAL_BASE_URL", "https://kim.example.org")
    monkeypatch.setenv("PORTAL_TRUSTED_PROXY", "10.0.0.1")
    code, said = ready("check")
    assert code == 1
    assert said.count("positions.csv, Zeile") > 1


# Looking after it


@pytest.fixture
def staffed(connected: None) -> None:
    """Somebody answers when nobody else does."""
    make_account(Role.COORDINATOR, position="KS")


def test_the_upkeep_says_nothing_when_all_is_well(ready: Portal, staffed: None) -> None:
    assert ready("tick") == (0, "")
    assert TickStep.select().count() > 0


def test_the_upkeep_tells_what_went_wrong(ready: Portal, staffed: None) -> None:
    AuditHead.update(mac="x").execute()
    code, said = ready("tick")
    assert code == 1
    assert said.startswith("- audit: Kette „changes“")


def test_the_log_can_be_proved(ready: Portal) -> None:
    assert ready("audit", "verify") == (0, "Das Protokoll ist vollständig und unverändert.\n")
    AuditHead.update(seq=AuditHead.seq + 1).where(AuditHead.chain == "changes").execute()
    code, said = ready("audit", "verify")
    assert code == 1
    assert "fehlt das Ende der Kette" in said


def test_a_backup_comes_back(ready: Portal, connected: None, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    request = make_request("brakel")
    code, said = ready("backup", file)
    assert code == 0
    assert re.search(r"\d+ Zeilen gesichert", said)
    make_request("brakel")
    code, said = ready("restore", file)
    assert (code, "nicht leer" in said) == (1, True)
    code, said = ready("restore", file, "--replace")
    assert code == 0
    assert "0 seither gelöschte Anfragen" in said
    assert [one.ref for one in IntakeRequest.select()] == [request.ref]
    assert ready("audit", "verify")[0] == 0


def test_a_spoiled_or_missing_backup_is_one_sentence(ready: Portal, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    code, said = ready("restore", file)
    assert (code, said) == (
        1,
        f"Auf {file} kann nicht zugegriffen werden: No such file or directory\n",
    )
    file.write_bytes(b"something else")
    assert ready("restore", file) == (1, "Diese Datei ist keine Sicherung des KIM-Portals.\n")
    code, said = ready("backup", tmp_path / "no" / "folder")
    assert (code, said.count("\n")) == (1, 1)


def test_keys_change_and_old_ones_go(ready: Portal, connected: None, data_dir: Path) -> None:
    make_request("brakel")
    assert ready("keys", "rotate") == (0, "1 Werte tragen jetzt den Schlüssel k2.\n")
    code, said = ready("keys", "rotate", "--forget-old")
    assert code == 0
    assert said.startswith("Gelöscht: k1.")
    assert set(keys.read_key_file(data_dir / "keys.toml").seals) == {"k2"}


def test_values_nobody_can_read_are_told(ready: Portal, connected: None) -> None:
    request = make_request("brakel")
    IntakeRequest.update(sealed=bytes(request.sealed)[:-1] + b"x").execute()
    code, said = ready("keys", "rotate")
    assert code == 1
    assert "1 Werte sind mit keinem vorhandenen Schlüssel lesbar" in said


def test_the_first_administrator_gets_a_link(ready: Portal) -> None:
    code, said = ready("invite", "technik@example.org", "Technik Eins")
    assert code == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/konto/einladung/\S{40,}\n", said)
    account = Account.get()
    assert (account.mail, account.name, account.demo) == (
        "technik@example.org",
        "Technik Eins",
        False,
    )
    assert roles_of(account) == {Role.ADMIN}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("technik@example.org", "Noch einmal"), 1),
        (("keine Adresse", "Technik"), 1),
        (("neu@example.org", "Neu", "--role", "chefin"), 2),
        (("neu@example.org", "Neu", "--role", "provider_editor"), 1),
    ],
)
def test_a_wrong_invitation_makes_nobody(
    ready: Portal, arguments: tuple[str, ...], code: int
) -> None:
    ready("invite", "technik@example.org", "Technik")
    found, said = ready("invite", *arguments)
    assert found == code
    assert said
    assert "Traceback" not in said
    assert Account.select().count() == 1


def test_another_role_can_be_invited(ready: Portal) -> None:
    ready("invite", "ks@example.org", "Koordination", "--role", "coordinator")
    assert roles_of(Account.get()) == {Role.COORDINATOR}


# Who is responsible


QUESTION = {
    "age": 34,
    "status": "protected",
    "months": 10,
    "town": "Brakel",
    "topics": ["language", "housing", "letters"],
    "as_of": "2026-06-01",
}
Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask the Wegweiser with JSON, or with bytes."""

    def run(given: Any, *arguments: str) -> tuple[int, str]:
        raw = given if isinstance(given, bytes) else json.dumps(given).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        return portal("wayfinder", "--json", *arguments)

    return run


def test_without_a_database_the_pack_answers(ask: Ask, data_dir: Path) -> None:
    code, said = ask(QUESTION)
    assert code == 0
    found = json.loads(said)
    assert (found["primary"], found["rule"], found["services"]) == ("MBE", "R05", {"MBE": []})
    assert not data_dir.exists() or not list(data_dir.iterdir())


def test_a_machine_without_any_setting_answers_too(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORTAL_MODE")
    assert ask(QUESTION)[0] == 0


def test_a_list_is_answered_in_its_order(ask: Ask) -> None:
    ages = [10, 26, 27, 26]
    code, said = ask([{**QUESTION, "age": age} for age in ages], "--county", "hoexter")
    assert code == 0
    assert [one["primary"] for one in json.loads(said)] == ["MBE", "JMD", "MBE", "JMD"]
    assert ask([]) == (0, "[]\n")


def test_an_installed_portal_answers_with_its_own_rules_and_services(
    portal: Portal, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert portal("init", "--county", "hoexter", "--demo")[0] == 0
    found = json.loads(ask({**QUESTION, "topics": ["money", "debt"]})[1])
    assert set(found["services"]) == {"MBE", "JC", "SCHULDEN"}
    assert all(found["services"].values())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({**QUESTION, "age": "alt"}, "Feld „age“: erwartet wird eine ganze Zahl von 0 bis 120, "),
        ([QUESTION, {**QUESTION, "zuee": True}], "Objekt 2, Feld „zuee“: erwartet wird eines "),
        ([QUESTION, 7], "Objekt 2, Feld „Eingaben“: erwartet wird ein Objekt"),
        (b"age=34", "Die Eingabe ist kein JSON: "),
    ],
)
def test_a_wrong_question_is_one_sentence_and_no_answer(ask: Ask, given: Any, message: str) -> None:
    code, said = ask(given)
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith(message)


def test_without_a_format_the_call_is_explained(portal: Portal) -> None:
    code, said = portal("wayfinder")
    assert (code, "--json" in said) == (2, True)


def test_links_that_do_not_answer_are_named(ready: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "link_problem", lambda _url: "gibt es nicht mehr")
    code, said = ready("directory", "links")
    assert code == 1
    assert re.search(r"- programme \S+: https://\S+ gibt es nicht mehr", said)
    monkeypatch.setattr(cli, "link_problem", lambda _url: "")
    assert ready("directory", "links") == (0, "Alle Internetadressen antworten.\n")


def test_the_search_index_is_built_and_described(ready: Portal, data_dir: Path) -> None:
    code, said = ready("search", "status")
    assert (code, "keinen lesbaren Suchindex" in said) == (1, True)
    code, said = ready("search", "rebuild")
    assert (code, re.search(r"(\d+) Einträge\.$", said) is not None) == (0, True)
    code, said = ready("search", "status")
    assert code == 0
    assert said.startswith("index-")
    assert said.endswith("Aktuell.\n")
    assert (data_dir / "search").stat().st_mode & 0o777 == 0o700


def test_the_search_index_is_not_built_twice_at_once(ready: Portal, data_dir: Path) -> None:
    with Shelf(data_dir / "search").writing():
        code, said = ready("search", "rebuild")
    assert (code, "gerade schon aufgebaut" in said) == (1, True)


def test_the_upkeep_keeps_the_search_index(ready: Portal) -> None:
    ready("tick")
    assert ready("search", "status")[1].endswith("Aktuell.\n")


def test_an_index_of_another_database_is_not_used(ready: Portal, tmp_path: Path) -> None:
    ready("backup", tmp_path / "backup")
    ready("search", "rebuild")
    assert ready("restore", tmp_path / "backup", "--replace")[0] == 0
    assert ready("search", "status")[0] == 1
    assert ready("search", "rebuild")[0] == 0

"""The `portal` command: set up, serve, look after and save the portal.

What somebody can get wrong is answered by one clear sentence and an exit code; a traceback means a mistake of ours.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import url_for
from peewee import PeeweeException

import search_index
from portal import clock, db, keys
from portal.app import SEARCH, create_app
from portal.config import ROOT, Settings, SettingsError, from_env
from portal.domain import backup as backups
from portal.domain import demo as demos
from portal.domain import health, rotation
from portal.domain import tick as upkeep
from portal.domain.accounts import people
from portal.domain.actors import SYSTEM
from portal.domain.backup import BackupBroken
from portal.domain.county import install, installed_key
from portal.domain.county_pack import PackError, load_pack
from portal.domain.county_pack.model import CountyPack
from portal.domain.directory.finding import services_for
from portal.domain.directory.links import check_links
from portal.domain.errors import RuleBroken
from portal.domain.permissions import Role
from portal.domain.privacy import audit as audits
from portal.domain.wayfinder import Rules, Texts, asking, texts_of, versions
from portal.i18n import LOCALES, SOURCE
from portal.logs import setup_logs
from portal.migrations import migrate
from portal.serve import problems_before_start
from portal.serve import serve as serve_forever
from portal.web import mail
from portal.web.fetching import link_problem

COUNTIES = ROOT / "portal" / "counties"


class Trouble(Exception):
    """Something that the operator has to put right."""


SPEAKS_FOR_ITSELF = (
    BackupBroken,
    PackError,
    RuleBroken,
    SettingsError,
    Trouble,
    asking.QuestionError,
    db.DatabaseUnusable,
    keys.KeyFileError,
)
EXPECTED = (
    *SPEAKS_FOR_ITSELF,
    click.ClickException,
    click.Abort,
    db.WritersBusy,
    PeeweeException,
    OSError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    os.umask(0o077)  # what a command writes is for the portal's own user
    try:
        commands.main(arguments, prog_name="portal", standalone_mode=False)
    except EXPECTED as error:
        click.echo(_explained(error), err=True)
        return error.exit_code if isinstance(error, click.ClickException) else 1
    return 0


def _explained(error: Exception) -> str:
    """Return one sentence for what went wrong, of those things that can go wrong."""
    if isinstance(error, SPEAKS_FOR_ITSELF):
        return str(error)
    if isinstance(error, click.ClickException):
        return (
            f"Diesen Aufruf gibt es so nicht: {error.format_message()}\n„portal --help“ zeigt alle."
        )
    away = error.__cause__ if isinstance(error, db.WritersBusy) else error
    if isinstance(away, PeeweeException):
        return f"Die Datenbank antwortet nicht: {away}"
    if isinstance(error, OSError):
        return f"Auf {error.filename} kann nicht zugegriffen werden: {error.strerror}"
    if isinstance(error, click.Abort):
        return "Abgebrochen."
    return "Die Datenbank ist beschäftigt; bitte gleich noch einmal versuchen."


@click.group(help=__doc__)
def commands() -> None:
    """Collect the commands."""


@contextmanager
def _portal(*, ready: bool = True) -> Iterator[Settings]:
    """Open keys and database; unless not needed, they must be set up completely."""
    settings = from_env()
    keys.use_key_file(settings.key_file)
    db.open_database(settings.database)
    with _connected():
        if ready and (problems := health.not_ready()):
            raise Trouble("\n".join(problems))
        yield settings


@contextmanager
def _connected() -> Iterator[None]:
    db.connect()
    try:
        yield
    finally:
        search_index.settle()
        db.close_all()


@commands.command()
@click.option("--county", required=True, help="Kreispaket unter portal/counties")
@click.option("--demo", is_flag=True, help="erfundene Personen, Angebote und Anfragen dazu")
def init(county: str, demo: bool) -> None:
    """Richtet das Portal für einen Kreis ein; ändert nichts, was Menschen geändert haben."""
    settings = from_env()
    if demo and settings.mode == "production":
        raise Trouble("Erfundene Personen gibt es nur mit PORTAL_MODE=demo, nie im Betrieb.")
    pack = _pack(county)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    db.open_database(settings.database)
    with _connected():
        _ensure_keys(settings)
        migrate()
        if installed_key() not in {None, county}:
            raise Trouble(f"Diese Datenbank gehört zum Kreispaket „{installed_key()}“.")
        installed = install(pack)
        if demo:
            demos.install_demo(pack)
    click.echo(f"{pack.name}: {installed.added} Einträge neu, {installed.updated} aufgefrischt.")
    for name in installed.left_alone:
        click.echo(f"Bleibt, wie es ist, weil es hier geändert wurde: {name}")


def _pack(county: str) -> CountyPack:
    known = sorted(folder.name for folder in COUNTIES.iterdir() if folder.is_dir())
    if county not in known:
        raise Trouble(f"Das Kreispaket „{county}“ gibt es nicht. Bekannt: {', '.join(known)}.")
    return load_pack(COUNTIES / county, locales=LOCALES)


def _ensure_keys(settings: Settings) -> None:
    """Make a key file for an empty database; one that is filled can only be read with the old one."""
    if not settings.key_file.exists():
        if db.database.table_exists("county") and installed_key():
            raise Trouble(
                f"Die Schlüsseldatei {settings.key_file} fehlt. Ohne sie ist diese Datenbank nicht lesbar."
            )
        keys.write_key_file(settings.key_file, keys.new_keyring())
    keys.use_key_file(settings.key_file)


@commands.command()
def serve() -> None:
    """Beantwortet Anfragen, bis der Prozess endet."""
    settings = from_env()
    if problems := problems_before_start(settings):
        raise Trouble("Das Portal kann nicht starten:\n" + _listed(problems))
    click.echo(f"Das Portal antwortet unter {settings.base_url}")
    try:
        serve_forever(settings)
    except OSError as error:
        raise Trouble(
            f"Auf {settings.listen}:{settings.port} kann das Portal nicht antworten ({error.strerror}). "
            "Mit PORT=… wählen Sie einen anderen Port."
        ) from error


@commands.command()
def check() -> None:
    """Prüft Einstellungen, Schlüssel, Datenbank, Zuständigkeit und Mailversand."""
    settings = from_env()
    problems = problems_before_start(settings)
    if not problems:
        with _connected():
            problems = [*health.examined(), *_gaps(settings)]
        if problem := mail.problem(settings.mail) if settings.mail.host else "":
            problems.append(problem)
    if not settings.mail.host:
        click.echo("Hinweis: Ohne PORTAL_SMTP_HOST bleiben Briefe im Postausgang liegen.")
    if problems:
        raise Trouble(_listed(problems))
    click.echo("Alles in Ordnung.")


def _gaps(settings: Settings) -> list[str]:
    """Return what the county still has to supply; a trial may do without."""
    gaps = [str(gap) for gap in _pack(installed_key() or "").gaps]
    if settings.mode == "production" or not gaps:
        return gaps
    click.echo(f"Hinweis: Im Kreispaket sind {len(gaps)} Stellen offen, die der Betrieb braucht.")
    return []


def _listed(problems: Sequence[str]) -> str:
    return "\n".join(f"- {problem}" for problem in problems)


@commands.command()
def tick() -> None:
    """Erledigt die Hintergrundarbeit: Erinnerungen, Briefe, Löschfristen, Protokollprüfung."""
    setup_logs()
    with _searching() as settings:
        outside = upkeep.Outside(
            settings.data_dir,
            mail.sender(settings.mail),
            settings.base_url,
            search_index.catch_up,
        )
        errors = upkeep.tick(outside)
    if errors:
        raise Trouble(_listed([f"{step}: {error}" for step, error in errors.items()]))


@contextmanager
def _searching() -> Iterator[Settings]:
    """Open the portal and its search index."""
    with _portal() as settings:
        _open_index(settings)
        yield settings


def _open_index(settings: Settings) -> None:
    search_index.setup_search(settings.data_dir / SEARCH, in_background=False)


@commands.group(name="search")
def search_commands() -> None:
    """Die Suche."""


@search_commands.command()
def rebuild() -> None:
    """Baut den Suchindex neu auf; Seiten antworten währenddessen weiter."""
    with _searching():
        try:
            with click.progressbar(length=1, label="Suchindex", width=40) as bar:
                search_index.rebuild(partial(_advance, bar))
        except search_index.Busy:
            raise Trouble("Der Suchindex wird gerade schon aufgebaut.") from None
        click.echo(f"{search_index.status().entries} Einträge.")


def _advance(bar: Any, done: int, total: int) -> None:
    bar.length = max(total, 1)
    bar.update(done - bar.pos)


@search_commands.command()
def status() -> None:
    """Sagt, was der Suchindex enthält und ob er auf dem Stand der Datenbank ist."""
    with _searching():
        state = search_index.status()
    if not state.name:
        raise Trouble("Es gibt keinen lesbaren Suchindex; die nächste Suche baut ihn neu auf.")
    click.echo(f"{state.name}: {state.entries} Einträge")
    click.echo(f"Stand: Änderung {state.last_change} von {state.latest_change}")
    click.echo("Aktuell." if state.is_current else "Nicht aktuell; die nächste Suche holt es nach.")


@commands.group()
def audit() -> None:
    """Das Protokoll."""


@audit.command()
def verify() -> None:
    """Prüft, ob das Protokoll vollständig und unverändert ist."""
    with _portal() as settings:
        findings = audits.verify(settings.data_dir)
    if findings:
        raise Trouble(_listed([str(finding) for finding in findings]))
    click.echo("Das Protokoll ist vollständig und unverändert.")


@commands.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Schreibt eine verschlüsselte Sicherung; die Schlüsseldatei gehört nicht dazu."""
    with _portal():
        head = backups.dump(file)
    click.echo(f"{file}: {head.rows} Zeilen gesichert.")


@commands.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="ersetzt, was in der Datenbank steht")
def restore(file: Path, replace: bool) -> None:
    """Spielt eine Sicherung ein, auch von SQLite nach PostgreSQL und zurück."""
    with _portal(ready=False) as settings:
        restored = backups.restore(file, data_dir=settings.data_dir, replace=replace)
        db.forget_deleted()
        _open_index(settings)
        search_index.discard()
    click.echo(f"{restored.head.rows} Zeilen vom {restored.head.at} sind wieder da.")
    click.echo(f"{restored.deleted_again} seither gelöschte Anfragen wurden wieder gelöscht.")
    if restored.findings:
        raise Trouble(_listed([str(finding) for finding in restored.findings]))


@commands.group(name="keys")
def key_commands() -> None:
    """Die Schlüssel für Personendaten."""


@key_commands.command()
@click.option("--forget-old", is_flag=True, help="löscht alte Schlüssel, die nichts mehr braucht")
def rotate(forget_old: bool) -> None:
    """Verschlüsselt alle Personendaten mit einem neuen Schlüssel, auch im laufenden Betrieb."""
    with _portal() as settings:
        if forget_old:
            gone = ", ".join(rotation.forget_old(settings.key_file)) or "keiner"
            click.echo(
                f"Gelöscht: {gone}. Sicherungen mit diesen Schlüsseln sind nicht mehr lesbar."
            )
            return
        rotated = rotation.rotate(settings.key_file)
    click.echo(f"{rotated.resealed} Werte tragen jetzt den Schlüssel {rotated.key}.")
    if rotated.unreadable:
        raise Trouble(f"{rotated.unreadable} Werte sind mit keinem vorhandenen Schlüssel lesbar.")


@commands.command()
@click.argument("mail_address", metavar="MAIL")
@click.argument("name")
@click.option("--role", type=click.Choice([str(role) for role in Role]), default=str(Role.ADMIN))
def invite(mail_address: str, name: str, role: str) -> None:
    """Lädt eine Person ein und zeigt ihren Link, der einmal und 24 Stunden lang gilt."""
    with _portal() as settings:
        wanted = people.WantedRole(Role(role))
        _account, token = people.invite(by=SYSTEM, mail=mail_address, name=name, roles=[wanted])
    with create_app(settings).test_request_context():
        path = url_for("accounts.invitation", token=token)
    click.echo(f"{settings.base_url}{path}")


@commands.command()
@click.option(
    "--json", "as_json", is_flag=True, required=True, help="Fragen und Antworten als JSON"
)
@click.option("--county", help="Kreispaket statt der Regeln der Datenbank")
def wayfinder(as_json: bool, county: str | None) -> None:
    """Sagt, wer zuständig ist: liest ein Objekt oder eine Liste von der Standardeingabe."""
    raw = sys.stdin.buffer.read()
    questions, is_list = asking.read_questions(raw, today=clock.today())
    with _wayfinder_rules(county) as (rules, texts, services):
        answers = asking.results(questions, rules=rules, texts=texts, services=services)
        lines = (json.dumps(one, ensure_ascii=False) for one in answers)
        if not is_list:
            click.echo(next(lines))
            return
        click.echo("[" + ",\n".join(lines) + "]")


@contextmanager
def _wayfinder_rules(county: str | None) -> Iterator[tuple[Rules, Texts, asking.Services]]:
    """Yield the rules and services of the database; where there is none, those of a county pack."""
    with _database_if_any() as installed:
        if installed and county in {None, installed}:
            edition = versions.current(clock.today())
            yield edition.rules, edition.texts(SOURCE), _services_behind
            return
    pack = _pack(county or _only_pack())
    if pack.wayfinder is None:
        raise Trouble(f"Das Kreispaket „{pack.key}“ hat keine Regeln für den Wegweiser.")
    towns = {town.slug: town.name for town in pack.towns}
    rules = versions.check(pack.wayfinder).in_county(towns)
    yield rules, texts_of(pack.wayfinder, SOURCE), lambda _code, _town, _unnamed: ()


@contextmanager
def _database_if_any() -> Iterator[str | None]:
    """Yield the key of the installed county, or None on a machine that was not set up."""
    settings = from_env(serving=False)
    if not settings.database_url and not (settings.data_dir / "portal.db").exists():
        yield None
        return
    db.open_database(settings.database)
    with _connected():
        has_rules = db.database.table_exists("rule_set") and versions.exist()
        yield installed_key() if has_rules else None


def _only_pack() -> str:
    packs = sorted(folder.name for folder in COUNTIES.iterdir() if folder.is_dir())
    if len(packs) != 1:
        raise Trouble(f"Bitte mit --county sagen, welcher Kreis: {', '.join(packs)}.")
    return packs[0]


def _services_behind(code: str, town: str, unnamed: frozenset[str]) -> list[str]:
    found = services_for(code, town, locale=SOURCE, at=clock.now(), apart_from=unnamed)
    return [one.words.name for one in found]


@commands.group(name="directory")
def directory_commands() -> None:
    """Das Verzeichnis der Angebote."""


@directory_commands.command()
def links() -> None:
    """Fragt alle Internetadressen des Verzeichnisses ab und nennt, was nicht antwortet."""
    with _portal():
        broken = check_links(link_problem)
    if broken:
        raise Trouble(_listed([f"{one.kind} {one.key}: {one.url} {one.problem}" for one in broken]))
    click.echo("Alle Internetadressen antworten.")


if __name__ == "__main__":
    sys.exit(main())

"""The TOML files of a county pack: checked tables, and ``county.toml`` itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.domain.county_pack import cells, model
from portal.domain.county_pack.problems import Report
from portal.domain.county_pack.reader import Reader, Toml

COUNTY_FILE = "county.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of a TOML table: its check, and whether it may be left out."""

    check: Callable[[Any], object]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Tables:
    """One key that holds further tables and may be left out.

    They are a list; or, if `named` is set, each has a name that becomes the field `named` of what it builds.
    """

    settings: Mapping[str, Setting]
    build: Callable[..., object]
    named: str = ""
    optional: bool = True


def string(check: Callable[[str], object]) -> Callable[[Any], object]:
    """Make a check for a TOML text."""

    def read(value: Any) -> object:
        if not isinstance(value, str):
            raise cells.CellError("ein Text in Anführungszeichen wird erwartet")
        return check(value.strip())

    return read


def strings(check: Callable[[str], object], *, at_least: int = 0) -> Callable[[Any], object]:
    """Make a check for a TOML list of texts, none of them twice."""

    def read(value: Any) -> object:
        if not isinstance(value, list):
            raise cells.CellError("eine Liste von Texten wird erwartet")
        found = tuple(string(check)(item) for item in value)
        if len(found) < at_least:
            raise cells.CellError("darf nicht leer sein")
        if len(set(found)) < len(found):
            raise cells.CellError("nennt etwas doppelt")
        return found

    return read


def number(lowest: int, highest: int) -> Callable[[Any], object]:
    """Make a check for a whole number between two bounds."""

    def read(value: Any) -> object:
        if type(value) is not int or not lowest <= value <= highest:
            raise cells.CellError(f"eine ganze Zahl von {lowest} bis {highest} wird erwartet")
        return value

    return read


def boolean(value: Any) -> bool:
    """Check for ``true`` or ``false``."""
    if not isinstance(value, bool):
        raise cells.CellError("true oder false wird erwartet")
    return value


def day(value: Any) -> date:
    """Check for a day, written as a TOML date or as text."""
    if isinstance(value, str):
        return cells.iso_date(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise cells.CellError("ein Datum wie 2026-11-30 wird erwartet")
    return value


def table_only(value: Any) -> dict[str, Any]:
    """Check for a table of its own, whose content is read separately."""
    if not isinstance(value, dict):
        raise cells.CellError("ein Abschnitt in eckigen Klammern wird erwartet")
    return value


SECTIONS: dict[str, tuple[type, Mapping[str, Setting]]] = {
    "holidays": (
        model.HolidayRegion,
        {
            "country": Setting(string(cells.country)),
            "subdivision": Setting(string(cells.text)),
        },
    ),
    "first_contact": (
        model.FirstContact,
        {
            "working_days": Setting(number(1, 30)),
            "reminder_holder_day": Setting(number(1, 60)),
            "reminder_coordination_day": Setting(number(1, 60)),
        },
    ),
    "retention": (
        model.Retention,
        {
            "intake_unconfirmed_days": Setting(number(1, 365)),
            "intake_closed_months": Setting(number(1, 120)),
            "intake_withdrawn_hours": Setting(number(1, 720)),
            "consent_proof_years": Setting(number(1, 10)),
            "access_log_months": Setting(number(1, 120)),
            "backup_days": Setting(number(1, 365)),
        },
    ),
    "imprint": (
        model.Imprint,
        {
            "controller": Setting(string(cells.text)),
            "represented_by": Setting(string(cells.text)),
            "street": Setting(string(cells.text)),
            "postcode": Setting(string(cells.postcode)),
            "place": Setting(string(cells.text)),
            "phone": Setting(string(cells.or_open(cells.phone))),
            "mail": Setting(string(cells.or_open(cells.mail))),
            "responsible": Setting(string(cells.text)),
            "supervision": Setting(string(cells.text)),
            "data_protection_officer": Setting(string(cells.text)),
            "data_protection_mail": Setting(string(cells.or_open(cells.mail))),
            "hosting": Setting(string(cells.text)),
        },
    ),
}
COUNTY: dict[str, Setting] = {
    "key": Setting(string(cells.slug)),
    "name": Setting(string(cells.text)),
    "prefix": Setting(string(cells.prefix)),
    "timezone": Setting(string(cells.timezone)),
    "phone_region": Setting(string(cells.phone_region)),
    "languages": Setting(strings(cells.language, at_least=1)),
    "other_town_url": Setting(string(cells.url)),
    "state_accommodation_towns": Setting(strings(cells.slug)),
} | {section: Setting(table_only) for section in SECTIONS}


def read_table(
    report: Report,
    file: str,
    toml: Toml,
    path: str,
    table: Mapping[str, Any],
    settings: Mapping[str, Setting | Tables],
) -> dict[str, Any] | None:
    """Check one TOML table at ``path``; None if anything in it does not fit."""
    before = len(report.problems)
    values: dict[str, Any] = {}
    for key in table:
        if key not in settings:
            line = toml.line(_join(path, key))
            report.problem(file, line, f"unbekannte Einstellung {cells.quoted(key)}")
    for key, setting in settings.items():
        place = _join(path, key)
        line = toml.line(place)
        if key not in table:
            if not setting.optional:
                report.problem(file, line, f"Einstellung „{place}“ fehlt")
            continue
        if table[key] == cells.OPEN:
            report.gap(file, line, f"„{place}“ ist noch zu ergänzen")
        try:
            values[key] = _value(report, file, toml, place, table[key], setting)
        except cells.CellError as error:
            report.problem(file, line, f"„{place}“: {error}")
    return values if len(report.problems) == before else None


def _value(
    report: Report, file: str, toml: Toml, path: str, value: Any, setting: Setting | Tables
) -> object:
    """Return what one key holds; tables that do not fit are left out and reported."""
    if isinstance(setting, Setting):
        return setting.check(value)
    built = []
    for name, table in _named(value) if setting.named else _numbered(value):
        place = f"{path}.{name}" if setting.named else f"{path}[{name}]"
        values = read_table(report, file, toml, place, table, setting.settings)
        if values is not None:
            own_name = {setting.named: name} if setting.named else {}
            built.append(setting.build(**own_name, **values))
    return tuple(built)


def _named(value: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(name, table_only(table)) for name, table in table_only(value).items()]


def _numbered(value: Any) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise cells.CellError("eine Liste von Angaben in geschweiften Klammern wird erwartet")
    return [(str(number), table) for number, table in enumerate(value)]


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def read_county(reader: Reader) -> tuple[Toml, dict[str, Any]] | None:
    """Read ``county.toml`` into the fields of a county pack; None if it cannot be used."""
    toml = reader.toml(COUNTY_FILE)
    if toml is None:
        return None
    report = reader.report
    county = read_table(report, COUNTY_FILE, toml, "", toml.content, COUNTY) or {}
    for section, (build, settings) in SECTIONS.items():
        table = toml.content.get(section)
        if isinstance(table, dict):
            values = read_table(report, COUNTY_FILE, toml, section, table, settings)
            county[section] = None if values is None else build(**values)
    _check_county(report, toml, county)
    return toml, county


def _check_county(report: Report, toml: Toml, county: Mapping[str, Any]) -> None:
    """Check what concerns more than one setting."""
    region = county.get("holidays")
    contact = county.get("first_contact")
    if isinstance(region, model.HolidayRegion):
        try:
            cells.holiday_region(region.country, region.subdivision)
        except cells.CellError as error:
            report.problem(COUNTY_FILE, toml.line("holidays.subdivision"), str(error))
    if (
        isinstance(contact, model.FirstContact)
        and contact.reminder_coordination_day < contact.reminder_holder_day
    ):
        line = toml.line("first_contact.reminder_coordination_day")
        report.problem(COUNTY_FILE, line, "die Koordination wird vor der Stelle selbst erinnert")

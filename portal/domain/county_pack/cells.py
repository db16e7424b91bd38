"""Turn the text of one cell or setting into a checked value; say in German why it does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import holidays
import phonenumbers
from email_validator import EmailNotValidError, validate_email

from portal.domain.directory.hours import parse_hours
from portal.domain.directory.views import Opening
from portal.domain.errors import RuleBroken
from portal.domain.text import is_usable

T = TypeVar("T")
Check = Callable[[str], T]

# What editors write where a fact is not known yet. It is data, so it is not translated.
OPEN = "bitte ergänzen"

FTE_STEP = Decimal("0.05")
FTE_MAX = Decimal(5)

LONGEST_QUOTE = 60

# Words that already name a page below /anfrage/ and therefore cannot name a town.
RESERVED_SLUGS = (
    "andere-stadt",
    "landesunterkunft",
    "angekommen",
    "status",
    "meine",
    "zurueckgezogen",
)


class CellError(ValueError):
    """A value does not fit; the message is for the person who edits the file."""


def quoted(value: object) -> str:
    """Quote a wrong value for a message, shortened so that a message stays readable."""
    text = str(value)
    return f"„{text}“" if len(text) <= LONGEST_QUOTE else f"„{text[:LONGEST_QUOTE]}…“"


def matching(pattern: str, hint: str) -> Check[str]:
    """Make a check for a text that must match a pattern completely."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise CellError(f"{quoted(value)} ist ungültig: {hint}")
        return value

    return check


def one_of(*allowed: str) -> Check[str]:
    """Make a check for a word from a closed list."""

    def check(value: str) -> str:
        if value not in allowed:
            raise CellError(f"{quoted(value)} ist unbekannt; erlaubt: {', '.join(allowed)}")
        return value

    return check


def or_empty(check: Check[str]) -> Check[str]:
    """Let a cell be empty, check it otherwise."""
    return lambda value: check(value) if value else ""


def or_unknown(check: Check[T]) -> Check[T | None]:
    """Let an empty cell mean "not known"."""
    return lambda value: check(value) if value else None


def words(check: Check[str], *, at_least: int = 0) -> Check[tuple[str, ...]]:
    """Make a check for words separated by spaces, each checked and none twice."""

    def split(value: str) -> tuple[str, ...]:
        found = tuple(check(word) for word in value.split())
        if len(found) < at_least:
            raise CellError("darf nicht leer sein")
        if len(set(found)) < len(found):
            raise CellError(f"{quoted(value)} nennt etwas doppelt")
        return found

    return split


def prose(value: str) -> str:
    """Accept any text, also in several lines or empty."""
    if not is_usable(value):
        raise CellError("enthält unerlaubte Steuerzeichen")
    return value


def note(value: str) -> str:
    """Accept any text in one line, also the empty one."""
    if "\n" in value:
        raise CellError("darf keinen Zeilenumbruch enthalten")
    return prose(value)


def text(value: str) -> str:
    """Accept any text in one line but the empty one."""
    return note(not_empty(value))


def not_empty(value: str) -> str:
    """Accept any text, also in several lines, but the empty one."""
    if not value:
        raise CellError("darf nicht leer sein")
    return prose(value)


slug = matching(
    r"[a-z0-9]+(-[a-z0-9]+)*", "nur kleine Buchstaben a–z, Ziffern und einzelne Bindestriche"
)
position_key = matching(r"[A-Z0-9]+(-[A-Za-z0-9]+)*", "zum Beispiel CMS-I-a")
cluster_key = matching(r"[A-Za-z0-9]{1,10}", "höchstens zehn Buchstaben und Ziffern")
postcode = matching(r"[0-9]{5}", "eine Postleitzahl hat fünf Ziffern")
ags = matching(r"[0-9]{8}", "ein Gemeindeschlüssel hat acht Ziffern")
prefix = matching(r"[A-Z]{1,3}", "ein bis drei große Buchstaben")
language = matching(r"[a-z]{2,3}", "ein Sprachkürzel wie de, ar oder uk")
version = matching(r"[0-9]{4}-(0[1-9]|1[0-2])(\.[0-9]+)?", "Jahr-Monat, zum Beispiel 2026-11")


def town_slug(value: str) -> str:
    """Check a town's slug, which is also the last part of its addresses in the portal."""
    if value in RESERVED_SLUGS:
        raise CellError(f"{quoted(value)} ist schon eine Seite des Portals")
    return slug(value)


def flag(value: str) -> bool:
    """Read ``ja`` or ``nein``."""
    return one_of("ja", "nein")(value) == "ja"


def whole_number(value: str) -> int:
    """Read a small whole number."""
    return int(matching(r"[0-9]{1,4}", "eine ganze Zahl wird erwartet")(value))


def fte(value: str) -> Decimal:
    """Read full-time equivalents: 0 to 5 in steps of 0.05, with point or comma."""
    number = Decimal(
        matching(r"[0-9]([.,][0-9]{1,2})?", "VZÄ wie 0.5 oder 1.0")(value).replace(",", ".")
    )
    if number > FTE_MAX or number % FTE_STEP:
        raise CellError(f"{quoted(value)} ist ungültig: VZÄ von 0 bis 5 in Schritten von 0,05")
    return number


def iso_date(value: str) -> date:
    """Read a date written as year-month-day."""
    matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "ein Datum wie 2026-11-30 wird erwartet")(value)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise CellError(f"{quoted(value)} ist kein Tag im Kalender") from None


def hours(value: str) -> tuple[Opening, ...]:
    """Read opening hours; an empty cell, or one to be filled in, says nothing about them."""
    try:
        return parse_hours(or_hidden(note)(value))
    except RuleBroken as error:
        raise CellError(str(error.message)) from None


def url(value: str) -> str:
    """Check a web address; only https, because the portal links to it in public."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not re.fullmatch(r"https://[^\s<>\"]+", value) or "." not in host.strip("."):
        raise CellError(f"{quoted(value)} ist keine Adresse, die mit https:// beginnt")
    return value


def mail(value: str) -> str:
    """Check the shape of a mail address; nothing is looked up."""
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        raise CellError(f"{quoted(value)} ist keine E-Mail-Adresse") from None
    return value


def or_open(check: Check[str]) -> Check[str]:
    """Let the mark "bitte ergänzen" stand where a fact is not known yet, and be shown."""
    return lambda value: value if value == OPEN else check(value)


def or_hidden(check: Check[str]) -> Check[str]:
    """Let a fact be empty or marked "bitte ergänzen"; either way nothing is shown."""
    return lambda value: "" if value in ("", OPEN) else check(value)


phone = matching(r"\+?[0-9][0-9 /()-]{4,24}", "eine Telefonnummer aus Ziffern wird erwartet")


def phone_region(value: str) -> str:
    """Check a country by which phone numbers without country code are read."""
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise CellError(f"{quoted(value)} ist kein Land mit Telefonnummern, zum Beispiel DE")
    return value


def timezone(value: str) -> str:
    """Check the name of a time zone."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise CellError(f"{quoted(value)} ist keine Zeitzone wie Europe/Berlin") from None
    return value


country = matching(r"[A-Z]{2}", "zwei große Buchstaben wie DE")


def holiday_region(value: str, subdivision: str) -> None:
    """Check that the public holidays of a region are known."""
    try:
        holidays.country_holidays(country(value), subdiv=subdivision)
    except NotImplementedError:
        region = quoted(f"{value} {subdivision}")
        raise CellError(f"für {region} sind keine Feiertage bekannt") from None

"""What every entry must be: texts of a bearable length, days that make sense, known codes, safe links."""

from collections.abc import Collection, Iterable
from datetime import date
from urllib.parse import urlsplit

from portal.domain.errors import RuleBroken
from portal.domain.text import clean

LONGEST_LINE = 200
LONGEST_TEXT = 3000
LONGEST_BODY = 20_000
LONGEST_URL = 500
EARLIEST, LATEST = date(1950, 1, 1), date(2099, 12, 31)
HIGHEST_ID = 2**31 - 1
"""No row has a higher number; a database refuses to look for one."""


def cleaned(text: str, *, field: str, longest: int, required: bool = False) -> str:
    """Return a text as it is stored; raise RuleBroken if it is too long, or missing."""
    tidy = clean(text)
    if required and not tidy:
        raise RuleBroken("Bitte füllen Sie dieses Feld aus.", field=field)
    if len(tidy) > longest:
        raise RuleBroken(f"Der Text darf höchstens {longest} Zeichen haben.", field=field)
    return tidy


def check_days(*days: date | None, field: str = "valid_from") -> None:
    """Raise RuleBroken if a day lies in a year that nobody can have meant."""
    if not all(EARLIEST <= day <= LATEST for day in days if day):
        raise RuleBroken("Bitte prüfen Sie das Jahr.", field=field)


def check_order(first: date | None, last: date | None, *, field: str, message: str) -> None:
    """Raise RuleBroken if a first day comes after the last."""
    check_days(first, last, field=field)
    if first and last and last < first:
        raise RuleBroken(message, field=field)


def check_codes(codes: Iterable[str], known: Collection[str], *, field: str) -> None:
    """Raise RuleBroken if a code is none of those known."""
    if unknown := [code for code in codes if code not in known]:
        raise RuleBroken(f"„{unknown[0][:40]}“ steht nicht zur Wahl.", field=field)


def check_url(url: str, *, field: str = "url") -> None:
    """Raise RuleBroken unless a link is empty, or a complete address that is read over TLS."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        is_good = parts.scheme == "https" and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        is_good = False
    if not is_good or len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise RuleBroken("Bitte geben Sie eine Adresse an, die mit https:// beginnt.", field=field)

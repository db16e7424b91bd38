"""The single door to translation: German is the source, every msgid is the German text."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from flask_babel import (
    force_locale,
    format_date,
    format_datetime,
    get_locale,
    ngettext,
)
from flask_babel import (
    gettext as _,
)
from flask_babel import (
    lazy_gettext as _l,
)

__all__ = [
    "LOCALES",
    "SOURCE",
    "Locale",
    "_",
    "_l",
    "format_date",
    "format_datetime",
    "locale",
    "ngettext",
    "speaking",
]


@dataclass(frozen=True, slots=True)
class Locale:
    """A language of the public pages, under the name its speakers use."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"] = "ltr"
    script: Literal["Latn", "Cyrl", "Arab"] = "Latn"
    region: str = ""

    @property
    def babel(self) -> str:
        """Return the name by which Babel knows the language, and how it writes dates."""
        return f"{self.code}_{self.region}" if self.region else self.code


SOURCE = "de"
LOCALES: dict[str, Locale] = {
    known.code: known
    for known in (
        Locale("de", "Deutsch"),
        Locale("en", "English", region="GB"),
        Locale("ar", "العربية", "rtl", "Arab"),
        Locale("uk", "Українська", script="Cyrl"),
    )
}


def locale() -> Locale:
    """Return the language this page or letter speaks."""
    current = get_locale()
    return LOCALES[current.language] if current else LOCALES[SOURCE]


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language, for letters and pages written outside a request in it."""
    with force_locale(LOCALES[code].babel):
        yield

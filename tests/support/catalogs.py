"""Compiled catalogs: not committed, so made before the first page speaks."""

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal.config import ROOT


def compile_catalogs() -> None:
    """Compile each catalog that is newer than its compiled form."""
    for source in (ROOT / "portal" / "translations").glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parent.parent.name)
        with target.open("wb") as file:
            write_mo(file, catalog)

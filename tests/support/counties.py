"""County packs in tests: the real one, and a tiny second one that keeps code honest."""

from portal.config import ROOT
from portal.domain import county
from portal.domain.county_pack import load_pack
from portal.i18n import LOCALES

FOLDERS = {"hoexter": ROOT / "portal" / "counties", "testkreis": ROOT / "tests" / "counties"}


def install(key: str) -> None:
    """Load and install a county's pack into the bound database."""
    county.install(load_pack(FOLDERS[key] / key, locales=LOCALES))

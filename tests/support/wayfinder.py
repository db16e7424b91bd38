"""The Wegweiser's rules of Kreis Höxter without a database, and situations to ask about."""

from datetime import date
from functools import cache
from typing import Any

from portal.config import ROOT
from portal.domain.wayfinder import Inputs, Rules
from portal.domain.wayfinder.pack import read_pack
from portal.domain.wayfinder.versions import check

HOEXTER = ROOT / "portal" / "counties" / "hoexter"
TOWNS = {
    "beverungen": "Beverungen",
    "borgentreich": "Borgentreich",
    "brakel": "Brakel",
    "hoexter": "Höxter",
    "warburg": "Warburg",
}
DAY = date(2026, 6, 1)


@cache
def hoexter_rules() -> Rules:
    """Return the rules of the pack."""
    return check(read_pack(HOEXTER)).in_county(TOWNS)


def situation(**given: Any) -> Inputs:
    """Return inputs: somebody of 40 with protection, ten months here, in Brakel, on 1 June 2026."""
    usual = {
        "age": 40,
        "status": "protected",
        "months": 10,
        "topics": [],
        "town": "Brakel",
        "as_of": "2026-06-01",
    }
    return Inputs.from_json({**usual, **given}, today=DAY)

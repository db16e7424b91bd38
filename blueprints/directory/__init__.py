"""Who offers what, where and for whom: search, pages of services, programmes, knowledge cards, corrections, upkeep."""

from blueprints.directory import (  # noqa: F401 - they register their views
    correcting_routes,
    demarcation_routes,
    exchange_routes,
    place_routes,
    programme_routes,
    proposal_routes,
    public_routes,
    reading_routes,
    service_routes,
    survey_routes,
    word_routes,
)
from blueprints.directory.pages import pages

__all__ = ["pages"]

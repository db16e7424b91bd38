"""Ebene 1: the public form, the person's own page, the inbox of case management."""

from blueprints.intake import inbox_routes, own_routes, public_routes  # noqa: F401 - they register their views
from blueprints.intake.pages import pages

__all__ = ["pages"]

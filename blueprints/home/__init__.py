"""Start page, legal pages, the way out, and what waits for staff today."""

from blueprints.home.routes import pages

__all__ = ["pages"]

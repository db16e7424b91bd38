"""Start page, legal pages, the way out, what waits for staff today, search over everything."""

from blueprints.home import routes, search_routes  # noqa: F401 - they register their views
from blueprints.home.pages import pages

__all__ = ["pages"]

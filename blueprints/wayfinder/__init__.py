"""Pages of the Wegweiser: who is responsible, and why."""

from blueprints.wayfinder import routes, rule_routes  # noqa: F401 - they register their views
from blueprints.wayfinder.pages import pages

__all__ = ["pages"]

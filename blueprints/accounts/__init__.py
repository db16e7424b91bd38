"""Signing in, one's own account, people with access, posts and absences."""

from blueprints.accounts import (  # noqa: F401 - they register their views
    absence_routes,
    own_routes,
    people_routes,
    posts_routes,
    routes,
)
from blueprints.accounts.demo_routes import demo_accounts
from blueprints.accounts.pages import pages

__all__ = ["demo_accounts", "pages"]

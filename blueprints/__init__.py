"""The site map: which area answers under which address."""

from flask import Flask

from blueprints.accounts import demo_accounts
from blueprints.accounts import pages as accounts
from blueprints.directory import pages as directory
from blueprints.home import pages as home
from blueprints.intake import pages as intake
from blueprints.privacy import pages as privacy
from blueprints.wayfinder import pages as wayfinder

SITE_MAP = (
    (home, ""),
    (intake, ""),
    (directory, ""),
    (accounts, "/konto"),
    (privacy, "/datenschutz"),
    (wayfinder, ""),
)


def register(app: Flask, *, demo: bool) -> None:
    """Register every area; one-click sign-in exists in demo mode only."""
    for blueprint, prefix in SITE_MAP:
        app.register_blueprint(blueprint, url_prefix=prefix or None)
    if demo:
        app.register_blueprint(demo_accounts, url_prefix="/konto/demo")

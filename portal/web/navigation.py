"""The staff's main menu: what this person may open."""

from typing import NamedTuple

from flask import Flask, request, url_for
from flask_login import current_user

from portal.domain.permissions import Permission, may
from portal.web.login import current_account


class Entry(NamedTuple):
    """One line of the menu."""

    label: str
    url: str
    current: str
    """What `aria-current` says: this very page, one of the pages behind it ("true"), or nothing."""


MENU: tuple[tuple[str, str, Permission | None], ...] = (
    ("Heute", "home.today", None),
    ("Eingang", "intake.list_requests", Permission.INTAKE_WORK),
    ("Überblick", "intake.overview", Permission.INTAKE_FIGURES),
    ("Wegweiser", "wayfinder.ask_for_case", None),
    ("Verzeichnis", "directory.list_services", Permission.DIRECTORY_READ),
    ("Suche", "home.search_everything", Permission.DIRECTORY_READ),
    ("Stellen", "accounts.posts", Permission.POSITIONS_MANAGE),
    ("Personen", "accounts.people", Permission.ACCOUNTS_READ),
    ("Protokoll", "privacy.log", Permission.AUDIT_READ),
)


def setup_navigation(app: Flask) -> None:
    """Teach the templates the menu."""
    app.jinja_env.globals["navigation"] = navigation


def navigation() -> list[Entry]:
    """Return the menu of whoever signed in; empty for visitors."""
    if not current_user.is_authenticated:
        return []
    account = current_account()
    return [
        Entry(label, url_for(endpoint), _current(endpoint))
        for label, endpoint, permission in MENU
        if permission is None or may(account, permission)
    ]


def _current(endpoint: str) -> str:
    if request.endpoint == endpoint:
        return "page"
    area = endpoint.partition(".")[0]
    is_its_only_line = sum(line[1].startswith(f"{area}.") for line in MENU) == 1
    return "true" if is_its_only_line and request.blueprint == area else ""

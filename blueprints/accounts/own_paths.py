"""Where a visitor goes on after signing in: to a page of this portal, never elsewhere."""

from urllib.parse import urlsplit

from flask import request, url_for

LONGEST_PATH = 500


def own_path(raw: str) -> str:
    """Return a path of this portal, or nothing if it may lead elsewhere.

    Browsers read a second slash, of either kind, as another host, and drop tabs and line feeds before they read.
    """
    if not raw.startswith("/") or raw[1:2] in {"/", "\\"} or len(raw) > LONGEST_PATH:
        return ""
    if not raw.isprintable() or "\\" in raw:
        return ""
    parts = urlsplit(raw)
    return "" if parts.scheme or parts.netloc else raw


def wanted_page() -> str:
    """Return the page somebody wanted before they had to sign in, or the start page of staff."""
    return own_path(request.args.get("next", "")) or url_for("home.today")

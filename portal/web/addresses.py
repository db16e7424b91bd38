"""Addresses nobody can mean: answered as missing before they reach a view or the database."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

from portal.domain.text import is_usable

FOR_THE_BUILDER = {"endpoint", "lang", "_anchor", "_external", "_method", "_scheme"}
LONGEST_PAGE_NUMBER = 6  # digits
HIGHEST_ID = 2**31 - 1  # PostgreSQL refuses to compare a row's number with more


class RowNumber(IntegerConverter):
    """The number of a row, as part of a path."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": HIGHEST_ID, **kwargs})


def setup_addresses(app: Flask) -> None:
    """Guard every path and query."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(refuse_unusable)


def refuse_unusable() -> None:
    """Answer "not found" to an address with characters that no text of ours holds."""
    parts = (request.path, *(text for pair in request.args.items(multi=True) for text in pair))
    if not all(map(is_usable, parts)):
        abort(404)


def query() -> dict[str, list[str]]:
    """Return the query of this address, to write another with it; without what would steer `url_for`."""
    return {name: texts for name, texts in request.args.lists() if name not in FOR_THE_BUILDER}


def page_number() -> int:
    """Return which page of a list is asked for; the first if it is no number."""
    raw = request.args.get("seite", "")
    is_number = raw.isascii() and raw.isdigit() and len(raw) <= LONGEST_PAGE_NUMBER
    return max(1, int(raw)) if is_number else 1


def host_of(address: str) -> str | None:
    """Return the host an address names, or nothing if it is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None

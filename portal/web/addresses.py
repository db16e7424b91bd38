"""Addresses nobody can mean: answered as missing before they reach a view or the database."""

from typing import Any

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

from portal.domain.text import is_usable

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

"""Answers: a whole page, or the part of it that htmx asked for."""

import json
from functools import cache
from typing import Any

from flask import Flask, Response, make_response, render_template, url_for
from flask_htmx import HTMX
from jinja2 import StrictUndefined

from portal.config import ROOT

htmx = HTMX()
MANIFEST = ROOT / "static" / "dist" / "manifest.json"


def setup_render(app: Flask) -> None:
    """Teach the templates where the built files are, and to fail at a missing value."""
    htmx.init_app(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["asset"] = asset


@cache
def _manifest() -> dict[str, str]:
    built: dict[str, str] = json.loads(MANIFEST.read_text("utf-8"))
    return built


def asset(name: str) -> str:
    """Return the address of a built file; it changes with the file's content."""
    return url_for("static", filename=f"dist/{_manifest()[name]}")


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Answer with a whole page."""
    return make_response(render_template(template, **values), status)


def page_or_partial(template: str, partial: str, status: int = 200, **values: Any) -> Response:
    """Answer with the part that htmx asked for, else with the page that includes it."""
    wants_part = bool(htmx) and not htmx.boosted and not htmx.history_restore_request
    answer = page(partial if wants_part else template, status, is_part=wants_part, **values)
    answer.vary.add("HX-Request")
    return answer

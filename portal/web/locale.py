"""Which language a page speaks: the first part of its path, else German for staff, else the browser's wish."""

from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import Babel
from werkzeug.routing import BaseConverter

from portal.config import ROOT
from portal.i18n import LOCALES, SOURCE, Locale, locale
from portal.web.addresses import query


class LocaleConverter(BaseConverter):
    """The languages of the list, as the first part of a path."""

    regex = "|".join(LOCALES)


def setup_locale(app: Flask) -> None:
    """Teach the app its languages."""
    app.url_map.converters["locale"] = LocaleConverter
    Babel(
        app,
        default_locale=SOURCE,
        default_translation_directories=str(ROOT / "portal" / "translations"),
        default_timezone="Europe/Berlin",
        locale_selector=_selected,
    )
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.jinja_env.globals.update(locales=list(LOCALES.values()), url_in=url_in)
    app.context_processor(lambda: {"locale": locale()})


def preferred() -> Locale:
    """Return the language of the list that the browser asks for most."""
    return LOCALES[request.accept_languages.best_match(list(LOCALES), default=SOURCE) or SOURCE]


def url_in(code: str) -> str:
    """Return this page's address in another language, or the start page's if it has only one."""
    if request.endpoint is None or not _speaks(request.endpoint):
        return url_for("home.start", lang=code)
    values = {**query(), **(request.view_args or {}), "lang": code}
    return url_for(request.endpoint, **values)


def _speaks(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "lang")


def _selected() -> str:
    code: str = g.get("lang", SOURCE) if has_request_context() else SOURCE
    return LOCALES[code].babel


def _take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    lang = (values or {}).pop("lang", None)
    if lang:
        g.lang = lang
    elif endpoint is None:  # a page that does not exist still answers in the reader's language
        first = request.path.split("/", 2)[1]
        g.lang = first if first in LOCALES else preferred().code


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and _speaks(endpoint):
        values["lang"] = g.get("lang", SOURCE)

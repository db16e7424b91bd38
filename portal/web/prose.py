"""Texts of the county pack (Markdown) as HTML."""

from flask import Flask
from markdown_it import MarkdownIt
from markupsafe import Markup

from portal.i18n import LOCALES

_markdown = MarkdownIt("commonmark", {"html": False})


def setup_prose(app: Flask) -> None:
    """Teach the templates to show the county's texts."""
    app.jinja_env.filters["prose"] = prose
    app.jinja_env.globals["direction_of"] = direction_of


def direction_of(code: str) -> str:
    """Return in which direction a language is written."""
    return LOCALES[code].direction


def prose(text: str) -> Markup:
    """Return a text as HTML; markup inside it stays text, unsafe links stay words."""
    return Markup(_markdown.render(text))  # noqa: S704 - the library escapes; html is off

"""Catalogs cannot rot: none lacks a text, keeps a dead one, or loses a placeholder."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from portal.config import ROOT
from portal.i18n import LOCALES, SOURCE

FOLDER = ROOT / "portal" / "translations"
TRANSLATED = sorted(set(LOCALES) - {SOURCE})
FOLDERS = ("portal", "blueprints", "templates", "templates/_layout", "templates/_macros")
"""Where `make translations` looks: folders whose names begin with _ only when they are named."""
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


@cache
def catalog(code: str) -> Catalog:
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def messages(code: str) -> Iterator[Message]:
    return (message for message in catalog(code) if message.id)


def ids(catalog: Catalog) -> set[tuple[str, ...]]:
    return {_id(message) for message in catalog if message.id}


def _id(message: Message) -> tuple[str, ...]:
    texts = message.id if isinstance(message.id, tuple) else (message.id,)
    return (message.context or "", *texts)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the program says today, collected as `make translations` does."""
    pot = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = "pybabel -q extract -F pyproject.toml -k _l -k ngettext:1,2 --omit-header -o"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        CommandLineInterface().run([*command.split(), str(pot), *FOLDERS])
    with pot.open("rb") as file:
        return read_po(file)


def test_catalogs_are_those_of_the_list():
    found = {path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po")}
    assert found == set(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_catalog_fits_the_program(code, extracted):
    """Every text is there and none is left over; `make translations` repairs it."""
    now, then = ids(extracted), ids(catalog(code))
    assert now - then == set(), "texts without an entry – run `make translations`"
    assert then - now == set(), "entries without a text – run `make translations`"


@pytest.mark.parametrize("code", TRANSLATED)
def test_catalog_is_complete(code):
    forms = catalog(code).num_plurals
    lacking = []
    for message in messages(code):
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = forms if message.pluralizable else 1
        if (
            message.fuzzy
            or len(strings) != wanted
            or not all(text and text.strip() for text in strings)
        ):
            lacking.append(message.id)
    assert not lacking


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_keep_the_placeholders(code):
    wrong = []
    for message in messages(code):
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = _placeholders(sources[-1])
        for text in strings:
            # A form for exactly one or two things may leave the number out, never a name.
            left_out = wanted - _placeholders(text)
            if _placeholders(text) - wanted or (
                left_out - {"num", "count"} if message.pluralizable else left_out
            ):
                wrong.append((sources[0], text))
    assert not wrong


def _placeholders(text: str) -> set[str]:
    return {match[1] or match[2] or match[0] for match in PLACEHOLDER.finditer(text)}


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_keep_edges_and_marks(code):
    """A lost colon or a doubled space shows on the page."""
    wrong = []
    for message in messages(code):
        pairs = [(message.id, message.string)] if isinstance(message.string, str) else []
        for source, text in pairs:
            if (source != source.strip()) != (text != text.strip()) or "  " in text:
                wrong.append((source, text))
    assert not wrong

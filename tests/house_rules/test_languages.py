"""Every public page speaks every language of the list, all the way down."""

from collections.abc import Iterator
from functools import cache
from xml.etree.ElementTree import Element

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from portal.config import ROOT
from portal.i18n import LOCALES, SOURCE
from portal.web.access import PUBLIC, REQUESTER, access_of
from tests.support.browser import Answer, browser
from tests.support.house_style import text_of
from tests.support.signing_in import opened
from tests.support.walking import World, build_world, rules

TRANSLATED = sorted(set(LOCALES) - {SOURCE})


@pytest.fixture
def world(app: Flask) -> World:
    return build_world(app)


def pages(app: Flask, world: World, code: str, mark: str) -> Iterator[str]:
    for rule in rules(app):
        if (
            "lang" in rule.arguments
            and "GET" in rule.methods
            and access_of(app, rule.endpoint) == mark
        ):
            yield world.path(rule, lang=code)


@cache
def german_texts(code: str) -> frozenset[str]:
    """Return the German texts that read differently in a language."""
    with (ROOT / "portal" / "translations" / code / "LC_MESSAGES" / "messages.po").open(
        "rb"
    ) as file:
        catalog = read_po(file, locale=code)
    return frozenset(
        message.id
        for message in catalog
        if isinstance(message.id, str)
        and len(message.id) > 3
        and message.string not in {"", message.id}
    )


def untranslated(answer: Answer, code: str) -> set[str]:
    """Return German texts on a page in another language, but for parts that say that they are German."""
    said = set()
    for element in spoken(answer.document, code):
        said.add(" ".join((element.text or "").split()))
        said |= {element.get(name, "") for name in ("aria-label", "alt", "title", "placeholder")}
    return said & german_texts(code)


def spoken(element: Element, code: str) -> Iterator[Element]:
    """Yield the elements of a page that are in its own language."""
    if element.get("lang", code) == code:
        yield element
        for child in element:
            yield from spoken(child, code)


@pytest.mark.parametrize("code", LOCALES)
def test_public_pages(app, world, code):
    shown = 0
    for path in pages(app, world, code, PUBLIC):
        answer = browser(app).get(path)
        assert answer.status_code in {200, 303}, path
        if answer.status_code == 200:
            shown += 1
            assert (answer.document.get("lang"), answer.document.get("dir", "ltr")) == (
                code,
                LOCALES[code].direction,
            )
            if code != SOURCE:
                assert not untranslated(answer, code), path
    assert shown >= 8


@pytest.mark.parametrize("code", LOCALES)
def test_pages_behind_the_return_code(app, world, make_request, code):
    request = make_request("brakel", language=code)
    for path in pages(app, world, code, REQUESTER):
        answer = opened(app, request).get(path)
        assert answer.status_code == 200, path
        if code != SOURCE:
            assert not untranslated(answer, code), path


@pytest.mark.parametrize("code", TRANSLATED)
def test_refusals_speak_the_language(app, world, code):
    client = browser(app)
    for answer in (
        client.get(f"/{code}/gibt-es-nicht"),
        client.post(f"/{code}/anfrage/", data={"town": "x"}),
    ):
        assert answer.status_code in {400, 404}
        assert answer.document.get("lang") == code
        assert not untranslated(answer, code)


@pytest.mark.parametrize("code", LOCALES)
def test_every_public_page_can_switch_the_language(app, world, code):
    for path in pages(app, world, code, PUBLIC):
        answer = browser(app).get(path)
        if answer.status_code == 200:
            offered = {
                text_of(e) for tag in ("a", "button", "option") for e in answer.document.iter(tag)
            }
            names = {locale.name for locale in LOCALES.values()}
            assert names <= offered, f"{path} offers {names & offered}"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("ar-SY,ar;q=0.9", "ar"),
        ("uk", "uk"),
        ("en-GB", "en"),
        ("xx", SOURCE),
        ("", SOURCE),
        ("fa,ar;q=0.5", "ar"),
    ],
)
def test_first_visit_follows_the_browser(client, wish, code):
    answer = client.get("/", headers={"Accept-Language": wish})
    assert answer.location.endswith(f"/{code}/")
    assert "Accept-Language" in answer.headers["Vary"]

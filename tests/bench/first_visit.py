"""How many bytes a first visit of the form moves: the page and what it loads, as a browser asks for them."""

import gzip
import re
from collections.abc import Callable
from contextlib import closing
from functools import partial
from http.client import HTTPConnection

from portal.i18n import LOCALES
from tests.bench.load import SECONDS_FOR_AN_ANSWER, Ask, Reply, send
from tests.bench.visitors import GZIP, expect

LANGUAGES = ("de", "ar")
BUILT = "/static/dist/"
LOADED = re.compile(rf'(?:href|src)="({BUILT}[^"]+)"')
LETTERS = re.compile(r"url\((text-(\w+)-\d+\.\w+\.woff2)\)")


def weigh(address: str) -> dict[str, int]:
    """Return the bytes of the answers' bodies, by language."""
    with closing(HTTPConnection(address, timeout=SECONDS_FOR_AN_ANSWER)) as connection:
        fetch = partial(_fetch, connection)
        return {language: _weigh(fetch, language) for language in LANGUAGES}


def _weigh(fetch: Callable[[str], Reply], language: str) -> int:
    page = fetch(f"/{language}/anfrage/brakel")
    linked = sorted(set(LOADED.findall(_text(page))))
    loaded = {path: fetch(path) for path in linked}
    for name in _letters(loaded, language):
        loaded[name] = fetch(name)
    return sum(len(reply.body) for reply in (page, *loaded.values()))


def _letters(loaded: dict[str, Reply], language: str) -> list[str]:
    """Return the fonts that a page in this language needs: Latin letters and those of its own script."""
    scripts = {"latn", LOCALES[language].script.lower()}
    styles = [_text(reply) for path, reply in loaded.items() if path.endswith(".css")]
    found = [pair for style in styles for pair in LETTERS.findall(style)]
    return [BUILT + name for name, script in found if script in scripts]


def _text(reply: Reply) -> str:
    return gzip.decompress(reply.body).decode()


def _fetch(connection: HTTPConnection, path: str) -> Reply:
    reply = send(connection, Ask(path, headers=GZIP))
    expect([reply], 200)
    return reply

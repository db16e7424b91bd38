"""How many bytes a first visit of the form moves: the page and what it loads, as a browser asks for them."""

import re
from http.client import HTTPConnection

from portal.config import ROOT
from portal.i18n import LOCALES
from tests.bench.load import Ask, send
from tests.bench.visitors import NotAnswered

LANGUAGES = ("de", "ar")
GZIP = {"Accept-Encoding": "gzip"}
LOADED = re.compile(r'(?:href|src)="(/static/dist/[^"]+)"')
LETTERS = re.compile(r"url\((text-(\w+)-\d+\.\w+\.woff2)\)")


def weigh(address: str) -> dict[str, int]:
    """Return the bytes of the answers' bodies, by language."""
    connection = HTTPConnection(address, timeout=10)
    try:
        return {language: _weigh(connection, language) for language in LANGUAGES}
    finally:
        connection.close()


def _weigh(connection: HTTPConnection, language: str) -> int:
    path = f"/{language}/anfrage/brakel"
    page = send(connection, Ask(path)).body.decode()
    linked = set(LOADED.findall(page)) | _letters(language)
    return sum(_bytes(connection, one) for one in (path, *sorted(linked)))


def _letters(language: str) -> set[str]:
    """Return the fonts that a page in this language needs: Latin ones always, its own script besides."""
    scripts = {"latn", LOCALES[language].script.lower()}
    style = next((ROOT / "static" / "dist").glob("portal.*.css")).read_text("utf-8")
    return {f"/static/dist/{name}" for name, script in LETTERS.findall(style) if script in scripts}


def _bytes(connection: HTTPConnection, path: str) -> int:
    reply = send(connection, Ask(path, headers=GZIP))
    if reply.status != 200:
        raise NotAnswered(f"{path}: {reply.status}")
    return len(reply.body)

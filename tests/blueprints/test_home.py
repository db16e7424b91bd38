"""The pages everybody sees first."""

import pytest

from portal import db
from portal.i18n import LOCALES
from tests.support.browser import StrictClient


@pytest.mark.parametrize(
    ("wish", "lang"), [("uk,de;q=0.7", "uk"), ("tr", "de"), ("", "de"), ("en-US,en;q=0.9", "en")]
)
def test_the_front_door_speaks_the_browsers_language(
    client: StrictClient, wish: str, lang: str
) -> None:
    answer = client.get("/", headers={"Accept-Language": wish})
    assert answer.location == f"/{lang}/"
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("lang", list(LOCALES))
@pytest.mark.parametrize(
    "path", ["", "impressum", "datenschutz", "barrierefreiheit", "leichte-sprache"]
)
def test_every_public_page_exists_in_every_language(
    client: StrictClient, lang: str, path: str
) -> None:
    page = client.get(f"/{lang}/{path}")
    assert page.status_code == 200
    assert (page.document.get("lang"), page.document.get("dir")) == (lang, LOCALES[lang].direction)
    switch = {link.get("hreflang"): link.get("href") for link in page.document.iter("a")}
    assert {code: f"/{code}/{path}" for code in LOCALES} == {c: switch[c] for c in LOCALES}


def test_a_form_without_language_finds_one(client: StrictClient) -> None:
    answer = client.get("/anfrage/brakel?k=poster", headers={"Accept-Language": "ar"})
    assert answer.location == "/ar/anfrage/brakel?k=poster"


def test_a_monitor_learns_only_whether_the_portal_works(client: StrictClient) -> None:
    answer = client.get("/gesund")
    assert answer.mimetype == "text/plain"
    assert answer.text.strip() in {"gesund", "krank"}


def test_a_monitor_gets_an_answer_also_without_the_database(client: StrictClient) -> None:
    db.open_database("postgresql://nobody@127.0.0.1:1/x")
    answer = client.get("/gesund")
    assert (answer.status_code, answer.text) == (503, "krank\n")


@pytest.mark.parametrize(
    "query", ["endpoint=x", "_method=X", "_scheme=ftp", "_anchor=x", "lang=xx", "_external=1"]
)
@pytest.mark.parametrize("path", ["/de/", "/de/anfrage/brakel", "/anfrage/", "/gibt-es-nicht"])
def test_a_query_cannot_steer_the_links(client: StrictClient, path: str, query: str) -> None:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code in {200, 303, 404}
    assert not answer.headers.get("Location", "/").startswith(("http", "ftp"))


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({}, True),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Referer": "http://localhost/de/"}, True),
        ({"Origin": "http://boese.example"}, False),
        ({"Origin": "http://["}, False),
        ({"Referer": "https://["}, False),
        ({"Referer": "http://boese.example/"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_only_our_own_pages_may_send_forms(
    client: StrictClient, headers: dict[str, str], accepted: bool
) -> None:
    form = client.get("/de/anfrage/brakel").form("request-form")
    assert form.submit(headers=headers).status_code == (422 if accepted else 400)

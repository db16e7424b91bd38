"""Search over everything, for staff."""

from collections.abc import Callable

import pytest

from blueprints.home.search_routes import SNIPPET, snippet
from portal.domain.actors import SYSTEM
from portal.domain.county import install_invented
from portal.domain.county_pack import load_pack
from portal.domain.directory import surveys
from portal.domain.permissions import Role
from portal.i18n import LOCALES
from tests.support.browser import StrictClient
from tests.support.counties import FOLDERS
from tests.support.malformed import NASTY

SignIn = Callable[..., StrictClient]


@pytest.fixture
def office(database: str, sign_in: SignIn, make_account) -> StrictClient:
    """The coordination office of a county with invented services."""
    install_invented(load_pack(FOLDERS["hoexter"] / "hoexter", locales=LOCALES))
    return sign_in(make_account(Role.COORDINATOR, position="KS"))


def test_what_is_found_is_named_marked_and_linked(office):
    answer = office.get("/suche").form().fill(q="Schuldnerberatung").submit()
    assert answer.all("mark")
    assert "Angebot" in answer.main_text
    address = next(url for url in answer.links().values() if "/verzeichnis/angebote/" in url)
    assert office.get(address).status_code == 200


@pytest.mark.parametrize(
    "kind", ["service", "programme", "organisation", "knowledge_card", "demarcation"]
)
def test_each_kind_of_thing_can_be_found_and_opened(office, kind):
    answer = office.get(f"/suche?q=Beratung&art={kind}")
    main = next(answer.document.iter("main"))
    links = [a.get("href") for heading in main.iter("h2") for a in heading.iter("a")]
    assert links
    assert {office.get(link).status_code for link in links} <= {200, 303}


def test_a_survey_is_found_by_staff(office):
    survey = surveys.begin(SYSTEM, "brakel")
    surveys.write_findings(SYSTEM, survey, "Es fehlt eine Hebammensprechstunde")
    assert f"/verzeichnis/erhebungen/{survey}" in office.get("/suche?q=Hebammensprechstunde").text


def test_no_text_makes_the_search_stumble(office):
    for text in (*NASTY, "?" * 300, "a" * 10_000):
        answer = office.get("/suche", query_string={"q": text.encode("utf-8", "surrogatepass")})
        assert answer.status_code in {200, 404}, text


def test_a_page_beyond_the_last_shows_the_last(office):
    beyond = office.get("/suche?q=Beratung&seite=999")
    assert list(next(beyond.document.iter("main")).iter("h2")), "not an empty list"
    first = office.get("/suche?q=Beratung")
    assert first.main_text != beyond.main_text


def test_strangers_do_not_search_here(client):
    assert client.get("/suche?q=x").status_code == 303


def test_who_may_not_read_the_directory_does_not_search_it(sign_in, make_account):
    assert sign_in(make_account(Role.ADMIN)).get("/suche?q=x").status_code == 403


def test_a_snippet_shows_the_words_around_the_first_hit():
    pieces = [("a" * 500, False), ("Treffer", True), ("b" * 500, False)]
    shown = snippet(pieces)
    assert ("Treffer", True) in shown
    assert sum(len(text) for text, _is_hit in shown) <= SNIPPET + 4
    assert shown[0] == ("… ", False)
    assert shown[-1] == (" …", False)
    assert snippet([("kurz", False)]) == [("kurz", False)]

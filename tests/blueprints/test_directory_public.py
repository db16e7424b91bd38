"""The directory as everybody finds it: search, pages of services, lists, map, programmes, knowledge, corrections."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

import search_index
from portal import clock as portal_clock
from portal.domain.changes import upkeep
from portal.domain.directory import confirming
from portal.domain.directory.codes import ANYONE, PROVIDER, State
from portal.domain.directory.drafts import ContactEntry, PlaceEntry
from portal.domain.searchable import Kind
from portal.i18n import LOCALES
from portal.models.directory import KnowledgeCard, Programme, Service, ServiceProposal, Translation
from tests.support.browser import Answer, StrictClient, browser
from tests.support.clock import TestClock
from tests.support.house_style import text_of
from tests.support.queries import max_queries
from tests.support.services import (
    MakeService,
    make_card,
    make_contact,
    make_demarcation,
    make_place,
    make_programme,
)

HTMX = {"HX-Request": "true"}
WEEKDAYS_9_TO_16 = "Mo–Fr 09:00–16:00"
QUERIES_OF_A_LIST = 32
SVG = "{http://www.w3.org/2000/svg}svg"


@pytest.fixture(autouse=True)
def _search(app: Flask, empty_directory: None, tmp_path: Path) -> Iterator[None]:
    """Find what the test made, and nothing else."""
    search_index.setup_search(tmp_path / "search", in_background=False)
    yield
    search_index.settle()


def names(answer: Answer) -> list[str]:
    """Return the services on a page of results."""
    articles = answer.document.iter("article")
    return [text_of(next(one.iter("h2"))) for one in articles]


def drawn(answer: Answer) -> list[str]:
    """Return what the links of a drawing say."""
    return [text_of(a) for svg in answer.document.iter(SVG) for a in svg.iter() if a.get("href")]


def count(answer: Answer) -> str:
    return text_of(answer.all("p", id="result-count")[0])


def ticked(answer: Answer, name: str) -> list[str]:
    return answer.form("search").values.get(name, [])


def change_row(service: Service, **columns: object) -> None:
    with upkeep():
        Service.update(**columns).where(Service.id == service.id).execute()


def translate(service: Service, locale: str, **fields: str) -> None:
    with upkeep():
        Translation.create(
            kind=Kind.SERVICE,
            key=service.key,
            locale=locale,
            fields=fields,
            source_digest="older",
            checked=True,
        )


# ------------------------------------------------------------------------------------------- search


def test_without_a_word_everything_is_listed(
    client: StrictClient, make_service: MakeService
) -> None:
    for name in ("Demo Sprachkurs", "Demo Wohnhilfe"):
        make_service(name=name)
    make_service(name="Demo Verborgen", state=State.SUSPENDED)
    answer = client.get("/de/angebote/")
    assert sorted(names(answer)) == ["Demo Sprachkurs", "Demo Wohnhilfe"]
    assert count(answer) == "2 Angebote gefunden."
    assert "Set-Cookie" not in answer.headers


def test_a_word_is_found_by_the_form_and_marked(
    client: StrictClient, make_service: MakeService
) -> None:
    make_service(name="Demo Sprachkurs <b>am Abend</b>")
    make_service(name="Demo Wohnhilfe")
    answer = client.get("/de/angebote/").form("search").fill(q="sprachkurs").submit()
    assert names(answer) == ["Demo Sprachkurs <b>am Abend</b>"]
    assert [text_of(mark) for mark in answer.document.iter("mark")][:1] == ["Sprachkurs"]
    assert not list(next(answer.document.iter("article")).iter("b"))
    assert answer.form("search").values["q"] == ["sprachkurs"]


def test_the_start_page_searches(client: StrictClient, make_service: MakeService) -> None:
    make_service(name="Demo Sprachkurs")
    answer = client.get("/uk/").form("/uk/angebote/").fill(q="Sprachkurs").submit()
    assert names(answer) == ["Demo Sprachkurs"]


def test_a_question_in_another_language_shows_the_german_word(
    client: StrictClient, make_service: MakeService
) -> None:
    make_service(name="Demo Sprachkurs")
    answer = client.get("/uk/angebote/?q=" + quote("мовні курси"))
    assert names(answer) == ["Demo Sprachkurs"]
    german = [text_of(e) for e in answer.all("strong", lang="de") if "kurs" in text_of(e).lower()]
    assert german


def test_a_misspelt_word_is_corrected_and_can_be_insisted_on(
    client: StrictClient, make_service: MakeService
) -> None:
    make_service(name="Demo Schuldnerberatung")
    answer = client.get("/de/angebote/?q=Schuldnerberatunk")
    assert names(answer) == ["Demo Schuldnerberatung"]
    assert "Meinten Sie" in answer.main_text
    exact = answer.click("Nur nach „Schuldnerberatunk“ suchen")
    assert names(exact) == []
    assert exact.form("search").values["q"] == ["Schuldnerberatunk"]
    assert "Meinten Sie" not in exact.main_text


def test_nothing_found_says_how_to_go_on(client: StrictClient, make_service: MakeService) -> None:
    make_service("brakel")
    answer = client.get("/de/angebote/?q=xyzzyqqq&stadt=brakel")
    assert count(answer) == "Kein Angebot gefunden."
    links = answer.links()
    assert links["Ohne Filter suchen"] == "/de/angebote/?q=xyzzyqqq"
    assert {"/de/wegweiser/", "/de/angebote/karte", "/de/anfrage/"} <= set(links.values())


def test_facets_narrow_count_and_stay_ticked(
    client: StrictClient, make_service: MakeService
) -> None:
    make_service("brakel", name="Demo Eins", topics=("language",), languages=("ar",))
    make_service("warburg", name="Demo Zwei", topics=("language", "work"))
    make_service("hoexter", name="Demo Drei", topics=("housing",))
    form = client.get("/de/angebote/").form("search")
    assert set(form.options["thema"]) == {"language", "work", "housing"}
    answer = form.fill(stadt=["brakel", "warburg"], thema=["language"]).submit()
    assert sorted(names(answer)) == ["Demo Eins", "Demo Zwei"]
    assert ticked(answer, "stadt") == ["brakel", "warburg"]
    counts = {one.get("id"): text_of(one) for one in answer.document.iter("span") if one.get("id")}
    assert counts["n-stadt-brakel"] == "(1)"
    assert counts["n-thema-language"] == "(2)"
    assert counts["n-thema-housing"] == "(0)"
    answer = answer.form("search").fill(sprache=["ar"]).submit()
    assert names(answer) == ["Demo Eins"]


def test_the_language_switch_keeps_every_filter(
    client: StrictClient, make_service: MakeService
) -> None:
    make_service("brakel", "warburg", name="Demo Eins")
    answer = client.get("/de/angebote/?q=Demo&stadt=brakel&stadt=warburg").click("العربية")
    assert (ticked(answer, "stadt"), names(answer)) == (["brakel", "warburg"], ["Demo Eins"])


@pytest.mark.parametrize(
    "nonsense",
    [
        "stadt=atlantis",
        "thema=&thema=%25",
        "alter=-1",
        "sprache=xx",
        "seite=0",
        "seite=9999999",
        "offen=ja",
    ],
)
def test_nonsense_among_the_filters_is_left_out(
    client: StrictClient, make_service: MakeService, nonsense: str
) -> None:
    make_service(name="Demo Eins")
    assert names(client.get(f"/de/angebote/?{nonsense}")) == ["Demo Eins"]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000,
        "!?§$%&/()=",
        '"',
        "'; DROP TABLE",
        "<script>",
        "😀👩‍👩‍👧",
        "مرحبا",
        "ትግርኛ",
        "\t \n",
        "*",
        "AND OR NOT",
        "q:x^9~",
    ],
)
def test_whatever_is_typed_is_answered(
    client: StrictClient, make_service: MakeService, text: str
) -> None:
    make_service()
    for query in (f"q={quote(text)}", f"q={quote(text)}&genau=1&offen=1"):
        answer = client.get(f"/ar/angebote/?{query}")
        assert answer.status_code == 200
        assert len(answer.form("search").values["q"][0]) <= 200


def test_open_now_leaves_out_who_is_closed(
    client: StrictClient, make_service: MakeService, clock: TestClock
) -> None:
    place = make_place(WEEKDAYS_9_TO_16)
    make_service(name="Demo Offen", places=(PlaceEntry(place),))
    make_service(name="Demo Unbekannt")
    address = "/de/angebote/?offen=1"
    answer = client.get(address)
    assert (names(answer), count(answer)) == (["Demo Offen"], "1 Angebot gefunden.")
    assert ticked(answer, "offen") == ["1"]
    clock.move(hours=12)
    assert names(client.get(address)) == []


def test_a_long_list_has_pages(client: StrictClient, make_service: MakeService) -> None:
    for number in range(25):
        make_service(name=f"Demo Angebot {number:02d}", topics=("language",))
    first = client.get("/de/angebote/?thema=language&thema=nix")
    second = first.click("Weiter")
    assert (len(names(first)), len(names(second))) == (20, 5)
    assert not set(names(first)) & set(names(second))
    assert ticked(second, "thema") == ["language"]
    assert names(client.get("/de/angebote/?seite=99")) == names(client.get("/de/angebote/?seite=2"))


def test_a_list_asks_as_often_for_many_as_for_one(
    client: StrictClient, make_service: MakeService
) -> None:
    for number in range(15):
        place = make_place(WEEKDAYS_9_TO_16, town="brakel")
        contact = ContactEntry(make_contact().id)
        make_service(
            "brakel", places=(PlaceEntry(place),), contacts=(contact,), name=f"Demo {number}"
        )
    client.get("/de/angebote/")  # brings the index up to date
    with max_queries(QUERIES_OF_A_LIST):
        assert len(names(client.get("/de/angebote/?stadt=brakel"))) == 15


def test_htmx_gets_the_results_with_count_and_facets_beside_them(
    client: StrictClient, make_service: MakeService
) -> None:
    make_service("brakel", name="Demo Sprachkurs")
    answer = client.get("/de/angebote/?q=sprach", headers=HTMX)
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]
    assert names(answer) == ["Demo Sprachkurs"]
    swapped = {e.get("id") for e in answer.document.iter() if e.get("data-hx-swap-oob")}
    assert {"result-count", "n-stadt-brakel"} <= swapped
    whole = client.get("/de/angebote/?q=sprach")
    assert swapped <= {e.get("id") for e in whole.document.iter()}
    field = whole.all("input", id="q")[0]
    assert field.get("data-hx-target") == "#results"
    assert "delay:250ms" in field.get("data-hx-trigger", "")
    results = whole.all("div", id="results")[0]
    assert field not in results.iter()


def test_laws_are_found_with_the_services(client: StrictClient, make_service: MakeService) -> None:
    card = make_card("Demo Einbürgerung")
    make_card("Demo Einbürgerung intern", audience="staff")
    answer = client.get("/de/angebote/?q=Einbürgerung")
    assert answer.links()["Demo Einbürgerung"] == f"/de/wissen/{card}"
    assert "intern" not in answer.main_text


def test_how_many_are_confirmed_is_said(client: StrictClient, make_service: MakeService) -> None:
    make_service()
    confirmed = make_service()
    change_row(confirmed, checked_by_provider=True, checked_on=portal_clock.today())
    assert "1 von 2 Angeboten" in client.get("/de/angebote/").main_text


# ------------------------------------------------------------------------------------------- one service


def rich_service(make_service: MakeService) -> Service:
    """A service that says everything one can say."""
    there = make_place(
        WEEKDAYS_9_TO_16,
        name="Demo Haus",
        street="Musterweg 1",
        postcode="99999",
        city="Brakel",
        town="brakel",
        barrier_free="partly",
    )
    programme = make_programme("DPX", name="Demo Programm X")
    make_demarcation(make_programme("KIM"), programme, handover_rule="Demo Übergabe")
    return make_service(
        "brakel",
        name="Demo Beratung",
        programme=programme,
        topics=("language", "work", "training"),
        legal_circles=("SGB II",),
        for_whom="Demo für alle",
        not_for="Demo nicht für Firmen",
        otherwise="Demo Rathaus",
        languages=("ar", "uk"),
        interpreter="on_request",
        cost="depends",
        cost_note="Demo mit Ausweis",
        age_min=12,
        age_max=26,
        url="https://www.example.org/demo",
        places=(PlaceEntry(there),),
        contacts=(ContactEntry(make_contact(phone="030 23125 123", mail="demo@example.org").id),),
    )


def test_a_page_says_everything_about_a_service(
    client: StrictClient, make_service: MakeService
) -> None:
    service = rich_service(make_service)
    answer = client.get(f"/de/angebote/{service.key}")
    for said in (
        "Demo für alle", "Demo nicht für Firmen", "Demo Rathaus", "Musterweg 1, 99999 Brakel",
        "Geöffnet bis 16:00.", "09:00–16:00", "Arabisch, Ukrainisch", "Übersetzung auf Wunsch",
        "Manchmal kostenlos", "Demo mit Ausweis", "12 bis 26 Jahre", "Zum Teil barrierefrei",
        "Demo Programm X", "SGB II", "Demo Übergabe", "Deutsch lernen",
    ):  # fmt: skip
        assert said in answer.main_text, said
    links = answer.links()
    assert links["030 23125 123"] == "tel:03023125123"
    assert links["demo@example.org"] == "mailto:demo@example.org"
    assert "Set-Cookie" not in answer.headers


def test_it_leads_to_the_form_with_its_town_and_topics(
    client: StrictClient, make_service: MakeService
) -> None:
    service = rich_service(make_service)
    form = client.get(f"/uk/angebote/{service.key}")
    target = next(href for href in form.links().values() if "/anfrage/brakel" in href)
    values = client.get(target).form("request-form").values
    assert (values["town"], values["topics"]) == (["brakel"], ["german", "work"])


@pytest.mark.parametrize("state", [State.IN_EDITING, State.SUSPENDED, State.ENDED])
def test_what_is_not_public_has_no_page(
    client: StrictClient, make_service: MakeService, state: State
) -> None:
    key = make_service(state=state).key
    for path in ("", "/einbetten", "/vorschlag"):
        assert client.get(f"/de/angebote/{key}{path}").status_code == 404
    assert client.get(f"/angebote/{key}/qr.svg").status_code == 404
    assert client.get("/de/angebote/gibt-es-nicht").status_code == 404


def test_old_and_invented_entries_are_marked(
    client: StrictClient, make_service: MakeService
) -> None:
    service = make_service(name="Demo Alt", state=State.NEEDS_CHECK)
    change_row(service, demo=True)
    for answer in (client.get("/de/angebote/"), client.get(f"/de/angebote/{service.key}")):
        badges = [text_of(e) for e in answer.all("p", class_="badges")]
        assert any("Angaben sind älter" in one and "Demo" in one for one in badges)


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"hours": WEEKDAYS_9_TO_16}, "Geöffnet bis 16:00."),
        ({"hours": "Di 10:00–11:00"}, "Jetzt geschlossen. Öffnet Dienstag, 10:00."),
        ({"hours": "Mo 13:00–14:00"}, "Jetzt geschlossen. Öffnet 13:00."),
        ({"hours": "Mo–So 00:00–24:00"}, "Rund um die Uhr geöffnet."),
        ({}, "Öffnungszeiten bitte erfragen."),
    ],
)
def test_the_page_says_whether_somebody_is_there(
    client: StrictClient, make_service: MakeService, entries: dict[str, str], sentence: str
) -> None:
    service = make_service(places=(PlaceEntry(make_place(**entries)),))
    assert sentence in client.get(f"/de/angebote/{service.key}").main_text


def test_by_appointment_and_closed_for_a_while(
    client: StrictClient, make_service: MakeService
) -> None:
    place = make_place(WEEKDAYS_9_TO_16)
    service = make_service(places=(PlaceEntry(place),), access="appointment")
    assert "Nur mit Termin." in client.get(f"/de/angebote/{service.key}").main_text
    change_row(service, closed_from=portal_clock.today(), closed_note="Demo Umbau")
    closed = client.get(f"/de/angebote/{service.key}").main_text
    assert "Zurzeit geschlossen" in closed
    assert "Demo Umbau" in closed


def test_german_words_say_so_on_other_pages(
    client: StrictClient, make_service: MakeService
) -> None:
    service = make_service("brakel", name="Demo Beratung", description="Nur auf Deutsch.")
    answer = client.get(f"/ar/angebote/{service.key}")
    assert [text_of(e) for e in answer.all("p", lang="de", dir="ltr")] == ["Nur auf Deutsch."]
    assert "Brakel" in {text_of(e) for e in answer.all("span", lang="de")}
    translate(service, "ar", name="استشارة", description="بالعربية")
    answer = client.get(f"/ar/angebote/{service.key}")
    assert "استشارة" in text_of(next(answer.document.iter("h1")))
    assert not answer.all("p", lang="de", dir="ltr")


def test_the_qr_code_holds_the_address_without_language(
    client: StrictClient, make_service: MakeService
) -> None:
    key = make_service().key
    answer = client.get(f"/angebote/{key}/qr.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert "Set-Cookie" not in answer.headers
    page = client.get(f"/de/angebote/{key}")
    assert f"http://localhost/angebote/{key}" in {text_of(e) for e in page.document.iter("bdi")}
    led = client.get(f"/angebote/{key}", headers={"Accept-Language": "uk"})
    assert led.location == f"/uk/angebote/{key}"


def test_only_the_towns_sites_may_frame_and_only_the_small_page(
    client: StrictClient, make_service: MakeService
) -> None:
    key = make_service().key
    small = client.get(f"/de/angebote/{key}/einbetten")
    ancestors = small.headers["Content-Security-Policy"].partition("frame-ancestors ")[2]
    sites = ancestors.partition(";")[0].split()
    assert len(sites) == 10
    assert all(site.startswith("https://") for site in sites)
    assert "X-Frame-Options" not in small.headers
    assert not list(small.document.iter("form"))
    leaving = [a for a in small.document.iter("a") if "/einbetten" not in a.get("href", "")]
    assert {a.get("target") for a in leaving if a.get("class") != "skip-link"} == {"_top"}
    snippet = client.get(f"/ar/angebote/{key}").all("textarea", id="embed")[0]
    assert f'src="http://localhost/ar/angebote/{key}/einbetten"' in "".join(snippet.itertext())
    for path in (f"/de/angebote/{key}", "/de/angebote/", "/de/angebote/nix/einbetten"):
        answer = client.get(path)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"


# ------------------------------------------------------------------------------------------- lists


def test_ticked_services_make_a_list_to_print(
    client: StrictClient, make_service: MakeService
) -> None:
    one, two = rich_service(make_service), make_service(name="Demo Zwei")
    make_service(name="Demo Drei")
    form = client.get("/de/angebote/?q=Demo").form("search").fill(a=[one.key, two.key])
    sheet = client.get("/de/angebote/merkzettel", query_string={"a": form.values["a"]})
    headings = [text_of(e) for e in sheet.document.iter("h2")]
    assert sorted(headings) == ["Demo Beratung", "Demo Zwei"]
    assert "Stand: 23. November 2026" in sheet.main_text
    assert "Musterweg 1, 99999 Brakel" in sheet.main_text
    assert len(sheet.all(SVG, class_="qr")) == 2
    assert "Set-Cookie" not in sheet.headers
    fewer = sheet.click("Vom Merkzettel nehmen: Demo Zwei")
    assert [text_of(e) for e in fewer.document.iter("h2")] == ["Demo Beratung"]
    back = fewer.click("Weitere Angebote suchen")
    assert ticked(back, "a") == [one.key]


def test_ticks_survive_the_next_search(client: StrictClient, make_service: MakeService) -> None:
    first, other = make_service(name="Demo Sprachkurs"), make_service(name="Demo Wohnhilfe")
    form = (
        client.get("/de/angebote/?q=Sprachkurs").form("search").fill(a=[first.key], q="Wohnhilfe")
    )
    answer = form.submit()
    assert names(answer) == ["Demo Wohnhilfe"]
    assert answer.form("search").values["a"] == [first.key]
    assert answer.form("search").fill(a=[other.key]).values["a"] == [other.key]


def test_the_list_of_one_service_grows_by_its_page(
    client: StrictClient, make_service: MakeService
) -> None:
    one, two = make_service(name="Demo Eins"), make_service(name="Demo Zwei")
    sheet = client.get(f"/de/angebote/{two.key}?a={one.key}").click("Auf den Merkzettel")
    assert [text_of(e) for e in sheet.document.iter("h2")] == ["Demo Eins", "Demo Zwei"]


@pytest.mark.parametrize("query", ["", "?a=nix&a=&a=%3Cb%3E", "?b=1"])
def test_an_empty_list_leads_to_the_search(client: StrictClient, query: str) -> None:
    answer = client.get(f"/de/angebote/merkzettel{query}")
    assert "noch nichts" in answer.main_text
    assert names(answer.click("Angebote finden")) == []


def test_a_list_has_an_end(client: StrictClient, make_service: MakeService) -> None:
    keys = [make_service().key for _number in range(32)]
    sheet = client.get("/de/angebote/merkzettel", query_string={"a": keys})
    assert len(list(sheet.document.iter("h2"))) == 30


def test_the_map_shows_every_town_with_its_count(
    client: StrictClient, make_service: MakeService
) -> None:
    make_service("brakel", "warburg")
    make_service()
    answer = client.get("/ar/angebote/karte")
    spots = drawn(answer)
    assert len(spots) == 10
    assert {"Brakel 2", "Warburg 2", "Nieheim 1"} <= set(spots)
    listed = [a.get("href") for ul in answer.document.iter("ul") for a in ul.iter("a")]
    town = client.get("/ar/angebote/?stadt=brakel")
    assert "/ar/angebote/?stadt=brakel" in listed
    assert len(names(town)) == 2


def test_the_map_stands_without_services(client: StrictClient) -> None:
    answer = client.get("/de/angebote/karte")
    assert "Brakel 0" in drawn(answer)


# ------------------------------------------------------------------------------------------- reading


def test_programmes_stay_when_they_end(client: StrictClient, make_service: MakeService) -> None:
    key = make_programme("DPE", name="Demo Ende", limits="Demo Grenze", legal_circle="SGB VIII")
    make_service(name="Demo Dienst", programme=make_programme("DPL", name="Demo Läuft"))
    with upkeep():
        yesterday = portal_clock.today() - timedelta(days=1)
        Programme.update(valid_to=yesterday).where(Programme.key == key).execute()
    listed = client.get("/de/programme/")
    assert listed.main_text.index("Demo Läuft") < listed.main_text.index("Demo Ende")
    assert listed.main_text.count("beendet") == 1
    ended = listed.click("DPE")
    assert "am 22. November 2026 zu Ende gegangen" in ended.main_text
    assert "Demo Grenze" in ended.main_text
    assert "Demo Dienst" in listed.click("DPL").links()
    assert client.get("/de/programme/nix").status_code == 404


def test_the_matrix_shows_what_is_agreed_and_what_is_not(client: StrictClient) -> None:
    own = make_programme("KIM-CM")
    make_demarcation(own, make_programme("MBE"), statement_a="Demo Fäden", handover_rule="Demo Weg")
    make_programme("JMD")
    with upkeep():
        Programme.update(key="kim-cm").where(Programme.key == own).execute()
    answer = client.get("/de/abgrenzung")
    rows = {text_of(next(tr.iter("th"))): text_of(tr) for tr in answer.document.iter("tr")}
    assert "Demo Fäden" in rows["MBE"]
    assert "Demo Weg" in rows["MBE"]
    assert "Noch nicht vereinbart" in rows["JMD"]


def test_knowledge_says_how_far_it_may_be_relied_on(client: StrictClient, clock: TestClock) -> None:
    soon = portal_clock.today() + timedelta(days=10)
    key = make_card(
        "Demo § 25a",
        body="**Demo** <script>x</script>",
        topics=("residence_advice",),
        legal_basis="§ 25a AufenthG",
        checked_on=portal_clock.today(),
        checked_by="Demo Stelle",
        next_check_on=soon,
    )
    hidden = make_card("Demo intern", audience="staff")
    answer = client.get("/de/wissen/").click("Demo § 25a")
    assert {"§ 25a AufenthG", "Demo Stelle"} <= {text_of(e) for e in answer.document.iter("dd")}
    assert "<script>x" not in answer.text
    assert "werden gerade geprüft" not in answer.main_text
    clock.move(days=11)
    assert "werden gerade geprüft" in client.get(f"/de/wissen/{key}").main_text
    assert "werden gerade geprüft" in client.get("/de/wissen/").main_text
    assert hidden not in str(client.get("/de/wissen/").links())
    for missing in (hidden, "nix"):
        assert client.get(f"/de/wissen/{missing}").status_code == 404
    with upkeep():
        KnowledgeCard.update(status="expired").execute()
    assert "Gilt nicht mehr" in client.get(f"/de/wissen/{key}").main_text


@pytest.mark.parametrize(
    "path",
    ["angebote/", "angebote/karte", "angebote/merkzettel", "abgrenzung", "programme/", "wissen/"],
)
def test_addresses_without_language_find_one(client: StrictClient, path: str) -> None:
    answer = client.get(f"/{path}?q=a&a=x&a=y", headers={"Accept-Language": "ar"})
    assert answer.location == f"/ar/{path}?q=a&a=x&a=y"
    assert "Accept-Language" in answer.headers["Vary"]


# ------------------------------------------------------------------------------------------- corrections


def suggestion(client: StrictClient, service: Service, lang: str = "de") -> Answer:
    return client.get(f"/{lang}/angebote/{service.key}").click(
        "Etwas stimmt nicht? Änderung vorschlagen"
    )


def test_anybody_says_field_by_field_what_is_wrong(
    client: StrictClient, make_service: MakeService
) -> None:
    service = rich_service(make_service)
    form = suggestion(client, service).form("suggestion")
    phone = next(name for name in form.values if name.startswith("phone:"))
    form.fill(**{phone: "030 23125 999", "cost": "free", "languages": ["ar"], "age_max": "27"})
    thanks = form.fill(note="Demo Hinweis", sender_mail="demo@example.org").submit().follow()
    proposal = ServiceProposal.get()
    assert proposal.ref in thanks.main_text
    assert proposal.source == ANYONE
    assert proposal.after == {
        phone: "030 23125 999", "cost": "free", "languages": ["ar"], "age_max": 27
    }  # fmt: skip
    assert proposal.note == "Demo Hinweis"
    assert "free" not in {Service.get().cost}


def test_who_changes_nothing_and_says_nothing_is_asked_again(
    client: StrictClient, make_service: MakeService
) -> None:
    answer = suggestion(client, rich_service(make_service)).form("suggestion").submit()
    assert answer.status_code == 422
    assert ServiceProposal.select().count() == 0


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        ("hours:", "morgens"),
        ("hours:", "Mo 12:00–09:00"),
        ("url", "http://example.org"),
        ("age_min", "90"),
        ("age_min", "9" * 5000),
        ("closed_to", "2026-02-31"),
        ("name", ""),
        ("note", "x" * 901),
        ("sender_mail", "nirgends"),
        ("description", "x" * 4000),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(
    client: StrictClient, make_service: MakeService, field: str, entry: str
) -> None:
    form = suggestion(client, rich_service(make_service)).form("suggestion")
    name = next(one for one in form.values if one.startswith(field))
    answer = form.fill(otherwise="Demo anders").fill(**{name: entry}).submit()
    assert answer.status_code == 422
    assert name in answer.errors
    again = answer.form("suggestion").values
    assert (again["otherwise"], again[name]) == (["Demo anders"], [entry])
    assert ServiceProposal.select().count() == 0


@pytest.mark.parametrize("field", ["age_max", "valid_to"])
def test_what_nobody_can_type_is_not_shown_again(
    client: StrictClient, make_service: MakeService, field: str
) -> None:
    form = suggestion(client, make_service()).form("suggestion")
    answer = form.fill(**{field: "drei\x1f"}).submit()
    assert (answer.status_code, list(answer.errors)) == (422, [field])
    assert answer.form("suggestion").values[field] == ["drei"]


@pytest.mark.parametrize("lang", LOCALES)
def test_the_form_speaks_every_language(
    client: StrictClient, make_service: MakeService, lang: str
) -> None:
    service = rich_service(make_service)
    path = f"/{lang}/angebote/{service.key}/vorschlag"
    assert client.get(path).form("suggestion").submit().status_code == 422


def test_a_machine_is_marked_for_staff(client: StrictClient, make_service: MakeService) -> None:
    form = suggestion(client, make_service()).form("suggestion")
    assert form.fill(note="Demo", website="x").submit().status_code == 303
    assert ServiceProposal.get().note.startswith("Vermutlich von einem Programm")


def test_a_flood_is_slowed_down(client: StrictClient, make_service: MakeService) -> None:
    form = suggestion(client, make_service()).form("suggestion").fill(note="Demo")
    codes = [form.submit().status_code for _number in range(11)]
    assert codes == [303] * 10 + [429]


def test_thanks_are_only_for_who_said_something(client: StrictClient) -> None:
    assert client.get("/de/angebote/danke").location == "/de/angebote/"


def test_a_provider_confirms_by_a_link_that_works_once(
    app: Flask, client: StrictClient, make_service: MakeService
) -> None:
    service = rich_service(make_service)
    address = f"/angebote/bestaetigen/{confirming.link_token(service.key)}"
    page = client.get(address).follow()
    assert "Demo für alle" in page.main_text
    assert "Musterweg 1" in page.main_text
    assert page.headers["Cache-Control"] == "no-store"
    assert not Service.get().checked_by_provider
    thanks = page.form("right").submit("choice").follow()
    assert "bestätigt" in thanks.main_text
    assert Service.get().checked_by_provider
    again = browser(app).get(address).follow()
    assert again.status_code == 410
    assert "schon benutzt" in again.main_text
    assert page.form("right").submit("choice").status_code == 410


def test_a_provider_corrects_by_link(client: StrictClient, make_service: MakeService) -> None:
    service = rich_service(make_service)
    page = client.get(f"/de/angebote/bestaetigen/{confirming.link_token(service.key)}")
    form = page.form("correction")
    assert form.submit().status_code == 422
    hours = next(name for name in form.values if name.startswith("hours:"))
    wrong = form.fill(**{hours: "morgens"}).submit()
    assert (wrong.status_code, list(wrong.errors)) == (422, [hours])
    thanks = form.fill(**{hours: "Mo 10:00–12:00"}).submit().follow()
    proposal = ServiceProposal.get()
    assert proposal.ref in thanks.main_text
    assert (proposal.source, proposal.after) == (PROVIDER, {hours: "Mo 10:00–12:00"})


def test_a_correction_without_the_field_for_a_note_is_no_riddle(
    client: StrictClient, make_service: MakeService
) -> None:
    service = rich_service(make_service)
    page = client.get(f"/de/angebote/bestaetigen/{confirming.link_token(service.key)}")
    form = page.form("correction").fill(name="Demo mit neuem Namen")
    del form.values["note"]
    assert form.submit().status_code == 303
    assert ServiceProposal.get().after == {"name": "Demo mit neuem Namen"}


def test_links_end(client: StrictClient, make_service: MakeService, clock: TestClock) -> None:
    service = make_service()
    token = confirming.link_token(service.key)
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    for wrong in (forged, "x", "a.b.c.d", "ü.1s.2.3"):
        assert client.get(f"/de/angebote/bestaetigen/{wrong}").status_code == 404
    clock.move(days=31)
    over = client.get(f"/de/angebote/bestaetigen/{token}")
    assert over.status_code == 410
    assert "abgelaufen" in over.main_text

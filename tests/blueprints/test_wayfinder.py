"""The Wegweiser as people ask it."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from portal.domain.permissions import Role
from portal.domain.wayfinder.codes import DECIDING_AUTHORITIES
from portal.domain.wayfinder.versions import current
from portal.i18n import LOCALES
from portal.models.schema import TABLES
from portal.models.wayfinder import AnswerCount
from tests.support.browser import Answer, StrictClient
from tests.support.clock import TestClock
from tests.support.house_style import text_of

PUBLIC = {
    "town": "brakel",
    "zue": "no",
    "age_band": "27_66",
    "topics": ["language", "housing"],
    "several_offices": "no",
    "years": "under_3",
}
CASE = {
    "town": "beverungen",
    "age": "45",
    "status": "asylum",
    "months": "6",
    "topics": ["asylum", "money"],
}


def ask(client: StrictClient, lang: str = "de", **entries: Any) -> Answer:
    form = client.get(f"/{lang}/wegweiser/").form("wayfinder-form")
    return form.fill(**{**PUBLIC, **entries}).submit()


@pytest.fixture
def clerk(make_account: Callable[..., Any], sign_in: Callable[..., StrictClient]) -> StrictClient:
    return sign_in(make_account(Role.REPORTER_INTERNAL))


def ask_for_case(client: StrictClient, **entries: Any) -> Answer:
    form = client.get("/wegweiser/fachlich").form("case-form")
    return form.fill(**{**CASE, **entries}).submit()


def test_an_answer_says_who_why_since_when_and_what_would_change_it(client: StrictClient) -> None:
    text = ask(client).main_text
    assert "Ihre erste Anlaufstelle: Migrationsberatung für Erwachsene (MBE)" in text
    assert "In den ersten drei Jahren" in text
    assert "seit höchstens drei Jahren in Deutschland" in text
    assert "1. Januar 2022" in text
    assert "Was würde die Antwort ändern?" in text
    assert "im Asylverfahren" in text, "whoever is in the asylum procedure learns who helps"
    assert "keine Rechtsberatung" in text


def test_the_services_of_the_persons_own_town_stand_behind_an_answer(
    client: StrictClient, make_service: Callable[..., Any]
) -> None:
    own = make_service("brakel", name="Demo Beratung Brakel", wayfinder_codes=("MBE",))
    make_service("warburg", name="Demo Beratung Warburg", wayfinder_codes=("MBE",))
    answer = ask(client)
    assert answer.links()["Demo Beratung Brakel"] == f"/de/angebote/{own.key}"
    assert "Demo Beratung Warburg" not in answer.main_text


def test_it_leads_to_the_form_of_the_town(client: StrictClient) -> None:
    assert ask(client).links()["Anfrage an das Case Management"] == "/de/anfrage/brakel"


def test_people_from_elsewhere_are_led_to_their_own_town(client: StrictClient) -> None:
    answer = ask(client, town="-")
    assert "Ihre eigene Stadt oder Gemeinde" in answer.main_text
    assert answer.links()["Andere Stadt"] == "/de/anfrage/andere-stadt"


def test_nothing_is_stored_and_nothing_stands_in_the_address(
    client: StrictClient, caplog: pytest.LogCaptureFixture
) -> None:
    kept = [table for table in TABLES if table is not AnswerCount]
    before = [table.select().count() for table in kept]
    answer = ask(client, topics=["debt", "addiction"])
    assert [table.select().count() for table in kept] == before
    counted = AnswerCount.get()
    assert (counted.profile, counted.day.day) == ("R05|several|27_plus", 1)
    assert answer.path == "/de/wegweiser/"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not [word for word in ("debt", "addiction", "27_66") if word in caplog.text]


@pytest.mark.parametrize("topic", ["work", "money", "residence_advice", "naturalisation"])
def test_the_public_version_names_no_authority_that_decides(
    client: StrictClient, clock: TestClock, topic: str
) -> None:
    names = current(clock().date()).texts("de")
    text = ask(client, topics=[topic]).main_text
    assert not [code for code in DECIDING_AUTHORITIES if names.code(code) in text]


@pytest.mark.parametrize(("one", "other"), list(permutations(LOCALES, 2)))
def test_switching_the_language_keeps_entries_and_answer(
    client: StrictClient, one: str, other: str
) -> None:
    asked = ask(client, one)
    switched = asked.form("wayfinder-form").submit("_switch", other)
    assert switched.status_code == 200
    assert switched.document.get("lang") == other
    kept, now = (entries(answer) for answer in (asked, switched))
    assert kept == now
    assert "(MBE)" in switched.main_text


def test_switching_before_asking_complains_about_nothing(client: StrictClient) -> None:
    form = client.get("/de/wegweiser/").form("wayfinder-form").fill(topics=["work"])
    switched = form.submit("_switch", "ar")
    assert (switched.status_code, switched.errors) == (200, {})
    assert entries(switched)["topics"] == ["work"]


def entries(answer: Answer) -> dict[str, list[str]]:
    values = answer.form("wayfinder-form").values
    return {name: value for name, value in values.items() if name != "csrf_token"}


@pytest.mark.parametrize("lang", list(LOCALES))
def test_what_is_missing_is_said_at_its_field(client: StrictClient, lang: str) -> None:
    answer = client.get(f"/{lang}/wegweiser/").form("wayfinder-form").submit()
    assert answer.status_code == 422
    assert set(answer.errors) == {"town", "age_band"}


@pytest.mark.parametrize(
    "nonsense",
    [{"town": "atlantis"}, {"age_band": "ancient"}, {"years": "x"}, {"topics": ["'; --"]}],
)
def test_codes_that_nobody_offers_are_refused_clearly(
    client: StrictClient, nonsense: dict[str, Any]
) -> None:
    client.get("/de/wegweiser/")
    answer = client.post("/de/wegweiser/", data={**PUBLIC, **nonsense, "csrf_token": token(client)})
    assert answer.status_code == 422
    assert set(answer.errors) == set(nonsense)


def token(client: StrictClient) -> str:
    form = client.get("/de/wegweiser/").form("wayfinder-form")
    return form.values["csrf_token"][0]


def test_professionals_see_who_decides_and_what_to_look_at(clerk: StrictClient) -> None:
    text = ask_for_case(clerk).main_text
    assert "Ihre erste Anlaufstelle: Flüchtlingsberatung" in text
    assert "Bundesamt für Migration" in text
    assert "Fassung 1 der Regeln" in text


def test_an_unclear_status_leads_to_no_public_office(clerk: StrictClient, clock: TestClock) -> None:
    names = current(clock().date()).texts("de")
    answer = ask_for_case(clerk, status="unclear", topics=["residence_admin"])
    places = [text_of(element) for tag in ("h2", "strong", "li") for element in answer.all(tag)]
    assert "Ihre erste Anlaufstelle: Flüchtlingsberatung" in places
    for code in DECIDING_AUTHORITIES:
        assert not [place for place in places if place.endswith(names.code(code))]


@pytest.mark.parametrize(
    ("entries", "wrong"),
    [
        ({"age": ""}, {"age"}),
        ({"age": "minus"}, {"age"}),
        ({"months": "99999"}, {"months"}),
        ({"ua_first": "31.02.2025"}, {"ua_first"}),
        ({"school_years": "NaN"}, {"school_years"}),
        ({"status": ""}, {"status"}),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(
    clerk: StrictClient, entries: dict[str, str], wrong: set[str]
) -> None:
    client = clerk
    form = client.get("/wegweiser/fachlich").form("case-form")
    values = {**CASE, **entries, "csrf_token": form.values["csrf_token"][0]}
    answer = client.post("/wegweiser/fachlich", data=values)
    assert answer.status_code == 422
    assert set(answer.errors) == wrong
    assert answer.form("case-form").values["topics"] == ["money", "asylum"]


def test_the_day_asked_about_decides_which_rules_hold(clerk: StrictClient) -> None:
    assert "Ihre erste Anlaufstelle" in ask_for_case(clerk, as_of="2027-02-01").main_text


@pytest.mark.parametrize("lang", list(LOCALES))
def test_the_handout_speaks_the_persons_language_and_tells_nothing_about_them(
    clerk: StrictClient, clock: TestClock, lang: str
) -> None:
    form = ask_for_case(clerk, status="duldung").form("case-form")
    answer = clerk.post(f"/{lang}/wegweiser/handzettel", data=form.values)
    texts = current(clock().date()).texts(lang)
    assert answer.status_code == 200
    assert answer.document.get("lang") == lang
    assert texts.code("FBS") in answer.main_text
    assert texts.get("reasons", "status") not in answer.main_text
    assert texts.rule("R07") not in answer.main_text


def test_visitors_see_the_public_version_only(client: StrictClient) -> None:
    assert client.get("/wegweiser/fachlich").status_code == 303
    assert client.get("/wegweiser/", headers={"Accept-Language": "uk"}).location == "/uk/wegweiser/"


@pytest.mark.parametrize("years", ["sNaN", "NaN", "-sNaN123", "Infinity", "1E999999", "-1"])
@pytest.mark.parametrize("field", ["school_years", "lawful_years"])
def test_a_number_that_is_none_gets_a_clear_answer(
    clerk: StrictClient, field: str, years: str
) -> None:
    answer = ask_for_case(clerk, **{field: years})
    assert answer.status_code == 422
    assert "Geben Sie eine Zahl von Jahren an." in answer.main_text


def test_no_office_hides_behind_another_answer_while_the_status_is_not_clear(
    clerk: StrictClient, make_service: Callable[..., Any]
) -> None:
    make_service(name="Demo Beratung", wayfinder_codes=("FBS",))
    make_service(name="Demo Amt mit Beratung", wayfinder_codes=("FBS", "ABH"))
    unclear = ask_for_case(clerk, status="unclear", topics=["asylum"]).main_text
    assert "Demo Beratung" in unclear
    assert "Demo Amt mit Beratung" not in unclear
    assert "Demo Amt mit Beratung" in ask_for_case(clerk, topics=["asylum"]).main_text

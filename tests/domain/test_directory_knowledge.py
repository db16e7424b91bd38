"""Programmes, knowledge cards, translations and search words: written, dated, checked, and found."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.actors import SYSTEM
from portal.domain.directory import cards, links, programmes, search_words, translations
from portal.domain.directory.cards import CardDraft
from portal.domain.directory.codes import State
from portal.domain.directory.programmes import ProgrammeDraft
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import GRANTS, Permission, Role
from portal.domain.text import clean
from portal.models.directory import Programme, Service, Translation
from portal.models.search import SearchChange, SearchWords
from tests.support.people import make_account
from tests.support.queries import max_queries
from tests.support.services import make_card, make_programme, make_service

pytestmark = pytest.mark.usefixtures("empty_directory")
with_database = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30
)
TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)


def touched() -> list[tuple[str, str]]:
    return [(row.kind, row.key) for row in SearchChange.select().order_by(SearchChange.id)]


# --------------------------------------------------------------------------------------- programmes


def test_ended_programmes_stand_last_and_stay_to_be_read() -> None:
    gone = make_programme("Alt", valid_to=YESTERDAY, funder="ki")
    kept = make_programme("Neu", valid_to=TODAY, next_check_on=YESTERDAY)
    listed = programmes.programmes_list(TODAY)
    assert [(row.key, row.is_ended) for row in listed] == [(kept, False), (gone, True)]
    shown = programmes.programme(gone, TODAY)
    assert shown.funder == "Kommunales Integrationszentrum"
    assert (shown.is_overdue, programmes.programme(kept, TODAY).is_overdue) == (False, True)
    assert programmes.abbreviations() == {gone: "Alt", kept: "Neu"}
    with pytest.raises(NotFound):
        programmes.programme("nichts", TODAY)
    with max_queries(1):
        programmes.programmes_list(TODAY)


def test_a_changed_programme_changes_its_services() -> None:
    key = make_programme("MBE")
    service = make_service(programme=key)
    before = len(touched())
    programmes.edit(SYSTEM, key, ProgrammeDraft(abbr="MBE", name="Neu", valid_to=YESTERDAY))
    assert touched()[before:] == [("programme", key), ("service", service.key)]
    assert programmes.programme(key, TODAY).is_ended


def test_a_draft_is_stored_as_it_is_shown() -> None:
    draft = ProgrammeDraft(
        abbr="MBE",
        name="Migrationsberatung",
        legal_circle="AufenthG",
        funder="bamf",
        legal_basis="§ 75 AufenthG",
        goal="Ziel",
        target_group="Erwachsene",
        scope_of_action="Beratung",
        limits="Ab 27",
        source_url="https://example.org",
        valid_from=date(2005, 1, 1),
        valid_to=date(2030, 1, 1),
        checked_on=date(2026, 1, 1),
        next_check_on=date(2027, 1, 1),
    )
    key = programmes.add(SYSTEM, draft)
    assert programmes.programme(key, TODAY).draft == draft


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"abbr": ""}, "abbr"),
        ({"name": ""}, "name"),
        ({"legal_circle": "SGB XX"}, "legal_circle"),
        ({"funder": "niemand"}, "funder"),
        ({"source_url": "ftp://example.org"}, "source_url"),
        ({"valid_from": TODAY, "valid_to": YESTERDAY}, "valid_to"),
        ({"checked_on": TODAY, "next_check_on": YESTERDAY}, "next_check_on"),
    ],
)
def test_nonsense_about_a_programme_is_refused(entries: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        programmes.add(SYSTEM, ProgrammeDraft(**{"abbr": "X", "name": "Y", **entries}))
    assert broken.value.field == field
    assert not Programme.select().exists()


# --------------------------------------------------------------------------------- knowledge cards


def test_staff_cards_are_for_those_who_may_read_the_directory() -> None:
    public, inner = make_card("Öffentlich"), make_card("Intern", audience="staff")
    reader, admin = make_account(Role.KI_HEAD), make_account(Role.ADMIN)
    for account, seen in ((None, [public]), (admin, [public]), (reader, [inner, public])):
        assert [head.key for head in cards.cards_list("de", account)] == seen
        found = cards.heads([public, "nichts", inner], locale="de", account=account)
        assert [head.key for head in found] == sorted(seen, reverse=True)
    with pytest.raises(NotFound):
        cards.card(inner, "de")
    assert cards.card(inner, "de", reader).head.audience == "staff"


@pytest.mark.parametrize(
    ("entries", "expired", "overdue"),
    [
        ({}, False, False),
        ({"valid_to": TODAY}, False, False),
        ({"valid_to": YESTERDAY}, True, False),
        ({"status": "expired"}, True, False),
        ({"next_check_on": TODAY}, False, False),
        ({"next_check_on": YESTERDAY}, False, True),
    ],
)
def test_a_card_says_whether_it_may_be_relied_on(
    entries: dict[str, Any], expired: bool, overdue: bool
) -> None:
    head = cards.card(make_card(**entries), "de").head
    assert (head.is_expired, head.is_overdue) == (expired, overdue)
    assert cards.overdue_count() == overdue


def test_the_second_of_two_editors_of_a_card_is_told() -> None:
    key = make_card("Alt")
    shown = cards.card(key, "de")
    cards.edit(SYSTEM, key, CardDraft(title="Neu", body="Text"), shown.version)
    with pytest.raises(RuleBroken) as broken:
        cards.edit(SYSTEM, key, CardDraft(title="Anders", body="Text"), shown.version)
    assert broken.value.field == "version"
    assert cards.card(key, "de").head.title == "Neu"
    with pytest.raises(NotFound):
        cards.edit(SYSTEM, "nichts", CardDraft(title="Neu", body="Text"), 1)


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"title": ""}, "title"),
        ({"body": ""}, "body"),
        ({"body": "x" * 20_001}, "body"),
        ({"topics": ("magic",)}, "topics"),
        ({"legal_circle": "SGB XX"}, "legal_circle"),
        ({"audience": "alle"}, "audience"),
        ({"status": "vielleicht"}, "status"),
        ({"source_url": "example.org"}, "source_url"),
        ({"valid_from": TODAY, "valid_to": YESTERDAY}, "valid_to"),
        ({"checked_on": TODAY, "next_check_on": YESTERDAY}, "next_check_on"),
    ],
)
def test_nonsense_about_a_card_is_refused(entries: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        cards.add(SYSTEM, CardDraft(**{"title": "X", "body": "Y", **entries}))
    assert broken.value.field == field


def test_who_may_write_programmes_cards_and_words() -> None:
    for role in Role:
        account = make_account(role)
        for permission, verb, draft in (
            (Permission.DEMARCATION_EDIT, programmes.add, ProgrammeDraft(abbr="X", name="Y")),
            (Permission.DEMARCATION_EDIT, cards.add, CardDraft(title="X", body="Y")),
            (Permission.DIRECTORY_PUBLISH, search_words.add, ["Amt", str(role)]),
        ):
            if permission in GRANTS[role]:
                assert verb(account, draft)
            else:
                with pytest.raises(NotAllowed):
                    verb(account, draft)


# -------------------------------------------------------------------------------------- translations


def test_a_translated_card_is_read_in_ones_language_and_knows_when_it_is_outdated() -> None:
    key = make_card("Titel", body="Text")
    words = {"title": "Title", "body": "Text in English"}
    translations.translate(SYSTEM, "knowledge_card", key, "en", words, is_checked=False)
    shown = cards.card(key, "en")
    assert (shown.head.title, shown.head.locale, shown.is_checked) == ("Title", "en", False)
    assert not shown.is_outdated
    assert cards.card(key, "ar").head.locale == "de"
    cards.edit(SYSTEM, key, CardDraft(title="Titel", body="Anderer Text"), shown.version)
    assert cards.card(key, "en").is_outdated
    by_locale = {
        one.locale: one for one in translations.translations(SYSTEM, "knowledge_card", key)
    }
    assert (by_locale["en"].exists, by_locale["en"].is_outdated) == (True, True)
    assert (by_locale["ar"].exists, by_locale["ar"].words["title"]) == (False, "")
    with max_queries(2):
        cards.cards_list("en")


def test_half_a_translation_is_refused_and_an_empty_one_takes_it_away() -> None:
    service = make_service(for_whom="Alle")
    write = translations.translate
    with pytest.raises(RuleBroken) as broken:
        write(SYSTEM, "service", service.key, "en", {"name": "Course"}, is_checked=True)
    assert broken.value.field == "description"
    words = {"name": "Course", "description": "German", "for_whom": "All"}
    write(SYSTEM, "service", service.key, "en", words, is_checked=True)
    assert Translation.select().count() == 1
    write(SYSTEM, "service", service.key, "en", {}, is_checked=True)
    assert Translation.select().count() == 0
    for locale in ("de", "xx"):
        with pytest.raises(RuleBroken):
            write(SYSTEM, "service", service.key, locale, words, is_checked=True)
    for kind in ("service", "knowledge_card", "quatsch"):
        with pytest.raises(NotFound):
            write(SYSTEM, kind, "nichts", "en", words, is_checked=True)


def test_one_translates_what_one_may_edit() -> None:
    service, card = make_service("warburg"), make_card()
    words = {"name": "Course", "description": "German"}
    manager = make_account(Role.CASE_MANAGER, position="CMS-III-a")
    with pytest.raises(NotAllowed):
        translations.translate(manager, "service", service.key, "en", words, is_checked=True)
    with pytest.raises(NotAllowed):
        translations.translate(manager, "knowledge_card", card, "en", {}, is_checked=True)
    own = make_service("brakel")
    translations.translate(manager, "service", own.key, "en", words, is_checked=True)
    assert touched()[-1] == ("service", own.key)


# -------------------------------------------------------------------------------------- search words


def test_words_are_added_changed_and_forgotten_and_the_index_is_built_anew() -> None:
    key = search_words.add(SYSTEM, ["Arbeitsamt", "Agentur für Arbeit"], one_way=True, note="alt")
    assert touched()[-1] == ("*", "*")
    assert search_words.word_groups() == [(("Arbeitsamt", "Agentur für Arbeit"), True)]
    search_words.edit(SYSTEM, key, ["Amt", "Behörde", "amt"], one_way=False)
    assert search_words.word_groups() == [(("Amt", "Behörde"), False)]
    assert [group.key for group in search_words.all_groups(SYSTEM)] == [key]
    search_words.remove(SYSTEM, key)
    assert search_words.word_groups() == []
    with pytest.raises(NotFound):
        search_words.remove(SYSTEM, key)
    with pytest.raises(NotFound):
        search_words.edit(SYSTEM, key, ["Amt", "Behörde"], one_way=False)


@with_database
@given(st.lists(st.text(max_size=70), max_size=8))
def test_a_group_has_at_least_two_words_or_is_refused(words: list[str]) -> None:
    try:
        key = search_words.add(SYSTEM, words)
    except RuleBroken:
        tidy = [clean(word) for word in words]
        distinct = {word.casefold() for word in tidy if any(map(str.isalpha, word))}
        too_long = any(len(word) > 60 for word in tidy)
        assert len(distinct) < 2 or too_long
        return
    stored = SearchWords.get(SearchWords.key == key).words
    assert len({word.casefold() for word in stored}) == len(stored) >= 2
    assert all(word == word.strip() and word for word in stored)


# --------------------------------------------------------------------------------------------- links


def test_each_link_is_asked_once_and_what_is_broken_is_noted_until_it_works() -> None:
    broken, fine = "https://example.org/weg", "https://example.org/da"
    lost = make_service(name="A", url=broken)
    make_service(name="B", url=fine)
    make_service(name="C", url=broken, state=State.ENDED)
    make_service(name="D")
    make_programme("P", source_url=broken)
    make_card("K", source_url=fine)
    asked: list[str] = []

    def fetch(url: str) -> str:
        asked.append(url)
        return "404" if url == broken else ""

    found = links.check_links(fetch)
    assert sorted(asked) == [fine, broken]
    assert [(one.kind, one.key, one.problem) for one in found] == [
        ("service", lost.key, "404"),
        ("programme", "p", "404"),
    ]
    assert {row.key: row.link_problem for row in Service.select() if row.link_problem} == {
        lost.key: "404"
    }
    assert links.check_links(lambda _url: "") == []
    assert not Service.select().where(Service.link_problem != "").exists()


def test_whatever_goes_wrong_outside_the_other_links_are_still_asked() -> None:
    make_service(name="A", url="https://example.org/kracht")
    make_service(name="B", url="https://example.org/auch")

    def fetch(_url: str) -> str:
        raise TimeoutError

    assert [one.problem for one in links.check_links(fetch)] == ["TimeoutError"] * 2

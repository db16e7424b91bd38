"""What the county's pack says about the directory keeps the rules that its staff have to keep."""

import pytest

from portal import clock as portal_clock
from portal.config import ROOT
from portal.domain.county import install_invented
from portal.domain.county_pack import load_pack
from portal.domain.directory import cards, demarcations, finding, programmes
from portal.domain.directory.codes import WAYFINDER_CODES
from portal.domain.directory.drafts import checked
from portal.domain.directory.records import load, services
from portal.domain.directory.staff import draft_of
from portal.domain.towns import active_towns
from portal.i18n import LOCALES, SOURCE

BEYOND_THE_COUNTY = {"OUTSIDE"}
OTHER_LANGUAGES = sorted(set(LOCALES) - {SOURCE})


@pytest.fixture(autouse=True)
def _with_invented_services(database: str) -> None:
    """Add the pack's invented services."""
    install_invented(load_pack(ROOT / "portal" / "counties" / "hoexter", locales=LOCALES))


def test_staff_could_have_typed_every_service() -> None:
    found = load(services())
    assert len(found) > 40
    for record in found:
        assert checked(draft_of(record)), record.service.key


def test_staff_could_have_typed_every_programme_and_card() -> None:
    today = portal_clock.today()
    for row in programmes.programmes_list(today):
        assert programmes.checked(row.draft), row.key
    for head in cards.cards_list(SOURCE):
        assert cards.checked(cards.card(head.key, SOURCE).draft), head.key


def test_every_answer_of_the_wegweiser_has_a_service_in_every_town() -> None:
    at = portal_clock.now()
    missing = [
        (code, town.name)
        for code in sorted(set(WAYFINDER_CODES) - BEYOND_THE_COUNTY)
        for town in active_towns()
        if not finding.services_for(code, town.slug, locale=SOURCE, at=at)
    ]
    assert missing == []


def test_something_is_agreed_with_every_programme() -> None:
    assert [row.abbr for row in demarcations.matrix(portal_clock.today()) if not row.line] == []


@pytest.mark.parametrize("locale", OTHER_LANGUAGES)
def test_every_public_service_and_card_is_translated_as_it_stands(locale: str) -> None:
    at = portal_clock.now()
    shown = finding.cards(finding.public_keys(at), locale=locale, at=at)
    assert {card.words.locale for card in shown} == {locale}
    assert [card.key for card in shown if card.words.is_outdated] == []
    heads = cards.cards_list(locale)
    assert {head.locale for head in heads} == {locale}
    assert [head.key for head in heads if cards.card(head.key, locale).is_outdated] == []

"""What everybody reads: only what holds today, open or closed, in the reader's language."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from portal import clock as portal_clock
from portal.domain.actors import SYSTEM
from portal.domain.directory import finding, places, programmes, services, translations
from portal.domain.directory.codes import PUBLIC_STATES, State
from portal.domain.directory.finding import Share
from portal.domain.directory.hours import parse_hours
from portal.domain.directory.places import PlaceDraft
from portal.domain.directory.programmes import ProgrammeDraft
from portal.domain.directory.services import ContactEntry, PlaceEntry
from portal.domain.directory.views import OpenState
from portal.domain.errors import NotFound
from portal.domain.permissions import Role
from portal.domain.towns import active_towns
from portal.models.directory import Place, Service
from tests.support.clock import TestClock
from tests.support.people import make_account
from tests.support.queries import max_queries
from tests.support.services import (
    make_contact,
    make_demarcation,
    make_place,
    make_programme,
    make_service,
)

pytestmark = pytest.mark.usefixtures("empty_directory")
TODAY = date(2026, 11, 23)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=portal_clock.LOCAL_ZONE)


def now() -> datetime:
    return portal_clock.now()


def card_of(service: Service, locale: str = "de") -> Any:
    return finding.cards([service.key], locale=locale, at=now())[0]


def detail_of(service: Service, locale: str = "de") -> Any:
    return finding.detail(service.key, locale=locale, at=now())


# ----------------------------------------------------------------------------------- what is public


@pytest.mark.parametrize("state", sorted(PUBLIC_STATES))
def test_what_is_published_is_seen_everywhere(state: State) -> None:
    service = make_service("brakel", state=state, wayfinder_codes=("MBE",))
    assert finding.public_keys(now()) == [service.key]
    assert card_of(service).key == detail_of(service).card.key == service.key
    assert [one.key for one in finding.services_for("MBE", "brakel", locale="de", at=now())]
    assert finding.counts_by_town(now())["brakel"] == 1


@pytest.mark.parametrize(
    ("state", "entries"),
    [
        *((state, {}) for state in sorted(set(State) - PUBLIC_STATES - {State.SUBMITTED})),
        (State.PUBLISHED, {"valid_to": YESTERDAY}),
        (State.PUBLISHED, {"valid_from": TOMORROW}),
    ],
)
def test_what_is_not_published_or_does_not_hold_today_is_seen_nowhere(
    state: State, entries: dict[str, Any]
) -> None:
    service = make_service("brakel", state=state, wayfinder_codes=("MBE",), **entries)
    assert_hidden(service)


def assert_hidden(service: Service) -> None:
    assert finding.public_keys(now()) == []
    assert finding.cards([service.key], locale="de", at=now()) == []
    assert finding.details([service.key], locale="de", at=now()) == []
    assert finding.services_for("MBE", "brakel", locale="de", at=now()) == []
    assert finding.open_keys([service.key], now()) == set()
    assert finding.counts_by_town(now())["brakel"] == 0
    assert finding.confirmed_share(portal_clock.today()) == Share(0, 0)
    with pytest.raises(NotFound):
        detail_of(service)


def test_what_was_submitted_is_seen_nowhere() -> None:
    assistant = make_account(Role.ASSISTANT)
    assert_hidden(make_service("brakel", by=assistant, state=State.SUBMITTED))


def test_with_its_programme_a_service_ends_and_begins(clock: TestClock) -> None:
    programme = make_programme("THM", name="Alt", valid_to=TODAY)
    service = make_service("brakel", programme=programme, wayfinder_codes=("MBE",))
    assert card_of(service).programme == "THM"
    clock.move(days=1)
    assert_hidden(service)
    programmes.edit(SYSTEM, programme, ProgrammeDraft(abbr="THM", name="Neu"))
    assert detail_of(service).programme_name == "Neu"


def test_first_and_last_day_belong_to_it(clock: TestClock) -> None:
    service = make_service(valid_from=TODAY, valid_to=TODAY)
    assert card_of(service)
    clock.move(days=1)
    assert finding.public_keys(now()) == []


def test_cards_keep_the_order_asked_for_and_leave_out_what_is_not_there() -> None:
    one, two = make_service(), make_service()
    hidden = make_service(state=State.SUSPENDED)
    keys = [two.key, "nichts", hidden.key, one.key]
    assert [card.key for card in finding.cards(keys, locale="de", at=now())] == [two.key, one.key]
    shown = finding.details(keys, locale="de", at=now())
    assert [detail.card.key for detail in shown] == [two.key, one.key]


def test_what_belongs_to_a_provider_or_programme_is_found() -> None:
    programme = make_programme()
    service = make_service(name="A", organisation="jobcenter", programme=programme)
    make_service(name="B", organisation="jobcenter", state=State.ENDED)
    make_service(name="C", organisation="ki")
    assert finding.keys_of_provider("jobcenter", now()) == [service.key]
    assert finding.keys_of_programme(programme, now()) == [service.key]


# ----------------------------------------------------------------------------------- now open


def open_state(**entries: Any) -> Any:
    return card_of(make_service(**entries)).open_now


def test_the_contacts_hours_go_before_the_services_and_these_before_the_places() -> None:
    place = make_place("Mo 9–17")
    at_place = PlaceEntry(place)
    assert open_state(places=(at_place,)).changes_at.hour == 17
    own = PlaceEntry(place, "Mo 8–16")
    assert open_state(places=(own,)).changes_at.hour == 16
    contact = make_contact("Mo 8–10")
    for entry in (ContactEntry(contact.id), ContactEntry(contact.id, place)):
        service = make_service(places=(own,), contacts=(entry,))
        assert card_of(service).open_now.changes_at.hour == 10
        assert detail_of(service).places[0].hours == parse_hours("Mo 8–10")


def test_a_contact_that_is_not_public_neither_shows_nor_counts() -> None:
    contact = make_contact("Mo 8–10", public=False)
    place = make_place("Mo 9–17")
    service = make_service(places=(PlaceEntry(place),), contacts=(ContactEntry(contact.id),))
    assert card_of(service).open_now.changes_at.hour == 17
    assert (card_of(service).phone, detail_of(service).contacts) == ("", ())


def test_another_places_contact_does_not_count_here() -> None:
    here, there = make_place("Mo 9–17"), make_place("Mo 13–14")
    contact = make_contact("Mo 15–16")
    service = make_service(
        places=(PlaceEntry(here), PlaceEntry(there)), contacts=(ContactEntry(contact.id, there),)
    )
    first, second = detail_of(service).places
    assert (first.open_now.state, second.open_now.state) == (OpenState.OPEN, OpenState.CLOSED)
    assert card_of(service).open_now.state is OpenState.OPEN
    assert [one.function_title for one in second.contacts] == [contact.function_title]
    assert (first.contacts, detail_of(service).contacts) == ((), ())


def test_without_a_place_the_phone_counts() -> None:
    contact = make_contact("Mo 8–10")
    assert open_state(contacts=(ContactEntry(contact.id),)).state is OpenState.OPEN
    assert open_state().state is OpenState.UNKNOWN


def test_by_appointment_only() -> None:
    place = PlaceEntry(make_place("Mo 9–17"))
    assert open_state(places=(place,), access="appointment").state is OpenState.BY_APPOINTMENT


@pytest.mark.parametrize("closed_to", [TOMORROW, None])
def test_a_service_or_a_place_is_closed_for_a_while(closed_to: date | None) -> None:
    while_closed = {"closed_from": YESTERDAY, "closed_to": closed_to, "closed_note": "Umbau"}
    open_place, closed_place = make_place("Mo–Fr 9–17"), make_place("Mo–Fr 9–17", **while_closed)
    for state in (
        open_state(places=(PlaceEntry(open_place),), **while_closed),
        open_state(places=(PlaceEntry(closed_place),)),
    ):
        assert (state.state, state.note) == (OpenState.CLOSED_FOR_A_WHILE, "Umbau")
        opens = state.changes_at
        assert (opens.date() if opens else None) == (closed_to and TODAY + timedelta(days=2))


def test_holidays_of_the_state_are_closed(clock: TestClock) -> None:
    service = make_service(places=(PlaceEntry(make_place("Mo–Fr 9–17")),))
    clock.set(local(2026, 5, 25, 10, 0))  # Monday of Pentecost
    assert finding.open_keys([service.key], now()) == set()
    clock.set(local(2026, 6, 4, 10, 0))  # Corpus Christi, a holiday in this state
    assert finding.open_keys([service.key], now()) == set()
    clock.set(local(2026, 6, 5, 10, 0))
    assert finding.open_keys([service.key], now()) == {service.key}


# --------------------------------------------------------------------------------- words and details


def test_words_are_in_the_readers_language_as_far_as_there_are_any() -> None:
    service = make_service(name="Kurs", description="Deutsch", for_whom="Alle")
    english = {"name": "Course", "description": "German", "for_whom": "Everybody"}
    translations.translate(SYSTEM, "service", service.key, "en", english, is_checked=True)
    words = card_of(service, "en").words
    assert (words.locale, words.name, words.for_whom) == ("en", "Course", "Everybody")
    assert (words.is_outdated, words.is_checked) == (False, True)
    german = card_of(service, "uk").words
    assert (german.locale, german.name, german.is_outdated) == ("de", "Kurs", False)


def test_an_outdated_translation_is_shown_as_one() -> None:
    service = make_service("brakel", name="Kurs", description="Deutsch")
    english = {"name": "Course", "description": "German"}
    translations.translate(SYSTEM, "service", service.key, "en", english, is_checked=False)
    assert card_of(service, "en").words.is_checked is False
    draft = services.staff_service(SYSTEM, service.key).draft
    version = Service.get_by_id(service.id).version
    changed = services.ServiceDraft(
        **{name: getattr(draft, name) for name in draft.__dataclass_fields__}
        | {"for_whom": "Nur für Erwachsene"}
    )
    services.edit(SYSTEM, service.key, changed, version)
    words = card_of(service, "en").words
    assert (words.name, words.is_outdated) == ("Course", True)
    assert words.for_whom == "Nur für Erwachsene"


def test_a_card_says_what_matters() -> None:
    place = make_place("Mo 9–17", town="warburg", city="Irgendwo")
    outside = make_place(city="Paderborn")
    contact = make_contact()
    service = make_service(
        "brakel",
        places=(PlaceEntry(place), PlaceEntry(outside)),
        contacts=(ContactEntry(contact.id),),
        organisation="jobcenter",
        age_min=18,
        languages=("de", "uk"),
    )
    card = card_of(service)
    assert (card.provider, card.towns, card.county_wide) == (
        "Jobcenter Kreis Höxter",
        ("brakel",),
        False,
    )
    assert (card.cities, card.phone, card.age_min) == (
        ("Warburg", "Paderborn"),
        contact.phone,
        18,
    )
    assert (card.checked_on, card.is_stale, card.confirmed_by_provider) == (TODAY, False, False)
    assert [one.town for one in detail_of(service).places] == ["warburg", ""]


def test_the_day_after_the_check_was_due_it_is_stale(clock: TestClock) -> None:
    service = make_service()
    clock.move(days=180)
    assert card_of(service).is_stale is False
    clock.move(days=1)
    assert card_of(service).is_stale is True


def test_the_demarcations_of_its_programme_are_shown_from_its_side() -> None:
    own, mbe = make_programme("KIM"), make_programme("MBE")
    key = make_demarcation(own, mbe, statement_b="Berät Erwachsene")
    line = detail_of(make_service(programme=mbe)).demarcations[0]
    assert (line.key, line.own, line.own_statement) == (key, "MBE", "Berät Erwachsene")
    assert line.other == "KIM"


# ----------------------------------------------------------------------------------------- the Wegweiser


def test_the_nearest_and_newest_stands_first_and_no_more_than_asked_for(clock: TestClock) -> None:
    stale = make_service("brakel", name="A", wayfinder_codes=("MBE",))
    clock.move(days=181)
    county_wide = make_service(name="B", wayfinder_codes=("MBE", "JMD"))
    near = make_service("brakel", name="C", wayfinder_codes=("MBE",))
    make_service("warburg", name="D", wayfinder_codes=("MBE",))
    make_service("brakel", name="E", wayfinder_codes=("JMD",))
    make_service("brakel", name="F", wayfinder_codes=("KIM_CM",))
    found = finding.services_for("MBE", "brakel", locale="de", at=now())
    assert [one.key for one in found] == [near.key, stale.key, county_wide.key]
    one = finding.services_for("MBE", "brakel", locale="de", at=now(), limit=1)
    assert [card.key for card in one] == [near.key]
    assert finding.services_for("KIMxCM", "brakel", locale="de", at=now()) == []


# ------------------------------------------------------------------------------------------- figures


def test_the_share_counts_what_providers_confirmed_lately(clock: TestClock) -> None:
    editor = make_account(Role.PROVIDER_EDITOR, organisation="ki")
    confirmed = make_service(organisation="ki")
    services.move(editor, confirmed.key, "check")
    make_service(organisation="ki")
    assert finding.confirmed_share(TODAY) == Share(1, 2)
    assert finding.confirmed_share(TODAY + timedelta(days=180)) == Share(1, 2)
    assert finding.confirmed_share(TODAY + timedelta(days=181)) == Share(0, 2)


def test_county_wide_services_count_in_every_town() -> None:
    make_service()
    make_service("brakel", "warburg")
    make_service("brakel", state=State.ENDED)
    counts = finding.counts_by_town(now())
    assert set(counts) == {town.slug for town in active_towns()}
    assert (counts["brakel"], counts["warburg"], counts["nieheim"]) == (2, 2, 1)


def test_lists_ask_as_often_for_many_as_for_few(make_service: Callable[..., Service]) -> None:
    contact = make_contact("Mo 9–12")
    programme = make_programme()
    make_demarcation(make_programme(), programme)
    for _number in range(20):
        make_service(
            "brakel",
            "warburg",
            programme=programme,
            wayfinder_codes=("MBE",),
            places=(PlaceEntry(make_place("Mo 9–12", town="brakel")),),
            contacts=(ContactEntry(contact.id),),
        )
    keys = finding.public_keys(now())
    with max_queries(10):
        assert len(finding.cards(keys, locale="en", at=now())) == 20
    with max_queries(11):
        assert len(finding.details(keys, locale="en", at=now())) == 20
    with max_queries(10):
        assert len(finding.open_keys(keys, now())) == 20
    with max_queries(10):
        assert len(finding.services_for("MBE", "brakel", locale="de", at=now())) == 3
    with max_queries(4):
        finding.counts_by_town(now())


def test_a_changed_place_changes_its_services() -> None:
    key = make_place("Mo 9–12")
    service = make_service(places=(PlaceEntry(key),))
    places.edit(SYSTEM, key, PlaceDraft(name="Neues Haus", hours="Di 9–12"))
    assert detail_of(service).places[0].name == "Neues Haus"
    assert card_of(service).open_now.state is OpenState.CLOSED
    assert Place.select().count() == 1

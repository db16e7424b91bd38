"""Services: who may write and move which, what is refused, and what is kept when two edit at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock as portal_clock
from portal.domain import posts
from portal.domain.accounts import people
from portal.domain.accounts.scopes import Scope, ScopeKind
from portal.domain.actors import SYSTEM
from portal.domain.directory import services
from portal.domain.directory.checks import check_order, check_url
from portal.domain.directory.codes import (
    AGE_BANDS,
    MOVE_RULES,
    OLDEST,
    REVIEW_CYCLE,
    TRANSITIONS,
    Move,
    State,
    age_bands,
)
from portal.domain.directory.services import PlaceEntry, ServiceDraft, ServiceFilters
from portal.domain.directory.storing import free_key
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import GRANTS, Permission, Role
from portal.models.accounts import Account
from portal.models.county import Town
from portal.models.directory import Service
from portal.models.privacy import AuditEntry
from portal.models.search import SearchChange
from tests.support.clock import TestClock
from tests.support.people import make_account
from tests.support.queries import max_queries
from tests.support.services import (
    make_contact,
    make_place,
    make_programme,
    make_service,
    service_draft,
)

pytestmark = pytest.mark.usefixtures("empty_directory")
with_database = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40
)
ages = st.none() | st.integers(0, OLDEST)
days = st.none() | st.dates(date(2000, 1, 1), date(2050, 12, 31))

BRAKEL, WARBURG = "CMS-III-a", "CMS-II-a"
WHOLE = {Role.COORDINATOR, Role.ASSISTANT}


def everybody() -> dict[Role, Account]:
    """Make somebody of every role; case management of Brakel, and the editor of the organisation of all tests."""
    scoped: dict[Role, dict[str, Any]] = {
        Role.CASE_MANAGER: {"position": BRAKEL},
        Role.COORDINATOR: {"position": "KS"},
        Role.PROVIDER_EDITOR: {"organisation": service_draft().organisation},
    }
    return {role: make_account(role, **scoped.get(role, {})) for role in Role}


def in_state(state: State) -> Service:
    """Make a service for Brakel in a state."""
    if state is State.SUBMITTED:
        assistant = make_account(Role.ASSISTANT)
        return make_service("brakel", by=assistant, state=State.SUBMITTED)
    return make_service("brakel", state=state)


# ------------------------------------------------------------------------------------------- states


def test_every_state_says_where_it_leads_and_every_move_who_may() -> None:
    assert set(TRANSITIONS) == set(State)
    assert set(MOVE_RULES) == set(Move)
    assert set().union(*TRANSITIONS.values()) == set(Move)


def test_nothing_published_comes_from_elsewhere_than_editing_checking_or_resuming() -> None:
    into = {
        move for moves in TRANSITIONS.values() for move, to in moves.items() if to == "published"
    }
    assert into == {Move.PUBLISH, Move.CHECK, Move.RESUME}


def test_every_state_can_end_and_the_end_can_be_taken_back() -> None:
    assert {state for state in State if Move.END in TRANSITIONS[state]} == set(State) - {
        State.ENDED
    }
    assert TRANSITIONS[State.ENDED] == {Move.REOPEN: State.IN_EDITING}


def test_every_role_in_every_state_may_exactly_what_the_tables_say() -> None:
    people = everybody()
    for state in State:
        service = in_state(state)
        for role, account in people.items():
            expected = {
                move for move in TRANSITIONS[state] if MOVE_RULES[move].permission in GRANTS[role]
            }
            assert set(services.moves_for(account, service)) == expected, (state, role)


def test_a_move_that_is_not_shown_is_refused_and_one_that_is_shown_works() -> None:
    for role, account in everybody().items():
        for state in State:
            service = in_state(state)
            shown = services.moves_for(account, service)
            for step in set(Move) - set(shown):
                with pytest.raises((NotAllowed, RuleBroken)):
                    services.move(account, service.key, step, reason="Demo")
                assert Service.get_by_id(service.id).state == state, (role, step)
            for step in shown:
                moved = services.move(account, in_state(state).key, step, reason="Demo")
                assert moved.state == TRANSITIONS[state][step], (role, state, step)


def test_suspending_and_ending_need_a_reason() -> None:
    service = make_service()
    for step in (Move.SUSPEND, Move.END):
        with pytest.raises(RuleBroken) as broken:
            services.move(SYSTEM, service.key, step, reason="  ")
        assert broken.value.field == "reason"
    with pytest.raises(RuleBroken):
        services.move(SYSTEM, service.key, Move.END, reason="x" * 301)
    assert services.move(SYSTEM, service.key, Move.END, reason="Eingestellt").state == State.ENDED


def test_unknown_moves_and_services_are_not_found() -> None:
    with pytest.raises(NotFound):
        services.move(SYSTEM, make_service().key, "explode")
    with pytest.raises(NotFound):
        services.move(SYSTEM, "gibt-es-nicht", Move.END, reason="Demo")


def test_publishing_counts_as_a_check_and_checking_begins_a_new_cycle(clock: TestClock) -> None:
    service = make_service()
    today = portal_clock.today()
    assert (service.checked_on, service.next_check_on) == (today, today + REVIEW_CYCLE)
    assert service.checked_by_provider is False
    clock.move(days=200)
    editor = make_account(Role.PROVIDER_EDITOR, organisation=service.organisation.key)
    services.move(editor, service.key, Move.CHECK)
    service = Service.get_by_id(service.id)
    today = portal_clock.today()
    assert (service.checked_on, service.next_check_on) == (today, today + REVIEW_CYCLE)
    assert service.checked_by_provider is True


def test_each_step_is_in_the_log_and_followed_by_the_search() -> None:
    service = make_service()
    services.move(SYSTEM, service.key, Move.SUSPEND, reason="Umbau")
    last = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (last.action, last.subject) == ("directory:service:suspend", f"service:{service.key}")
    touched = SearchChange.select().where(SearchChange.key == service.key).count()
    assert touched == 3  # submitted, published, suspended


# -------------------------------------------------------------------------------------------- scope


def test_who_may_publish_begins_in_editing_all_others_submit() -> None:
    people = everybody()
    for role, account in people.items():
        draft = service_draft(towns=("brakel",))
        if Permission.DIRECTORY_EDIT not in GRANTS[role]:
            with pytest.raises(NotAllowed):
                services.submit(account, draft)
            continue
        expected = State.IN_EDITING if role is Role.COORDINATOR else State.SUBMITTED
        assert services.submit(account, draft).state == expected


@pytest.mark.parametrize(
    ("towns", "organisation", "editors"),
    [
        (("brakel",), "jobcenter", {*WHOLE, Role.CASE_MANAGER}),
        (("brakel", "warburg"), "jobcenter", {*WHOLE, Role.CASE_MANAGER}),
        (("warburg",), "jobcenter", WHOLE),
        ((), "jobcenter", WHOLE),
        (("warburg",), "ki", {*WHOLE, Role.PROVIDER_EDITOR}),
    ],
)
def test_one_edits_within_ones_scope(
    towns: tuple[str, ...], organisation: str, editors: set[Role]
) -> None:
    people = everybody()
    people[Role.PROVIDER_EDITOR] = make_account(Role.PROVIDER_EDITOR, organisation="ki")
    service = make_service(*towns, organisation=organisation)
    draft = service_draft(towns=towns, organisation=organisation, name="Neuer Name")
    for role, account in people.items():
        version = Service.get_by_id(service.id).version
        assert services.may_edit(account, service) is (role in editors), role
        if role in editors:
            assert services.edit(account, service.key, draft, version).name == "Neuer Name"
        else:
            with pytest.raises(NotAllowed):
                services.edit(account, service.key, draft, version)


@pytest.mark.parametrize(
    ("towns", "field"),
    [(("brakel", "warburg"), "towns"), (("warburg",), "towns"), ((), "towns")],
)
def test_case_managers_do_not_decide_for_other_towns(towns: tuple[str, ...], field: str) -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    with pytest.raises(RuleBroken) as broken:
        services.submit(manager, service_draft(towns=towns))
    assert broken.value.field == field
    service = services.submit(manager, service_draft(towns=("brakel", "bad-driburg")))
    with pytest.raises(RuleBroken):
        services.edit(manager, service.key, service_draft(towns=towns), service.version)


def test_a_provider_cannot_give_a_service_to_somebody_else() -> None:
    editor = make_account(Role.PROVIDER_EDITOR, organisation="ki")
    with pytest.raises(RuleBroken) as broken:
        services.submit(editor, service_draft(organisation="jobcenter"))
    assert broken.value.field == "organisation"
    service = services.submit(editor, service_draft(organisation="ki"))
    with pytest.raises(RuleBroken):
        services.edit(editor, service.key, service_draft(organisation="jobcenter"), service.version)


def test_only_who_looks_at_all_services_puts_one_behind_an_answer_of_the_wegweiser() -> None:
    editor = make_account(Role.PROVIDER_EDITOR, organisation="ki")
    wished = service_draft(organisation="ki", wayfinder_codes=("MBE",))
    with pytest.raises(RuleBroken) as broken:
        services.submit(editor, wished)
    assert broken.value.field == "wayfinder_codes"
    service = services.submit(editor, service_draft(organisation="ki"))
    assistant = make_account(Role.ASSISTANT)
    service = services.edit(assistant, service.key, wished, service.version)
    kept = services.edit(editor, service.key, wished, service.version)
    assert kept.wayfinder_codes == ["MBE"]


def test_a_substitute_keeps_the_towns_of_the_post_meanwhile() -> None:
    service = make_service("warburg")
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    assert not services.may_edit(manager, service)
    stand_in = make_account(Role.CASE_MANAGER, position=WARBURG, substitute=True)
    assert services.may_edit(stand_in, service)


def test_a_role_for_a_town_counts_there_and_one_without_a_scope_where_somebody_holds_a_post() -> (
    None
):
    near, far = make_service("brakel"), make_service("warburg")
    brakel = Town.get(Town.slug == "brakel")
    of_town, _token = people.invite(
        by=SYSTEM,
        mail="stadt@example.org",
        name="Stadt Demo",
        roles=[people.WantedRole(Role.CASE_MANAGER, Scope(ScopeKind.TOWN, brakel.id))],
    )
    without_scope = make_account(Role.CASE_MANAGER)
    assert [services.may_edit(of_town, one) for one in (near, far)] == [True, False]
    assert [services.may_edit(without_scope, one) for one in (near, far)] == [False, False]
    posts.appoint(WARBURG, by=SYSTEM, account_id=without_scope.id, valid_from=portal_clock.today())
    assert [services.may_edit(without_scope, one) for one in (near, far)] == [False, True]


def test_whoever_lost_the_right_edits_nothing_whatever_post_they_hold() -> None:
    service = make_service("brakel")
    account = make_account(Role.STEERING_MEMBER)
    assert services.moves_for(account, service) == []
    assert services.may_edit(account, service) is False


def test_a_new_address_is_asked_for_anew() -> None:
    service = make_service(url="https://example.org/alt")
    Service.update(link_problem="404").where(Service.id == service.id).execute()
    shown = services.staff_service(SYSTEM, service.key)
    assert shown.link_problem == "404"
    services.edit(SYSTEM, service.key, replace(shown.draft, for_whom="Alle"), shown.version)
    assert services.staff_service(SYSTEM, service.key).link_problem == "404"
    changed = replace(shown.draft, url="https://example.org/neu")
    services.edit(SYSTEM, service.key, changed, shown.version + 1)
    assert services.staff_service(SYSTEM, service.key).link_problem == ""


def test_what_has_ended_is_not_edited() -> None:
    service = make_service(state=State.ENDED)
    with pytest.raises(NotAllowed):
        services.edit(SYSTEM, service.key, service_draft(), service.version)


# -------------------------------------------------------------------------------------- what is right


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"description": ""}, "description"),
        ({"description": "x" * 3001}, "description"),
        ({"organisation": "niemand"}, "organisation"),
        ({"programme": "nichts"}, "programme"),
        ({"topics": ("language", "magic")}, "topics"),
        ({"legal_circles": ("SGB XX",)}, "legal_circles"),
        ({"wayfinder_codes": ("NIX",)}, "wayfinder_codes"),
        ({"languages": ("de", "klingonisch")}, "languages"),
        ({"interpreter": "vielleicht"}, "interpreter"),
        ({"cost": ""}, "cost"),
        ({"access": "tür"}, "access"),
        ({"age_min": -1}, "age_min"),
        ({"age_max": 121}, "age_max"),
        ({"age_min": 27, "age_max": 26}, "age_max"),
        ({"towns": ("atlantis",), "county_wide": False}, "towns"),
        ({"towns": (), "county_wide": False}, "towns"),
        ({"towns": ("brakel",), "county_wide": True}, "towns"),
        ({"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, "valid_to"),
        ({"closed_from": date(2026, 2, 1), "closed_to": date(2026, 1, 1)}, "closed_to"),
        ({"valid_to": date(1492, 1, 1)}, "valid_to"),
        ({"checked_on": date(2026, 11, 24)}, "checked_on"),
        ({"checked_on": date(2026, 1, 2), "next_check_on": date(2026, 1, 1)}, "next_check_on"),
        ({"url": "http://example.org"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://wer@example.org"}, "url"),
        ({"url": "https://[x"}, "url"),
        ({"places": (PlaceEntry("nirgends"),)}, "places"),
    ],
)
def test_nonsense_is_refused_at_the_field_it_is_in(entries: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        services.submit(SYSTEM, service_draft(**entries))
    assert broken.value.field == field
    assert not Service.select().exists()


def test_a_place_stands_there_once_and_its_hours_are_checked() -> None:
    place = make_place()
    for entries in ((PlaceEntry(place), PlaceEntry(place)), (PlaceEntry(place, "Mo 12–9"),)):
        with pytest.raises(RuleBroken) as broken:
            services.submit(SYSTEM, service_draft(places=entries))
        assert broken.value.field == "places"


def test_a_contact_belongs_to_a_place_that_is_there() -> None:
    contact, place = make_contact(), make_place()
    for entry in (services.ContactEntry(contact.id, place), services.ContactEntry(10**30)):
        with pytest.raises(RuleBroken) as broken:
            services.submit(SYSTEM, service_draft(contacts=(entry,)))
        assert broken.value.field == "contacts"


@given(ages, ages)
def test_ages_belong_to_the_bands_they_share_a_year_with(low: int | None, high: int | None) -> None:
    if low is not None and high is not None:
        low, high = sorted((low, high))
    years = range(low or 0, (OLDEST if high is None else high) + 1)
    expected = {band for band, (a, b) in AGE_BANDS.items() if set(years) & set(range(a, b + 1))}
    assert set(age_bands(low, high)) == expected


@with_database
@given(ages, ages)
def test_ages_upside_down_and_only_those_are_refused(low: int | None, high: int | None) -> None:
    draft = service_draft(age_min=low, age_max=high)
    if low is not None and high is not None and high < low:
        with pytest.raises(RuleBroken):
            services.submit(SYSTEM, draft)
    else:
        stored = services.submit(SYSTEM, draft)
        assert (stored.age_min, stored.age_max) == (low, high)


@given(days, days)
def test_an_end_before_the_start_and_only_that_is_refused(
    first: date | None, last: date | None
) -> None:
    try:
        check_order(first, last, field="valid_to", message="Falsch herum")
    except RuleBroken:
        assert first is not None
        assert last is not None
        assert last < first
    else:
        assert first is None or last is None or first <= last


@given(st.text(max_size=80))
def test_no_text_but_a_safe_address_is_a_link(text: str) -> None:
    try:
        check_url(text)
    except RuleBroken:
        return
    assert text == "" or text.lower().startswith("https://")


def test_keys_are_made_of_names_and_never_twice() -> None:
    taken = {"sprachcafe-fuer-muetter", "sprachcafe-fuer-muetter-2"}
    assert (
        free_key("Sprachcafé für Mütter!", taken=taken.__contains__) == "sprachcafe-fuer-muetter-3"
    )
    assert free_key("Кафе", taken=taken.__contains__) == "neu"
    assert [make_service(name="Gleich").key for _number in range(3)] == [
        "gleich",
        "gleich-2",
        "gleich-3",
    ]


# ----------------------------------------------------------------------------------- two at the same time


def test_the_second_of_two_editors_is_told_and_nothing_is_lost() -> None:
    service = make_service("brakel")
    first = service_draft(towns=("brakel",), name="Erste Fassung")
    second = service_draft(towns=("brakel",), name="Zweite Fassung")
    services.edit(SYSTEM, service.key, first, service.version)
    with pytest.raises(RuleBroken, match="inzwischen geändert") as broken:
        services.edit(SYSTEM, service.key, second, service.version)
    assert broken.value.field == "version"
    assert Service.get_by_id(service.id).name == "Erste Fassung"
    with pytest.raises(RuleBroken):
        services.move(SYSTEM, service.key, Move.END, reason="Demo", version=service.version)


def test_what_a_form_says_is_stored_and_shown_again() -> None:
    place, contact, programme = make_place(), make_contact(), make_programme()
    draft = ServiceDraft(
        organisation="ki",
        programme=programme,
        name="Sprachcafé",
        description="Deutsch üben",
        for_whom="Alle",
        not_for="Niemand",
        otherwise="Die MBE",
        topics=("language", "meeting"),
        legal_circles=("AufenthG",),
        wayfinder_codes=("MBE",),
        age_min=16,
        age_max=99,
        towns=("brakel", "warburg"),
        languages=("de", "uk"),
        interpreter="on_request",
        cost="depends",
        cost_note="Kekse",
        access="open",
        capacity_note="10 Plätze",
        url="https://example.org/cafe",
        closed_from=date(2026, 12, 20),
        closed_to=date(2027, 1, 6),
        closed_note="Ferien",
        valid_from=date(2026, 1, 1),
        valid_to=date(2028, 1, 1),
        checked_on=date(2026, 11, 1),
        next_check_on=date(2027, 5, 1),
        places=(PlaceEntry(place, "Mo 10:00–12:00"),),
        contacts=(services.ContactEntry(contact.id, place), services.ContactEntry(contact.id)),
    )
    service = services.submit(SYSTEM, draft)
    assert services.staff_service(SYSTEM, service.key).draft == draft
    changed = replace(draft, name="Café", towns=(), county_wide=True, places=(), contacts=())
    services.edit(SYSTEM, service.key, changed, service.version)
    assert services.staff_service(SYSTEM, service.key).draft == changed


def test_a_newer_check_in_the_form_ends_the_need_for_one(clock: TestClock) -> None:
    service = make_service(state=State.NEEDS_CHECK)
    shown = services.staff_service(SYSTEM, service.key)
    clock.move(days=1)
    today = portal_clock.today()
    draft = replace(shown.draft, checked_on=today, next_check_on=today + timedelta(days=90))
    assert services.edit(SYSTEM, service.key, draft, shown.version).state == State.PUBLISHED


# ------------------------------------------------------------------------------------ what staff see


def test_who_may_not_read_the_directory_sees_nothing_of_it() -> None:
    service = make_service()
    admin = make_account(Role.ADMIN)
    with pytest.raises(NotAllowed):
        services.staff_list(admin, ServiceFilters())
    with pytest.raises(NotAllowed):
        services.staff_service(admin, service.key)
    with pytest.raises(NotFound):
        services.staff_service(SYSTEM, "gibt-es-nicht")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (ServiceFilters(), ["Amt Brakel", "Kreisweit", "Neu"]),
        (ServiceFilters(group="new"), ["Neu"]),
        (ServiceFilters(group="ended"), ["Zu Ende"]),
        (ServiceFilters(group="quatsch"), ["Amt Brakel", "Kreisweit", "Neu"]),
        (ServiceFilters(town="brakel"), ["Amt Brakel", "Kreisweit"]),
        (ServiceFilters(topic="health"), ["Kreisweit"]),
        (ServiceFilters(organisation="jobcenter"), ["Amt Brakel"]),
        (ServiceFilters(text="AMT"), ["Amt Brakel"]),
        (ServiceFilters(mine=True), ["Amt Brakel"]),
    ],
)
def test_the_list_is_narrowed(filters: ServiceFilters, found: list[str]) -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    make_service("brakel", name="Amt Brakel", organisation="jobcenter", topics=("money",))
    make_service(name="Kreisweit", organisation="ki", topics=("health",))
    make_service("warburg", name="Neu", organisation="ki", state=State.IN_EDITING)
    make_service(name="Zu Ende", organisation="ki", state=State.ENDED)
    rows = services.staff_list(manager, filters).rows
    assert [row.name for row in rows] == found


def test_the_list_asks_as_often_for_many_as_for_few(make_service: Callable[..., Service]) -> None:
    manager = make_account(Role.CASE_MANAGER, position=BRAKEL)
    place, contact = make_place("Mo–Fr 9–12"), make_contact("Mo 9–12")
    for _number in range(30):
        make_service(
            "brakel",
            "warburg",
            places=(PlaceEntry(place),),
            contacts=(services.ContactEntry(contact.id),),
        )
    with max_queries(20):
        listed = services.staff_list(manager, ServiceFilters(), 2)
    assert (listed.total, listed.page, listed.pages, len(listed.rows)) == (30, 2, 2, 5)

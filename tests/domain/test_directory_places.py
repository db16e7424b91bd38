"""Places, contacts, surveys, gaps, and what waits for whom."""

from datetime import date, timedelta
from typing import Any

import pytest

from portal import clock as portal_clock
from portal.domain.actors import SYSTEM
from portal.domain.directory import contacts, demarcations, gaps, places, proposals, surveys
from portal.domain.directory.codes import State
from portal.domain.directory.contacts import ContactDraft
from portal.domain.directory.places import PlaceDraft
from portal.domain.directory.services import ContactEntry, PlaceEntry
from portal.domain.directory.waiting import waiting_services
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import GRANTS, Permission, Role
from portal.domain.topics import TOPICS
from portal.domain.towns import active_towns
from portal.domain.waiting import Kind
from portal.models.accounts import Account
from portal.models.directory import Place
from portal.models.search import SearchChange
from tests.support.clock import TestClock
from tests.support.people import make_account
from tests.support.queries import max_queries
from tests.support.services import (
    demarcation_draft,
    make_card,
    make_contact,
    make_place,
    make_programme,
    make_service,
    make_survey,
)

pytestmark = pytest.mark.usefixtures("empty_directory")
TODAY = date(2026, 11, 23)


@pytest.fixture
def manager(empty_directory: None) -> Account:
    return make_account(Role.CASE_MANAGER, position="CMS-III-a")


@pytest.fixture
def coordinator(empty_directory: None) -> Account:
    return make_account(Role.COORDINATOR, position="KS")


@pytest.fixture
def editor(empty_directory: None) -> Account:
    return make_account(Role.PROVIDER_EDITOR, organisation="jobcenter")


def touched() -> list[tuple[str, str]]:
    return [(row.kind, row.key) for row in SearchChange.select().order_by(SearchChange.id)]


# ------------------------------------------------------------------------------------------- places


def test_a_place_is_stored_as_it_is_shown_with_where_it_is_used() -> None:
    draft = PlaceDraft(
        name="Demo Haus",
        organisation="jobcenter",
        town="brakel",
        street="Demo Weg 1",
        postcode="33034",
        city="Brakel",
        barrier_free="partly",
        barrier_note="Rampe",
        hours="Mo–Fr 09:00–12:00",
        closed_from=TODAY,
        closed_to=TODAY,
        closed_note="Umzug",
    )
    key = places.add(SYSTEM, draft)
    service = make_service(name="Beratung", places=(PlaceEntry(key),))
    shown = places.staff_place(SYSTEM, key)
    assert (shown.draft, shown.services) == (draft, ((service.key, "Beratung"),))
    assert (shown.town_name, shown.organisation_name) == ("Brakel", "Jobcenter Kreis Höxter")
    with pytest.raises(NotFound):
        places.staff_place(SYSTEM, "nirgends")
    with pytest.raises(NotFound):
        places.edit(SYSTEM, "nirgends", draft)


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"name": ""}, "name"),
        ({"postcode": "1" * 11}, "postcode"),
        ({"organisation": "niemand"}, "organisation"),
        ({"town": "atlantis"}, "town"),
        ({"barrier_free": "vielleicht"}, "barrier_free"),
        ({"hours": "Mo 12–9"}, "hours"),
        ({"closed_from": TODAY, "closed_to": date(2026, 1, 1)}, "closed_to"),
    ],
)
def test_nonsense_about_a_place_is_refused(entries: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        places.add(SYSTEM, PlaceDraft(**{"name": "Haus", **entries}))
    assert broken.value.field == field
    assert not Place.select().exists()


def test_one_writes_the_places_of_ones_towns_or_organisation(
    manager: Account, editor: Account, coordinator: Account
) -> None:
    near, far = PlaceDraft(name="A", town="brakel"), PlaceDraft(name="B", town="warburg")
    own = PlaceDraft(name="C", town="warburg", organisation="jobcenter")
    for account, allowed in ((manager, [near]), (editor, [own]), (coordinator, [near, far, own])):
        for draft in (near, far, own, PlaceDraft(name="D")):
            if draft in allowed or account is coordinator:
                key = places.add(account, draft)
                assert places.staff_place(account, key).may_edit
                places.edit(account, key, draft)
            else:
                with pytest.raises(RuleBroken):
                    places.add(account, draft)
                key = places.add(SYSTEM, draft)
                assert not places.staff_place(account, key).may_edit
                with pytest.raises(NotAllowed):
                    places.edit(account, key, draft)
    mine = places.add(manager, near)
    with pytest.raises(RuleBroken):
        places.edit(manager, mine, far)


def test_the_list_of_places_asks_as_often_for_many_as_for_few(coordinator: Account) -> None:
    for _number in range(15):
        make_service(places=(PlaceEntry(make_place(town="brakel", organisation="ki")),))
    with max_queries(8):
        assert len(places.places_list(coordinator)) == 15


# ----------------------------------------------------------------------------------------- contacts


def test_a_contact_is_stored_as_it_is_shown_and_its_services_follow() -> None:
    draft = ContactDraft(
        organisation="jobcenter",
        function_title="Empfang",
        phone="030 23125 111",
        mail="empfang@example.org",
        hours="Mo 08:00–10:00",
        languages=("de", "uk"),
    )
    contact_id = contacts.add(SYSTEM, draft)
    service = make_service(contacts=(ContactEntry(contact_id),))
    before = len(touched())
    contacts.edit(SYSTEM, contact_id, draft)
    assert touched()[before:] == [("service", service.key), ("organisation", "jobcenter")]
    shown = contacts.staff_contact(SYSTEM, contact_id)
    assert (shown.draft, shown.services) == (draft, ((service.key, service.name),))
    assert contact_id in {row.id for row in contacts.contacts_list(SYSTEM, "jobcenter")}
    for lost in (
        lambda: contacts.staff_contact(SYSTEM, 0),
        lambda: contacts.edit(SYSTEM, 0, draft),
    ):
        with pytest.raises(NotFound):
            lost()


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"organisation": "niemand"}, "organisation"),
        ({"function_title": " "}, "function_title"),
        ({"mail": "niemand"}, "mail"),
        ({"phone": "0" * 201}, "phone"),
        ({"hours": "immer"}, "hours"),
        ({"languages": ("klingonisch",)}, "languages"),
    ],
)
def test_nonsense_about_a_contact_is_refused(entries: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        contacts.add(
            SYSTEM, ContactDraft(**{"organisation": "ki", "function_title": "X", **entries})
        )
    assert broken.value.field == field


@pytest.mark.parametrize(
    ("organisation", "writers"),
    [
        ("jobcenter", {"editor", "coordinator"}),
        ("stadt-brakel", {"manager", "coordinator"}),
        ("staedtische-sozialarbeit", {"coordinator"}),
        ("ki", {"coordinator"}),
    ],
)
def test_one_writes_the_contacts_of_ones_own(
    organisation: str,
    writers: set[str],
    manager: Account,
    editor: Account,
    coordinator: Account,
) -> None:
    draft = ContactDraft(organisation=organisation, function_title="Büro")
    people = {"manager": manager, "editor": editor, "coordinator": coordinator}
    contact_id = contacts.add(SYSTEM, draft)
    for name, account in people.items():
        assert contacts.staff_contact(account, contact_id).may_edit is (name in writers)
        if name in writers:
            assert contacts.add(account, draft)
            contacts.edit(account, contact_id, draft)
        else:
            with pytest.raises(RuleBroken):
                contacts.add(account, draft)
            with pytest.raises(NotAllowed):
                contacts.edit(account, contact_id, draft)


def test_the_list_of_contacts_asks_as_often_for_many_as_for_few(coordinator: Account) -> None:
    for _number in range(15):
        make_service(contacts=(ContactEntry(make_contact("Mo 9–12").id),))
    with max_queries(8):
        assert len(contacts.contacts_list(coordinator)) >= 15


# ------------------------------------------------------------------------------------ surveys and gaps


def test_a_survey_is_begun_written_and_closed(manager: Account, clock: TestClock) -> None:
    survey_id = surveys.begin(manager, "brakel")
    with pytest.raises(RuleBroken, match="läuft schon"):
        surveys.begin(manager, "brakel")
    with pytest.raises(RuleBroken, match="erst auf"):
        surveys.close(manager, survey_id)
    surveys.note_gap(manager, survey_id, "childcare", 2, "Warteliste")
    surveys.note_gap(manager, survey_id, "housing", 3)
    surveys.note_gap(manager, survey_id, "childcare", 1, "Wenige Plätze")
    surveys.note_gap(manager, survey_id, "health", 1)
    surveys.remove_gap(manager, survey_id, "health")
    surveys.write_findings(manager, survey_id, "Viel Ehrenamt")
    clock.move(days=5)
    surveys.close(manager, survey_id)
    shown = surveys.survey(manager, survey_id)
    assert (shown.town, shown.started_on, shown.closed_on) == (
        "brakel",
        TODAY,
        TODAY + timedelta(days=5),
    )
    assert [(gap.topic, gap.severity, gap.note) for gap in shown.gaps] == [
        ("housing", 3, ""),
        ("childcare", 1, "Wenige Plätze"),
    ]
    assert (shown.findings, shown.may_edit, shown.post) == (
        "Viel Ehrenamt",
        False,
        "Case Management Brakel",
    )
    for late in (
        lambda: surveys.write_findings(manager, survey_id, "Anders"),
        lambda: surveys.note_gap(manager, survey_id, "work", 1),
        lambda: surveys.close(manager, survey_id),
    ):
        with pytest.raises(RuleBroken, match="abgeschlossen"):
            late()
    assert ("survey", str(survey_id)) in touched()
    assert surveys.begin(manager, "brakel") != survey_id


def test_one_surveys_ones_own_towns_and_the_office_all(
    manager: Account, coordinator: Account
) -> None:
    with pytest.raises(RuleBroken):
        surveys.begin(manager, "warburg")
    survey_id = surveys.begin(coordinator, "warburg")
    assert surveys.survey(manager, survey_id).may_edit is False
    assert surveys.survey(coordinator, survey_id).may_edit is True
    with pytest.raises(NotAllowed):
        surveys.note_gap(manager, survey_id, "work", 1)
    for role in Role:
        if Permission.SURVEY_EDIT not in GRANTS[role]:
            with pytest.raises(NotAllowed):
                surveys.begin(make_account(role), "nieheim")
    with pytest.raises(NotAllowed):
        surveys.surveys(make_account(Role.ADMIN))


def test_nonsense_in_a_survey_is_refused(coordinator: Account) -> None:
    with pytest.raises(NotFound):
        surveys.begin(coordinator, "atlantis")
    survey_id = surveys.begin(coordinator, "brakel")
    for topic, severity in (("magic", 1), ("work", 0), ("work", 4)):
        with pytest.raises(RuleBroken):
            surveys.note_gap(coordinator, survey_id, topic, severity)
    for lost in (
        lambda: surveys.remove_gap(coordinator, survey_id, "work"),
        lambda: surveys.survey(coordinator, 0),
        lambda: surveys.write_findings(coordinator, 0, "Text"),
    ):
        with pytest.raises(NotFound):
            lost()
    make_survey("warburg", work=1)
    with max_queries(8):
        assert len(surveys.surveys(coordinator)) == 2


def test_gaps_are_where_nothing_public_is_or_a_survey_found_too_little(
    coordinator: Account,
) -> None:
    towns = len(active_towns())
    assert len(gaps.gap_list(coordinator)) == len(TOPICS) * towns
    for topic in TOPICS:
        make_service(topics=(topic,))
    assert gaps.gap_list(coordinator) == []
    make_survey("brakel", housing=3, work=1)
    found = gaps.gap_list(coordinator)
    assert [(one.topic, one.town, one.severity, one.services) for one in found] == [
        ("housing", "brakel", 3, 1),
        ("work", "brakel", 1, 1),
    ]
    assert found[0].surveyed_on == TODAY


@pytest.mark.parametrize(
    ("towns", "state", "covered"),
    [
        (("brakel",), State.PUBLISHED, {"brakel"}),
        (("brakel", "warburg"), State.NEEDS_CHECK, {"brakel", "warburg"}),
        (("brakel",), State.SUSPENDED, set()),
        (("brakel",), State.IN_EDITING, set()),
    ],
)
def test_only_public_services_for_a_town_cover_it(
    towns: tuple[str, ...], state: State, covered: set[str], coordinator: Account
) -> None:
    make_service(*towns, state=state, topics=("health", "housing"))
    for topic in ("health", "housing"):
        rows = [one for one in gaps.coverage(coordinator) if one.topic == topic]
        assert {one.town for one in rows if not one.is_gap} == covered


def test_a_newer_survey_replaces_what_an_older_one_found(
    coordinator: Account, clock: TestClock
) -> None:
    make_service(topics=TOPICS)
    old = make_survey("brakel", housing=3)
    surveys.close(SYSTEM, old)
    clock.move(days=100)
    make_survey("brakel", work=2)
    assert [(one.topic, one.severity) for one in gaps.gap_list(coordinator)] == [("work", 2)]
    with pytest.raises(NotAllowed):
        gaps.coverage(make_account(Role.ADMIN))
    with max_queries(12):
        gaps.coverage(coordinator)


# ------------------------------------------------------------------------------------- what waits today


def test_each_sees_what_waits_for_them(manager: Account, editor: Account) -> None:
    one, other = (make_account(Role.COORDINATOR) for _number in range(2))
    make_service("brakel", state=State.NEEDS_CHECK)
    make_service("warburg", organisation="jobcenter", state=State.NEEDS_CHECK)
    make_service("brakel", by=manager, state=State.SUBMITTED)
    public = make_service("warburg")
    proposals.suggest(public.key, {"name": "Neu"}, "", "", network="x")
    make_card(next_check_on=portal_clock.today() - timedelta(days=1))
    demarcations.propose(one, demarcation_draft(make_programme(), make_programme()))
    office = {
        Kind.SERVICES_TO_CHECK: 2,
        Kind.SERVICES_SUBMITTED: 1,
        Kind.PROPOSALS_WAITING: 1,
        Kind.CARDS_OVERDUE: 1,
    }
    expected = (
        (manager, {Kind.SERVICES_TO_CHECK: 1}),
        (editor, {Kind.SERVICES_TO_CHECK: 1}),
        (one, office),
        (other, office | {Kind.DEMARCATIONS_TO_RELEASE: 1}),
        (make_account(Role.KI_HEAD), {}),
    )
    for account, counts in expected:
        assert {item.kind: item.count for item in waiting_services(account)} == counts

"""What can be found, by whom, and what has changed since."""

from datetime import date, timedelta
from typing import Any

import pytest

from portal.domain import searching
from portal.domain.actors import SYSTEM
from portal.domain.changes import change
from portal.domain.directory import services, surveys, translations
from portal.domain.directory.codes import PUBLIC_STATES, State
from portal.domain.directory.searchables import CHECKED_BY_STAFF, NEVER_CHECKED, OVERDUE, trust
from portal.domain.directory.services import PlaceEntry
from portal.domain.permissions import GRANTS, Permission, Role
from portal.domain.searchable import PUBLIC, Kind, Searchable, SearchableChanged, touch
from portal.domain.towns import active_towns
from portal.models.directory import Service
from portal.models.search import SearchChange
from tests.support.clock import TestClock
from tests.support.people import make_account
from tests.support.queries import counted_queries, max_queries
from tests.support.services import (
    make_card,
    make_demarcation,
    make_place,
    make_programme,
    make_service,
    make_survey,
)

pytestmark = pytest.mark.usefixtures("empty_directory")
STAFF = "directory_read"
TODAY = date(2026, 11, 23)


def found(kind: str, key: str) -> Searchable:
    record = searching.one(kind, key)
    assert record is not None
    return record


# ------------------------------------------------------------------------------------------ audiences


@pytest.mark.parametrize("state", sorted(set(State) - {State.SUBMITTED}))
def test_what_is_not_public_is_found_by_staff_only(state: State) -> None:
    service = make_service(state=state)
    expected = PUBLIC if state in PUBLIC_STATES else STAFF
    assert found(Kind.SERVICE, service.key).audience == expected


def test_what_no_longer_or_not_yet_holds_is_found_by_staff_only(clock: TestClock) -> None:
    service = make_service(valid_from=TODAY + timedelta(days=1), valid_to=TODAY + timedelta(days=1))
    programme = make_programme(valid_to=TODAY)
    seen = []
    for _day in range(3):
        seen.append(
            (
                found(Kind.SERVICE, service.key).audience,
                found(Kind.PROGRAMME, programme).audience,
            )
        )
        clock.move(days=1)
    assert seen == [(STAFF, PUBLIC), (PUBLIC, STAFF), (STAFF, STAFF)]


def test_everybody_belongs_to_the_public_and_staff_to_what_they_may() -> None:
    assert searching.audiences_of(None) == {PUBLIC}
    for role in Role:
        assert searching.audiences_of(make_account(role)) == {PUBLIC, *GRANTS[role]}


def test_hits_are_asked_for_again_before_anybody_sees_them() -> None:
    public, hidden = make_service(), make_service(state=State.SUSPENDED)
    card = make_card(audience="staff")
    survey = str(make_survey("brakel", work=1))
    refs = [
        (Kind.SURVEY, survey),
        (Kind.SERVICE, hidden.key),
        (Kind.SERVICE, "gelöscht"),
        ("quatsch", "x"),
        (Kind.KNOWLEDGE_CARD, card),
        (Kind.SERVICE, public.key),
    ]
    reader, admin = make_account(Role.STEERING_MEMBER), make_account(Role.ADMIN)

    def keys(account: Any) -> list[str]:
        return [record.key for record in searching.visible(refs, account)]

    assert keys(None) == keys(admin) == [public.key]
    assert keys(reader) == [survey, hidden.key, card, public.key]
    services.move(SYSTEM, public.key, "end", reason="Demo")
    assert keys(None) == []


def test_what_is_not_there_is_not_found() -> None:
    for kind in (*Kind, "quatsch"):
        assert searching.one(kind, "gibt es nicht") is None
    for key in ("١", "9" * 30, "0", "-1"):
        assert searching.one(Kind.SURVEY, key) is None


def test_every_kind_has_a_source() -> None:
    assert set(searching.SOURCES) == set(Kind)


# -------------------------------------------------------------------------------------------- records


def test_a_service_is_found_by_what_it_says_but_not_by_whom_it_is_not_for() -> None:
    programme = make_programme("MBE", name="Migrationsberatung")
    place = make_place(name="Demo Haus", city="Brakel")
    service = make_service(
        "brakel",
        name="Beratung",
        organisation="jobcenter",
        programme=programme,
        description="Wir lesen Briefe.",
        for_whom="Erwachsene",
        not_for="Asylsuchende",
        otherwise="Die Flüchtlingsberatung",
        topics=("letters", "debt"),
        legal_circles=("SGB II",),
        languages=("de", "uk"),
        age_min=27,
        age_max=66,
        access="appointment",
        places=(PlaceEntry(place),),
    )
    words = {"name": "Advice", "description": "We read letters.", "for_whom": "Adults"}
    words |= {"not_for": "Asylum seekers", "otherwise": "Refugee advice"}
    translations.translate(SYSTEM, "service", service.key, "en", words, is_checked=True)
    record = found(Kind.SERVICE, service.key)
    assert (record.title, record.names) == (
        "Beratung",
        ("Jobcenter Kreis Höxter", "JC", "MBE", "Migrationsberatung"),
    )
    assert record.body == "Wir lesen Briefe.\nErwachsene\nDemo Haus Brakel"
    assert record.translations == {"en": "Advice\nWe read letters.\nAdults"}
    assert record.facets == {
        "town": ("brakel",),
        "topic": ("letters", "debt"),
        "programme": (programme,),
        "legal_circle": ("SGB II",),
        "language": ("de", "uk"),
        "age": ("27_plus",),
        "access": ("appointment",),
    }


def test_a_county_wide_service_is_for_every_town_and_every_age() -> None:
    facets = found(Kind.SERVICE, make_service().key).facets
    assert set(facets["town"]) == {town.slug for town in active_towns()}
    assert facets["age"] == ("u18", "18_26", "27_plus", "67_plus")


def test_the_other_kinds_are_found_by_their_own_words() -> None:
    kim, mbe = (
        make_programme("KIM", goal="Begleiten"),
        make_programme("MBE", legal_circle="AufenthG"),
    )
    demarcation = found(Kind.DEMARCATION, make_demarcation(kim, mbe, interface="Übergabe"))
    assert (demarcation.title, demarcation.audience) == ("KIM – MBE", PUBLIC)
    assert "Übergabe" in demarcation.body
    assert demarcation.facets == {"programme": (kim, mbe), "legal_circle": ("AufenthG",)}
    assert found(Kind.PROGRAMME, kim).body == "Begleiten"
    card = found(Kind.KNOWLEDGE_CARD, make_card("§ 25a", topics=("residence_advice",)))
    assert (card.title, card.facets["topic"]) == ("§ 25a", ("residence_advice",))
    town_hall = found(Kind.ORGANISATION, "stadt-brakel")
    assert (town_hall.names, town_hall.facets) == (("Brakel",), {"town": ("brakel",)})
    survey_id = make_survey("brakel", work=1)
    surveys.write_findings(SYSTEM, survey_id, "Wenig Kurse")
    survey = found(Kind.SURVEY, str(survey_id))
    assert (survey.title, survey.body, survey.audience) == (
        "Erhebung Brakel 23.11.2026",
        "Wenig Kurse",
        STAFF,
    )


def test_everything_is_told_with_few_queries() -> None:
    for _number in range(12):
        make_service("brakel", places=(PlaceEntry(make_place()),))
    make_card()
    with max_queries(24):
        records = list(searching.everything())
    refs = [(record.kind, record.key) for record in records]
    assert len(set(refs)) == len(refs)
    assert sum(kind == Kind.SERVICE for kind, _key in refs) == 12
    assert all(searching.one(*ref) == record for ref, record in zip(refs, records, strict=True))


# ---------------------------------------------------------------------------------------------- trust


@pytest.mark.parametrize(
    ("age", "by_provider", "expected"),
    [
        (0, True, 1.0),
        (180, True, 1.0),
        (180, False, CHECKED_BY_STAFF),
        (455, True, 0.5),
        (730, True, 0.0),
        (5000, True, 0.0),
    ],
)
def test_trust_fades_after_the_review_cycle(age: int, by_provider: bool, expected: float) -> None:
    checked = TODAY - timedelta(days=age)
    service = Service(state=State.PUBLISHED, checked_on=checked, checked_by_provider=by_provider)
    assert trust(service, TODAY) == pytest.approx(expected)


def test_trust_is_half_while_a_check_is_overdue_and_low_where_nobody_ever_looked() -> None:
    service = Service(state=State.NEEDS_CHECK, checked_on=TODAY, checked_by_provider=True)
    assert trust(service, TODAY) == OVERDUE
    assert trust(Service(state=State.PUBLISHED, checked_on=None), TODAY) == NEVER_CHECKED


# -------------------------------------------------------------------------------------------- changes


def test_changes_are_numbered_and_told_in_order() -> None:
    start = searching.latest_change()
    service = make_service()
    card = make_card()
    told = searching.changes_after(start)
    assert [(kind, key) for _number, kind, key in told] == [
        (Kind.SERVICE, service.key),
        (Kind.SERVICE, service.key),
        (Kind.KNOWLEDGE_CARD, card),
    ]
    assert [number for number, _kind, _key in told] == sorted(number for number, _k, _k2 in told)
    assert searching.latest_change() == told[-1][0]
    assert searching.changes_after(searching.latest_change()) == []


def test_each_change_is_announced_once_it_is_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.domain import changes  # noqa: PLC0415

    events: list[object] = []
    monkeypatch.setattr(changes, "publish", events.append)
    make_card()
    assert events == [SearchableChanged()]


def test_what_is_taken_back_is_followed_by_nobody() -> None:
    before = searching.latest_change()
    with pytest.raises(RuntimeError):
        _fail_after_touching()
    assert searching.changes_after(before) == []


def _fail_after_touching() -> None:
    with change(by=SYSTEM, action="directory:card:edit") as entry:
        touch(entry, Kind.KNOWLEDGE_CARD, "karte")
        raise RuntimeError


def test_rows_to_follow_are_written_last_while_other_changes_wait() -> None:
    """Else a number could become visible after a higher one, and an index would never see it."""
    with counted_queries() as queries, change(by=SYSTEM, action="directory:card:edit") as entry:
        touch(entry, Kind.KNOWLEDGE_CARD, "karte")
    tables = [sql.split('"')[1] for sql in queries if sql.startswith(("INSERT", "UPDATE"))]
    assert tables == ["audit_entry", "audit_head", "search_change"]


def test_old_changes_are_forgotten_but_the_last_number_stays(clock: TestClock) -> None:
    make_card()
    make_card()
    last = searching.latest_change()
    clock.move(days=31)
    kept = SearchChange.select().count()
    assert searching.forget_old_changes() == kept - 1
    assert (searching.oldest_kept(), searching.latest_change()) == (last, last)
    make_card()
    assert searching.latest_change() > last
    assert searching.forget_old_changes() == 1
    assert searching.oldest_kept() == searching.latest_change()


def test_without_any_change_there_is_nothing_to_follow() -> None:
    SearchChange.delete().execute()
    assert (searching.latest_change(), searching.oldest_kept()) == (0, 0)
    assert searching.forget_old_changes() == 0


def test_a_permission_is_an_audience() -> None:
    assert STAFF == Permission.DIRECTORY_READ

"""The directory of a county pack in the database: what staff changed stays, the rest follows the pack."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal import clock as portal_clock
from portal.db import database as handle
from portal.domain.county import Installed, install, install_invented
from portal.domain.county_pack import CountyPack, load_pack
from portal.domain.directory.translating import SERVICE_WORDS, source_digest
from portal.i18n import LOCALES
from portal.models.county import Contact, Organisation, Town
from portal.models.directory import (
    ContactHours,
    Demarcation,
    KnowledgeCard,
    Place,
    Programme,
    Service,
    ServiceContact,
    ServicePlace,
    ServiceTown,
    Translation,
)
from portal.models.privacy import AuditEntry
from portal.models.search import SearchChange, SearchWords
from tests.support.clock import TestClock
from tests.support.counties import FOLDERS

pytestmark = pytest.mark.usefixtures("tiny_database")

UNCHANGED = Installed(0, 0, ())
ADVICE = "demo-migrationsberatung"


@pytest.fixture(scope="module")
def pack() -> CountyPack:
    return load_pack(FOLDERS["testkreis"] / "testkreis", locales=LOCALES)


@pytest.fixture
def invented(pack: CountyPack, tiny_database: str) -> CountyPack:
    """The pack whose invented services are there already."""
    assert install_invented(pack) == Installed(6, 0, ())
    return pack


def saying(pack: CountyPack, sheet: str, key: str, **values: object) -> CountyPack:
    """The pack with another content of one row of its directory."""
    rows = tuple(
        replace(row, **values) if row.key == key else row for row in getattr(pack.directory, sheet)
    )
    return replace(pack, directory=replace(pack.directory, **{sheet: rows}))


def advice() -> Service:
    return Service.get(Service.key == ADVICE)


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that is sent to the database."""
    sent: list[str] = []
    execute = handle.obj.execute_sql

    def counting(sql: str, *arguments: object, **options: object) -> object:
        sent.append(sql)
        return execute(sql, *arguments, **options)

    monkeypatch.setattr(handle.obj, "execute_sql", counting)
    return sent


# ----------------------------------------------------------------------------- what is there


def test_the_real_directory_is_there_and_nothing_invented() -> None:
    assert Programme.get(Programme.key == "kim-cm").funder.key == "testkreis"
    assert Programme.get(Programme.key == "mbe").funder is None
    assert [(one.key, one.town and one.town.slug) for one in Place.select()] == [
        ("kreishaus", "testheim"),
        ("treffpunkt", None),
    ]
    assert Place.get(Place.key == "kreishaus").hours[-1] == [4, "08:00", "12:00"]
    assert SearchWords.get().words == ["Grundsicherung", "Stütze"]
    assert (Service.select().count(), KnowledgeCard.select().count()) == (0, 2)


def test_a_contact_has_its_own_hours() -> None:
    (reach,) = ContactHours.select()
    assert reach.contact.function_title == "Sekretariat"
    assert reach.hours == [[day, "09:00", "11:00"] for day in range(3)]
    assert reach.languages == ["de", "fr"]


def test_an_invented_service_is_there_with_everything(invented: CountyPack) -> None:
    service = advice()
    assert service.demo
    assert (service.organisation.key, service.programme.key) == ("beratung", "mbe")
    towns = ServiceTown.select().where(ServiceTown.service == service)
    assert sorted(one.town.slug for one in towns) == ["probstadt", "testheim"]
    places = ServicePlace.select().where(ServicePlace.service == service)
    assert [(one.place.key, one.hours) for one in places] == [
        ("demo-laden", [[1, "10:00", "11:00"]]),
        ("kreishaus", []),
    ]
    contacts = ServiceContact.select().where(ServiceContact.service == service)
    assert [(one.contact.function_title, one.place and one.place.key) for one in contacts] == [
        ("Sekretariat", "demo-laden"),
        ("Fachstelle Integration", None),
    ]


def test_an_invented_contact_comes_with_the_demo_only() -> None:
    demo = Contact.select().where(Contact.function_title.startswith("Demo"))
    assert not demo.exists()
    install_invented(load_pack(FOLDERS["testkreis"] / "testkreis"))
    assert [one.function_title for one in demo] == ["Demo Ladentelefon"]
    (reach,) = ContactHours.select().where(ContactHours.contact == demo.get())
    assert (reach.hours, reach.languages) == ([[3, "10:00", "12:00"]], ["uk"])


def test_a_translation_knows_the_german_words_it_translates(invented: CountyPack) -> None:
    german = source_digest({name: getattr(advice(), name) for name in SERVICE_WORDS})
    found = {
        one.locale: one
        for one in Translation.select().where(
            Translation.kind == "service", Translation.key == ADVICE
        )
    }
    assert {
        locale: (one.checked, one.source_digest == german) for locale, one in found.items()
    } == {
        "en": (True, True),
        "uk": (False, True),
    }
    assert found["uk"].fields == {"name": "Демо консультація"}
    card = Translation.get(Translation.kind == "knowledge_card", Translation.locale == "en")
    assert (card.key, set(card.fields)) == ("einbuergerung", {"title", "body"})


def test_days_of_invented_services_count_from_the_day_of_installing(invented: CountyPack) -> None:
    today = portal_clock.today()
    assert advice().checked_on == today - timedelta(days=10)
    assert advice().next_check_on == today + timedelta(days=170)
    old = Service.get(Service.key == "demo-altes-angebot")
    assert (old.state, old.checked_on) == ("ended", date(2025, 6, 1))
    assert (old.closed_from, old.closed_to, old.closed_note) == (
        today - timedelta(days=3),
        today + timedelta(days=11),
        "Demo-Urlaub",
    )


# ----------------------------------------------------------------------------- again


def test_a_second_run_changes_nothing(invented: CountyPack, clock: TestClock) -> None:
    checked_on = advice().checked_on
    changes = SearchChange.select().count()
    clock.move(days=30)
    assert install(invented) == install_invented(invented) == UNCHANGED
    assert (advice().checked_on, advice().version) == (checked_on, 1)
    assert SearchChange.select().count() == changes


def test_what_somebody_confirmed_stays_while_the_rest_follows_the_pack(
    invented: CountyPack, clock: TestClock
) -> None:
    clock.move(days=30)
    confirmed = portal_clock.today()
    Service.update(checked_on=confirmed, state="suspended").where(Service.key == ADVICE).execute()
    newer = saying(invented, "demo_services", ADVICE, name="Demo-Beratung", checked_days_ago=1)
    assert install_invented(newer) == Installed(0, 1, ())
    service = advice()
    assert (service.name, service.version) == ("Demo-Beratung", 2)
    assert (service.checked_on, service.state) == (confirmed, "suspended")
    assert service.updated_at == portal_clock.now() > service.created_at


def test_a_service_follows_the_pack_as_a_whole(invented: CountyPack) -> None:
    (service, *_others) = invented.directory.demo_services
    newer = saying(
        invented,
        "demo_services",
        ADVICE,
        towns=("testheim",),
        places=service.places[1:],
        contacts=(),
        translations=service.translations[:1],
    )
    assert install_invented(newer) == Installed(0, 1, ())
    row = advice()
    assert [one.town.slug for one in row.towns] == ["testheim"]
    assert [one.place.key for one in row.places] == ["kreishaus"]
    assert list(row.contacts) == []
    assert [one.locale for one in Translation.select().where(Translation.key == ADVICE)] == ["en"]
    assert install_invented(newer) == UNCHANGED
    assert install_invented(invented) == Installed(0, 1, ())
    assert len(row.contacts) == 2


@pytest.mark.parametrize("part", ["words", "towns", "places", "contacts", "translations"])
def test_what_staff_changed_anywhere_in_a_service_stays(invented: CountyPack, part: str) -> None:
    service = advice()
    change = {
        "words": Service.update(name="Umbenannt").where(Service.id == service.id),
        "towns": ServiceTown.delete().where(ServiceTown.town == Town.get(Town.slug == "testheim")),
        "places": ServicePlace.update(hours=[[0, "07:00", "08:00"]]),
        "contacts": ServiceContact.update(place=None),
        "translations": Translation.update(checked=True).where(Translation.key == ADVICE),
    }[part]
    assert change.execute() > 0
    newer = saying(invented, "demo_services", ADVICE, description="Neu.")
    for version in (invented, newer):
        assert install_invented(version) == Installed(0, 0, (f"service {ADVICE}",))
    assert advice().description != "Neu."


def test_what_staff_deleted_does_not_come_back(invented: CountyPack) -> None:
    advice().delete_instance()
    assert install_invented(invented) == Installed(0, 0, (f"service {ADVICE}",))


def test_a_service_whose_contact_is_gone_is_left_out_completely(pack: CountyPack) -> None:
    office = Contact.get(Contact.function_title == "Sekretariat")
    office.delete_instance()
    assert install_invented(pack) == Installed(5, 0, (f"service {ADVICE}",))
    assert ServiceTown.select().count() == 1
    assert Translation.select().where(Translation.key == ADVICE).count() == 0


def test_plain_rows_follow_like_all_others(pack: CountyPack) -> None:
    newer = saying(pack, "programmes", "mbe", goal="Anders", funder="beratung")
    newer = saying(newer, "search_words", "grundsicherung", words=("Grundsicherung", "Hilfe"))
    assert install(newer) == Installed(0, 2, ())
    assert Programme.get(Programme.key == "mbe").funder == Organisation.get(
        Organisation.key == "beratung"
    )
    Programme.update(goal="Unser Ziel").where(Programme.key == "mbe").execute()
    assert install(pack) == Installed(0, 1, ("programme mbe",))


# ----------------------------------------------------------------------------- versions


def versions(key: str = "kim-cm-mbe") -> list[Demarcation]:
    return list(Demarcation.select().where(Demarcation.key == key).order_by(Demarcation.version))


def test_another_wording_of_a_demarcation_is_a_new_version(pack: CountyPack) -> None:
    newer = saying(
        pack, "demarcations", "kim-cm-mbe", interface="Anders", valid_from=date(2027, 1, 1)
    )
    assert install(newer) == Installed(0, 1, ())
    first, second = versions()
    assert (first.interface, first.valid_to) == ("Fallbesprechung", date(2026, 12, 31))
    assert (second.interface, second.version, second.valid_to) == ("Anders", 2, None)
    assert first.state == second.state == "released"
    assert install(newer) == UNCHANGED


def test_a_correction_for_the_same_day_replaces_what_it_corrects(pack: CountyPack) -> None:
    install(saying(pack, "demarcations", "kim-cm-mbe", interface="Anders"))
    day = date(2026, 2, 1)
    assert [
        one.version
        for one in versions()
        if one.valid_to is None or one.valid_from <= day <= one.valid_to
    ] == [2]


def test_a_demarcation_that_the_county_agreed_in_the_portal_stays(pack: CountyPack) -> None:
    (first,) = versions()
    values = {**first.__data__, "id": None, "version": 2, "interface": "Hier vereinbart"}
    Demarcation.create(**values)
    newer = saying(pack, "demarcations", "kim-cm-mbe", interface="Anders")
    assert install(newer) == Installed(0, 0, ("demarcation kim-cm-mbe",))
    assert len(versions()) == 2


def test_a_proposal_of_staff_keeps_its_number(pack: CountyPack) -> None:
    (first,) = versions()
    values = {**first.__data__, "id": None, "version": 2, "state": "proposed"}
    Demarcation.create(**values)
    newer = saying(pack, "demarcations", "kim-cm-mbe", interface="Anders")
    assert install(newer) == Installed(0, 1, ())
    assert [(one.version, one.state) for one in versions()] == [
        (1, "released"),
        (2, "proposed"),
        (3, "released"),
    ]


def test_another_wording_of_a_card_counts_its_versions(pack: CountyPack) -> None:
    newer = saying(pack, "knowledge", "einbuergerung", body="Neu.", translations=())
    assert install(newer) == Installed(0, 1, ())
    card = KnowledgeCard.get(KnowledgeCard.key == "einbuergerung")
    assert (card.version, card.body) == (2, "Neu.")
    assert Translation.select().where(Translation.key == card.key).count() == 0
    KnowledgeCard.update(body="Von uns").where(KnowledgeCard.id == card.id).execute()
    assert install(pack) == Installed(0, 0, ("knowledge_card einbuergerung",))


# ----------------------------------------------------------------------------- search, log, speed


def test_the_search_follows_only_if_something_is_new(pack: CountyPack) -> None:
    before = SearchChange.select().count()
    install(pack)
    assert SearchChange.select().count() == before
    install(saying(pack, "programmes", "mbe", goal="Anders"))
    newest = SearchChange.select().order_by(SearchChange.id.desc()).get()
    assert (SearchChange.select().count(), newest.kind, newest.key) == (before + 1, "*", "*")


def test_the_installation_of_what_is_invented_is_in_the_log(invented: CountyPack) -> None:
    entry = AuditEntry.get(AuditEntry.action == "county:demo:install")
    assert (entry.subject, entry.actor) == ("county:testkreis", "system")


def test_a_run_without_news_asks_each_table_once(pack: CountyPack, queries: list[str]) -> None:
    texts = len(pack.texts)
    install(pack)
    assert len(queries) - texts < 35


def test_a_plain_row_costs_one_statement(pack: CountyPack, queries: list[str]) -> None:
    install(pack)
    without_news = len(queries)
    queries.clear()
    programme = pack.directory.programmes[0]
    more = tuple(replace(programme, key=f"neu-{number}") for number in range(50))
    directory = replace(pack.directory, programmes=(*pack.directory.programmes, *more))
    assert install(replace(pack, directory=directory)) == Installed(50, 0, ())
    assert len(queries) - without_news < 60


# ----------------------------------------------------------------------------- who can be found


@pytest.mark.parametrize(
    ("code", "found"), [("MBE", [ADVICE]), ("KIM", []), ("KIM_CM", ["demo-case-management"])]
)
def test_a_service_is_found_by_the_whole_code_it_stands_behind(
    invented: CountyPack, code: str, found: list[str]
) -> None:
    keys = [row.key for row in Service.select().where(Service.wayfinder_codes.holds(code))]
    assert keys == found

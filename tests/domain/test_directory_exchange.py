"""The directory for machines (HSDS 3) and for spreadsheets, out and back in."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.documents import sheets
from portal.domain.actors import SYSTEM
from portal.domain.county import install_invented
from portal.domain.county_pack import load_pack
from portal.domain.directory import exchange_importing as importing
from portal.domain.directory import exchange_table as tables
from portal.domain.directory import services
from portal.domain.directory.codes import State
from portal.domain.directory.exchange_hsds import services_page
from portal.domain.directory.exchange_importing import Kind
from portal.domain.directory.finding import public_keys
from portal.domain.directory.services import PlaceEntry, ServiceDraft
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.permissions import Role
from portal.i18n import LOCALES
from portal.models.county import Contact, Organisation
from portal.models.directory import Service
from portal.models.privacy import AuditEntry
from tests.support.counties import FOLDERS
from tests.support.hsds import EXTENSION, PAGE, entities, mistakes
from tests.support.malformed import NASTY, anything
from tests.support.queries import max_queries

NAMES = {"topic": {"language": "Deutsch lernen"}, "language": {"de": "Deutsch"}}
KEY, STATE = tables.KEY, tables.STATE


@pytest.fixture
def filled(tiny_database: str) -> None:
    """A tiny county with its invented services."""
    install_invented(load_pack(FOLDERS["testkreis"] / "testkreis", locales=LOCALES))


@pytest.fixture
def hoexter(database: str) -> None:
    """Kreis Höxter with its invented services."""
    install_invented(load_pack(FOLDERS["hoexter"] / "hoexter", locales=LOCALES))


def exported(**wanted: int) -> dict:
    return services_page(names=NAMES, at=clock.now(), **wanted)


def table() -> list[list[str]]:
    """The table as it goes out, published services first."""
    head, *rows = tables.table(SYSTEM)
    return [head, *sorted(rows, key=lambda row: row[1] != "published")]


def changed(**cells: str) -> list[list[str]]:
    """The table with other cells in its first row."""
    head, first, *others = table()
    cells = {name.replace("_", " "): text for name, text in cells.items()}
    assert set(cells) <= set(head)
    return [head, [cells.get(name, text) for name, text in zip(head, first, strict=True)], *others]


def with_new(**cells: str) -> list[list[str]]:
    """The table with one more row."""
    rows = table()
    usual = {
        "Träger": Organisation.select().first().key,
        "Name": "Neues Angebot",
        "Beschreibung": "Neu",
        "Ganzer Kreis": "ja",
    }
    filled_in = usual | {name.replace("_", " "): text for name, text in cells.items()}
    return [*rows, [filled_in.get(name, "") for name in rows[0]]]


def told(rows: list[list[str]]) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.message) for one in importing.preview(SYSTEM, rows).errors]


# ---------------------------------------------------------------------------------------------- HSDS


@pytest.mark.usefixtures("hoexter")
def test_every_entity_is_as_the_specification_has_it():
    page = exported(size=100)
    kinds = Counter(kind for one in page["contents"] for kind, _entity in entities(one))
    assert [text for one in page["contents"] for text in mistakes(one)] == []
    expected = (
        "service organization program service_at_location location address phone contact schedule language "
        "service_area cost_option accessibility attribute taxonomy_term taxonomy metadata"
    )
    assert set(kinds) == set(expected.split())


def test_the_table_of_the_specification_finds_mistakes():
    service = {"id": "1", "status": "open", "color": "red", "languages": {}, "phones": [{"id": 1}]}
    found = " ".join(mistakes(service))
    assert all(
        part in found
        for part in (
            "lacks name",
            "service.id",
            "status: 'open'",
            "no color",
            "language is",
            "phone.id",
            "lacks number",
        )
    )


@pytest.mark.usefixtures("hoexter")
def test_pages_hold_every_public_service_once():
    first = exported(size=30)
    pages = [exported(page=number, size=30) for number in range(1, first["total_pages"] + 1)]
    ids = [one["id"] for page in pages for one in page["contents"]]
    assert {name: type(value) for name, value in first.items()} == PAGE
    assert len(ids) == len(set(ids)) == first["total_items"] == len(public_keys(clock.now()))
    assert [page["first_page"] for page in pages] == [True] + [False] * (len(pages) - 1)
    assert [page["last_page"] for page in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("page", "size"), [(0, 0), (-5, -1), (10**9, 10**9)])
def test_any_page_number_gives_a_page(page, size):
    found = exported(page=page, size=size)
    assert 1 <= found["page_number"] <= found["total_pages"]
    assert 1 <= found["size"] <= 100


@pytest.mark.usefixtures("tiny_database")
def test_a_county_without_services_gives_an_empty_page():
    page = exported()
    assert (page["total_items"], page["empty"], page["contents"]) == (0, True, [])


@pytest.mark.usefixtures("filled")
def test_the_same_thing_has_the_same_identifier_in_every_export(clock):
    before = [one["id"] for one in exported()["contents"]]
    clock.move(days=1)
    assert [one["id"] for one in exported()["contents"]] == before


@pytest.mark.usefixtures("filled")
def test_what_the_public_may_not_see_is_not_exported():
    row = Service.get(Service.key == public_keys(clock.now())[0])
    before = exported()["total_items"]
    services.move(SYSTEM, row.key, "suspend", "Umbau")
    assert exported()["total_items"] == before - 1


@pytest.mark.usefixtures("filled")
def test_contacts_inside_of_the_administration_are_not_exported():
    Contact.update(public=False).execute()
    kinds = {kind for one in exported()["contents"] for kind, _entity in entities(one)}
    assert not kinds & {"contact", "phone"}


@pytest.mark.usefixtures("filled")
def test_a_service_closed_for_a_while_says_so():
    Service.update(closed_from=date(2026, 11, 1), closed_to=None, closed_note="Umbau").execute()
    assert {(one["status"], one["alert"]) for one in exported()["contents"]} == {
        ("temporarily closed", "Umbau")
    }


@pytest.mark.usefixtures("hoexter")
def test_rules_stand_in_our_own_taxonomies_and_under_our_own_key():
    contents = exported(size=100)["contents"]
    rows = {one["name"]: one for one in contents}
    for row in Service.select().where(Service.name.in_(list(rows))):
        attributes = rows[row.name]["attributes"]
        codes = [
            a["taxonomy_term"]["code"] for a in attributes if a["link_type"] == "wayfinder_code"
        ]
        assert codes == row.wayfinder_codes
        assert rows[row.name][EXTENSION]["not_for"] == row.not_for
    lines = [line for one in contents for line in one[EXTENSION]["demarcations"]]
    assert lines
    assert all(line["handover_rule"] and date.fromisoformat(line["valid_from"]) for line in lines)


@pytest.mark.usefixtures("filled")
def test_codes_are_told_in_the_words_of_the_pages():
    names = {
        entity["name"]
        for one in exported()["contents"]
        for kind, entity in entities(one)
        if kind == "language"
    }
    assert "Deutsch" in names


@pytest.mark.usefixtures("hoexter")
def test_an_export_asks_the_database_no_more_for_many():
    with max_queries(25):
        exported(size=100)


# --------------------------------------------------------------------------------------------- tables


@pytest.mark.usefixtures("hoexter")
@pytest.mark.parametrize(
    "write", [sheets.to_csv, lambda rows: sheets.to_xlsx(rows, title="Angebote")]
)
def test_what_goes_out_comes_back_unchanged(write):
    read = sheets.read(write(table()))
    found = importing.preview(SYSTEM, read.rows)
    assert (found.errors, found.new, found.changed) == ([], [], [])
    assert len(found.rows) == Service.select().count() > 20
    assert not found.may_be_taken_over


words = st.one_of(st.sampled_from(NASTY), anything, st.text("=+-@'\t|;, \n\"ä", max_size=20))


@pytest.mark.usefixtures("filled")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        dict.fromkeys(("description", "for_whom", "not_for", "otherwise", "cost_note"), words)
    ),
    st.tuples(st.none() | st.integers(0, 40), st.none() | st.integers(41, 120)),
    st.lists(st.sampled_from(["work", "school", "housing"]), unique=True),
)
def test_whatever_a_service_says_comes_back_unchanged(texts, ages, topics):
    row = Service.get(Service.state == State.PUBLISHED)
    shown = services.staff_service(SYSTEM, row.key)
    limits = {name: text[:150] for name, text in texts.items()} | {
        "description": f"x{texts['description']}"
    }
    draft = replace(shown.draft, **limits, age_min=ages[0], age_max=ages[1], topics=tuple(topics))
    services.edit(SYSTEM, row.key, draft, shown.version)
    for data in (sheets.to_csv(table()), sheets.to_xlsx(table(), title="Angebote")):
        found = importing.preview(SYSTEM, sheets.read(data).rows)
        assert (found.errors, found.new, found.changed) == ([], [], [])


@pytest.mark.usefixtures("filled")
def test_a_changed_cell_is_shown_and_taken_over():
    rows = changed(Name="Anderer Name", Alter_von="18", Kosten="fee")
    found = importing.preview(SYSTEM, rows)
    was = dict(zip(*table()[:2], strict=True))
    assert [(one.column, one.before, one.after) for one in found.changed[0].changes] == [
        ("Name", was["Name"], "Anderer Name"),
        ("Alter von", was["Alter von"], "18"),
        ("Kosten", was["Kosten"], "fee"),
    ]
    importing.take_over(SYSTEM, rows, found.digest)
    row = Service.get(Service.key == was[KEY])
    assert (row.name, row.age_min, row.cost) == ("Anderer Name", 18, "fee")
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert entry.action == "directory:service:import"
    assert row.key in entry.details


@pytest.mark.usefixtures("filled")
def test_a_new_row_becomes_a_service_that_waits_for_publication():
    rows = with_new(Themen="work | school", Gültig_von="1.12.2026", Stand="")
    found = importing.preview(SYSTEM, rows)
    assert found.errors == []
    importing.take_over(SYSTEM, rows, found.digest)
    row = Service.get(Service.name == "Neues Angebot")
    assert (row.state, row.topics, row.cost) == ("in_editing", ["work", "school"], "free")
    assert row.valid_from == date(2026, 12, 1)


@pytest.mark.usefixtures("filled")
def test_one_mistake_keeps_everything_out():
    rows = with_new(Kosten="gratis")
    rows[1][rows[0].index("Name")] = "Anderer Name"
    found = importing.preview(SYSTEM, rows)
    assert not found.may_be_taken_over
    with pytest.raises(RuleBroken):
        importing.take_over(SYSTEM, rows, found.digest)
    assert not Service.select().where(Service.name.in_(["Anderer Name", "Neues Angebot"])).exists()


@pytest.mark.usefixtures("filled")
def test_a_failure_in_the_middle_leaves_nothing_behind(monkeypatch):
    rows = with_new(Name="Erstes")
    rows.append([text.replace("Erstes", "Zweites") for text in rows[-1]])
    found = importing.preview(SYSTEM, rows)
    create, made = importing.create, []

    def fails_at_the_second(*entries):
        if made:
            raise RuleBroken("Strom weg")
        made.append(create(*entries))
        return made[0]

    monkeypatch.setattr(importing, "create", fails_at_the_second)
    with pytest.raises(RuleBroken):
        importing.take_over(SYSTEM, rows, found.digest)
    assert made
    assert not Service.select().where(Service.name == "Erstes").exists()


@pytest.mark.usefixtures("filled")
def test_what_somebody_changed_after_the_preview_stops_the_import():
    rows = changed(Name="Anderer Name")
    found = importing.preview(SYSTEM, rows)
    shown = services.staff_service(SYSTEM, rows[1][0])
    services.edit(SYSTEM, shown.key, replace(shown.draft, description="Neu"), shown.version)
    with pytest.raises(RuleBroken, match="Vorschau"):
        importing.take_over(SYSTEM, rows, found.digest)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Alter_von": "achtzehn"}, "Alter von"),
        ({"Alter_von": "9999"}, "Alter von"),
        ({"Alter_von": "30", "Alter_bis": "20"}, "Alter bis"),
        ({"Ganzer_Kreis": "vielleicht"}, "Ganzer Kreis"),
        ({"Städte": "nirgendwo", "Ganzer_Kreis": "nein"}, "Städte"),
        ({"Kosten": "gratis"}, "Kosten"),
        ({"Kosten": ""}, "Kosten"),
        ({"Themen": "work | quatsch"}, "Themen"),
        ({"Sprachen": "klingonisch"}, "Sprachen"),
        ({"Name": ""}, "Name"),
        ({"Träger": "gibt-es-nicht"}, "Träger"),
        ({"Programm": "gibt-es-nicht"}, "Programm"),
        ({"Internetadresse": "javascript:alert(1)"}, "Internetadresse"),
        ({"Gültig_von": "31.02.2026"}, "Gültig von"),
        ({"Gültig_von": "2026-12-01", "Gültig_bis": "2026-11-01"}, "Gültig bis"),
        ({"Orte": "gibt-es-nicht", "Zeiten_an_den_Orten": ""}, "Orte"),
        ({"Orte": "", "Zeiten_an_den_Orten": "weg: Mo 09:00–12:00"}, "Zeiten an den Orten"),
        ({"Zeiten_an_den_Orten": "ohne Doppelpunkt"}, "Zeiten an den Orten"),
        ({"Stand": "ended"}, "Stand"),
        ({"Schlüssel": "gibt-es-nicht"}, "Schlüssel"),
    ],
)
def test_a_mistake_is_told_where_it_stands(cells, column):
    assert [(row, where) for row, where, _message in told(changed(**cells))] == [(2, column)]


@pytest.mark.usefixtures("filled")
def test_hours_that_overlap_are_told_where_they_stand():
    place = next(one.draft.places[0].place for one in _with_places())
    text = f"{place}: Mo 09:00–12:00, 11:00–13:00"
    assert told(with_new(Orte=place, Zeiten_an_den_Orten=text))[0][1] == "Zeiten an den Orten"


@pytest.mark.usefixtures("filled")
def test_hours_written_another_way_are_no_change():
    shown = next(_with_places())
    place = shown.draft.places[0].place
    draft = replace(shown.draft, places=(PlaceEntry(place, "Mo–Do 09:00–12:00"),), contacts=())
    services.edit(SYSTEM, shown.key, draft, shown.version)
    rows = table()
    row = next(one for one in rows if one[0] == shown.key)
    row[rows[0].index("Zeiten an den Orten")] = f"{place}: Montag-Donnerstag 9-12 Uhr"
    found = importing.preview(SYSTEM, rows)
    assert (found.errors, found.changed) == ([], [])


def _with_places():
    found = (services.staff_service(SYSTEM, row.key) for row in Service.select())
    return (one for one in found if one.draft.places)


@pytest.mark.usefixtures("filled")
def test_a_key_that_stands_twice_is_told():
    rows = table()
    assert told([*rows, rows[1]]) == [
        (len(rows) + 1, KEY, "Dieser Schlüssel steht schon in Zeile 2.")
    ]


@pytest.mark.usefixtures("filled")
def test_what_has_ended_is_not_changed_by_a_table():
    services.move(SYSTEM, table()[1][0], "end", "Projekt zu Ende")
    assert told(changed(Name="Neu"))[0] == (2, "", importing.ENDED)
    assert told(table()) == []


@pytest.mark.usefixtures("filled")
def test_a_cell_the_reader_refused_is_told_where_it_stands():
    rows = table()
    place = rows[0].index("Name")
    errors = importing.preview(SYSTEM, rows, {(2, place): "Formeln werden nicht gelesen."}).errors
    assert [(one.row, one.column) for one in errors] == [(2, "Name")]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda head: head[:-1], "fehlen: Nächste Prüfung"),
        (lambda head: [*head, "Farbe"], "unbekannt: Farbe"),
        (lambda head: [*head, "Name"], "doppelt"),
        (lambda head: ["|".join(head)], "und 27 weitere"),
        (lambda _head: [], "fehlen"),
    ],
)
def test_a_head_that_does_not_fit_is_refused(spoil, said):
    rows = table()
    with pytest.raises(RuleBroken, match=said) as refused:
        importing.preview(SYSTEM, [spoil(rows[0]), *rows[1:]])
    assert refused.value.field == "file"


@pytest.mark.usefixtures("filled")
def test_a_head_alone_is_refused():
    with pytest.raises(RuleBroken, match="kein Angebot"):
        importing.preview(SYSTEM, table()[:1])


@pytest.mark.usefixtures("filled")
def test_columns_may_stand_in_any_order():
    turned = [row[::-1] for row in changed(Name="Anderer Name")]
    found = importing.preview(SYSTEM, turned)
    assert [one.column for one in found.changed[0].changes] == ["Name"]


@pytest.mark.usefixtures("filled")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(tables.HEADINGS), words), min_size=1, max_size=6),
    st.booleans(),
)
def test_no_row_makes_the_import_stumble(spoiled, is_new):
    rows = with_new() if is_new else table()
    for heading, text in spoiled:
        rows[-1][rows[0].index(heading)] = text
    found = importing.preview(SYSTEM, rows)
    assert found.errors or len(found.rows) == len(rows) - 1
    assert {one.kind for one in found.rows} <= set(Kind)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_who_may_publish_imports(role):
    from tests.support.people import make_account  # noqa: PLC0415 - only this test needs people

    with pytest.raises(NotAllowed):
        importing.preview(make_account(role), table())


def test_every_field_of_a_service_but_its_contacts_has_a_column():
    fields = {column.field for column in tables.COLUMNS}
    assert fields == set(ServiceDraft.__dataclass_fields__) - {"contacts"}

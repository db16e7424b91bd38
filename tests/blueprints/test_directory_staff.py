"""Upkeep of the directory: services, places, contacts, programmes, cards, demarcations, surveys, search words."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.actors import SYSTEM
from portal.domain.county import install_invented
from portal.domain.county_pack import load_pack
from portal.domain.directory import cards, demarcations, proposals, search_words, services, surveys
from portal.domain.directory.records import is_public
from portal.domain.directory.records import services as all_services
from portal.domain.permissions import Role
from portal.i18n import LOCALES
from portal.models.accounts import Account
from portal.models.county import Organisation
from portal.models.directory import Service, Translation
from tests.support import malformed
from tests.support.browser import Answer, StrictClient
from tests.support.clock import MONDAY_MORNING
from tests.support.counties import FOLDERS
from tests.support.queries import max_queries

pytestmark = pytest.mark.usefixtures("filled")
TODAY = MONDAY_MORNING.date()
SignIn = Callable[..., StrictClient]
LISTS = (
    "/verzeichnis/",
    "/verzeichnis/orte",
    "/verzeichnis/kontakte",
    "/verzeichnis/programme",
    "/verzeichnis/wissen",
    "/verzeichnis/abgrenzungen",
    "/verzeichnis/erhebungen",
    "/verzeichnis/luecken",
    "/verzeichnis/suchwoerter",
    "/verzeichnis/austausch",
)
NEW = (
    "/verzeichnis/angebote/neu",
    "/verzeichnis/orte/neu",
    "/verzeichnis/kontakte/neu",
    "/verzeichnis/programme/neu",
    "/verzeichnis/wissen/neu",
    "/verzeichnis/abgrenzungen/neu",
    "/verzeichnis/erhebungen/neu",
    "/verzeichnis/suchwoerter/neu",
)


@pytest.fixture
def filled(database: str) -> None:
    """Kreis Höxter with its invented services."""
    install_invented(load_pack(FOLDERS["hoexter"] / "hoexter", locales=LOCALES))


@pytest.fixture
def coordinator(make_account: Callable[..., Account]) -> Account:
    return make_account(Role.COORDINATOR, position="KS")


@pytest.fixture
def office(sign_in: SignIn, coordinator: Account) -> StrictClient:
    """The coordination office."""
    return sign_in(coordinator)


@pytest.fixture
def public_service() -> Service:
    return all_services().where(is_public(TODAY)).order_by(Service.key).get()


def path(service: Service, end: str = "") -> str:
    return f"/verzeichnis/angebote/{service.key}{end}"


@pytest.mark.parametrize("address", [*LISTS, *NEW])
def test_every_page_of_the_upkeep_opens(office, address):
    assert office.get(address).status_code == 200


@pytest.mark.parametrize("address", NEW)
def test_an_empty_form_says_what_is_missing(office, address):
    answer = office.get(address).form().submit()
    assert answer.status_code in {303, 422}  # a survey needs a town only, and one is chosen


@pytest.mark.parametrize("address", LISTS)
def test_a_list_asks_the_database_as_often_for_many_as_for_one(office, address):
    with max_queries(60):
        office.get(address)


@pytest.mark.parametrize("address", LISTS)
def test_readers_see_no_button_that_changes_something(sign_in, make_account, address):
    answer = sign_in(make_account(Role.STEERING_MEMBER)).get(address)
    assert answer.status_code == 200
    forms = list(next(answer.document.iter("main")).iter("form"))
    assert all(form.get("method") == "get" for form in forms)
    assert not [url for url in answer.links().values() if url.endswith(("/neu", "/bearbeiten"))]


# ------------------------------------------------------------------------------------------- services


def test_the_list_can_be_narrowed(office):
    found = office.get("/verzeichnis/").form().fill(stand="ended").submit()
    assert "Beendet" in found.main_text
    rows = list(next(found.document.iter("tbody")).iter("tr"))
    assert all("Beendet" in "".join(row.itertext()) for row in rows)
    nothing = office.get("/verzeichnis/?q=xyzzyx")
    assert "Keine Angebote" in nothing.main_text


def test_htmx_gets_the_list_alone(office):
    answer = office.get("/verzeichnis/?stand=public", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "services-count" in answer.text


def test_a_service_is_added_edited_and_published(office):
    form = office.get("/verzeichnis/angebote/neu").form()
    place = next(code for code in form.options["places-0"] if code)
    assert form.values["interpreter"] == ["unknown"]
    unclear = form.fill(name="Neues Sprachcafé", description="Deutsch üben").submit()
    assert unclear.errors == {"organisation": "Bitte wählen Sie, wer das anbietet."}
    added = form.fill(
        **{
            "organisation": next(code for code in form.options["organisation"] if code),
            "name": "Neues Sprachcafé",
            "description": "Deutsch üben",
            "county_wide": True,
            "topics": ["language"],
            "places-0": place,
            "hours-0": "Di 15-17 Uhr",
        }
    ).submit()
    shown = added.follow()
    assert shown.heading == "Neues Sprachcafé"
    assert "In Bearbeitung" in shown.main_text
    assert ": Di 15:00–17:00" in shown.main_text
    key = shown.path.rpartition("/")[2]
    published = shown.form(f"/verzeichnis/angebote/{key}/schritt/publish").submit().follow()
    assert "Veröffentlicht" in published.main_text
    edited = published.click("Bearbeiten").form().fill(name="Sprachcafé", age_min="18").submit()
    assert edited.follow().heading == "Sprachcafé"
    assert Service.get(Service.key == key).age_min == 18


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"age_min": "30", "age_max": "20"}, "age_max"),
        ({"age_min": "viele"}, "age_min"),
        ({"valid_from": "2026-12-01", "valid_to": "2026-11-01"}, "valid_to"),
        ({"valid_from": "gestern"}, "valid_from"),
        ({"url": "http://example.org"}, "url"),
        ({"name": ""}, "name"),
        ({"description": "x" * 3001}, "description"),
    ],
)
def test_a_mistake_stands_at_its_field_and_every_entry_is_kept(
    office, public_service, entries, field
):
    form = office.get(path(public_service, "/bearbeiten")).form()
    answer = form.fill(**{"cost_note": "Bleibt stehen", **entries}).submit()
    assert answer.status_code == 422
    assert field in answer.errors
    kept = answer.form().values
    assert kept["cost_note"] == ["Bleibt stehen"]
    assert all(kept[name] == [text] for name, text in entries.items())


def test_hours_that_overlap_are_told_and_kept(office, public_service):
    form = office.get(path(public_service, "/bearbeiten")).form()
    place = next(code for code in form.options["places-0"] if code)
    entries = {"places-0": place, "hours-0": "Mo 09:00–12:00, 11:00–13:00"}
    answer = form.fill(**entries).submit()
    assert answer.status_code == 422
    assert "überschneiden" in answer.main_text
    assert answer.form().values["hours-0"] == [entries["hours-0"]]


def test_whoever_is_slower_sees_what_the_other_wrote(office, public_service):
    form = office.get(path(public_service, "/bearbeiten")).form().fill(cost_note="Meines")
    shown = services.staff_service(SYSTEM, public_service.key)
    services.edit(SYSTEM, shown.key, replace(shown.draft, cost_note="Deines"), shown.version)
    answer = form.submit()
    assert answer.status_code == 422
    assert "Jemand anders" in answer.main_text
    assert "Deines" in answer.main_text
    assert answer.form().submit().status_code == 303
    assert Service.get_by_id(public_service.id).cost_note == "Meines"


def test_suspending_needs_a_reason(office, public_service):
    page = office.get(path(public_service))
    refused = page.form(path(public_service, "/schritt/suspend")).submit()
    assert refused.status_code == 422
    assert "Grund" in refused.main_text
    form = refused.form(path(public_service, "/schritt/suspend"))
    name = next(name for name in form.values if name.endswith("reason"))
    suspended = form.fill(**{name: "Umbau"}).submit().follow()
    assert "Ausgesetzt" in suspended.main_text
    assert "Umbau" in suspended.main_text


def test_a_move_that_is_not_open_is_refused(office, public_service):
    token = office.get(path(public_service)).form(path(public_service, "/schritt/suspend")).data()
    assert office.post(path(public_service, "/schritt/take"), data=token).status_code == 422
    assert office.post(path(public_service, "/schritt/fliegen"), data=token).status_code == 404


def test_somebody_elses_services_are_read_but_not_edited(sign_in, make_account, public_service):
    other = Organisation.get(Organisation.id != public_service.organisation_id)
    provider = sign_in(make_account(Role.PROVIDER_EDITOR, organisation=other.key))
    page = provider.get(path(public_service))
    assert page.status_code == 200
    assert "Bearbeiten" not in page.links()
    assert provider.get(path(public_service, "/bearbeiten")).status_code == 403
    translated = provider.get(path(public_service, "/sprache/uk")).form().fill(name="x")
    assert translated.submit().status_code in {403, 422}
    assert not Translation.select().where(Translation.fields.contains('"x"')).exists()


def test_a_service_is_translated_beside_the_german_text(office, public_service):
    page = office.get(path(public_service, "/sprache/uk"))
    assert public_service.description.split("\n")[0] in page.main_text
    form = page.form()
    texts = {
        name: "Українською" for name in form.values if name not in {"csrf_token", "is_checked"}
    }
    assert form.fill(**texts, is_checked=True).submit().status_code == 303
    row = Translation.get(Translation.key == public_service.key, Translation.locale == "uk")
    assert row.checked
    assert row.fields["name"] == "Українською"


@pytest.mark.parametrize("language", ["de", "xx"])
def test_there_is_no_translation_into_other_languages(office, public_service, language):
    assert office.get(path(public_service, f"/sprache/{language}")).status_code == 404


# ---------------------------------------------------------------------------------------- suggestions


@pytest.fixture
def proposal(public_service) -> str:
    changes = {"cost_note": "5 Euro", "name": "Anderer Name"}
    return proposals.suggest(
        public_service.key, changes, "Bitte ändern", "anna@example.org", network="n"
    )


def test_a_suggestion_is_shown_field_by_field_and_adopted_in_part(office, proposal, public_service):
    page = office.get("/verzeichnis/hinweise").click(proposal)
    assert "Bitte ändern" in page.main_text
    assert "5 Euro" in page.main_text
    form = page.form()
    assert form.fill(adopt=["cost_note"], answer="Danke!").submit().status_code == 303
    row = Service.get_by_id(public_service.id)
    assert (row.cost_note, row.name) == ("5 Euro", public_service.name)
    assert proposal not in office.get("/verzeichnis/hinweise").main_text
    decided = office.get(f"/verzeichnis/hinweise/{proposal}")
    assert "entschieden" in decided.main_text


def test_a_suggestion_is_decided_once(office, proposal):
    form = office.get(f"/verzeichnis/hinweise/{proposal}").form()
    form.submit()
    again = form.submit()
    assert again.status_code == 422
    assert "schon entschieden" in again.main_text


def test_no_other_field_can_be_adopted(office, proposal):
    form = office.get(f"/verzeichnis/hinweise/{proposal}").form()
    data = form.data() | {"adopt": ["state"]}
    assert office.post(form.action, data=data).status_code == 422


# --------------------------------------------------------------------------------- places and contacts


def test_a_place_is_added_and_edited(office):
    form = office.get("/verzeichnis/orte/neu").form()
    entries = {"name": "Demo-Haus", "town": "brakel", "street": "Demoweg 1", "hours": "Mo 9-12"}
    listed = form.fill(**entries).submit().follow()
    assert "Mo 09:00–12:00" in listed.main_text
    edited = listed.click("Demo-Haus").form().fill(hours="Mo 12-9").submit()
    assert edited.status_code == 422
    assert "hours" in edited.errors


def test_a_contact_is_added_and_edited(office):
    form = office.get("/verzeichnis/kontakte/neu").form()
    listed = form.fill(function_title="Demo-Beratung", mail="demo@example.org").submit().follow()
    answer = listed.click("Demo-Beratung").form().fill(mail="keine Adresse").submit()
    assert answer.status_code == 422
    assert "mail" in answer.errors
    assert answer.form().fill(mail="neu@example.org", hours="Di 9-10").submit().status_code == 303


# --------------------------------------------------------------------------------- programmes and cards


def test_a_programme_that_ends_is_shown_as_historic(office):
    form = office.get("/verzeichnis/programme/neu").form()
    listed = form.fill(abbr="DEMO", name="Demoprogramm", valid_to="2025-12-31").submit().follow()
    assert "historisch" in listed.main_text
    wrong = listed.click("DEMO").form().fill(valid_from="2026-01-01").submit()
    assert "valid_to" in wrong.errors


def test_a_knowledge_card_is_written_translated_and_guarded_by_its_version(office):
    form = office.get("/verzeichnis/wissen/neu").form()
    listed = form.fill(title="Demokarte", body="**Text**", status="in_force").submit().follow()
    page = listed.click("Demokarte").click("Bearbeiten")
    cards.edit(SYSTEM, "demokarte", replace(cards.card("demokarte", "de").draft, body="Neu"), 1)
    slower = page.form().fill(body="Mein Text").submit()
    assert slower.status_code == 422
    assert "Jemand anders" in slower.main_text
    assert slower.form().submit().status_code == 303
    assert cards.card("demokarte", "de").body == "Mein Text"
    form = office.get("/verzeichnis/wissen/demokarte/sprache/en").form()
    assert form.fill(title="Demo card", body="Text").submit().status_code == 303
    assert cards.card("demokarte", "en").head.title == "Demo card"


# ------------------------------------------------------------------------------------- demarcations


def proposed(answer: Answer) -> Answer:
    form = answer.form()
    entries = dict.fromkeys(
        ("statement_a", "statement_b", "interface", "handover_rule", "source"), "Demo"
    )
    return form.fill(**entries, valid_from="2027-01-01").submit()


def test_a_demarcation_needs_a_second_person(office, sign_in, make_account):
    key = next(row.line.key for row in demarcations.matrix(TODAY) if row.line)
    answer = proposed(office.get(f"/verzeichnis/abgrenzungen/{key}/neue-fassung"))
    assert answer.status_code == 303
    page = office.get(f"/verzeichnis/abgrenzungen/{key}")
    assert "Vorgeschlagen" in page.main_text
    release = f"/verzeichnis/abgrenzungen/{key}/freigeben"
    assert not page.all("form", action=release)
    token = page.form(f"/verzeichnis/abgrenzungen/{key}/ablehnen").data()
    assert office.post(release, data=token).status_code == 422
    second = sign_in(make_account(Role.COORDINATOR, position="KS"))
    released = second.get(f"/verzeichnis/abgrenzungen/{key}").form(release).submit().follow()
    assert "Freigegeben" in released.main_text
    assert demarcations.history(SYSTEM, key)[0].state == "released"


def test_a_demarcation_of_a_programme_with_itself_is_refused(office):
    form = office.get("/verzeichnis/abgrenzungen/neu").form()
    answer = proposed(office.get("/verzeichnis/abgrenzungen/neu?programm=kim-cm"))
    assert answer.status_code == 422
    assert "b" in answer.errors
    assert form.values["a"] == ["kim-cm"]


def test_only_who_keeps_rules_proposes(sign_in, make_account):
    reader = sign_in(make_account(Role.KI_HEAD))
    assert reader.get("/verzeichnis/abgrenzungen/neu").status_code == 403


# ------------------------------------------------------------------------------- surveys, search words


def test_a_survey_is_begun_written_and_closed(sign_in, make_account):
    manager = sign_in(make_account(Role.CASE_MANAGER, position="CMS-III-a"))
    page = manager.get("/verzeichnis/erhebungen/neu").form().fill(town="brakel").submit().follow()
    assert page.heading == "Erhebung: Brakel"
    gap = page.form("gap-form").fill(topic="debt", severity="3", note="Niemand").submit().follow()
    assert "Nichts da" in gap.main_text
    written = gap.form("findings-form").fill(findings="Wenig Beratung").submit().follow()
    survey = surveys.surveys(SYSTEM)[0]
    closed = written.form(f"/verzeichnis/erhebungen/{survey.id}/abschliessen").submit().follow()
    assert not list(next(closed.document.iter("main")).iter("form"))
    assert "Nichts da" in manager.get("/verzeichnis/luecken").main_text


def test_a_survey_without_a_word_is_not_closed(office):
    page = office.get("/verzeichnis/erhebungen/neu").form().fill(town="brakel").submit().follow()
    survey = surveys.surveys(SYSTEM)[0]
    answer = page.form(f"/verzeichnis/erhebungen/{survey.id}/abschliessen").submit()
    assert answer.status_code == 422
    twice = office.get("/verzeichnis/erhebungen/neu").form().fill(town="brakel").submit()
    assert "town" in twice.errors


def test_search_words_are_added_edited_and_removed(office):
    form = office.get("/verzeichnis/suchwoerter/neu").form()
    listed = form.fill(words="Demoamt\nDemoagentur", one_way=True).submit().follow()
    assert "nur vom ersten" in listed.main_text
    assert (("Demoamt", "Demoagentur"), True) in search_words.word_groups()
    form = office.get("/verzeichnis/suchwoerter/demoamt").form()
    assert "words" in form.fill(words="einsam").submit().errors
    form.fill(words="Demoamt\nDemoagentur\nDemostelle", one_way=False).submit()
    assert (("Demoamt", "Demoagentur", "Demostelle"), False) in search_words.word_groups()
    page = office.get("/verzeichnis/suchwoerter")
    page.form("/verzeichnis/suchwoerter/demoamt/entfernen").submit()
    assert office.get("/verzeichnis/suchwoerter/demoamt").status_code == 404


@pytest.mark.parametrize("address", [*NEW, "edit"])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_entry_makes_a_form_stumble(office, public_service, address, data):
    form = office.get(path(public_service, "/bearbeiten") if address == "edit" else address).form()
    offered = {name: form.options.get(name) or values for name, values in form.values.items()}
    token = offered.pop("csrf_token")[0]
    pairs = data.draw(malformed.form(offered))
    body = malformed.urlencoded([*pairs, ("csrf_token", token)])
    answer = office.post(form.action, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {303, 422}

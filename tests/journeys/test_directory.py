"""The directory and the Wegweiser in use: a newcomer, a clerk and a provider."""

import re

import pytest

from portal.domain.county_pack import load_pack
from portal.domain.demo import install_demo
from portal.domain.directory.confirming import link_token
from portal.domain.permissions import Role
from portal.i18n import LOCALES
from portal.models.directory import Service, ServiceProposal
from tests.journeys.devices import DESK, PHONE
from tests.support.counties import FOLDERS

pytestmark = pytest.mark.journey

WITH_AND_WITHOUT_SCRIPT = pytest.mark.parametrize(
    "java_script_enabled", [True, False], ids=["with script", "without script"]
)


@pytest.fixture
def invented_services(database):
    install_demo(load_pack(FOLDERS["hoexter"] / "hoexter", locales=LOCALES))


@WITH_AND_WITHOUT_SCRIPT
def test_a_ukrainian_speaker_finds_a_course_and_asks_for_help(
    new_device, invented_services, java_script_enabled
):
    phone = new_device(**PHONE, locale="uk", java_script_enabled=java_script_enabled)
    page = phone.visit("/uk/")
    page.click("main a[href='/uk/angebote/'], main form[action='/uk/angebote/'] [type=submit]")
    page.wait_for_url("**/uk/angebote/**")
    if java_script_enabled:
        page.locator("#q").press_sequentially("мовні курси", delay=20)
        page.wait_for_url(re.compile("q=%D0%BC.*%D0%B8$"), wait_until="commit")
        assert page.evaluate("document.activeElement.id") == "q", "the focus stays while typing"
    else:
        page.fill("#q", "мовні курси")
        page.click("form#search .search-row [type=submit]")
    page.locator("#results article h2 a").first.wait_for()
    assert "Sprachkurs" in page.inner_text("#results"), "the German word that was searched is shown"
    shared = phone.path
    page.click("#results article h2 a[href='/uk/angebote/demo-integrationskurs']")
    page.wait_for_url("**/uk/angebote/demo-integrationskurs")
    assert page.get_attribute("html", "lang") == "uk"

    page.click("main a[href*='/uk/anfrage/']")
    page.wait_for_url("**/uk/anfrage/**")
    assert page.is_checked("input[name=topics][value=german]")

    page.go_back()
    page.go_back()
    assert phone.path == shared
    assert page.input_value("#q") == "мовні курси"


def test_what_is_ticked_goes_along_to_a_card_and_back(new_device, invented_services):
    page = new_device(**PHONE).visit("/de/angebote/?q=Sprachkurs")
    first, second = page.locator("#results input[name=a]").all()[:2]
    keys = [first.get_attribute("value"), second.get_attribute("value")]
    first.check()
    page.click(f"#results h2 a[href*='/angebote/{keys[1]}']")
    page.wait_for_url(f"**/angebote/{keys[1]}?**")
    listing = page.locator("main a[href*='/merkzettel']").get_attribute("href")
    assert [part[2:] for part in listing.partition("?")[2].split("&")] == keys
    page.go_back()
    assert page.is_checked(f"#a-{keys[0]}")
    assert not page.is_checked(f"#a-{keys[1]}")


@WITH_AND_WITHOUT_SCRIPT
def test_a_clerk_asks_the_wegweiser_and_prints_the_handout(
    new_device, app, invented_services, make_account, java_script_enabled
):
    desk = new_device(**DESK, java_script_enabled=java_script_enabled)
    desk.sign_in(app, make_account(Role.REPORTER_INTERNAL))
    page = desk.visit("/wegweiser/fachlich")
    page.select_option("#town", "brakel")
    page.select_option("#status", "protected")
    page.fill("#age", "34")
    page.fill("#months", "10")
    for topic in ("language", "housing", "letters"):
        page.check(f"input[name=topics][value={topic}]")
    page.locator("#case-form > [type=submit]").click()
    assert "Migrationsberatung für Erwachsene (MBE)" in page.inner_text("h2#answer-heading")
    assert "Demo-" in page.inner_text(".answer"), "the service of the town stands behind the answer"
    assert desk.path == "/wegweiser/fachlich", "nothing of the case stands in the address"

    page.click("button[lang=ar]")
    assert page.get_attribute("html", "dir") == "rtl"
    page.emulate_media(media="print")
    handout = page.inner_text("main")
    assert "MBE" in handout
    assert "030 23125" in handout.replace("+49 30", "030")
    assert "Musterweg" in handout, "paper tells where to go"
    assert not page.is_visible("header .language-switch")


@WITH_AND_WITHOUT_SCRIPT
def test_a_provider_corrects_by_link(
    new_device, app, invented_services, make_account, java_script_enabled
):
    service = Service.get(Service.key == "demo-mbe-sued-west")
    link = f"/angebote/bestaetigen/{link_token(service.key)}"
    provider = new_device(**PHONE, java_script_enabled=java_script_enabled)
    page = provider.visit(link)
    assert service.name in page.inner_text("main")
    for fold in page.locator("#correction summary").all():
        fold.click()
    page.fill("#correction [name=name]", f"{service.name} Korrigiert")
    page.click("#correction > [type=submit]")
    assert "Danke" in page.inner_text("main")
    proposal = ServiceProposal.get()
    assert proposal.after["name"].endswith("Korrigiert")

    desk = new_device(**DESK, java_script_enabled=java_script_enabled)
    desk.sign_in(app, make_account(Role.COORDINATOR, position="KS"))
    page = desk.visit(f"/verzeichnis/hinweise/{proposal.ref}")
    assert "Korrigiert" in page.inner_text("main")

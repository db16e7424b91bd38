"""The search for a service: results change while somebody types, and nothing else does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

import search_index
from tests.journeys.devices import PHONE
from tests.support.services import make_service

pytestmark = pytest.mark.journey


@pytest.fixture(autouse=True)
def _services(app, empty_directory, tmp_path: Path) -> Iterator[None]:
    search_index.setup_search(tmp_path / "search", in_background=False)
    make_service("brakel", name="Demo Sprachkurs", topics=("language",))
    make_service("warburg", name="Demo Wohnhilfe", topics=("housing",))
    yield
    search_index.settle()


def listed(page) -> list[str]:
    """Return the services in the results."""
    return page.locator("#results h2 a").all_inner_texts()


def test_results_change_while_somebody_types_and_the_focus_stays(new_device):
    page = new_device().visit("/de/angebote/")
    page.evaluate("document.querySelector('h1').dataset.mark = 'the page from before'")
    with page.expect_response(lambda answer: "q=sprachk" in answer.url) as answered:
        page.locator("#q").press_sequentially("sprachk", delay=20)
    assert "<html" not in answered.value.text(), "htmx asked for the results and got a page"
    expect(page.locator("#result-count")).to_have_text("1 Angebot gefunden.")
    assert listed(page) == ["Demo Sprachkurs"]
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.input_value("#q") == "sprachk"
    assert page.get_attribute("h1", "data-mark"), "the whole page was changed"
    expect(page.locator("#n-thema-housing")).to_have_text("(0)")


def test_the_address_can_be_shared_and_back_works(new_device):
    device = new_device()
    page = device.visit("/de/angebote/")
    page.locator("#q").press_sequentially("demo")
    page.wait_for_url("**q=demo**")
    page.click("summary >> text=Stadt")
    page.check("#stadt-brakel")
    page.wait_for_url("**stadt=brakel**")
    expect(page.locator("#result-count")).to_have_text("1 Angebot gefunden.")
    assert page.evaluate("document.activeElement.id") == "stadt-brakel"
    shared = new_device().visit(device.path)
    assert listed(shared) == ["Demo Sprachkurs"]
    assert shared.is_checked("#stadt-brakel")
    page.click("text=Demo Sprachkurs")
    assert page.inner_text("h1") == "Demo Sprachkurs"
    page.go_back()
    assert (listed(page), page.input_value("#q")) == (["Demo Sprachkurs"], "demo")
    page.go_back()
    expect(page.locator("#result-count")).to_have_text("2 Angebote gefunden.")
    expect(page.locator("#stadt-brakel")).not_to_be_checked()


def test_ticks_survive_typing_and_become_a_list_to_print(new_device):
    device = new_device(**PHONE)
    page = device.visit("/de/angebote/")
    page.check("#results article:has-text('Demo Sprachkurs') [name=a]")
    page.fill("#q", "Wohnhilfe")
    expect(page.locator("#results h2 a")).to_have_text(["Demo Wohnhilfe"])
    page.check("#results article [name=a]")
    page.click("text=Merkzettel zeigen")
    page.wait_for_url("**/merkzettel**")
    assert sorted(page.locator("main h2").all_inner_texts()) == [
        "Demo Sprachkurs",
        "Demo Wohnhilfe",
    ]
    page.emulate_media(media="print")
    assert page.locator(".qr").first.is_visible()
    assert page.locator(".no-print >> visible=true").count() == 0


def test_without_the_script_it_is_a_plain_form(new_device):
    device = new_device(java_script_enabled=False)
    page = device.visit("/ar/angebote/")
    page.fill("#q", "Sprachkurs")
    page.click(".search-row [type=submit]")
    assert listed(page) == ["Demo Sprachkurs"]
    assert "q=Sprachkurs" in device.path

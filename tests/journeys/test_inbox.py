"""The inbox: filters work at once with the script, with a button without it, and never lose the place."""

import pytest
from playwright.sync_api import expect

from portal.domain.permissions import Role

pytestmark = pytest.mark.journey


@pytest.fixture
def case_manager(make_account):
    return make_account(Role.CASE_MANAGER, position="CMS-III-a")


@pytest.fixture
def references(make_request):
    """One request in each of two languages, by language."""
    return {lang: make_request("brakel", language=lang).ref for lang in ("ar", "uk")}


@pytest.fixture
def inbox(new_device, app, case_manager, references):
    device = new_device()
    device.sign_in(app, case_manager)
    device.visit("/eingang")
    return device


def listed(page) -> set[str]:
    """Return the requests in the list."""
    return set(page.locator("#inbox tbody a").all_inner_texts())


def test_a_filter_changes_only_the_list_and_the_address(inbox, references):
    page = inbox.page
    page.evaluate("document.querySelector('h1').dataset.mark = 'the page from before'")
    page.focus("#filter-sprache")
    with page.expect_response(lambda answer: "sprache=ar" in answer.url) as answered:
        page.select_option("#filter-sprache", "ar")
    page.wait_for_url("**sprache=ar**")
    assert "<html" not in answered.value.text(), "htmx asked for the list and got a page"
    assert answered.value.headers["vary"].lower().count("hx-request")
    assert listed(page) == {references["ar"]}
    assert page.get_attribute("h1", "data-mark"), "the whole page was changed"
    assert page.evaluate("document.activeElement.id") == "filter-sprache"


def test_back_and_reload_keep_the_filter(inbox, references):
    page = inbox.page
    page.select_option("#filter-sprache", "ar")
    page.wait_for_url("**sprache=ar**")
    page.select_option("#filter-sprache", "uk")
    page.wait_for_url("**sprache=uk**")
    page.reload()
    assert (listed(page), page.input_value("#filter-sprache")) == ({references["uk"]}, "uk")
    page.go_back()
    page.wait_for_url("**sprache=ar**")
    expect(page.locator("#filter-sprache")).to_have_value("ar")
    assert listed(page) == {references["ar"]}
    page.go_back()
    expect(page.locator("#filter-sprache")).to_have_value("")
    assert listed(page) == set(references.values())


def test_a_request_and_back_again(inbox, references):
    page = inbox.page
    page.select_option("#filter-sprache", "uk")
    page.wait_for_url("**sprache=uk**")
    page.click(f"text={references['uk']}")
    page.go_back()
    page.wait_for_url("**sprache=uk**")
    assert (listed(page), page.input_value("#filter-sprache")) == ({references["uk"]}, "uk")


def test_when_the_session_is_over_a_filter_leads_to_the_sign_in(inbox, clock):
    clock.move(hours=9)
    inbox.page.select_option("#filter-sprache", "uk")
    inbox.page.wait_for_url("**/konto/anmelden**")


def test_without_the_script_it_is_a_plain_form(new_device, app, case_manager, references):
    device = new_device(java_script_enabled=False)
    device.sign_in(app, case_manager)
    page = device.visit("/eingang")
    page.select_option("#filter-sprache", "ar")
    page.click(".filters [type=submit]")
    assert "sprache=ar" in device.path
    assert (listed(page), page.input_value("#filter-sprache")) == ({references["ar"]}, "ar")

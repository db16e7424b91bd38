"""Somebody looks over the shoulder: one click, and nothing of it is left."""

from dataclasses import replace

import pytest

pytestmark = pytest.mark.journey

SECRETS = ("Salma", "salma@example.org", "Ich brauche Hilfe.")


@pytest.fixture
def harmless(app, elsewhere, monkeypatch):
    """Let the button lead to a site of the test's own."""
    monkeypatch.setitem(
        app.config, "SETTINGS", replace(app.config["SETTINGS"], leave_url=elsewhere)
    )
    return elsewhere


def half_filled_form(device, harmless):
    """Bring a device into the middle of the form."""
    device.elsewhere.add(harmless)
    page = device.visit("/de/")
    page.click("text=Anfrage schreiben")
    page.fill("#display_name", SECRETS[0])
    page.fill("#contact", SECRETS[1])
    page.click(".fold summary >> nth=0")
    page.fill("#free_text", SECRETS[2])
    return page


def shown(page) -> str:
    """Return everything that can be read on a page, entries included."""
    entries = page.evaluate(
        "[...document.querySelectorAll('input, textarea')].map((one) => one.value)"
    )
    return "\n".join((page.inner_text("html"), *entries))


def test_leaving_leads_away_and_back_shows_no_entries(new_device, harmless):
    device = new_device()
    page = half_filled_form(device, harmless)
    page.click(".leave-button")
    page.wait_for_url(f"{harmless}/**")
    assert page.inner_text("h1") == "Heiter"
    page.go_back()
    assert device.path == "/de/", "the form is still a step in the history"
    assert not [secret for secret in SECRETS if secret in shown(page)]


def test_leaving_needs_no_script(new_device, harmless):
    device = new_device(java_script_enabled=False)
    page = half_filled_form(device, harmless)
    page.click(".leave-button")
    assert page.inner_text("h1") == "Heiter"
    assert device.context.cookies(device.origin) == []


def test_leaving_signs_out(new_device, harmless, app, make_request):
    device = new_device()
    device.elsewhere.add(harmless)
    device.open_request(app, make_request("brakel"))
    page = device.visit("/de/anfrage/meine")
    page.click(".leave-button")
    page.wait_for_url(f"{harmless}/**")
    assert device.context.cookies(device.origin) == []
    device.visit("/de/anfrage/meine")
    assert device.path == "/de/anfrage/status"

"""The pictures of the README, drawn anew with `--write-facts`; without it, that there are pictures to draw."""

import pytest

from portal.config import ROOT
from tests.journeys.devices import DESK, PHONE

pytestmark = pytest.mark.journey

PICTURES = ROOT / "docs" / "img"
MOST_BYTES = 150_000


@pytest.fixture
def picture(request):
    """Take a picture of what a device shows, or look at the one that is there."""

    def check(device, name: str) -> None:
        file = PICTURES / name
        if request.config.getoption("--write-facts"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            device.page.screenshot(path=file)
        assert file.exists(), f"docs/img/{name} is missing: run this file with --write-facts"
        assert file.stat().st_size < MOST_BYTES, f"docs/img/{name} is too heavy for a README"

    return check


def test_the_form_on_a_phone(new_device, picture):
    device = new_device(**PHONE, locale="ar")
    page = device.visit("/a/brakel?k=flyer")
    page.wait_for_load_state("networkidle")
    assert page.get_attribute("html", "dir") == "rtl"
    picture(device, "form-ar.png")


def test_the_inbox_on_a_desk(new_device, demo_server, picture):
    device = new_device(**DESK, origin=demo_server)
    page = device.visit("/konto/anmelden?next=/eingang")
    page.get_by_role("button", name="Als Demo Case Management Brakel anmelden").click()
    page.wait_for_load_state("networkidle")
    assert page.inner_text("h1") == "Eingang"
    assert page.locator("#inbox tbody tr").count() >= 3
    picture(device, "inbox.png")

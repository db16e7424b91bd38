"""Every page, in both directions of writing, light and dark, on a phone and on a desk: nobody is shut out."""

import pytest

from tests.journeys import looks
from tests.journeys.stations import county_at_work, public_pages, staff_pages

pytestmark = pytest.mark.journey

WIDTHS = (360, 1280)
HEIGHT = 800
SCHEMES = ("light", "dark")


def look_over(page) -> list[str]:
    """Return the complaints about a page in every size and scheme."""
    page.set_viewport_size({"width": looks.NARROWEST, "height": HEIGHT})
    found = looks.too_wide(page) + looks.too_small(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            seen = looks.violations(page) + looks.unreadable(page)
            found += [f"{width} px, {scheme}: {complaint}" for complaint in seen]
    return found


@pytest.mark.parametrize("who", ["de", "ar", "staff"])
def test_every_page_is_for_everybody(new_device, app, clock, who):
    county = county_at_work(clock)
    device = new_device(reduced_motion="reduce")
    ways = (
        staff_pages(device, app, county)
        if who == "staff"
        else public_pages(device, app, county, who)
    )
    found = [f"{name}: {what}" for name in ways for what in look_over(device.page)]
    assert not found, "\n- ".join((f"{len(found)} complaints", *found))


@pytest.mark.parametrize(
    ("fault", "look", "complaint"),
    [
        ("document.querySelector('img').removeAttribute('alt')", looks.violations, "image-alt"),
        ("document.querySelector('main p').style.color = '#999'", looks.unreadable, "contrast 2."),
        ("document.querySelector('main p').style.width = '400px'", looks.too_wide, "too wide"),
        (
            "document.querySelector('.brand').style.cssText = 'min-height:0;height:9px'",
            looks.too_small,
            "too small",
        ),
    ],
)
def test_a_look_finds_a_planted_fault(new_device, fault, look, complaint):
    page = new_device(viewport={"width": looks.NARROWEST, "height": HEIGHT}).visit("/de/")
    page.evaluate(fault)
    assert any(complaint in found for found in look(page)), look(page)


def test_demo_people_can_be_picked_on_every_screen(new_device, demo_server):
    device = new_device(origin=demo_server, reduced_motion="reduce")
    device.visit("/konto/anmelden")
    assert look_over(device.page) == []

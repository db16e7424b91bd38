"""Every page, in both directions of writing, light and dark, on a phone and on a desk: nobody is shut out."""

import pytest

from tests.journeys import looks
from tests.journeys.stations import county_at_work, public_pages, staff_pages

pytestmark = pytest.mark.journey

WIDTHS = (360, 1280)
HEIGHT = 800
SCHEMES = ("light", "dark")


def look_over(page, lang: str) -> list[str]:
    """Return the complaints about a page in every size and scheme."""
    found = looks.wrong_fonts(page, lang)
    page.set_viewport_size({"width": looks.NARROWEST, "height": HEIGHT})
    found += looks.too_wide(page) + looks.too_small(page)
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
    ways = staff_pages(device, app, county) if who == "staff" else public_pages(device, app, county, who)
    lang = "de" if who == "staff" else who
    found = [f"{name}: {what}" for name in ways for what in look_over(device.page, lang)]
    assert not found, "\n- ".join((f"{len(found)} complaints", *found))

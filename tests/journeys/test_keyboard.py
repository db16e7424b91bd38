"""Without a mouse: every control is reached in order, seen when it is reached, and works."""

import pytest

from portal.models.intake import IntakeRequest

pytestmark = pytest.mark.journey

MOST_STOPS = 80
SMALL_SCREEN = {"viewport": {"width": 640, "height": 480}, "reduced_motion": "reduce"}
FOCUS = """
() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const top = document.elementFromPoint(box.left + Math.min(box.width, 40) / 2, box.top + Math.min(box.height, 40) / 2);
  const labels = [...(one.labels ?? [])];
  return {
    name: one.outerHTML.slice(0, 120),
    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    uncovered: top !== null && [one, ...labels].some((part) => part.contains(top) || top.contains(part)),
  };
}
"""


@pytest.fixture
def page(new_device):
    return new_device(**SMALL_SCREEN).visit("/de/anfrage/")


def tab_to(page, selector: str) -> None:
    """Press Tab until a control has the focus; each stop on the way must be seen."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["ringed"], f"no ring around {focus['name']}"
        assert focus["uncovered"], f"something covers {focus['name']}"
        if has_focus(page, selector):
            return
    pytest.fail(f"{MOST_STOPS} times Tab and no {selector}")


def has_focus(page, selector: str) -> bool:
    """Tell whether the focus is on what the selector names."""
    return page.evaluate("(selector) => document.activeElement.matches(selector)", selector)


def test_the_skip_link_leads_to_the_content(page):
    tab_to(page, ".skip-link")
    assert page.locator(".skip-link").bounding_box()["y"] >= 0, "the skip link stays out of sight"
    page.keyboard.press("Enter")
    assert has_focus(page, "main")
    tab_to(page, "#town")


def test_the_form_is_filled_in_and_sent_by_keyboard(page, clock):
    tab_to(page, "#town")
    page.keyboard.type("Brakel")
    tab_to(page, "#display_name")
    page.keyboard.type("Salma")
    tab_to(page, "#contact")
    page.keyboard.type("salma@example.org")
    tab_to(page, "[name=contact_wish]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[name=topics][value=work]")
    page.keyboard.press("Space")
    tab_to(page, ".fold summary")
    page.keyboard.press("Enter")
    tab_to(page, "#free_text")
    page.keyboard.type("Ich suche Arbeit.")
    tab_to(page, "#consent")
    page.keyboard.press("Space")
    tab_to(page, "main form [type=submit]")
    clock.move(minutes=2)
    with page.expect_navigation(url="**/de/anfrage/angekommen"):
        page.keyboard.press("Enter")
    request = IntakeRequest.get()
    assert (request.town.slug, request.contact_wish, request.topics) == ("brakel", "call", ["work"])


def test_after_errors_the_summary_has_the_focus_and_leads_to_each_field(page):
    tab_to(page, "#display_name")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert has_focus(page, ".error-summary")
    links = page.locator(".error-summary a")
    fields = [link.get_attribute("href") for link in links.all()]
    assert fields == ["#town", "#display_name", "#contact", "#consent"]
    for number, field in enumerate(fields):
        links.nth(number).focus()
        page.keyboard.press("Enter")
        assert has_focus(page, field), f"the link to {field} does not put the focus there"
        focus = page.evaluate(FOCUS)
        assert focus["uncovered"], f"something covers {focus['name']}"
        described = page.get_attribute(field, "aria-describedby").split()
        assert f"{field[1:]}-error" in described


def test_a_link_to_a_group_puts_the_focus_on_its_first_choice(page):
    page.click(".fold summary >> nth=1")
    page.check("#on_behalf")
    page.click("main form [type=submit]")
    page.locator(".error-summary a[href^='#relation']").focus()
    page.keyboard.press("Enter")
    assert has_focus(page, "[name=relation][value=family]")

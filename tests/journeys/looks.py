"""What a page must look like, measured in the browser: every look returns its complaints."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from portal.config import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST_TARGET = 24
NARROWEST = 320
LEAST_CONTRAST = 4.5

AXE_RUN = """
async (rules) => (await axe.run(document, {runOnly: rules, resultTypes: ["violations"]}))
  .violations.map((found) => `${found.id} at ${found.nodes.map((node) => node.target).join(", ")}`)
"""
OVERFLOW = """
() => [...document.querySelectorAll("body *")]
  .filter((one) => !one.closest(".table-scroll table, .trap, .skip-link, .kern-sr-only, thead"))
  .filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
  })
  .concat(document.documentElement.scrollWidth > innerWidth ? [document.documentElement] : [])
  .map((one) => `<${one.localName} class="${one.className}"> ${one.textContent.trim().slice(0, 40)}`)
"""
SMALL_TARGETS = """
(smallest) => {
  const inText = (one) =>
    getComputedStyle(one).display === "inline" &&
    [...one.parentElement.childNodes].some((other) => other.nodeType === 3 && other.data.trim());
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((one) => !one.closest(".trap, .skip-link, .kern-sr-only") && one.checkVisibility() && !inText(one))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < smallest)
    .map(([one, box]) => `${one.outerHTML.slice(0, 80)} is ${Math.round(box.width)}×${Math.round(box.height)}`);
}
"""
CONTRASTS = """
() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = channels(color).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((channels(color)[3] ?? 1) === 1) return color;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")]
    .filter((one) => [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
    .filter((one) => one.checkVisibility())
    .map((one) => {
      const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x);
      const name = `<${one.localName} class="${one.className}"> ${one.textContent.trim().slice(0, 40)}`;
      return [(a + 0.05) / (b + 0.05), name];
    });
}
"""


@cache
def axe() -> str:
    """Return the program that knows the rules of accessibility."""
    return AXE.read_text("utf-8")


def violations(page: Page) -> list[str]:
    """Let axe look over the page as it is."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(axe())
    return list(page.evaluate(AXE_RUN, RULES))


def unreadable(page: Page) -> list[str]:
    """Find text that stands out too little; axe is silent where it cannot tell the ground."""
    measured: list[Any] = page.evaluate(CONTRASTS)
    return [f"contrast {ratio:.1f} of {what}" for ratio, what in measured if ratio < LEAST_CONTRAST]


def too_wide(page: Page) -> list[str]:
    """Find what stands out of the narrowest phone."""
    return [f"too wide for {NARROWEST} px: {what}" for what in page.evaluate(OVERFLOW)]


def too_small(page: Page) -> list[str]:
    """Find links and buttons outside of text that a finger misses."""
    return [f"too small: {what}" for what in page.evaluate(SMALL_TARGETS, SMALLEST_TARGET)]

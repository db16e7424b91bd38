"""What the built stylesheets promise to old phones, right-to-left pages, dark screens and thin lines."""

import gzip
import re

import pytest

from portal.assets.build import ROOT
from portal.assets.colours import contrast
from portal.assets.kern import YOUNG, names_in, properties_in
from portal.assets.logical import logical
from portal.assets.stylesheet import Rule, parts_of, read, write
from portal.assets.tokens import ALWAYS, DARK, Tokens

KIB = 1024
KERN_LIMIT, OWN_LIMIT, SCRIPT_LIMIT = 9 * KIB, 4 * KIB, 2 * KIB
ONE_SIDED = re.compile(r"\b(left|right)\b")
BOXES = {"margin", "padding", "inset", "border-width", "border-color", "border-style"}
SIDED_VALUES = {"text-align", "float", "clear"}

# What must be told apart from what, and how well: 3 for lines (WCAG 1.4.11), 4.5 for text (1.4.3).
FIELD, GROUND, SURFACE = (
    "form-input-border",
    "layout-background-default",
    "layout-background-default-surface",
)
TEXT, MUTED, LINK = "layout-text-default", "layout-text-muted", "action-default"
DANGER, DANGER_GROUND = "feedback-danger", "feedback-danger-background"
PAIRS = [
    (FIELD, GROUND, 3),
    (FIELD, SURFACE, 3),
    ("layout-border", GROUND, 3),
    ("layout-border", SURFACE, 3),
    (DANGER, GROUND, 4.5),
    (DANGER, DANGER_GROUND, 3),
    (TEXT, GROUND, 4.5),
    (TEXT, SURFACE, 4.5),
    (TEXT, DANGER_GROUND, 4.5),
    (MUTED, GROUND, 4.5),
    (LINK, GROUND, 4.5),
    (LINK, SURFACE, 4.5),
    ("action-on-default", LINK, 4.5),
    ("action-focus-default", GROUND, 3),
    *((TEXT, f"feedback-{kind}-background", 4.5) for kind in ("info", "success", "warning")),
    *((f"feedback-{kind}", GROUND, 3) for kind in ("info", "success", "warning")),
]


@pytest.fixture(scope="module")
def rules(kern_rules, own_rules):
    return kern_rules + own_rules


@pytest.fixture(scope="module")
def properties(kern_rules):
    """Return the custom properties by media query."""
    found = {}
    for rule in kern_rules:
        if rule.selectors == (":root",):
            found.setdefault(rule.media, {}).update(rule.declarations)
    return found


def test_no_colour_is_written_in_words_that_old_phones_do_not_know(built):
    for name in ("kern.css", "portal.css"):
        css = built.content(name).decode()
        assert "oklch" not in css
        assert "color-mix" not in css


def test_no_side_is_left_or_right(rules):
    wrong = [
        (rule.selectors, name, value)
        for rule in rules
        for name, value in rule.declarations
        if ONE_SIDED.search(name) or (name in SIDED_VALUES and ONE_SIDED.search(value))
    ]
    assert wrong == []


def test_no_box_has_two_different_sides(rules):
    lopsided = [
        (rule.selectors, name, value)
        for rule in rules
        for name, value in rule.declarations
        if name in BOXES and len(parts := parts_of(value)) == 4 and parts[1] != parts[3]
    ]
    assert lopsided == []


def test_a_young_selector_never_takes_an_old_one_down_with_it(rules):
    for rule in rules:
        young = [any(word in selector for word in YOUNG) for selector in rule.selectors]
        assert all(young) or not any(young), rule.selectors


def test_dark_is_for_screens_only(rules):
    dark = {rule.media for rule in rules if "dark" in rule.media}
    assert dark == {DARK}


def test_light_holds_where_nothing_is_asked(properties):
    assert properties[DARK].keys() <= properties[ALWAYS].keys()


def test_every_property_that_is_read_is_defined(built, properties, own_rules):
    own = {name for rule in own_rules for name, _ in rule.declarations}
    read_ones = properties_in((built.content("kern.css") + built.content("portal.css")).decode())
    assert read_ones - properties[ALWAYS].keys() - own == set()


def test_every_property_that_is_defined_is_read(built, properties):
    read_ones = properties_in((built.content("kern.css") + built.content("portal.css")).decode())
    assert properties[ALWAYS].keys() - read_ones == set()


@pytest.mark.parametrize("media", [ALWAYS, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast(properties, media, front, back, least):
    colours = {**properties[ALWAYS], **properties[media]}
    assert contrast(colours[f"--kern-color-{front}"], colours[f"--kern-color-{back}"]) >= least


def test_no_template_names_a_class_that_kern_does_not_have(kern_rules):
    known = {
        name for rule in kern_rules for selector in rule.selectors for name in names_in([selector])
    }
    texts = [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")]
    beginnings = {name for name in names_in(texts) if name.endswith(("-", "_"))}
    assert names_in(texts) - known - beginnings == set()


def test_the_changed_work_says_whose_it_is_and_what_it_became(built):
    first_line = built.content("kern.css").decode().splitlines()[0]
    assert first_line.startswith("/*!")
    assert "EUPL-1.2" in first_line
    assert "Changed" in first_line


@pytest.mark.parametrize(
    ("name", "limit"),
    [("kern.css", KERN_LIMIT), ("portal.css", OWN_LIMIT), ("portal.js", SCRIPT_LIMIT)],
)
def test_size(built, name, limit):
    assert len(gzip.compress(built.content(name))) <= limit


# ------------------------------------------------------------------------------------ the steps alone


def test_a_list_of_selectors_is_read_with_its_commas_inside_brackets():
    (rule,) = read("a:not(.b, .c), d > e { color: red; color: blue !important }")
    assert rule == Rule(("a:not(.b, .c)", "d > e"), (("color", "blue!important"),))


def test_written_rules_read_the_same():
    css = '@media print{a>b,c{content:"a , b";margin:0 1px}}a{color:red}'
    assert write(read(css)) == css


def test_what_cannot_be_read_stops_the_build():
    with pytest.raises(ValueError, match="cannot read"):
        read("@import url(x.css);")


@pytest.mark.parametrize(
    ("physical", "turned"),
    [
        ("left:0", "inset-inline-start:0"),
        ("margin-right:1px", "margin-inline-end:1px"),
        ("border-left-color:red", "border-inline-start-color:red"),
        ("text-align:right", "text-align:end"),
        ("padding:1px 2px 3px 2px", "padding:1px 2px 3px 2px"),
        (
            "padding:1px 2px 3px calc(1px + 3px)",
            "padding-top:1px;padding-inline-end:2px;padding-bottom:3px;padding-inline-start:calc(1px + 3px)",
        ),
        (
            "border-width:0 2px 2px 0",
            "border-top-width:0;border-inline-end-width:2px;border-bottom-width:2px;border-inline-start-width:0",
        ),
        ("border-radius:0 0 4px 4px", "border-radius:0 0 4px 4px"),
        (
            "border-radius:4px 0 0 4px",
            "border-start-start-radius:4px;border-start-end-radius:0;border-end-end-radius:0;"
            "border-end-start-radius:4px",
        ),
    ],
)
def test_sides_follow_the_script(physical, turned):
    assert write(logical(read(f"a{{{physical}}}"))) == f"a{{{turned}}}"


def test_constants_are_followed_to_their_end_and_themes_stay_properties():
    tokens = Tokens(
        read(
            """
            :root { --blue: oklch(42.84% 0.1689 265.02); --gap: var(--four); --four: 4px }
            :root { --ground-here: var(--ground) }
            @media (prefers-color-scheme: dark) { :root { --ground: oklch(0% 0 0) } }
            @media (prefers-color-scheme: light) { :root { --ground: var(--blue) } }
            """
        )
    )
    assert (
        tokens.settled("calc(var(--gap) * 2) var(--ground-here, #fff)")
        == "calc(4px * 2) var(--ground)"
    )
    assert tokens.settled("var(--unknown, 1px)") == "1px"
    assert write(tokens.definitions(["--ground"])) == (
        ":root{--ground:#2044aa}@media screen and (prefers-color-scheme: dark){:root{--ground:#000000}}"
    )


def test_a_property_that_nobody_defines_stops_the_build():
    with pytest.raises(KeyError, match="--unknown"):
        Tokens([]).settled("var(--unknown)")

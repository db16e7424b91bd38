"""Rules and texts as data: complete in every language, dated, readable, and every mistake named with its place."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.config import ROOT
from portal.domain.directory.codes import WAYFINDER_CODES
from portal.domain.errors import RuleBroken
from portal.domain.wayfinder import Rules, answer, texts_of, would_change
from portal.domain.wayfinder import parameters as parameter_names
from portal.domain.wayfinder.codes import CODES, NOBODY, UNVERIFIED
from portal.domain.wayfinder.conditions import VOCABULARY, in_words
from portal.domain.wayfinder.editing import Difference, Edit, TextEdit, differences, draft_from
from portal.domain.wayfinder.pack import read_pack
from portal.domain.wayfinder.parameters import Parameters
from portal.domain.wayfinder.versions import check
from portal.i18n import LOCALES, SOURCE
from tests.support.wayfinder import HOEXTER, hoexter_rules, situation

TESTKREIS = ROOT / "tests" / "counties" / "testkreis"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@pytest.fixture
def content() -> dict[str, Any]:
    """The rules of Kreis Höxter, to be spoiled."""
    return deepcopy(read_pack(HOEXTER))


def tiny_rules() -> Rules:
    return check(read_pack(TESTKREIS)).in_county({"testheim": "Testheim"})


# What the county pack says


@pytest.mark.parametrize("locale", [code for code in LOCALES if code != SOURCE])
def test_every_language_has_the_same_texts(content: dict[str, Any], locale: str) -> None:
    german, other = content["texts"][SOURCE], content["texts"][locale]
    assert {name: set(keys) for name, keys in other.items()} == {
        name: set(keys) for name, keys in german.items()
    }
    same = {
        (section, key)
        for section, texts in german.items()
        for key, text in texts.items()
        if other[section][key] == text
    }
    assert same == set()


def test_every_condition_and_change_has_its_words(content: dict[str, Any]) -> None:
    words = content["texts"][SOURCE]
    asked = {key for one in hoexter_rules().rules for key in one.conditions}
    assert asked <= set(words["reasons"])
    seen = {
        change.fact
        for status in ("ua24", "duldung", "protected")
        for age in (10, 20, 40)
        for months in (10, 100)
        for more in (
            {},
            {"zue": True},
            {"criteria": ["cross_law", "discretion"]},
            {"benefits": ["sgb2"], "topics": ["work"]},
            {"topics": ["work"]},
            {"topics": ["money"]},
        )
        for change in would_change(
            hoexter_rules().overridden({"ua_law_in_force_from": date(2026, 1, 1)}),
            situation(age=age, status=status, months=months, **more),
        )
    }
    assert seen <= set(words["changes"])
    assert {"birthday", "longer", "shorter", "status", "complex", "accompanied"} <= seen
    assert {"not_complex", "zue", "not_zue", "sgb2", "not_sgb2", "ua_first"} <= seen


def test_directory_and_wayfinder_speak_of_the_same_codes() -> None:
    assert CODES == WAYFINDER_CODES


def test_no_text_promises_a_right(content: dict[str, Any]) -> None:
    promises = ("haben anspruch", "you are entitled", "маєте право на", "يحق لكم")
    texts = [
        text.lower()
        for sections in content["texts"].values()
        for entries in sections.values()
        for text in entries.values()
    ]
    assert not [text for text in texts for promise in promises if promise in text]


def test_a_coordinator_can_read_every_condition() -> None:
    for one in (*hoexter_rules().rules, *hoexter_rules().hints, *hoexter_rules().decides):
        for key, value in one.conditions.items():
            assert in_words(key, value)
            assert "{" not in in_words(key, value)
    assert in_words("age_to", 26) == "bis einschließlich 26 Jahre"
    assert in_words("zue", value=False) == "wohnt nicht in einer Landesunterkunft"
    assert (
        in_words("status", frozenset({"duldung"}), {"duldung": "Duldung"}) == "Aufenthalt: Duldung"
    )


def test_every_figure_of_the_county_can_be_read_and_is_used() -> None:
    assert set(parameter_names.LABELS) == set(parameter_names.CHECKS)
    assert set(Parameters.__dataclass_fields__) == set(parameter_names.CHECKS)
    behind = {name for word in VOCABULARY.values() for name in word.parameters}
    assert behind == set(parameter_names.CHECKS)


def test_facts_from_memory_wait_for_a_check() -> None:
    unchecked = [one for one in hoexter_rules().rules if one.validity.source == "[K]"]
    assert unchecked
    assert {one.validity.status for one in unchecked} == {UNVERIFIED}


# Dates


def test_another_county_has_its_own_rules_and_figures() -> None:
    rules = tiny_rules()
    usual = {"town": "Testheim", "age": 40, "as_of": "2026-06-01"}
    assert answer(rules, situation(**usual, months=24)).rule == "T5"
    assert answer(rules, situation(**usual, months=25)).primary == "KIM_CM"
    assert answer(rules, situation(**usual | {"town": "Brakel"})).primary == "OUTSIDE"


@pytest.mark.parametrize(
    ("day", "rule"),
    [("2025-12-31", "T5"), ("2026-01-01", "T3"), ("2026-12-31", "T3"), ("2027-01-01", "T5")],
)
def test_a_rule_counts_from_its_first_to_its_last_day(day: str, rule: str) -> None:
    given_answer = answer(tiny_rules(), situation(town="Testheim", topics=["debt"], as_of=day))
    assert given_answer.rule == rule


@pytest.mark.parametrize(("day", "primary"), [("2026-12-31", "MBE"), ("2027-01-01", "KIM_CM")])
def test_a_figure_changes_on_its_day(day: str, primary: str) -> None:
    found = answer(tiny_rules(), situation(town="Testheim", months=20, as_of=day))
    assert found.primary == primary


@pytest.mark.parametrize(
    ("status", "counts"), [("expired", False), ("announced", False), ("unverified", True)]
)
def test_what_ended_or_has_not_begun_is_no_answer(
    content: dict[str, Any], status: str, *, counts: bool
) -> None:
    draft = draft_from(content, [Edit("rule", "R05", "status", status)])
    rules = check(draft).in_county({"brakel": "Brakel"})
    assert (answer(rules, situation()).rule == "R05") is counts


def test_where_no_rule_applies_the_independent_advice_is_first() -> None:
    found = answer(tiny_rules(), situation(town="Testheim", months=100, status="unclear"))
    assert (found.primary, found.rule, found.since) == ("FBS", NOBODY, None)


def test_no_rule_of_a_county_can_break_the_shield(content: dict[str, Any]) -> None:
    edits = [Edit("rule", "R09", "primary", "ABH"), Edit("rule", "R09-specialist", "primary", "JC")]
    rules = check(draft_from(content, edits)).in_county({"brakel": "Brakel"})
    found = answer(rules, situation(status="unclear", topics=["debt"]))
    assert found.primary not in {"ABH", "JC", "KIM_CM"}
    edits = [Edit("rule", "R01", "primary", "KIM_CM"), Edit("rule", "R04", "primary", "MBE")]
    rules = check(draft_from(content, edits)).in_county({"brakel": "Brakel"})
    assert answer(rules, situation(zue=True)).primary not in {"KIM_CM", "MBE", "JMD"}
    assert answer(rules, situation(age=20)).primary != "MBE"


# Why, and what would change it


def test_an_answer_says_why_and_from_when_on() -> None:
    found = answer(hoexter_rules(), situation(age=20))
    words = texts_of(read_pack(HOEXTER), "de")
    assert words.rule(found) == "Bis zum 27. Geburtstag ist der Jugendmigrationsdienst für Sie da."
    assert words.reasons(found.because, {}) == ["Sie sind zwischen 12 und 26 Jahre alt."]
    assert found.since == date(2017, 1, 1)
    asked = answer(hoexter_rules(), situation(topics=["debt"]))
    assert words.reasons(asked.because, {"debt": "Schulden", "return": "Rückkehr"}) == [
        "Sie haben eine Frage zu einem Thema: Schulden."
    ]


def test_a_rule_holds_since_the_figures_behind_it_do() -> None:
    usual = {"town": "Testheim", "months": 10}
    early, late = (
        answer(tiny_rules(), situation(**usual, as_of=day)) for day in ("2026-06-01", "2027-06-01")
    )
    assert (early.since, late.since) == (None, date(2027, 1, 1))
    new_law = hoexter_rules().overridden({"ua_law_in_force_from": date(2026, 7, 1)})
    refugee = situation(status="ua24", ua_first="2026-02-15", topics=["money"], as_of="2026-08-01")
    assert answer(new_law, refugee).since == date(2026, 7, 1)
    assert answer(hoexter_rules(), refugee).since == date(2022, 1, 1)


def test_an_answer_says_what_would_change_it() -> None:
    found = would_change(hoexter_rules(), situation(age=26, months=30))
    assert [(change.fact, change.value, change.primary) for change in found] == [
        ("birthday", 27, "MBE"),
        ("complex", True, "KIM_CM"),
        ("zue", True, "AVB_ZUE"),
    ]
    statuses = {
        change.value
        for change in would_change(hoexter_rules(), situation(age=40))
        if change.fact == "status"
    }
    assert statuses == {"asylum", "duldung"}


@pytest.mark.parametrize("locale", LOCALES)
def test_reasons_and_rules_exist_in_every_language(locale: str) -> None:
    words = texts_of(read_pack(HOEXTER), locale)
    for one in hoexter_rules().rules:
        assert words.rule(one.ref)
        reasons = words.reasons(tuple(one.conditions.items()), {"debt": "†"})
        assert not [reason for reason in reasons if "{" in reason or "frozenset" in reason]


# Mistakes


@pytest.mark.parametrize(
    ("section", "number", "change", "field"),
    [
        ("rule", 0, {"primary": "XYZ"}, "rule[0].primary"),
        ("rule", 0, {"key": ""}, "rule[0].key"),
        ("rule", 1, {"if": {"danger": ["fire"]}}, "rule[1].if.danger"),
        ("rule", 1, {"if": {"danger": []}}, "rule[1].if.danger"),
        ("rule", 1, {"if": {"nationality": ["de"]}}, "rule[1].if.nationality"),
        ("rule", 1, {"if": {"age_from": 27, "age_to": 12}}, "rule[1].if.age_from"),
        ("rule", 2, {"valid_from": "2026-01-01", "valid_to": "2025-01-01"}, "rule[2].valid_to"),
        ("rule", 2, {"valid_from": "bald"}, "rule[2].valid_from"),
        ("rule", 2, {"status": "maybe"}, "rule[2].status"),
        ("rule", 2, {"also": ["NOBODY"]}, "rule[2].also"),
        ("rule", 2, {"marks": {"MBE": "loud"}}, "rule[2].marks"),
        ("rule", 2, {"colour": "red"}, "rule[2].colour"),
        ("rule", 3, {"variant": "youth"}, "rule[3].variant"),
        ("decides", 0, {"key": "MBE"}, "decides[0].key"),
        ("hint", 0, {"key": "H1"}, "hint[0].key"),
        ("parameter", 0, {"value": "viel"}, "parameter[0].value"),
        ("parameter", 0, {"key": "unknown"}, "parameter[0].key"),
    ],
)
def test_a_mistake_in_a_line_is_named_with_its_place(
    content: dict[str, Any], section: str, number: int, change: dict[str, Any], field: str
) -> None:
    content[section][number] |= change
    with pytest.raises(RuleBroken) as caught:
        check(content)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("path", "text", "field"),
    [
        (("de", "codes", "MBE"), None, "texts.en.codes.MBE"),
        (("en", "codes", "NEW"), "New", "texts.en.codes.NEW"),
        (("uk", "changes", "birthday"), "без", "texts.uk.changes.birthday"),
        (("ar", "notes", "since"), "{value", "texts.ar.notes.since"),
        (("de", "rules", "R05"), "", "texts.de.rules.R05"),
        (("en", "rules", "R05"), 5, "texts.en.rules.R05"),
    ],
)
def test_a_mistake_in_a_text_is_named_with_its_place(
    content: dict[str, Any], path: tuple[str, str, str], text: Any, field: str
) -> None:
    locale, section, key = path
    if text is None:
        del content["texts"][locale][section][key]
    else:
        content["texts"][locale][section][key] = text
    with pytest.raises(RuleBroken) as caught:
        check(content)
    assert caught.value.field in {field, field.replace("en", "ar")}


def test_a_missing_parameter_is_named(content: dict[str, Any]) -> None:
    content["parameter"].pop()
    with pytest.raises(RuleBroken, match="kim_target_from"):
        check(content)


@given(ANYTHING)
def test_any_content_is_refused_with_a_place(anything: Any) -> None:
    with pytest.raises(RuleBroken) as caught:
        check(anything)
    assert caught.value.field


@given(
    st.sampled_from(["rule", "decides", "also", "hint", "parameter", "specialists", "texts"]),
    ANYTHING,
)
def test_any_section_is_read_or_refused_with_a_place(section: str, anything: Any) -> None:
    spoiled = read_pack(HOEXTER) | {section: anything}
    try:
        check(spoiled)
    except RuleBroken as error:
        assert error.field  # noqa: PT017 - both ways out are right


@given(st.sampled_from(["if", "key", "primary", "also", "marks", "valid_to", "shows"]), ANYTHING)
def test_any_entry_is_read_or_refused_with_a_place(entry: str, anything: Any) -> None:
    spoiled = deepcopy(read_pack(HOEXTER))
    for section in ("rule", "hint"):
        spoiled[section][-1][entry] = anything
    try:
        check(spoiled)
    except RuleBroken as error:
        assert error.field  # noqa: PT017 - both ways out are right


# Drafts


def test_a_draft_changes_what_it_says_and_nothing_else(content: dict[str, Any]) -> None:
    before = deepcopy(content)
    draft = draft_from(
        content,
        [
            Edit("parameter", "mbe_first_years_months", "value", 24),
            Edit("rule", "R06b-barriers", "valid_to", "2027-12-31"),
            TextEdit("de", "rules", "R05", "In den ersten zwei Jahren."),
        ],
    )
    assert content == before
    rules = check(draft).in_county({"brakel": "Brakel"})
    assert answer(rules, situation(months=30)).rule == "R06"
    assert texts_of(draft, "de").rule("R05") == "In den ersten zwei Jahren."
    ended = next(one for one in rules.rules if one.ref == "R06b-barriers")
    assert ended.validity.valid_to == date(2027, 12, 31)


@pytest.mark.parametrize(
    "edit",
    [
        Edit("rule", "R05", "if", {}),
        Edit("rule", "R77", "primary", "MBE"),
        Edit("nothing", "R05", "primary", "MBE"),
        TextEdit("tlh", "rules", "R05", "nuqneH"),
        TextEdit("de", "nothing", "R05", "x"),
    ],
)
def test_what_is_not_for_staff_to_change_is_refused(
    content: dict[str, Any], edit: Edit | TextEdit
) -> None:
    with pytest.raises(RuleBroken):
        draft_from(content, [edit])


def test_two_versions_are_compared_entry_by_entry(content: dict[str, Any]) -> None:
    draft = draft_from(
        content,
        [
            Edit("rule", "R05", "primary", "FBS"),
            Edit("rule", "R08", "note", ""),
            TextEdit("uk", "rules", "R05", "Нове"),
        ],
    )
    assert differences(content, content) == []
    assert differences(content, draft) == [
        Difference("rule", "R08", "note", "Förderprogramm bis 30.10.2026; Nachfolge prüfen", None),
        Difference("rule", "R05", "primary", "MBE", "FBS"),
        Difference("texts.uk.rules", "", "R05", content["texts"]["uk"]["rules"]["R05"], "Нове"),
    ]
    draft = deepcopy(content)
    draft["rule"].reverse()
    (found,) = differences(content, draft)
    assert (found.section, found.line) == ("rule", "")
    assert len(differences(read_pack(TESTKREIS), content)) > 100

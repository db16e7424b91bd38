"""The examples of the concept (`domain.md` 5.5), with those between them that its table leaves out."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from portal.domain.wayfinder import answer
from portal.domain.wayfinder.parameters import overrides
from tests.support.wayfinder import hoexter_rules, situation


@dataclass(frozen=True)
class Example:
    """A situation, and the answer that was agreed."""

    name: str
    given: dict[str, Any]
    primary: str
    rule: str
    decides: list[str] = field(default_factory=list)
    also: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)


def case(**given: Any) -> dict[str, Any]:
    return given


SINGLE_PARENT = case(
    age=31,
    months=20,
    topics=["residence_advice", "parenting"],
    benefits=["sgb2"],
    criteria=["discretion", "cumulative"],
    bodies=3,
)
UKRAINE_2026 = case(age=33, status="ua24", months=4, ua_first="2026-02-15", topics=["money"])
YOUNG_ADULT = case(status="family", months=12, topics=["language", "training"])

EXAMPLES = [
    Example(
        "T01 newly arrived, several questions",
        case(age=34, months=10, topics=["language", "housing", "letters"]),
        "MBE",
        "R05",
    ),
    Example(
        "T02 tolerated, at school, wants training",
        case(
            age=19,
            status="duldung",
            duldung_months=14,
            months=40,
            school_years=3,
            town="Warburg",
            topics=["training"],
        ),
        "JMD",
        "R04",
        ["AA"],
        hints=["H25a"],
    ),
    Example("T03 a day before the 27th birthday", YOUNG_ADULT | case(age=26), "JMD", "R04", ["AA"]),
    Example("T04 on the 27th birthday", YOUNG_ADULT | case(age=27), "MBE", "R05", ["AA"]),
    Example(
        "T05 asylum seeker assigned to a town",
        case(age=45, status="asylum", town="Beverungen", topics=["asylum", "money"]),
        "FBS",
        "R07",
        ["SOZIALAMT_ASYLBLG", "BAMF"],
    ),
    Example(
        "T06 young, asks about asylum only",
        case(age=20, status="asylum", topics=["asylum"]),
        "FBS",
        "R08",
        ["BAMF"],
    ),
    Example(
        "T07 unaccompanied minor",
        case(
            age=15,
            status="asylum",
            months=0,
            unaccompanied=True,
            town="Höxter",
            topics=["school", "housing"],
        ),
        "JUGENDAMT",
        "R02",
        ["JUGENDAMT"],
        ["SE", "JMD"],
    ),
    Example(
        "T08 a child needs a school",
        case(age=10, topics=["school"]),
        "SE",
        "R21",
        also=["MBE"],
    ),
    Example(
        "T09 wants to become German",
        case(age=38, status="settled", months=84, lawful_years=7, topics=["naturalisation"]),
        "EBH",
        "R20",
        ["EBH"],
        ["KIM_CM"],
        ["HEINB_OK"],
    ),
    Example(
        "T10 a simple matter of the residence permit",
        case(age=30, status="work_study", months=20, topics=["residence_admin"]),
        "ABH",
        "R20",
        ["ABH"],
        ["MBE"],
    ),
    Example(
        "T11 from Ukraine, with the Jobcenter, looks for work",
        case(
            age=41,
            status="ua24",
            months=49,
            ua_first="2022-05-10",
            benefits=["sgb2"],
            topics=["work"],
        ),
        "JC",
        "R22",
        ["JC"],
        ["KIM_CM"],
    ),
    Example("T12 first § 24 permit in 2026", UKRAINE_2026, "JC", "R22", ["JC"], ["MBE"]),
    Example(
        "T13 the same on the day the law is in force",
        UKRAINE_2026,
        "SOZIALAMT_ASYLBLG",
        "R22",
        ["SOZIALAMT_ASYLBLG"],
        ["MBE"],
        parameters={"ua_law_in_force_from": "2026-06-01"},
    ),
    Example(
        "T14 of pension age",
        case(age=70, months=8, topics=["money"]),
        "SOZIALAMT_SGB12",
        "R22",
        ["SOZIALAMT_SGB12"],
        ["MBE"],
    ),
    Example(
        "T15 from the EU, looks for work",
        case(age=36, status="eu", months=2, topics=["money", "housing"]),
        "MBE",
        "R05",
        ["JC"],
        hints=["HEU"],
    ),
    Example(
        "T16 tolerated for seven years, at work",
        case(age=40, status="duldung", months=84, duldung_months=84, topics=["residence_advice"]),
        "FBS",
        "R07",
        ["ABH"],
        hints=["H25b"],
    ),
    Example(
        "T17 with an opportunity residence permit",
        case(age=30, status="chancen104c", months=72, topics=["residence_advice"]),
        "KIM_CM",
        "R06",
        ["ABH"],
        hints=["H25b", "H104C"],
    ),
    Example(
        "T18 several offices and nobody in charge",
        SINGLE_PARENT,
        "KIM_CM",
        "R10",
        ["ABH", "JUGENDAMT"],
        ["MBE"],
    ),
    Example(
        "T19 the Jobcenter does case management already",
        SINGLE_PARENT | case(case_mgmt="jc"),
        "JC",
        "R11",
        ["ABH", "JUGENDAMT"],
        ["KIM_CM"],
        ["HDOPPEL"],
        {"KIM_CM": "case_conference"},
    ),
    Example(
        "T20 without consent",
        SINGLE_PARENT | case(consent=False),
        "KIM_CM",
        "R10",
        ["ABH", "JUGENDAMT"],
        ["MBE"],
        ["HCONSENT"],
    ),
    Example(
        "T21 here since 2017, several questions",
        case(age=44, months=110, topics=["work", "language", "housing"]),
        "KIM_CM",
        "R06",
        ["AA"],
    ),
    Example(
        "T22 here since before 2015",
        case(age=52, months=180, topics=["letters", "language"]),
        "MBE",
        "R06b",
        marks={"MBE": "capacity"},
    ),
    Example(
        "T23 newly arrived, wants an overview",
        case(age=28, months=0, topics=["orientation"]),
        "KIM_CM",
        "R12",
    ),
    Example(
        "T24 without papers and ill",
        case(age=35, status="unclear", topics=["health"]),
        "FBS",
        "R09",
        also=["MEDFH_PSZ"],
        hints=["H87"],
    ),
    Example(
        "T25 a nurse wants her qualification recognised",
        case(age=32, status="work_study", months=3, topics=["recognition"]),
        "ANERK",
        "R20",
        also=["MBE"],
    ),
    Example(
        "T26 without papers and in debt",
        case(age=35, status="unclear", topics=["debt"]),
        "SCHULDEN",
        "R09",
        hints=["H87"],
    ),
    Example(
        "T27 in the state accommodation",
        case(age=30, status="asylum", months=1, zue=True, town="Borgentreich", topics=["money"]),
        "AVB_ZUE",
        "R01",
        ["BEZREG_ZUE"],
    ),
    Example(
        "T28 violence in the family, a child is affected",
        case(danger="child"),
        "JUGENDAMT",
        "R00",
        ["JUGENDAMT"],
    ),
    Example("T29 lives in another county", case(town="Paderborn"), "OUTSIDE", "R40"),
    Example(
        "T30 late repatriate: pension, language, housing",
        case(age=58, status="spaet", months=4, topics=["money", "language", "housing"]),
        "MBE",
        "R05",
        ["JC"],
    ),
    Example(
        "T31 status not clear, asks to extend the permit",
        case(age=35, status="unclear", topics=["residence_admin"]),
        "FBS",
        "R09",
        hints=["H87"],
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_agreed_answers(example: Example) -> None:
    rules = hoexter_rules().overridden(overrides(example.parameters))
    given = answer(rules, situation(**example.given))
    assert (given.primary, given.rule) == (example.primary, example.rule)
    assert list(given.decides) == example.decides
    assert list(given.also) == example.also
    assert list(given.hints) == example.hints
    assert dict(given.marks) == example.marks

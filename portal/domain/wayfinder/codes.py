"""The codes of the Wegweiser (`domain.md` 5.2): what may be asked, what may be answered.

What people read for them stands in the texts of the county pack, per language.
"""

from portal.domain.directory.codes import WAYFINDER_CODES
from portal.domain.topics import WAYFINDER_TOPICS

TOPICS = WAYFINDER_TOPICS
STATUSES = (
    "protected",
    "ua24",
    "family",
    "work_study",
    "settled",
    "eu",
    "spaet",
    "chancen104c",
    "other_hum",
    "asylum",
    "duldung",
    "unclear",
)
UNCLEAR, UKRAINE = "unclear", "ua24"
CASE_MANAGERS = ("jc", "jmd", "mbe", "jugendamt")
CRITERIA = ("cross_law", "transition_gap", "cumulative", "discretion")
DANGERS = ("child", "violence", "life")
KNOWN_BENEFITS = ("sgb2", "sgb3", "sgb12", "asylblg")
"""Benefits that rules may ask for; people may get others, too."""

CODES = WAYFINDER_CODES
DECIDING_AUTHORITIES = frozenset(
    {
        "JC",
        "AA",
        "SOZIALAMT_ASYLBLG",
        "SOZIALAMT_SGB12",
        "JUGENDAMT",
        "ABH",
        "EBH",
        "BAMF",
        "BEZREG_ZUE",
    }
)
AUTHORITIES = DECIDING_AUTHORITIES | {"KIM_CM"}
"""Public bodies, with the duty to tell the Ausländerbehörde what they learn (§ 87 AufenthG)."""

NOBODY = "R99"
"""Stands for a rule where none applies; then the independent advice centre finds out who can help."""
NOBODY_PRIMARY = "FBS"

HINTS = (
    "H25a",
    "H25b",
    "H104C",
    "HEINB_OK",
    "HEINB_EARLY",
    "HINTKURS",
    "HEU",
    "HDOPPEL",
    "HCONSENT",
    "H87",
)
MARKS = ("case_conference", "capacity")

BY_DECISION = "@decides"
BY_TOPIC = "@specialist"
BY_CASE_MANAGER = "@case_management"
COUNSELLING = "@counselling"
RESOLVED = {
    BY_DECISION: "die Behörde, die entscheidet",
    BY_TOPIC: "die Fachstelle des Themas",
    BY_CASE_MANAGER: "die Stelle, die schon begleitet",
}
"""What a rule may name instead of a code, and how a coordinator reads it."""

IN_FORCE, ANNOUNCED, EXPIRED, UNVERIFIED = "in_force", "announced", "expired", "unverified"
VALIDITIES = (IN_FORCE, ANNOUNCED, EXPIRED, UNVERIFIED)
APPLYING = frozenset({IN_FORCE, UNVERIFIED})

"""The answers a request may hold: codes. What people read stands in the pages, per language."""

import re
from dataclasses import dataclass

FORM_VERSION = "2026-11"
"""Stored with each request; change it with every change of the questions."""

TOPICS = (
    "arrival",
    "german",
    "work",
    "school",
    "housing",
    "money",
    "letters",
    "papers",
    "health",
    "family",
    "recognition",
    "naturalisation",
    "other",
)
MOST_TOPICS = 5
AGE_BANDS = ("under_18", "18_26", "27_plus", "not_said")
BEST_TIMES = ("morning", "afternoon", "any")
CONTACT_WISHES = ("any", "call", "write")
RELATIONS = ("family", "volunteer", "office", "advice_centre")
CHANNELS = (
    "flyer",
    "poster",
    "homepage",
    "integreat",
    "office",
    "advice_centre",
    "migrant_org",
    "word_of_mouth",
    "direct",
)
UNKNOWN_CHANNEL = "direct"
LONGEST_NAME = 80
LONGEST_TEXT = 500
LONGEST_MESSAGE = 1000
LONGEST_CONTACT = 120
EDITION = re.compile(r"[A-Za-z0-9-]{1,20}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What somebody filled in, with the codes of this module."""

    town: str
    display_name: str
    contact: str
    language: str
    spoken_language: str
    submission_key: str
    consent: bool
    interpreter: bool = False
    contact_wish: str = "any"
    best_time: str = "any"
    topics: tuple[str, ...] = ()
    age_band: str = "not_said"
    free_text: str = ""
    relation: str = ""
    helper: str = ""
    agreed: bool = False
    channel: str = UNKNOWN_CHANNEL
    edition: str = ""

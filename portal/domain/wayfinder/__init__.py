"""Wegweiser: who can help, who decides, and why. Rules are data; the engine is a pure function.

Nothing that somebody is asked here is stored or logged.
"""

from portal.domain.wayfinder.changing import Change, would_change
from portal.domain.wayfinder.engine import Answer, answer
from portal.domain.wayfinder.entries import EntryError
from portal.domain.wayfinder.inputs import Inputs
from portal.domain.wayfinder.public import (
    PublicAnswer,
    PublicInputs,
    public_answer,
    public_changes,
)
from portal.domain.wayfinder.rules import Rules
from portal.domain.wayfinder.texts import Texts, texts_of

__all__ = [
    "Answer",
    "Change",
    "EntryError",
    "Inputs",
    "PublicAnswer",
    "PublicInputs",
    "Rules",
    "Texts",
    "answer",
    "public_answer",
    "public_changes",
    "texts_of",
    "would_change",
]

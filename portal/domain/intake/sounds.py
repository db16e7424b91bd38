"""How a name sounds, in any script, as keyed hashes: the hint at duplicates compares these, never names.

"Олександр", "Oleksandr" and "Alexander", or "محمد" and "Mohammed", are the same person more often than not. Each word
is written in Latin letters (anyascii), then reduced to the consonants that transliterations agree on.
"""

import re

from anyascii import anyascii

from portal.keys import keyring

SAME_SOUNDS = (
    ("sch", "s"),
    ("tsch", "s"),
    ("sh", "s"),
    ("ch", "k"),
    ("kh", "k"),
    ("gh", "g"),
    ("ph", "f"),
    ("th", "t"),
    ("dh", "d"),
    ("zh", "s"),
    ("ks", "x"),
)
SAME_LETTERS = str.maketrans({"q": "k", "c": "k", "z": "s", "w": "v", "j": "y", "p": "b", "g": "k"})
SILENT = re.compile("[aeiouyh]")
TWICE = re.compile(r"(.)\1+")
NO_LETTER = re.compile(r"[^a-z\s]+")
SHORTEST = 2


def sounds(name: str) -> frozenset[str]:
    """Return how the words of a name sound; words too short to tell anything are left out."""
    latin = NO_LETTER.sub("", anyascii(name).lower().replace("-", " "))
    spoken = (_sound(word) for word in latin.split())
    return frozenset(sound for sound in spoken if len(sound) >= SHORTEST)


def _sound(word: str) -> str:
    for written, heard in SAME_SOUNDS:
        word = word.replace(written, heard)
    consonants = SILENT.sub("", word.translate(SAME_LETTERS))
    return TWICE.sub(r"\1", consonants)


def sound_hashes(name: str) -> frozenset[str]:
    """Return the keyed hashes of how a name sounds."""
    return frozenset(keyring().keyed_hash("name-sound", sound) for sound in sounds(name))

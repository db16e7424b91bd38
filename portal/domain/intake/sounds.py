"""How a name sounds, in any script, as keyed hashes: the hint at duplicates compares these, never names.

"Олександр", "Oleksandr" and "Alexander", or "محمد" and "Mohammed", are the same person more often than not. Each word
is written in Latin letters (anyascii), then reduced to what transliterations agree on: the consonants, and whether a
vowel comes first. Two names are alike if every word of the shorter one is found in the other.
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
VOWEL = re.compile("^[aeiouy]")
SILENT = re.compile("(?<!^)[aeiouyh]|^h")
TWICE = re.compile(r"(.)\1+")
NO_LETTER = re.compile(r"[^a-z\s]+")


def sounds(name: str) -> frozenset[str]:
    """Return how the words of a name sound."""
    latin = NO_LETTER.sub("", anyascii(name).lower().replace("-", " "))
    return frozenset(sound for word in latin.split() if (sound := _sound(word)))


def _sound(word: str) -> str:
    for written, heard in SAME_SOUNDS:
        word = word.replace(written, heard)
    letters = VOWEL.sub(
        "a", word.translate(SAME_LETTERS)
    )  # first vowels vary: Olexander, Alexander
    return TWICE.sub(r"\1", SILENT.sub("", letters))


def sound_hashes(name: str) -> frozenset[str]:
    """Return the keyed hashes of how a name sounds."""
    return frozenset(keyring().keyed_hash("name-sound", sound) for sound in sounds(name))

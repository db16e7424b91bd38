"""Letters that people write in several ways become one; texts become words."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# Letters without a decomposition, by what people type instead of them.
_ALIKE = str.maketrans(
    {
        "ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "a", "œ": "o",
        "ґ": "г",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ک": "ك", "ة": "ه", "ە": "ه",
        "ؤ": "و", "ـ": None,
        "ሐ": "ሀ", "ኀ": "ሀ", "ሠ": "ሰ", "ዐ": "አ", "ፀ": "ጸ",
    }
)  # fmt: skip
# Neither "neue" nor "Quelle" nor "langues" has an umlaut.
_UMLAUT = re.compile(r"ae|oe|(?<![aeoq])(?!(?<=g)ues?$)ue")
_ABBREVIATION = 3
"""In words as short as this, two letters are two letters: ZUE is not "zu"."""
_UMLAUTS = {"ae": "a", "oe": "o", "ue": "u"}
_NO_WIDTH = re.compile("[\u00ad\u200b\u200d\u2060\ufeff\u200e\u200f]")
_WORD = re.compile(r"[^\W_]+(?:['’ʼ](?=[а-яіїєґА-ЯІЇЄҐ])[^\W_]+)*")
_GENDER = re.compile(r"(?<=[a-zäöüß])(?:[*:_·]|/-?)in(?:nen)?\b|(?<=[a-zäöüß])Innen\b")


class Word(NamedTuple):
    """A word and where it stands in the text."""

    text: str
    start: int
    end: int


def tidy(text: str) -> str:
    """Write a text with composed letters, blanks where words part, and without the endings of both genders."""
    text = unicodedata.normalize("NFKC", _NO_WIDTH.sub("", text)).replace("\u200c", " ")
    return _GENDER.sub("", text)


def words(text: str) -> Iterator[Word]:
    """Yield the words of a text; any script, any nonsense."""
    return (Word(found.group(), *found.span()) for found in _WORD.finditer(text))


def folded_words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return [fold(word) for word in _WORD.findall(text)]


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Reduce a word to the letters by which it is compared: no case, no accents, "ae", "oe" and "ue" as a, o and u."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    bare = bare.translate(_ALIKE).replace("'", "").replace("’", "").replace("ʼ", "")
    if len(bare) <= _ABBREVIATION:
        return bare
    return _UMLAUT.sub(lambda found: _UMLAUTS[found.group()], bare)

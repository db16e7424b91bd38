"""The languages of words: which ones a script may be, and what a word is reduced to in each."""

import re
import threading
from functools import lru_cache

import snowballstemmer

from search_index.analysis.folding import fold

GERMAN = "de"
# Languages that people ask in here, by script; a word may belong to any language of its script.
_SCRIPTS = (
    (re.compile(r"[a-z]"), ("de", "en", "fr", "tr", "pl", "ro", "es", "sq", "ku", "so")),
    (re.compile(r"[\u0400-\u04ff]"), ("uk", "ru", "bg")),
    (re.compile(r"[\u0600-\u06ff]"), ("ar", "fa", "ckb", "ur")),
    (re.compile(r"[\u1200-\u139f]"), ("ti",)),
)
_OTHER = (GERMAN,)
_KNOWN = frozenset(language for _script, languages in _SCRIPTS for language in languages)
_SAME = {"kmr": "ku", "kur": "ku", "prs": "fa", "som": "so"}
_SNOWBALL = {
    "de": "german", "en": "english", "fr": "french", "tr": "turkish", "pl": "polish", "ro": "romanian",
    "es": "spanish", "ru": "russian", "ar": "arabic", "fa": "persian",
}  # fmt: skip
# Endings of languages without a Snowball stemmer; the longest that leaves four letters goes.
_ENDINGS = {
    "uk": "ського ському ових овими ями ами ого ому ими ими іи ии их ів ам ям ах ях ою ею ою ти у ю а я и і о е ь",
    "bg": "ията иите овете ища ове ите ата ята ото ето ета ът ят та то те ия ии и а я о е",
    "ku": "ekan eke yên ên an ek a ê i e",
    "sq": "eve ave ive ne te ve en et in it ut i e a u",
    "so": "yaasha yada aha aan ka ta da ga ha a",
    "ckb": "هكان كان ان هكه يك ه ي",
    "ti": "ታት ን",
}  # fmt: skip
_SHORTEST = 4
# Snowball takes "Kurs" for the genitive of "Kur".
_KURS = re.compile(r"[^e]rs$")
_FEMININE = re.compile(r"(?<=\w{3})(?:innen|(?<=er|og|st|lt|zt|nt|at)in)$")

_lock = threading.Lock()


def language_of(code: str) -> str:
    """Return the language that a locale's code means here."""
    base = re.split(r"[-_@]", code.lower())[0]
    return _SAME.get(base, base)


@lru_cache(maxsize=65536)
def languages_of(folded: str) -> tuple[str, ...]:
    """Return the languages that a folded word may belong to, German first."""
    return next((languages for script, languages in _SCRIPTS if script.search(folded)), _OTHER)


@lru_cache(maxsize=262144)
def stem(folded: str, language: str = GERMAN) -> str:
    """Reduce a folded word to what its forms share."""
    if language == GERMAN:
        return folded if _KURS.search(folded) else _snowball(_FEMININE.sub("", folded), language)
    if language in _SNOWBALL:
        return _snowball(folded, language)
    for ending in _FOLDED_ENDINGS.get(language, ()):
        if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST - 1:
            return folded[: -len(ending)]
    return folded


def token(folded: str, language: str) -> str:
    """Return what the index holds for a word; German and languages unknown here are not marked."""
    found = stem(folded, language)
    return found if language == GERMAN or language not in _KNOWN else f"{language}:{found}"


def _snowball(folded: str, language: str) -> str:
    # A stemmer keeps the word it works on in itself.
    with _lock:
        return str(_stemmer(language).stemWord(folded))


@lru_cache
def _stemmer(language: str) -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer(_SNOWBALL[language])


_FOLDED_ENDINGS = {
    language: tuple(dict.fromkeys(sorted(map(fold, endings.split()), key=len, reverse=True)))
    for language, endings in _ENDINGS.items()
}

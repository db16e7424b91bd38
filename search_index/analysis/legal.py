"""References to laws: every spelling of a paragraph or of a social code's book becomes one token."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_ROMAN = (
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv",
)  # fmt: skip
_ORDINAL = (
    "erst", "zweit", "dritt", "viert", "fünft", "sechst", "siebt", "acht", "neunt", "zehnt", "elft",
    "zwölft", "dreizehnt", "vierzehnt",
)  # fmt: skip
_NUMBER = {
    spelling: number
    for number, spellings in enumerate(zip(_ROMAN, _ORDINAL, strict=True), 1)
    for spelling in spellings
} | {
    ordinal.translate({ord("ü"): "ue", ord("ö"): "oe"}): number
    for number, ordinal in enumerate(_ORDINAL, 1)
}


def _one_of(spellings: tuple[str, ...]) -> str:
    return "|".join(sorted(spellings, key=len, reverse=True))


_AND = r"\s*(?:,|/|und|oder|bis|bzw\.?|-|–)\s*"
_BOOK = rf"(?:{_one_of(_ROMAN)}|\d{{1,2}})(?!\w)"
_ORDINALS = rf"(?:{_one_of(tuple(name for name in _NUMBER if name not in _ROMAN))})(?:e[rsn]?)"
_BOOKS = re.compile(
    rf"\bsozialgesetzbuch\s*[(\-–,]*\s*(?:sgb\s*\)?\s*)?(?P<later>{_ORDINALS})\s+buch\b"
    rf"|\b(?P<earlier>{_ORDINALS})\s+(?:buch\s+(?:des\s+)?)?sozialgesetzbuch(?:e?s)?\b"
    rf"|\b(?:sgb|sozialgesetzbuch)(?:\s*\(\s*sgb\s*\)|\))?[\s\-–]*(?P<books>{_BOOK}(?:{_AND}(?:sgb\s*)?{_BOOK})*)",
    re.IGNORECASE,
)
_SECTION = r"\d{1,4}(?:\s?[a-z](?![\w.]))?"
_PARTS = r"(?:\s*(?:abs(?:atz|\.)?|satz|s\.|nr\.?|nummer)\s*\d+[a-z]?)*"
_PARAGRAPHS = re.compile(
    rf"(?:§+|\bparagra(?:f|ph)(?:en|s)?\b|\bart(?:ikels?\b|\.))\s*(?P<many>{_SECTION}{_PARTS}(?:{_AND}(?:§\s*)?{_SECTION}{_PARTS})*)"
    r"|(?<![\w.,/])(?P<bare>\d{1,4}[a-z])(?!\w)",
    re.IGNORECASE,
)
_PART = re.compile(r"(?:abs(?:atz|\.)?|satz|s\.|nr\.?|nummer)\s*\d+[a-z]?", re.IGNORECASE)


class Reference(NamedTuple):
    """A paragraph (p25b) or a book (sgb2), and where the text names it."""

    token: str
    start: int
    end: int


def references(text: str) -> Iterator[Reference]:
    """Yield the laws that a text names, in any spelling; SGB II never is SGB XII."""
    for found in _BOOKS.finditer(text):
        for number in _book_numbers(found):
            yield Reference(f"sgb{number}", *found.span())
    for found in _PARAGRAPHS.finditer(text):
        named = _PART.sub(" ", found["many"] or found["bare"])
        for section in re.findall(_SECTION, named, re.IGNORECASE):
            yield Reference("p" + re.sub(r"\s", "", section).lower(), *found.span())


def _book_numbers(found: re.Match[str]) -> list[int]:
    ordinal = found["later"] or found["earlier"]
    if ordinal:
        return [_NUMBER[re.sub(r"e[rsn]?$", "", ordinal.lower())]]
    books = re.findall(_BOOK, found["books"].lower())
    numbers = [_NUMBER.get(book) or int(book) for book in books]
    return [number for number in numbers if number <= len(_ROMAN)]

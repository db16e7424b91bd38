"""Words that mean the same, in every language: each concept is one token, however it is named."""

import hashlib
import json
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from search_index.analysis.folding import fold, tidy, words
from search_index.analysis.stemming import GERMAN, language_of, stem
from search_index.analysis.stopwords import is_stopword

THESAURUS = Path(__file__).parent / "data" / "thesaurus"
_SHORTEST_BEGINNING = 4


@dataclass(frozen=True, slots=True)
class Concept:
    """One meaning and its names by language."""

    key: str
    forms: Mapping[str, tuple[str, ...]]
    narrower: tuple[str, ...] = ()
    asks_only: tuple[str, ...] = ()
    """German words that lead here when they are asked for, but do not name the concept in an entry."""

    @property
    def label(self) -> str:
        """Return how the concept is called in German."""
        return next(iter(self.forms.get(GERMAN, ())), self.key)


@dataclass(slots=True)
class _Names:
    """Phrases of one language, as sequences of stems, and the concepts each of them names."""

    concepts: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    lengths: dict[str, set[int]] = field(default_factory=dict)
    """How many words the phrases with a first word have."""

    def add(self, phrase: tuple[str, ...], key: str) -> None:
        if phrase:
            keys = self.concepts.setdefault(phrase, [])
            if key not in keys:
                keys.append(key)
            self.lengths.setdefault(phrase[0], set()).add(len(phrase))


class Thesaurus:
    """Finds the concepts that a sequence of words names."""

    def __init__(self, concepts: Iterable[Concept] = ()) -> None:
        """Take all concepts; those of the same key are one."""
        self.concepts = _merged(concepts)
        self._names: dict[str, _Names] = {}
        self._asks: dict[str, _Names] = {}
        for concept in self.concepts.values():
            self._learn(concept)
        self._written = sorted(
            (" ".join(fold(word.text) for word in words(tidy(form))), concept.key)
            for concept in self.concepts.values()
            for form in (
                *concept.asks_only,
                *(one for names in concept.forms.values() for one in names),
            )
        )

    @classmethod
    def load(
        cls,
        folder: Path = THESAURUS,
        word_groups: Iterable[tuple[Sequence[str], bool]] = (),
    ) -> "Thesaurus":
        """Read the thesaurus and add the county's own groups of words."""
        return cls([*_read(folder), *_own_groups(word_groups)])

    @property
    def fingerprint(self) -> str:
        """Return what identifies these concepts."""
        facts = [
            (c.key, sorted((k, list(v)) for k, v in c.forms.items()), c.narrower, c.asks_only)
            for _, c in sorted(self.concepts.items())
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def named_by(
        self, stems: Sequence[str], language: str, *, asked: bool = False
    ) -> Iterator["Naming"]:
        """Yield what concepts these stems name."""
        names = (self._asks if asked else self._names).get(language)
        if names is None:
            return
        for start, first in enumerate(stems):
            for length in names.lengths.get(first, ()):
                keys = names.concepts.get(tuple(stems[start : start + length]))
                if keys and start + length <= len(stems):
                    yield Naming(start, start + length, tuple(keys))

    def keys_of(
        self, stem_of_word: str, language: str = GERMAN, *, asked: bool = False
    ) -> tuple[str, ...]:
        """Return the concepts that a single word names."""
        names = (self._asks if asked else self._names).get(language)
        return tuple(names.concepts.get((stem_of_word,), ())) if names else ()

    def with_narrower(self, key: str) -> set[str]:
        """Return a concept and all that it includes."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            one = waiting.pop()
            if one in self.concepts and one not in found:
                found.add(one)
                waiting.extend(self.concepts[one].narrower)
        return found

    def keys_of_word(self, word: str) -> tuple[str, ...]:
        """Return the concepts that a German word names, as people write it."""
        phrase = phrase_of(word, GERMAN)
        return self.keys_of(phrase[0]) if len(phrase) == 1 else ()

    def beginning(self, folded: str) -> list[str]:
        """Return the concepts with a name that begins like this and ends with this word, in any language."""
        if len(folded) < _SHORTEST_BEGINNING:
            return []
        found: dict[str, None] = {}
        for place in range(bisect_left(self._written, (folded,)), len(self._written)):
            name, key = self._written[place]
            if not name.startswith(folded):
                break
            if " " not in name[len(folded) :]:
                found[key] = None
        return list(found)

    def german_words(self) -> Iterator[str]:
        """Yield the single German words among the names, to correct misspelt ones by."""
        for concept in self.concepts.values():
            yield from (form for form in concept.forms.get(GERMAN, ()) if form.isalpha())

    def _learn(self, concept: Concept) -> None:
        for code, forms in concept.forms.items():
            language = language_of(code)
            for form in forms:
                phrase = phrase_of(form, language)
                for table in (self._names, self._asks):
                    table.setdefault(language, _Names()).add(phrase, concept.key)
        for form in concept.asks_only:
            self._asks.setdefault(GERMAN, _Names()).add(phrase_of(form, GERMAN), concept.key)


@dataclass(frozen=True, slots=True)
class Naming:
    """Words (from, to) that name concepts."""

    start: int
    end: int
    keys: tuple[str, ...]


def phrase_of(text: str, language: str) -> tuple[str, ...]:
    """Return the stems of a phrase, without the words that mean nothing."""
    folded = [fold(word.text) for word in words(tidy(text))]
    telling = [word for word in folded if not is_stopword(word, language)]
    return tuple(stem(word, language) for word in telling or folded)


def _read(folder: Path) -> Iterator[Concept]:
    for file in sorted(folder.glob("*.toml")):
        for row in tomllib.loads(file.read_text("utf-8")).get("concept", []):
            forms = {
                code: tuple(names)
                for code, names in row.items()
                if code not in {"key", "narrower", "note"}
            }
            yield Concept(row["key"], forms, tuple(row.get("narrower", ())))


def _own_groups(groups: Iterable[tuple[Sequence[str], bool]]) -> Iterator[Concept]:
    for number, (group, one_way) in enumerate(groups):
        first, rest = tuple(group[:1]), tuple(group[1:])
        if one_way:
            yield Concept(f"own{number}", {GERMAN: rest}, asks_only=first)
        else:
            yield Concept(f"own{number}", {GERMAN: first + rest})


def _merged(concepts: Iterable[Concept]) -> dict[str, Concept]:
    merged: dict[str, Concept] = {}
    for one in concepts:
        known = merged.get(one.key)
        merged[one.key] = _together(known, one) if known else one
    return merged


def _together(one: Concept, other: Concept) -> Concept:
    codes = {**one.forms, **other.forms}
    return Concept(
        one.key,
        {code: (*one.forms.get(code, ()), *other.forms.get(code, ())) for code in codes},
        one.narrower + other.narrower,
        one.asks_only + other.asks_only,
    )

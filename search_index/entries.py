"""What of an entry goes into the index: weighted tokens, codes to filter by, words to complete."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from portal.domain.searchable import PUBLIC, Searchable
from search_index.analysis.folding import fold, folded_words, tidy
from search_index.analysis.legal import references
from search_index.analysis.stemming import GERMAN, language_of, stem, token
from search_index.analysis.stopwords import is_stopword
from search_index.splitting import LONGEST_WORD, Splitter, sub_compounds
from search_index.synonyms import Thesaurus

_OF_TITLE = 3.0
_OF_NAMES = 3.0
_OF_TRANSLATION = 2.0
_OF_BODY = 1.0
_OF_TOPIC = 1.0
# A topic is chosen from a short list, a title is written for this entry alone.
_ABOUT_TOPIC = 0.5
# A compound's part says less about an entry than the word itself.
_OF_PART = 0.5
_OF_SUB_COMPOUND = 0.8
# BM25 with a fixed typical length, so that an entry's weights do not depend on what else is in the index.
_SATURATION = 1.2
_LENGTH_MATTERS = 0.4
_TYPICAL_LENGTH = 120.0

Counts = dict[str, float]

_HANGING = re.compile(
    r"\b([^\W\d_]{3,40})-\s*(?:,\s*[^\W\d_]+-\s*){0,3}(?:und|oder|bzw\.?|sowie|/)\s+([^\W\d_]{6,})"
)
_HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_SURFACE = re.compile(r"[^\W\d_]{3,}")


@dataclass(slots=True)
class Terms:
    """The tokens of one entry and how much each says about it; the words to offer, by language."""

    tokens: dict[str, float] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)


class EntryReader:
    """Makes the terms of entries."""

    def __init__(
        self, splitter: Splitter, thesaurus: Thesaurus, topics: Mapping[str, Sequence[str]]
    ) -> None:
        """Take what compounds are split by, what words mean, and the concepts of each topic's code."""
        self._splitter = splitter
        self._thesaurus = thesaurus
        self._topics = topics
        self._of_word = lru_cache(maxsize=131072)(self._read_word)

    def terms(self, entry: Searchable) -> Terms:
        """Return the terms of an entry."""
        counts: Counts = defaultdict(float)
        about: Counts = {}
        length = 0.0
        for text, code, weight in _texts(entry):
            of_text, words_of_text = self._counts(text, language_of(code))
            for name, count in of_text.items():
                counts[name] += count * weight
                if text in (entry.title, *entry.names):
                    about[about_token(name)] = max(
                        min(count, 1.0), about.get(about_token(name), 0.0)
                    )
            if code == GERMAN:
                length += words_of_text * weight
        for key in self._concepts_of_topics(entry):
            counts[concept_token(key)] += _OF_TOPIC
            about.setdefault(about_token(concept_token(key)), _ABOUT_TOPIC)
        terms = Terms({name: _saturated(count, length) for name, count in counts.items()} | about)
        if entry.audience == PUBLIC:
            terms.words = set(_surfaces(entry))
        return terms

    def _concepts_of_topics(self, entry: Searchable) -> Iterator[str]:
        for code in entry.facets.get("topic", ()):
            yield from self._topics.get(code, ())

    def tokens_of_word(self, folded: str) -> set[str]:
        """Return what the index holds for a folded word of a German text."""
        whole = map(concept_token, self._thesaurus.keys_of(stem(folded)))
        return {*whole, *(name for name, _weight in self._of_word(folded))}

    def _counts(self, text: str, language: str) -> tuple[Counts, int]:
        """Return the tokens of a text, and how many words it has that mean something."""
        counts: Counts = defaultdict(float)
        clean = tidy(text)
        for reference in references(clean):
            counts[reference.token] += 1
            if reference.token.startswith("sgb"):
                counts["sgb"] += 1
        telling = [
            one
            for one in folded_words(clean)
            if len(one) <= LONGEST_WORD and not is_stopword(one, language)
        ]
        if language == GERMAN:
            for one in (*telling, *_joined(clean, self._splitter)):
                for name, weight in self._of_word(one):
                    counts[name] += weight
        else:
            for one in telling:
                counts[token(one, language)] += 1
        for key in self._named(telling, language):
            counts[concept_token(key)] += 1
        return counts, len(telling)

    def _read_word(self, folded: str) -> list[tuple[str, float]]:
        """Return what a German word holds: itself, its parts, what it means by its parts."""
        found = [(stem(folded), 1.0)]
        for name, many in sub_compounds(folded, self._splitter.split(folded)):
            found.append((name, _OF_PART if many == 1 else _OF_SUB_COMPOUND))
            if many > 1:
                keys = self._thesaurus.keys_of(name)
                found += [(concept_token(key), _OF_SUB_COMPOUND) for key in keys]
        return found

    def _named(self, telling: list[str], language: str) -> Iterator[str]:
        stems = [stem(one, language) for one in telling]
        for naming in self._thesaurus.named_by(stems, language):
            yield from naming.keys


def _texts(entry: Searchable) -> Iterator[tuple[str, str, float]]:
    """Yield each text of an entry, its language and how much it says about the entry."""
    yield entry.title, GERMAN, _OF_TITLE
    for name in dict.fromkeys(entry.names):
        yield name, GERMAN, _OF_NAMES
    yield entry.body, GERMAN, _OF_BODY
    for code, text in entry.translations.items():
        yield text, code, _OF_TRANSLATION


def about_token(name: str) -> str:
    """Return what stands in the index for a token that a title or a name holds."""
    return f"^{name}"


def concept_token(key: str) -> str:
    """Return what stands in the index for a concept."""
    return f"#{key}"


def codes_of(entry: Searchable) -> dict[str, tuple[str, ...]]:
    """Return all that an entry can be filtered by."""
    return {**entry.facets, "kind": (entry.kind,), "audience": (entry.audience,)}


def _saturated(count: float, length: float) -> float:
    stretch = 1 - _LENGTH_MATTERS + _LENGTH_MATTERS * length / _TYPICAL_LENGTH
    return count * (_SATURATION + 1) / (count + _SATURATION * stretch)


def _joined(clean: str, splitter: Splitter) -> Iterator[str]:
    """Yield the words that hyphens hide: E-Mail is also email, "Sprach- und Nähkurs" also Sprachkurs."""
    if "-" not in clean:
        return
    for found in _HYPHENATED.finditer(clean):
        yield fold(found.group().replace("-", ""))
    for found in _HANGING.finditer(clean):
        last = fold(found[2])
        parts = splitter.split(last)
        if len(parts) > 1:
            yield fold(found[1]) + last[parts[-1].start :]


def _surfaces(entry: Searchable) -> Iterator[str]:
    for text in (entry.title, *entry.names, entry.body):
        yield from (f"{GERMAN}:{word}" for word in _SURFACE.findall(text))
    for code, text in entry.translations.items():
        yield from (f"{language_of(code)}:{word}" for word in _SURFACE.findall(text))

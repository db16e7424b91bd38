"""The answer of one state of the index: which words it knows, which entries may be seen, which fit best."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

import numpy as np

from portal.domain.searchable import PUBLIC
from search_index.analysis.folding import fold
from search_index.analysis.stemming import GERMAN, language_of, languages_of
from search_index.asking import Group, QuestionReader, Reading, Term
from search_index.base import ENOUGH, Query
from search_index.entries import concept_token
from search_index.lexicon import Lexicon, by_language
from search_index.scoring import (
    Alternative,
    Mask,
    Postings,
    Ranked,
    Unit,
    codes_of,
    holding,
    holds,
    in_order,
    rank,
    together,
)
from search_index.synonyms import Thesaurus
from search_index.view import View

AUDIENCE = "audience"
KIND = "kind"
_MOST_BEGUN = 60
_OF_BEGUN = 0.7
_OF_BEGUN_MEANING = 0.3
_SHORTEST_BEGUN = 2
_LAW = 1.0
_AGREEING = ("programme", "topic")
_OF_AGREEMENT = np.float32(1.15)


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for in this state of the index."""

    units: tuple[Unit, ...]
    corrected: str = ""


class Answerer:
    """Answers from one view of the index; remembers what it worked out, and is thrown away with the view."""

    def __init__(self, view: View, reader: QuestionReader, thesaurus: Thesaurus) -> None:
        """Take the view, and what texts are read by."""
        self.view = view
        self._reader = reader
        self._thesaurus = thesaurus
        self.question = lru_cache(maxsize=2048)(self._question)
        self.holding = lru_cache(maxsize=4096)(partial(holding, view))
        self.held = lru_cache(maxsize=1024)(self._held)
        self._codes_of = lru_cache(maxsize=16384)(self._read_codes)
        self._mask = lru_cache(maxsize=512)(self._read_mask)

    # ------------------------------------------------------------------------------- what is asked

    def _question(self, text: str, prefix: bool, correct: bool = True) -> Question:
        """Return the units of a text; words that nobody knows are replaced by those that were meant."""
        reading = self._reader.read(text)
        groups = [one for one in reading.groups if not self._reader.means_nothing(one)]
        groups = groups or list(reading.groups)
        corrections: dict[Term, str] = {}
        units = [Unit((Alternative((token,), _LAW, name),), name) for token, name in reading.laws]
        for group in groups:
            begun = prefix and group is reading.groups[-1] and not reading.text.endswith(" ")
            units.append(self._known(group, begun, corrections if correct else None))
        units = [self._without_unknown(unit) for unit in units]
        return Question(_requiring(units), _replaced(reading, corrections))

    def _without_unknown(self, unit: Unit) -> Unit:
        """Leave out what no entry holds: most words of most other languages."""
        ways = tuple(one for one in unit.alternatives if len(self.holding(one).numbers))
        return replace(unit, alternatives=ways)

    def _known(self, group: Group, begun: bool, corrections: dict[Term, str] | None) -> Unit:
        unit = self._reader.unit(group)
        if begun:
            unit = Unit((*unit.alternatives, *self._begun(group.terms[-1])), unit.label)
        if corrections is None or self._is_known(unit) or len(group.terms) > 1:
            return unit
        term = group.terms[0]
        word = self._correction(term)
        if not word:
            return unit
        corrections[term] = word
        meant = self._reader.read(word).groups
        return self._reader.unit(meant[0]) if meant else unit

    def _is_known(self, unit: Unit) -> bool:
        return any(one.is_sure and len(self.holding(one).numbers) for one in unit.alternatives)

    def _begun(self, term: Term) -> Iterator[Alternative]:
        """Yield what a word may become that somebody is still writing."""
        if len(term.folded) < _SHORTEST_BEGUN:
            return
        tokens = [
            token
            for language in languages_of(term.folded)
            for token in self.view.starting(_mark(language) + term.folded, _MOST_BEGUN)
        ]
        yield from (Alternative((token,), _OF_BEGUN, term.text) for token in tokens)
        # What entries really say is likelier meant than what they might be called.
        weight = _OF_BEGUN_MEANING if tokens else _OF_BEGUN
        for key in self._thesaurus.beginning(term.folded):
            label = self._thesaurus.concepts[key].label
            yield Alternative((concept_token(key),), weight, label)

    # ------------------------------------------------------------------------------- its words

    @cached_property
    def lexicons(self) -> dict[str, Lexicon]:
        """Return the words of public entries by language; German ones with those of the thesaurus."""
        meanings = ((f"{GERMAN}:{word}", 0) for word in self._thesaurus.german_words())
        return by_language([*self.view.words(), *meanings])

    def _correction(self, term: Term) -> str:
        """Return the word that was meant; one that leads to an entry which everybody may see."""
        for language in languages_of(term.folded):
            lexicon = self.lexicons.get(language)
            for word in lexicon.corrections(term.folded) if lexicon else ():
                if self._offers(language, word):
                    return word
        return ""

    def _offers(self, language: str, word: str) -> bool:
        if self.view.is_word(f"{language}:{word}"):
            return True
        keys = self._thesaurus.keys_of_word(word)
        held = (self.view.postings(concept_token(key)).numbers for key in keys)
        public = self._mask(AUDIENCE, frozenset({PUBLIC}))
        return any(public[numbers].any() for numbers in held)

    def completions(self, text: str, languages: Iterable[str], limit: int) -> list[str]:
        """Return the texts that this one may become, its last word completed."""
        reading = self._reader.read(text)
        if not reading.groups or reading.text.endswith(" "):
            return []
        term = reading.groups[-1].terms[-1]
        found: dict[str, str] = {}
        for language in languages:
            lexicon = self.lexicons.get(language_of(language))
            for word, _count in lexicon.completions(term.folded) if lexicon else ():
                if len(found) < limit and self._offers(language_of(language), word):
                    found.setdefault(fold(word), reading.text[: term.start] + word)
        return list(found.values())

    # ------------------------------------------------------------------------------- its entries

    def _held(self, unit: Unit) -> Postings:
        return together([self.holding(one) for one in unit.alternatives], self.view.size)

    def ranked(self, query: Query, question: Question | None, *, without: str = "") -> Ranked:
        """Rank what may be seen and passes the filters; all of it if nothing was asked."""
        allowed = self.allowed(query, without=without)
        if question is None:
            numbers = np.flatnonzero(allowed).astype(np.int32)
            trust = np.round(self.view.trust[numbers], 1)
            order = np.lexsort((self.view.title_order[numbers], -trust))
            return Ranked(numbers[order], trust[order])
        if not question.units:
            return Ranked(np.empty(0, np.int32), np.empty(0, np.float32))
        held = [self.held(unit) for unit in question.units]
        required = [unit.is_required for unit in question.units]
        ranked = rank(self.view, held, required, allowed, enough=ENOUGH)
        return ranked if len(ranked.numbers) <= ENOUGH else self._agreeing(ranked)

    def _agreeing(self, ranked: Ranked) -> Ranked:
        """Prefer entries that share a programme or a topic with most of the best: the others only mention it."""
        best = ranked.numbers[:ENOUGH].tolist()
        scores = ranked.scores
        for facet in _AGREEING:
            codes = [code for number in best for code in self._codes_of(facet, number)]
            for code in dict.fromkeys(codes):
                if codes.count(code) * 2 >= ENOUGH:
                    has = holds(self.view.coded(facet, code), ranked.numbers)
                    scores = np.where(has, scores * _OF_AGREEMENT, scores)
        return in_order(ranked.numbers, scores)

    def _read_codes(self, facet: str, number: int) -> list[str]:
        codes = self.view.facets.get(facet)
        return codes_of(codes, number) if codes else []

    def allowed(self, query: Query, *, without: str = "") -> Mask:
        """Return which entries the reader may see and the filters leave, all filters but one."""
        filters = {**query.filters, KIND: query.kinds} if query.kinds else query.filters
        allowed = self._mask(AUDIENCE, query.audiences)
        for facet, codes in filters.items():
            if facet != without and codes:
                allowed = allowed & self._mask(facet, codes)
        return allowed

    def _read_mask(self, facet: str, codes: frozenset[str]) -> Mask:
        mask = np.zeros(self.view.size, np.bool_)
        for code in codes:
            mask[self.view.coded(facet, code)] = True
        return mask & self.view.live


def _mark(language: str) -> str:
    return "" if language == GERMAN else f"{language}:"


def _requiring(units: list[Unit]) -> tuple[Unit, ...]:
    """Require what can be required: fillers only if there is nothing else."""
    if any(unit.is_required for unit in units):
        return tuple(units)
    return tuple(Unit(unit.alternatives, unit.label) for unit in units)


def _replaced(reading: Reading, corrections: dict[Term, str]) -> str:
    if not corrections:
        return ""
    text = reading.text
    for term in sorted(corrections, key=lambda one: -one.start):
        text = text[: term.start] + corrections[term] + text[term.end :]
    return text

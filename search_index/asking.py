"""What somebody's text asks for: its words, phrases and laws, each with all that may stand for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from search_index.analysis.folding import fold, tidy, words
from search_index.analysis.legal import references
from search_index.analysis.stemming import GERMAN, languages_of, stem, token
from search_index.analysis.stopwords import is_stopword
from search_index.base import LONGEST_TEXT
from search_index.entries import concept_token
from search_index.scoring import Alternative, Unit
from search_index.splitting import SHORTEST_PART, Splitter, sub_compounds
from search_index.synonyms import Thesaurus

_OF_CONCEPT = 0.9
_OF_NARROWER = 0.6
_OF_PARTS = 0.5
_OF_SUB_CONCEPT = 0.5
_MOST_PARTED = 3
_MOST_TERMS = 30
"""Words of a query that are read; a sentence of 200 letters has fewer."""
_A_PAIR = 2
_USUAL_LINKS = ("", "s", "n", "en", "es")

Parts = tuple[str, ...]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Term:
    """A word as it was written, and as it is compared."""

    text: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring words that mean one thing, and what they mean."""

    terms: tuple[Term, ...]
    keys: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the words with blanks between them."""
        return " ".join(term.text for term in self.terms)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text taken apart; nothing in it depends on what the index holds."""

    text: str
    laws: tuple[tuple[str, str], ...]
    """Tokens of laws, and how they were written."""
    groups: tuple[Group, ...]


class QuestionReader:
    """Reads what people ask for."""

    def __init__(self, splitter: Splitter, thesaurus: Thesaurus) -> None:
        """Take what compounds are split by, and what words mean."""
        self._splitter = splitter
        self._thesaurus = thesaurus
        self._by_parts = self._known_compounds()
        self.read = lru_cache(maxsize=4096)(self._read)
        self.unit = lru_cache(maxsize=16384)(self._unit)

    def tokens(self, text: str) -> frozenset[str]:
        """Return the tokens that an entry may hold of what is asked for, apart from translations."""
        reading = self.read(text)
        units = [self.unit(group) for group in reading.groups if not self.means_nothing(group)]
        ways = [way for unit in units for way in unit.alternatives]
        laws = (token for token, _name in reading.laws)
        return frozenset((*laws, *(token for way in ways for token in way.tokens)))

    def _known_compounds(self) -> dict[Parts, list[str]]:
        """Return the concepts by the parts of their German names, however these are put together."""
        found: dict[Parts, list[str]] = defaultdict(list)
        for concept in self._thesaurus.concepts.values():
            for name in (*concept.forms.get(GERMAN, ()), *concept.asks_only):
                parts = self._parts(fold(word.text) for word in words(tidy(name)))
                if len(parts) > 1 and concept.key not in found[parts]:
                    found[parts].append(concept.key)
        return dict(found)

    def _parts(self, folded: Iterable[str]) -> Parts:
        """Return the parts of some German words, sorted, since people put them together in any order."""
        telling = [one for one in folded if not is_stopword(one, GERMAN)]
        return tuple(sorted(part.stem for one in telling for part in self._splitter.split(one)))

    def _read(self, text: str) -> Reading:
        """Take a text apart; whatever it is, this is no error."""
        text = tidy(text[:LONGEST_TEXT])[:LONGEST_TEXT]
        laws = list(references(text))
        terms = [
            Term(word.text, fold(word.text), word.start, word.end)
            for word in words(text)
            if not any(law.start <= word.start < law.end for law in laws)
        ]
        terms = [term for term in terms if term.folded][:_MOST_TERMS]
        named = tuple((law.token, text[law.start : law.end].strip()) for law in laws)
        return Reading(text, named, tuple(self._groups(terms)))

    def _groups(self, terms: list[Term]) -> Iterator[Group]:
        spans = self._spans(terms)
        place = 0
        while place < len(terms):
            end, keys = spans.get(place, (place + 1, ()))
            yield Group(tuple(terms[place:end]), tuple(keys))
            place = end

    def _spans(self, terms: list[Term]) -> dict[int, tuple[int, tuple[str, ...]]]:
        """Return where phrases that name concepts begin and end; the longest win."""
        found: dict[Span, list[str]] = defaultdict(list)
        for start, end, keys in (*self._namings(terms), *self._compounds(terms)):
            found[start, end].extend(keys)
        spans: dict[int, tuple[int, tuple[str, ...]]] = {}
        taken: set[int] = set()
        for start, end in sorted(found, key=lambda span: (span[0] - span[1], span[0])):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                spans[start] = (end, tuple(dict.fromkeys(found[start, end])))
        return spans

    def _namings(self, terms: list[Term]) -> Iterator[tuple[int, int, Sequence[str]]]:
        """Yield the phrases that name concepts, in German and in every language that the text may be written in."""
        german: list[tuple[int, int, Sequence[str]]] = list(self._named(terms, GERMAN))
        yield from german
        in_german = {place for start, end, _keys in german for place in range(start, end)}
        for language in dict.fromkeys(one for term in terms for one in languages_of(term.folded)):
            if language == GERMAN:
                continue
            named = list(self._named(terms, language))
            here = {place for start, end, _keys in named for place in range(start, end)}
            if not in_german - here and not _has_german_filler(terms, language):
                yield from named

    def _named(self, terms: list[Term], language: str) -> Iterator[tuple[int, int, Sequence[str]]]:
        telling = [n for n, term in enumerate(terms) if not is_stopword(term.folded, language)]
        stems = [stem(terms[n].folded, language) for n in telling]
        for naming in self._thesaurus.named_by(stems, language, asked=True):
            yield telling[naming.start], telling[naming.end - 1] + 1, naming.keys

    def _compounds(self, terms: list[Term]) -> Iterator[tuple[int, int, list[str]]]:
        """Yield where neighbouring words are the parts of a concept's name: "Beratung Schulden"."""
        for length in range(1, _MOST_PARTED + 1):
            for start in range(len(terms) - length + 1):
                span = terms[start : start + length]
                keys = self._by_parts.get(self._parts(term.folded for term in span))
                keys = keys or self._joined([term.folded for term in span])
                if keys:
                    yield start, start + length, keys

    def _joined(self, folded: list[str]) -> list[str]:
        """Return the concepts that two words name when they are written as one, in either order."""
        telling = [one for one in folded if not is_stopword(one, GERMAN)]
        if len(telling) != _A_PAIR or min(map(len, telling)) < SHORTEST_PART:
            return []
        return [
            key
            for one, other in permutations(telling)
            for link in _USUAL_LINKS
            for key in self._thesaurus.keys_of(stem(one + link + other), asked=True)
        ]

    def _unit(self, group: Group) -> Unit:
        """Return all that may stand for a group of words."""
        label = group.text
        ways = [*self._as_written(group.terms), *self._meanings(group.keys)]
        if len(group.terms) == 1:
            ways += self._as_compound(group.terms[0])
        german, others = _by_language(ways)
        return Unit((*german, *others), label, is_required=not self._is_filler(group))

    def _as_written(self, terms: Sequence[Term]) -> Iterator[Alternative]:
        for language in languages_of(terms[0].folded):
            telling = [t.folded for t in terms if not is_stopword(t.folded, language)]
            tokens = tuple(dict.fromkeys(token(one, language) for one in telling))
            if tokens:
                yield Alternative(tokens, 1.0, " ".join(term.text for term in terms))

    def _meanings(self, keys: Sequence[str]) -> Iterator[Alternative]:
        for key in keys:
            for one in sorted(self._thesaurus.with_narrower(key), key=lambda other: other != key):
                concept = self._thesaurus.concepts[one]
                weight = _OF_CONCEPT if one == key else _OF_NARROWER
                yield Alternative((concept_token(one),), weight, concept.label)

    def _as_compound(self, term: Term) -> Iterator[Alternative]:
        parts = self._splitter.split(term.folded)
        if len(parts) == 1:
            return
        is_sure = not self._splitter.is_guess(term.folded)
        tokens = tuple(dict.fromkeys(part.stem for part in parts))
        yield Alternative(tokens, _OF_PARTS, term.text, is_sure=is_sure)
        for found, many in sub_compounds(term.folded, parts):
            for key in self._thesaurus.keys_of(found, asked=True) if many > 1 else ():
                label = self._thesaurus.concepts[key].label
                yield Alternative((concept_token(key),), _OF_SUB_CONCEPT, label, is_sure=False)

    def _is_filler(self, group: Group) -> bool:
        """Say whether this is a word that means nothing in another language, and perhaps in this text."""
        if group.keys:
            return False
        return any(
            is_stopword(term.folded, language)
            for term in group.terms
            for language in languages_of(term.folded)
        )

    def means_nothing(self, group: Group) -> bool:
        """Say whether this is a German stop word."""
        return not group.keys and all(is_stopword(term.folded, GERMAN) for term in group.terms)


def _has_german_filler(terms: Sequence[Term], language: str) -> bool:
    """Say whether a text holds a word that is German for sure: then "der" is no church, as it is in Kurdish."""
    return any(
        is_stopword(term.folded, GERMAN) and not is_stopword(term.folded, language)
        for term in terms
    )


def _by_language(ways: Sequence[Alternative]) -> tuple[list[Alternative], list[Alternative]]:
    """Part what is German or a concept from what only translations hold."""
    others = [way for way in ways if ":" in way.tokens[0]]
    return [way for way in ways if way not in others], others

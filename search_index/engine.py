"""The engine: analysis, store and scoring put together."""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

from portal.domain.searchable import Searchable
from search_index import highlight
from search_index.analysis.folding import fold
from search_index.analysis.stemming import GERMAN, language_of
from search_index.answering import AUDIENCE, KIND, Answerer, Question
from search_index.asking import QuestionReader
from search_index.base import Found, Hit, Progress, Query, Status, Unusable, WordGroup
from search_index.entries import EntryReader, codes_of
from search_index.scoring import Numbers, Ranked, count_codes, holds
from search_index.splitting import Splitter
from search_index.synonyms import Thesaurus
from search_index.view import About, View
from search_index.whoosh_store import Row, WhooshStore

DATA = Path(__file__).parent / "data"
_RULES = ("analysis/*.py", "entries.py", "splitting.py", "synonyms.py", "whoosh_store.py")
"""The modules that decide what goes into an index: when one of them changes, indexes are built anew."""
_LIBRARIES = ("snowballstemmer", "whoosh-reloaded")
_ENTRIES_BETWEEN_REPORTS = 50


class Language:
    """All that is known about words: what compounds are made of, and what means the same."""

    def __init__(self, word_groups: Iterable[WordGroup] = (), *, data: Path = DATA) -> None:
        """Read the files, and add the county's own groups of words."""
        thesaurus = Thesaurus.load(data / "thesaurus", word_groups)
        self.thesaurus = thesaurus
        lexicon = _lines(data / "lexicon_de.txt")
        whole = _lines(data / "whole_de.txt")
        splitter = Splitter(lexicon, whole=whole)
        topics = (data / "topics.toml").read_text("utf-8")
        self.entries = EntryReader(splitter, thesaurus, tomllib.loads(topics))
        self.questions = QuestionReader(splitter, thesaurus)
        self.fingerprint = _digest(
            *_rules(),
            *(f"{name} {version(name)}" for name in _LIBRARIES),
            *lexicon,
            *whole,
            topics,
            (data / "stopwords_de.txt").read_text("utf-8"),
            (data / "stopwords.toml").read_text("utf-8"),
            thesaurus.fingerprint,
        )


@lru_cache(maxsize=2)
def language_for(word_groups: tuple[WordGroup, ...]) -> Language:
    """Return what is known about words, read once."""
    return Language(word_groups)


class WhooshEngine:
    """The engine that keeps its index with Whoosh."""

    def __init__(self, store: WhooshStore, language: Language) -> None:
        """Take an open store and what is known about words."""
        self._store = store
        self._language = language
        self._answerer = self._fresh(store.view())

    @property
    def fingerprint(self) -> str:
        """Return what identifies the rules and words in use."""
        return self._language.fingerprint

    @classmethod
    def open(cls, folder: Path, word_groups: Iterable[WordGroup] = ()) -> "WhooshEngine":
        """Open the index in a folder; raise Unusable if it has to be built anew."""
        language = language_for(tuple(word_groups))
        store = WhooshStore.open(folder)
        if store.view().about().fingerprint != language.fingerprint:
            store.close()
            raise Unusable
        return cls(store, language)

    @classmethod
    def build(
        cls,
        folder: Path,
        entries: Iterable[Searchable],
        word_groups: Iterable[WordGroup] = (),
        *,
        progress: Progress | None = None,
        last_change: int = 0,
    ) -> "WhooshEngine":
        """Build an index in a new folder and open it."""
        language = language_for(tuple(word_groups))
        rows = _rows(_reporting(entries, progress), language)
        store = WhooshStore.create(folder, rows, About(language.fingerprint, last_change))
        return cls(store, language)

    def update(
        self,
        upserts: Iterable[Searchable],
        deletes: Iterable[tuple[str, str]],
        *,
        last_change: int,
    ) -> None:
        """Write changed entries and forget others (kind, key), all or nothing; raise Busy if another process writes."""
        rows = list(_rows(upserts, self._language))
        self._store.write(rows, deletes, About(self.fingerprint, last_change))

    def compact(self) -> None:
        """Remove what was forgotten from the disk, too."""
        self._store.compact()

    def status(self) -> Status:
        """Return what the index holds."""
        view = self._store.view()
        about = view.about()
        return Status(int(view.live.sum()), about.last_change, about.fingerprint)

    def close(self) -> None:
        """Let go of the files."""
        self._answerer = self._fresh(View([], [], -1))
        self._store.close()

    def search(self, query: Query) -> Found:
        """Return the best entries; no text whatsoever is an error."""
        answerer = self._now()
        question = _understood(answerer, query)
        ranked = answerer.ranked(query, question)
        end = None if query.limit is None else query.offset + query.limit
        page = Ranked(ranked.numbers[query.offset : end], ranked.scores[query.offset : end])
        return Found(
            hits=list(_hits(answerer, page, question)),
            total=len(ranked.numbers),
            facets=_facets(answerer, query, question, ranked) if query.facets else {},
            corrected=question.corrected if question else "",
            terms=_terms(question) if question else (),
        )

    def understood(self, query: Query) -> Question | None:
        """Return what a query asks for; None if it asks for nothing, and so for everything."""
        return _understood(self._now(), query)

    def suggest(self, text: str, locale: str = GERMAN, limit: int = 8) -> list[str]:
        """Return texts with the last word completed, by words that everybody may read."""
        languages = dict.fromkeys((GERMAN, language_of(locale)))
        return self._now().completions(text, languages, limit)

    def highlight(self, text: str, query_text: str) -> list[tuple[str, bool]]:
        """Return the pieces of a text, and whether each is what was asked for."""
        return highlight.pieces(text, query_text, self._language.questions, self._language.entries)

    def _now(self) -> Answerer:
        view = self._store.view()
        answerer = self._answerer
        if answerer.view is not view:
            self._answerer = answerer = self._fresh(view)
        return answerer

    def _fresh(self, view: View) -> Answerer:
        return Answerer(view, self._language.questions, self._language.thesaurus)


def _rows(entries: Iterable[Searchable], language: Language) -> Iterator[Row]:
    for entry in entries:
        terms = language.entries.terms(entry)
        yield Row(
            kind=entry.kind,
            key=entry.key,
            title=fold(entry.title),
            tokens=terms.tokens,
            codes=codes_of(entry),
            words=terms.words,
            trust=entry.trust,
        )


def _reporting(entries: Iterable[Searchable], progress: Progress | None) -> Iterator[Searchable]:
    total = len(entries) if isinstance(entries, (list, tuple)) else 0
    done = 0
    for done, entry in enumerate(entries, 1):
        yield entry
        if progress and done % _ENTRIES_BETWEEN_REPORTS == 0:
            progress(done, total)
    if progress:
        progress(done, total)


def _hits(answerer: Answerer, page: Ranked, question: Question | None) -> Iterator[Hit]:
    matched = _matched(answerer, page.numbers, question) if question else [()] * len(page.numbers)
    for number, score, held in zip(
        page.numbers.tolist(), page.scores.tolist(), matched, strict=True
    ):
        kind, _colon, key = answerer.view.stored(number)[0].partition(":")
        yield Hit(kind, key, score, held)


def _matched(answerer: Answerer, numbers: Numbers, question: Question) -> list[tuple[str, ...]]:
    """Return for each entry what of the question it holds."""
    labels: list[dict[str, None]] = [{} for _ in range(len(numbers))]
    for unit in question.units:
        missing = np.ones(len(numbers), np.bool_)
        for alternative in unit.alternatives:
            here = missing & holds(answerer.holding(alternative).numbers, numbers)
            for place in np.flatnonzero(here).tolist():
                labels[place][alternative.label] = None
            missing &= ~here
            if not missing.any():
                break
    return [tuple(one) for one in labels]


def _facets(
    answerer: Answerer, query: Query, question: Question | None, ranked: Ranked
) -> Mapping[str, Mapping[str, int]]:
    filtered = {facet for facet, codes in query.filters.items() if codes}
    filtered |= {KIND} if query.kinds else set()
    everything = _mask(answerer, ranked)
    counts = {}
    for facet, codes in answerer.view.facets.items():
        if facet == AUDIENCE:
            continue
        kept = everything
        if facet in filtered:
            kept = _mask(answerer, answerer.ranked(query, question, without=facet))
        counts[facet] = count_codes(codes, kept)
    return counts


def _mask(answerer: Answerer, ranked: Ranked) -> np.typing.NDArray[np.bool_]:
    mask = np.zeros(answerer.view.size, np.bool_)
    mask[ranked.numbers] = True
    return mask


def _understood(answerer: Answerer, query: Query) -> Question | None:
    if not query.text.strip():
        return None
    return answerer.question(query.text, query.prefix, query.correct)


def _terms(question: Question) -> tuple[str, ...]:
    """Return what was looked for and can be found, in German."""
    labels = (way.label for unit in question.units for way in unit.alternatives)
    return tuple(dict.fromkeys(labels))


@lru_cache
def _lines(file: Path) -> tuple[str, ...]:
    lines = (line.split("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    return tuple(line for line in lines if line)


@lru_cache
def _rules() -> tuple[str, ...]:
    here = Path(__file__).parent
    files = sorted(file for pattern in _RULES for file in here.glob(pattern))
    return tuple(file.read_text("utf-8") for file in files)


def _digest(*facts: str) -> str:
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]

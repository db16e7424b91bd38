"""The words of public entries as people read them: to correct what is misspelt and to complete what is begun."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from search_index.analysis.folding import fold

_SHORTEST_TO_CORRECT = 4
_LONG = 7
_MOST_CANDIDATES = 30


@dataclass(slots=True)
class Entry:
    """A word in its most frequent spelling, and how many entries hold it in any."""

    word: str
    count: int = 0
    spelled: int = 0


class Lexicon:
    """The words of one language."""

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        """Take words and how many entries hold each."""
        self._entries: dict[str, Entry] = {}
        for word, count in words:
            self._learn(word, count)
        self._folded = sorted(self._entries)

    def _learn(self, word: str, count: int) -> None:
        entry = self._entries.setdefault(fold(word), Entry(word))
        entry.count += count
        if count > entry.spelled:
            entry.word, entry.spelled = word, count

    def corrections(self, folded: str) -> list[str]:
        """Return the words that a misspelt one may have meant, the likeliest first."""
        if len(folded) < _SHORTEST_TO_CORRECT:
            return []
        most = 1 if len(folded) < _LONG else 2
        near = extract(
            folded, self._folded, scorer=OSA.distance, score_cutoff=most, limit=_MOST_CANDIDATES
        )
        near.sort(key=lambda one: self._likeliness(folded, one[0], int(one[1])))
        return [self._entries[one].word for one, _distance, _place in near]

    def _likeliness(self, folded: str, candidate: str, distance: int) -> tuple[int, bool, int, str]:
        entry = self._entries[candidate]
        return distance, candidate[0] != folded[0], -entry.count, candidate

    def completions(self, folded: str) -> list[tuple[str, int]]:
        """Return the words that begin like this, the most frequent first, and how many entries hold each."""
        found = [self._entries[one] for one in self._starting(folded)]
        found.sort(key=lambda entry: (-entry.count, len(entry.word), entry.word))
        return [(entry.word, entry.count) for entry in found]

    def _starting(self, folded: str) -> Iterator[str]:
        for place in range(bisect_left(self._folded, folded), len(self._folded)):
            if not self._folded[place].startswith(folded):
                return
            yield self._folded[place]


def by_language(words: Iterable[tuple[str, int]]) -> dict[str, Lexicon]:
    """Sort words such as "de:Kurs" into a lexicon for each language."""
    sorted_words: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for marked, count in words:
        language, _colon, word = marked.partition(":")
        sorted_words[language].append((word, count))
    return {language: Lexicon(found) for language, found in sorted_words.items()}

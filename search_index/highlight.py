"""Where a text holds what was asked for: pieces, marked or not; whoever shows them escapes them."""

from collections.abc import Iterator

from search_index.analysis.folding import fold, words
from search_index.analysis.legal import references
from search_index.asking import QuestionReader
from search_index.entries import EntryReader


def pieces(
    text: str, query_text: str, questions: QuestionReader, entries: EntryReader
) -> list[tuple[str, bool]]:
    """Return all of a text in pieces, and whether each is something that was asked for."""
    wanted = questions.tokens(query_text)
    laws = ((one.start, one.end) for one in references(text) if one.token in wanted)
    telling = (
        (word.start, word.end)
        for word in words(text)
        if not wanted.isdisjoint(entries.tokens_of_word(fold(word.text)))
    )
    return list(_cut(text, sorted((*laws, *telling))))


def _cut(text: str, marked: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    done = 0
    for start, end in marked:
        if start < done:
            continue
        if start > done:
            yield text[done:start], False
        yield text[start:end], True
        done = end
    if done < len(text):
        yield text[done:], False

"""Scoring over numbers, without an index on disk."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.scoring import (
    NOTHING,
    Alternative,
    Codes,
    Postings,
    codes_of,
    count_codes,
    holding,
    holds,
    rank,
    together,
)


class Memory:
    """An index of tokens by entry."""

    def __init__(self, *entries: Mapping[str, float], trust: list[float] | None = None) -> None:
        self._entries = entries
        self.size = len(entries)
        self.trust = np.array(trust or [1.0] * self.size, np.float32)

    def postings(self, token: str) -> Postings:
        pairs = [(n, held[token]) for n, held in enumerate(self._entries) if token in held]
        return Postings(
            np.array([number for number, _ in pairs], np.int32),
            np.array([weight for _, weight in pairs], np.float32),
        )


def found(
    index: Memory, *tokens: str, allowed: list[bool] | None = None, enough: int = 10
) -> list[int]:
    held = [holding(index, Alternative((token,))) for token in tokens]
    mask = np.array(allowed if allowed is not None else [True] * index.size)
    ranked = rank(index, held, [True] * len(held), mask, enough=enough)
    assert (
        list(ranked.scores[1:] <= ranked.scores[:-1]) == [True] * max(0, len(ranked.scores) - 1)
        or len(held) > 1
    )
    return ranked.numbers.tolist()


def test_a_rare_word_counts_more_than_a_frequent_one():
    index = Memory({"a": 1, "b": 1}, {"a": 1}, {"a": 1}, {"b": 0.1})
    rare = holding(index, Alternative(("b",))).weights[0]
    frequent = holding(index, Alternative(("a",))).weights[0]
    assert rare > frequent


def test_what_an_entry_is_about_counts_more():
    index = Memory({"a": 1}, {"a": 1, "^a": 1}, {"x": 1})
    assert found(index, "a") == [1, 0]


def test_entries_with_every_word_come_first_and_others_fill_up():
    index = Memory({"a": 9}, {"a": 1, "b": 1}, {"b": 9}, {"c": 1})
    assert found(index, "a", "b")[0] == 1
    assert sorted(found(index, "a", "b")) == [0, 1, 2]


def test_with_enough_entries_nothing_fills_up():
    index = Memory({"a": 9}, {"a": 1, "b": 1}, {"b": 9}, {"c": 1})
    assert found(index, "a", "b", enough=1) == [1]


def test_no_more_than_enough_are_filled_up():
    index = Memory(*[{"a": 1.0}] * 30, {"b": 1})
    assert len(found(index, "a", "b", enough=10)) == 10


def test_two_of_three_words_are_better_than_one():
    index = Memory({"a": 99}, {"b": 0.1, "c": 0.1}, {"x": 1})
    assert found(index, "a", "b", "c") == [1, 0]


def test_what_nobody_confirmed_comes_after_what_is_confirmed():
    index = Memory({"a": 1}, {"a": 1}, {"x": 1}, trust=[0.0, 1.0, 1.0])
    assert found(index, "a") == [1, 0]


def test_trust_never_lifts_an_entry_over_one_with_more_words():
    index = Memory({"a": 1, "b": 1}, {"a": 5}, {"x": 1}, trust=[0.0, 1.0, 1.0])
    assert found(index, "a", "b") == [0, 1]


def test_all_tokens_of_an_alternative_are_needed():
    index = Memory({"a": 1}, {"a": 1, "b": 1}, {"b": 1})
    assert holding(index, Alternative(("a", "b"))).numbers.tolist() == [1]
    assert holding(index, Alternative(("a", "x"))) is NOTHING


def test_parts_never_count_more_than_the_whole():
    index = Memory({"whole": 1, "a": 1, "b": 1}, {"x": 1})
    whole = holding(index, Alternative(("whole",))).weights[0]
    parts = holding(index, Alternative(("a", "b"))).weights[0]
    assert parts <= whole


def test_the_best_alternative_counts_and_others_confirm():
    one = Postings(np.array([0, 2], np.int32), np.array([1, 4], np.float32))
    other = Postings(np.array([2, 3], np.int32), np.array([2, 8], np.float32))
    both = together([one, NOTHING, other], 5)
    assert both.numbers.tolist() == [0, 2, 3]
    assert 4 < both.weights[1] < 6
    assert together([], 5) is NOTHING
    assert together([NOTHING, one], 5) is one


def test_codes_are_counted_and_read():
    codes = Codes(
        ["x", "y", "z"], np.array([0, 0, 1, 2], np.int32), np.array([0, 1, 1, 2], np.int32)
    )
    assert count_codes(codes, np.array([True, True, False])) == {"x": 1, "y": 2}
    assert codes_of(codes, 0) == ["x", "y"]
    assert codes_of(codes, 5) == []


@given(st.sets(st.integers(0, 50)), st.sets(st.integers(0, 50)))
def test_holds_is_membership(held: set[int], asked: set[int]):
    mask = holds(np.array(sorted(held), np.int32), np.array(sorted(asked), np.int32))
    assert mask.tolist() == [number in held for number in sorted(asked)]


TOKENS = st.sampled_from("abc")
ENTRIES = st.lists(st.dictionaries(TOKENS, st.floats(0.1, 5)), min_size=1, max_size=25)


@given(ENTRIES, st.lists(TOKENS, min_size=1, max_size=3, unique=True), st.data())
def test_ranking_is_what_a_loop_over_all_entries_says(
    entries: list[dict[str, float]], tokens: list[str], data: st.DataObject
):
    allowed = data.draw(st.lists(st.booleans(), min_size=len(entries), max_size=len(entries)))
    numbers = found(Memory(*entries), *tokens, allowed=allowed, enough=3)
    many = [
        sum(token in held for token in tokens) * ok
        for held, ok in zip(entries, allowed, strict=True)
    ]
    full = {number for number, count in enumerate(many) if count == len(tokens)}
    some = {number for number, count in enumerate(many) if 0 < count < len(tokens)}
    assert set(numbers[: len(full)]) == full
    assert len(numbers) == max(len(full), min(3, len(full | some)))
    assert [many[number] for number in numbers] == sorted((many[n] for n in numbers), reverse=True)


@pytest.mark.parametrize("size", [1, 1000])
def test_a_token_of_every_entry_still_counts(size: int):
    index = Memory(*[{"a": 1.0}] * size)
    assert holding(index, Alternative(("a",))).weights[0] > 0

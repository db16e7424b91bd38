"""Small words and small indexes, so that every expectation can be read in the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.domain.searchable import Searchable
from search_index.engine import WhooshEngine

Build = Callable[..., WhooshEngine]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Build an index of some entries: `build(entry("a", "Sprachkurs"))`."""
    engines: list[WhooshEngine] = []

    def build_index(*entries: Searchable, word_groups=(), **options) -> WhooshEngine:
        folder = tmp_path / f"index-{len(engines)}"
        engines.append(WhooshEngine.build(folder, entries, word_groups, **options))
        return engines[-1]

    yield build_index
    for engine in engines:
        engine.close()

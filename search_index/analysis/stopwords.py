"""Words that mean nothing by themselves, by language."""

import tomllib
from functools import lru_cache
from pathlib import Path

from search_index.analysis.folding import fold
from search_index.analysis.stemming import GERMAN

DATA = Path(__file__).parents[1] / "data"


@lru_cache
def stopwords(language: str) -> frozenset[str]:
    """Return the folded stop words of a language."""
    if language == GERMAN:
        text = (DATA / "stopwords_de.txt").read_text("utf-8")
        lines = (line.split("#")[0].split() for line in text.splitlines())
        return frozenset(fold(word) for line in lines for word in line)
    others = tomllib.loads((DATA / "stopwords.toml").read_text("utf-8"))
    return frozenset(map(fold, others.get(language, "").split()))


def is_stopword(folded: str, language: str) -> bool:
    """Say whether a folded word means nothing by itself."""
    return folded in stopwords(language)

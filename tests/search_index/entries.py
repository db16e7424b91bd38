"""Entries for tests, and what a search finds of them."""

from typing import Any

from portal.domain.searchable import Searchable
from search_index.base import Query
from search_index.engine import WhooshEngine


def entry(key: str, title: str = "", **others: Any) -> Searchable:
    """Return a service with this title."""
    return Searchable(kind=others.pop("kind", "service"), key=key, title=title, **others)


def keys(engine: WhooshEngine, text: str, **options: Any) -> list[str]:
    """Return the keys of what is found, the best first."""
    return [hit.key for hit in engine.search(Query(text, **options)).hits]

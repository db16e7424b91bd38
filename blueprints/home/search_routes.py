"""Search over everything, for staff: each finds what they may see."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from blueprints.home import labels
from blueprints.home.pages import pages
from portal.domain.paging import page_within
from portal.domain.permissions import Permission
from portal.domain.searchable import Kind, Searchable
from portal.domain.searching import audiences_of, visible
from portal.domain.text import clean
from portal.web.access import requires
from portal.web.addresses import page_number, query
from portal.web.login import current_account
from portal.web.render import page
from search_index import Query, find, highlight

PAGE_SIZE = 20
LONGEST_TEXT = 200
SNIPPET = 240
BEFORE_HIT = 80
_MARKDOWN = re.compile(
    r"(?:^|(?<=\s))(?:#{1,6}|[-*>])\s|\*\*"
)  # signs that mean nothing in a few words

Pieces = Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was found: what it is, where it is, and the words around the hit."""

    kind: str
    url: str
    title: Pieces
    snippet: Pieces


@pages.get("/suche")
@requires(Permission.DIRECTORY_READ)
def search_everything() -> ResponseReturnValue:
    """Show what fits a text: services, programmes, organisations, cards, demarcations, surveys."""
    text = clean(request.args.get("q", ""))[:LONGEST_TEXT]
    account, kind = current_account(), request.args.get("art", "")
    kinds = frozenset({kind} & set(labels.KINDS))
    asked = Query(text, audiences_of(account), kinds=kinds, limit=PAGE_SIZE)
    found = find(asked)
    number, pages_there = page_within(page_number(), total=found.total, size=PAGE_SIZE)
    if number > 1:
        found = find(replace(asked, offset=(number - 1) * PAGE_SIZE))
    records = visible([(hit.kind, hit.key) for hit in found.hits], account) if text else []
    return page(
        "home/search.html",
        text=text,
        kind=kind,
        found=found,
        lines=[_line(record, found.corrected or text) for record in records],
        page=number,
        pages=pages_there,
        labels=labels,
        page_url=_page_url,
    )


def _page_url(number: int) -> str:
    values: dict[str, Any] = {**query(), "seite": number}
    return url_for("home.search_everything", **values)


def _line(record: Searchable, text: str) -> Line:
    return Line(
        labels.KINDS[Kind(record.kind)],
        labels.address_of(record),
        highlight(record.title, text),
        snippet(highlight(_MARKDOWN.sub(" ", record.body), text)),
    )


def snippet(pieces: Pieces) -> Pieces:
    """Return the part of a text around its first hit, not longer than a few lines."""
    lengths = [len(text) for text, _is_hit in pieces]
    first = next((n for n, (_text, is_hit) in enumerate(pieces) if is_hit), 0)
    begin = max(0, sum(lengths[:first]) - BEFORE_HIT)
    shown: list[tuple[str, bool]] = [("… ", False)] if begin else []
    offset = 0
    for text, is_hit in pieces:
        if part := text[max(0, begin - offset) : max(0, begin + SNIPPET - offset)]:
            shown.append((part, is_hit))
        offset += len(text)
    return [*shown, (" …", False)] if offset > begin + SNIPPET else shown

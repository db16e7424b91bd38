"""Do the links still lead somewhere? Asked by a command; what is broken is noted with the service."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from portal import clock
from portal.domain.actors import SYSTEM
from portal.domain.changes import change
from portal.domain.directory.records import is_public, services
from portal.domain.directory.storing import subject_of
from portal.domain.searchable import Kind
from portal.models.directory import KnowledgeCard, Programme, Service

LONGEST_PROBLEM = 200

Fetch = Callable[[str], str]
"""Asks for an address; returns what is wrong with it in a few words, or nothing."""


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A link that leads nowhere, and where it stands."""

    kind: str
    key: str
    url: str
    problem: str


def check_links(fetch: Fetch) -> list[BrokenLink]:
    """Ask for every link that people can see, each address once; return what is broken and note it."""
    seen: dict[str, str] = {}
    broken = []
    for kind, key, url in _links():
        if url not in seen:
            seen[url] = _problem(fetch, url) if url else ""
        if seen[url]:
            broken.append(BrokenLink(kind, key, url, seen[url]))
    _note({one.key: one.problem for one in broken if one.kind == Kind.SERVICE})
    return broken


def _links() -> Iterator[tuple[str, str, str]]:
    """Yield kind, key and address (or nothing) of what can have a link."""
    for service in list(services().where(is_public(clock.today())).order_by(Service.key)):
        yield Kind.SERVICE, service.key, service.url
    for programme in list(Programme.select().order_by(Programme.key)):
        yield Kind.PROGRAMME, programme.key, programme.source_url
    for card in list(KnowledgeCard.select().order_by(KnowledgeCard.key)):
        yield Kind.KNOWLEDGE_CARD, card.key, card.source_url


def _problem(fetch: Fetch, url: str) -> str:
    try:
        return fetch(url)[:LONGEST_PROBLEM]
    except Exception as error:  # whatever the outside does, the other links are still asked for
        return type(error).__name__


def _note(problems: dict[str, str]) -> None:
    """Write down what changed since the last time."""
    for service in list(services().where((Service.url != "") | (Service.link_problem != ""))):
        problem = problems.get(service.key, "")
        if problem == service.link_problem:
            continue
        subject = subject_of(service.key)
        with change(by=SYSTEM, action="directory:service:check_link", subject=subject) as entry:
            Service.update(link_problem=problem).where(Service.id == service.id).execute()
            entry.changed(link_problem=problem)

"""A load of eight visitors on this machine: bounded in number and in time, it stops by itself."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from itertools import islice
from time import perf_counter

CONNECTIONS = 8
MOST_REQUESTS = 50_000
SECONDS_FOR_AN_ANSWER = 10


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, and after how many seconds."""

    status: int
    headers: HTTPMessage
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Load:
    """All replies, and how long all of it took."""

    replies: list[Reply]
    seconds: float


class _Queue:
    """Hands out requests to several threads until there are none or time is up."""

    def __init__(self, asks: Iterable[Ask], seconds: float) -> None:
        self._asks = islice(asks, MOST_REQUESTS)
        self._end = perf_counter() + seconds
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Ask]:
        while perf_counter() < self._end:
            with self._lock:
                ask = next(self._asks, None)
            if ask is None:
                return
            yield ask


def run(address: str, asks: Iterable[Ask], *, seconds: float) -> Load:
    """Send the requests over eight kept connections, as fast as they are answered."""
    begun = perf_counter()
    queue = _Queue(asks, seconds)
    with ThreadPoolExecutor(CONNECTIONS) as visitors:
        visits = [visitors.submit(_visit, address, queue) for _ in range(CONNECTIONS)]
    replies = [reply for visit in visits for reply in visit.result()]
    return Load(replies, perf_counter() - begun)


def _visit(address: str, asks: Iterable[Ask]) -> list[Reply]:
    with closing(HTTPConnection(address, timeout=SECONDS_FOR_AN_ANSWER)) as connection:
        return [send(connection, ask) for ask in asks]


def send(connection: HTTPConnection, ask: Ask) -> Reply:
    """Send one request and read the whole answer."""
    begun = perf_counter()
    connection.request(ask.method, ask.path, ask.body, dict(ask.headers))
    answer = connection.getresponse()
    body = answer.read()
    return Reply(answer.status, answer.headers, body, perf_counter() - begun)

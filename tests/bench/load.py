"""A load of eight visitors on this machine: bounded in number and in time, it stops by itself."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
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
    headers: Mapping[str, str]
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
    replies: list[Reply] = []
    begun = perf_counter()
    queue = _Queue(asks, seconds)
    threads = [
        threading.Thread(target=_visit, args=(address, queue, replies)) for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(replies, perf_counter() - begun)


def _visit(address: str, asks: Iterable[Ask], replies: list[Reply]) -> None:
    connection = HTTPConnection(address, timeout=SECONDS_FOR_AN_ANSWER)
    try:
        for ask in asks:
            replies.append(send(connection, ask))  # noqa: PERF401 - kept even if a later one fails
    finally:
        connection.close()


def send(connection: HTTPConnection, ask: Ask) -> Reply:
    """Send one request and read the whole answer."""
    begun = perf_counter()
    connection.request(ask.method, ask.path, ask.body, dict(ask.headers))
    answer = connection.getresponse()
    body = answer.read()
    return Reply(answer.status, answer.headers, body, perf_counter() - begun)

"""One thing that waits for somebody."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sentence, and the page that deals with it."""

    text: str
    endpoint: str
    count: int
    urgent: bool = False
    values: tuple[tuple[str, str], ...] = ()

"""Count what is asked of the database."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.queries: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, tuple):  # SQL and its values; the pool logs plain sentences
            self.queries.append(record.msg[0])


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Collect the SQL that runs inside."""
    listener, log = _Listener(), logging.getLogger("peewee")
    level = log.level
    log.addHandler(listener)
    log.setLevel(logging.DEBUG)
    try:
        yield listener.queries
    finally:
        log.removeHandler(listener)
        log.setLevel(level)


@contextmanager
def max_queries(most: int) -> Iterator[list[str]]:
    """Fail if more queries run inside: a list page asks as often for a thousand rows as for one."""
    with counted_queries() as queries:
        yield queries
    listed = "\n".join(f"{n:>3} {sql[:160]}" for n, sql in enumerate(queries, 1))
    assert len(queries) <= most, f"{len(queries)} queries, at most {most} are allowed:\n{listed}"

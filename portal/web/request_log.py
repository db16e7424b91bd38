"""One line in the log for each request: which page, how it ended, how long it took; no address, no entries."""

import logging
from time import perf_counter

from flask import Flask, Response, g, request

log = logging.getLogger(__name__)


def setup_request_log(app: Flask) -> None:
    """Log every answer but those for files."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = perf_counter()


def _end(answer: Response) -> Response:
    if request.endpoint != "static":
        began = g.get("began", perf_counter())
        log.info(
            "request",
            extra={
                "endpoint": request.endpoint or "",
                "method": request.method,
                "status": answer.status_code,
                "ms": round((perf_counter() - began) * 1000),
                "account": _account(),
            },
        )
    return answer


def _account() -> int | None:
    """Return who is signed in, if this request asked: the log alone is no reason to look it up."""
    account = getattr(g.get("_login_user"), "account", None)
    return None if account is None else int(account.id)

"""Files that people send: only a view that says so takes one, and none larger than it says."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
MARK = "portal_largest_body"


def takes_up_to(size: int) -> Callable[[View], View]:
    """Let a view be sent more than a usual form: so many bytes."""

    def mark(view: View) -> View:
        setattr(view, MARK, size)
        return view

    return mark


def setup_uploads(app: Flask) -> None:
    """Set the limit of each request; before anything reads its form."""
    app.before_request(_set_limit)


def _set_limit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    size = getattr(view, MARK, None)
    if size is not None:
        request.max_content_length = size

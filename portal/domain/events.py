"""What the domain tells others after a commit: search and mail listen, the domain does not know them."""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

_listeners: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def listen(event: type, listener: Callable[[Any], None]) -> None:
    """Call a listener after each commit that announced this kind of event."""
    if listener not in _listeners[event]:
        _listeners[event].append(listener)


def publish(event: object) -> None:
    """Tell the listeners; what they get wrong is logged and stops nobody."""
    for listener in _listeners[type(event)]:
        try:
            listener(event)
        except Exception:  # a broken mail server or index must not undo what is on disk
            log.exception("listener failed", extra={"kind": type(event).__name__})

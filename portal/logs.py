"""The portal's log: one JSON object a line, with nothing in it that names a person.

Only the keys listed here are written. A message is written as it stands in the code, never with the values that were
put into it, and an exception as its type and place, never with its text: that could be what somebody typed.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

KEYS = (
    "endpoint",
    "method",
    "status",
    "ms",
    "account",
    "request_id",
    "step",
    "rule",
    "count",
    "problem",
    "kind",
)
"""What a log call may pass as `extra`; everything else is left out."""
FLASKS_MESSAGE = "Exception on "


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; control characters of any value are escaped by JSON."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
        }
        entry |= {key: getattr(record, key) for key in KEYS if hasattr(record, key)}
        if record.exc_info and record.exc_info[1]:
            entry["exception"] = _places(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=True, default=str)


def _event(record: logging.LogRecord) -> str:
    """Return the message as the code has it; Flask alone writes a request's path into its own."""
    message = str(record.msg)
    return "unexpected error" if message.startswith(FLASKS_MESSAGE) else message


def _places(error: BaseException) -> list[str]:
    """Return the types and places of an error and of those that led to it, the first one first."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.insert(0, cause)
        cause = cause.__cause__ or cause.__context__
    lines = []
    for link in chain:
        lines.append(type(link).__name__)
        frames = traceback.extract_tb(link.__traceback__)
        lines += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return lines


def setup_logs(stream: TextIO | None = None) -> None:
    """Send every record of this process to one stream, as lines of JSON."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # else one line per waiting request

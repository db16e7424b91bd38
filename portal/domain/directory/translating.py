"""Which words of a thing are translated, and how a translation knows that its German text has changed."""

import hashlib
import json
from collections.abc import Mapping

SERVICE_WORDS = ("name", "description", "for_whom", "not_for", "otherwise")
CARD_WORDS = ("title", "body")


def source_digest(german: Mapping[str, str]) -> str:
    """Return a digest of the German words that a translation translates, by the names of their fields."""
    text = json.dumps(dict(german), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()

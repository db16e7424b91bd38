"""Clean text once, on its way in."""

import re
import unicodedata

# What no database, Word file or reader can use: control characters but tab and line feed, surrogates, what Unicode
# will never make a character (the last two of every plane and U+FDD0 to U+FDEF); and the overrides that make text
# look like other text.
_NEVER_CHARACTERS = "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_UNUSABLE = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ufdd0-\ufdef\ud800-\udfff{_NEVER_CHARACTERS}]"
)


def is_usable(text: str) -> bool:
    """Tell whether a text holds nothing that would have to be dropped."""
    return _UNUSABLE.search(text) is None


def clean(text: str) -> str:
    """Return the text in normal form, without what cannot be stored; cleaning twice changes nothing."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNUSABLE.sub("", unified)).strip()

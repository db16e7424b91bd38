"""QR codes as SVG: colours by class inside a page, because the policy forbids styles there."""

from io import BytesIO
from typing import Any

import segno
from markupsafe import Markup


def qr_code(text: str, *, title: str) -> Markup:
    """Return a QR code as part of a page; black on white in dark mode too, or cameras do not read it."""
    drawn = _drawn(text, title=title, svgclass="qr", lineclass="qr-dark")
    return Markup(drawn.decode("utf-8"))  # noqa: S704 - segno escapes the title; the rest is numbers and paths


def qr_file(text: str, *, title: str) -> bytes:
    """Return a QR code as a file of its own, to print or to put on another page."""
    return _drawn(text, title=title, dark="#000")


def _drawn(text: str, **look: Any) -> bytes:
    buffer = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        buffer,
        kind="svg",
        xmldecl=False,
        svgns=True,
        nl=False,
        scale=4,
        light="#fff",
        border=4,
        **look,
    )
    return buffer.getvalue()

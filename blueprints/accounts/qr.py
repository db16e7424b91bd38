"""A QR code as part of the page: colours by class, because the policy forbids styles inside the page."""

from io import BytesIO

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """Return a QR code as SVG; black on white in dark mode too, or cameras do not read it."""
    buffer = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        buffer,
        kind="svg",
        xmldecl=False,
        svgns=True,
        nl=False,
        scale=4,
        title="QR-Code für die App",
        svgclass="qr",
        lineclass="qr-dark",
        light="#fff",
        border=4,
    )
    return Markup(buffer.getvalue().decode("utf-8"))  # noqa: S704 - segno writes numbers and paths only

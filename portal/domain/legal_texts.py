"""The county's texts: every version that people read or agreed to stays as it was."""

from portal.domain.errors import NotFound
from portal.i18n import SOURCE
from portal.models.privacy import LegalText


def current_text(key: str, *, locale: str) -> LegalText:
    """Return the newest version of a text, in German where that language has none; raise NotFound."""
    for code in (locale, SOURCE):
        found: LegalText | None = (
            LegalText.select()
            .where(LegalText.key == key, LegalText.locale == code)
            .order_by(LegalText.id.desc())
            .first()
        )
        if found is not None:
            return found
    raise NotFound

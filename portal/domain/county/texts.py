"""The county's texts: what people read or agreed to stays as it was, another wording is a new version."""

from typing import Any

from portal import clock
from portal.domain.county_pack import Text
from portal.models.privacy import LegalText


def add_version(text: Text) -> bool:
    """Add a text as a new version if it says something else than the newest one; tell whether it did."""
    same = (LegalText.key == text.key) & (LegalText.locale == text.locale)
    newest = LegalText.select().where(same).order_by(LegalText.id.desc()).first()
    content = {"title": text.title, "body": text.body, "checked": text.checked}
    if newest and content == {field: getattr(newest, field) for field in content}:
        return False
    LegalText.create(
        key=text.key,
        locale=text.locale,
        version=_free_version(text, same),
        valid_from=clock.now(),
        **content,
    )
    return True


def _free_version(text: Text, same: Any) -> str:
    """Return the text's version, numbered if the county changed the wording without a new one."""
    taken = {row.version for row in LegalText.select(LegalText.version).where(same)}
    number, version = 1, text.version
    while version in taken:
        number += 1
        version = f"{text.version}.{number}"
    return version

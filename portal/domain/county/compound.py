"""Rows that have words in other languages: row and translations are one thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portal.domain.county.rows import Names, Sheet, Stored, Values
from portal.domain.directory.translating import source_digest
from portal.models.directory import Translation

TRANSLATIONS = "translations"


@dataclass(frozen=True)
class TranslatedSheet(Sheet):
    """A table whose rows have translations."""

    kind: str = field(default="", kw_only=True)
    words: Sequence[str] = field(default=(), kw_only=True)

    def stored(self, names: Names) -> dict[str, Stored]:
        """Return every row that is there with its translations."""
        translations: dict[str, Values] = {}
        for row in Translation.select().where(Translation.kind == self.kind):
            content = {"fields": row.fields, "checked": row.checked}
            translations.setdefault(row.key, {})[row.locale] = content
        return {
            key: replace(row, content=row.content | {TRANSLATIONS: translations.get(key, {})})
            for key, row in super().stored(names).items()
        }

    def translate(self, wanted: Values) -> None:
        """Write the translations of a row anew."""
        same = (Translation.kind == self.kind) & (Translation.key == wanted["key"])
        Translation.delete().where(same).execute()
        german = source_digest({name: wanted[name] for name in self.words})
        rows = [
            {
                "kind": self.kind,
                "key": wanted["key"],
                "locale": locale,
                "source_digest": german,
                **translation,
            }
            for locale, translation in wanted[TRANSLATIONS].items()
        ]
        if rows:
            Translation.insert_many(rows).execute()


def without(values: Mapping[str, Any], *names: str) -> Values:
    """Return values without some of them."""
    return {name: value for name, value in values.items() if name not in names}

"""Demarcations and knowledge cards: what the pack says anew becomes another version."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import fn

from portal.domain.county.compound import TRANSLATIONS, TranslatedSheet, without
from portal.domain.county.rows import Names, Sheet, Stored, Values, raw
from portal.domain.directory.demarcations import State
from portal.models.directory import Demarcation, KnowledgeCard


@dataclass(frozen=True)
class DemarcationSheet(Sheet):
    """The demarcations; of each, the newest released version is compared with the pack."""

    def stored(self, names: Names) -> dict[str, Stored]:
        """Return the newest released version of each demarcation."""
        columns = without(Demarcation._meta.fields, "proposed_by", "released_by")
        rows = (
            Demarcation.select()
            .where(Demarcation.state == State.RELEASED)
            .order_by(Demarcation.version)
        )
        return {
            row["key"]: Stored(row["id"], names.content(Demarcation, row, columns))
            for row in raw(rows)
        }

    def add(self, wanted: Values, names: Names) -> None:
        """Add a version that the county released with its pack; earlier ones hold until the day before."""
        columns = names.columns(Demarcation, wanted)
        same, last_day = Demarcation.key == wanted["key"], wanted["valid_from"] - timedelta(days=1)
        Demarcation.update(valid_to=last_day).where(
            same,
            Demarcation.state == State.RELEASED,
            Demarcation.valid_to.is_null() | (Demarcation.valid_to > last_day),
        ).execute()
        newest = Demarcation.select(fn.MAX(Demarcation.version)).where(same).scalar() or 0
        Demarcation.create(**columns, version=newest + 1, state=State.RELEASED)

    def update(self, row: Stored, wanted: Values, names: Names) -> None:
        """Add another version; a released one is never changed."""
        self.add(wanted, names)


@dataclass(frozen=True)
class CardSheet(TranslatedSheet):
    """The knowledge cards."""

    def add(self, wanted: Values, names: Names) -> None:
        """Add a card with its translations."""
        super().add(without(wanted, TRANSLATIONS), names)
        self.translate(wanted)

    def update(self, row: Stored, wanted: Values, names: Names) -> None:
        """Write a card and its translations anew, as its next version."""
        columns: dict[str, Any] = without(wanted, TRANSLATIONS)
        columns["version"] = KnowledgeCard.version + 1
        KnowledgeCard.update(columns).where(KnowledgeCard.id == row.id).execute()
        self.translate(wanted)

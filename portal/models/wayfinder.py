"""Tables of `wayfinder`: the rules in dated versions, and how often each answer was given."""

from peewee import ForeignKeyField, IntegerField, TextField

from portal.db import BaseModel, IsoDate, JsonText, UtcDateTime
from portal.models.accounts import Account


class RuleSet(BaseModel):
    """All rules, parameters and texts of one version; a released one is never changed."""

    version = IntegerField(unique=True)
    state = TextField(index=True)
    valid_from = IsoDate()
    content = JsonText()
    source = TextField()
    note = TextField(default="")
    proposed_at = UtcDateTime()
    proposed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    decided_at = UtcDateTime(null=True)
    decided_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")

    proposed_by_id: int | None
    decided_by_id: int | None


class AnswerCount(BaseModel):
    """How often a kind of question was asked in a month, by its first day; no person's answers, and no town."""

    day = IsoDate()
    profile = TextField()
    count = IntegerField()

    class Meta:
        """One row per month and profile."""

        indexes = ((("day", "profile"), True),)

"""The outbox: letters that wait to be sent. They carry reference numbers, never person data."""

from peewee import ForeignKeyField, IntegerField, TextField

from portal.db import BaseModel, UtcDateTime
from portal.models.accounts import Account


class OutboxMail(BaseModel):
    """One letter to one person or functional mailbox."""

    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
    address = TextField()
    subject = TextField()
    body = TextField()
    reason = TextField(unique=True)
    written_at = UtcDateTime()
    due_at = UtcDateTime(index=True)
    sent_at = UtcDateTime(null=True, index=True)
    tries = IntegerField(default=0)
    last_error = TextField(default="")

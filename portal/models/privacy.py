"""Tables of `privacy`: the audit chains, the proofs of deletion, the texts people agreed to."""

from peewee import ForeignKeyField, IntegerField, TextField

from portal.db import BaseModel, Flag, UtcDateTime


class AuditEntry(BaseModel):
    """One link of an audit chain; rows are never changed."""

    chain = TextField()
    seq = IntegerField()
    at = UtcDateTime()
    actor = TextField(index=True)
    action = TextField()
    subject = TextField(index=True)
    details = TextField()
    prev = TextField()
    mac = TextField()

    class Meta:
        """A chain counts without gaps."""

        indexes = ((("chain", "seq"), True),)


class AuditHead(BaseModel):
    """The newest link of a chain, and the newest one that was deleted on schedule."""

    chain = TextField(unique=True)
    seq = IntegerField()
    mac = TextField()
    kept_from = IntegerField()
    kept_mac = TextField()


class DeletionProof(BaseModel):
    """That a rule deleted something, and how much; never what."""

    rule = TextField()
    count = IntegerField()
    at = UtcDateTime()


class LegalText(BaseModel):
    """One version of a text people read or agree to, in one language; never changed once shown."""

    key = TextField()
    locale = TextField()
    version = TextField()
    title = TextField()
    body = TextField()
    checked = Flag(default=False)
    valid_from = UtcDateTime()

    class Meta:
        """A version is written once per language."""

        indexes = ((("key", "locale", "version"), True),)


class ConsentProof(BaseModel):
    """That somebody had agreed to a text; it is found by the number of the deleted request only."""

    ref_hash = TextField(unique=True)
    text = ForeignKeyField(LegalText, on_delete="RESTRICT")
    given_at = UtcDateTime()
    ended_at = UtcDateTime(index=True)

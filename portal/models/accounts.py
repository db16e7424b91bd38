"""Tables of `accounts`: people with access, what they may do, and who holds which post."""

from collections.abc import Sequence

from peewee import BlobField, DeferredForeignKey, ForeignKeyField, IntegerField, TextField

from portal.db import BaseModel, Flag, IsoDate, UtcDateTime
from portal.models.county import Organisation, StaffPosition, Town


class Account(BaseModel):
    """A person who may sign in."""

    mail = TextField(unique=True)
    name = TextField()
    password_hash = TextField(default="")
    totp_sealed = BlobField(null=True)
    totp_last_step = IntegerField(default=0)
    active = Flag(default=True)
    demo = Flag(default=False)
    created_at = UtcDateTime()

    grants: "Sequence[RoleGrant]"


class RoleGrant(BaseModel):
    """A role, limited to a scope where the role has one."""

    account = ForeignKeyField(Account, backref="grants", on_delete="CASCADE")
    role = TextField()
    position = ForeignKeyField(StaffPosition, null=True, on_delete="RESTRICT")
    organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
    town = ForeignKeyField(Town, null=True, on_delete="RESTRICT")

    account_id: int
    position_id: int | None
    organisation_id: int | None


class Holding(BaseModel):
    """Who holds a post, or stands in for its holder, and from when to when."""

    position = ForeignKeyField(StaffPosition, backref="holdings", on_delete="RESTRICT")
    account = ForeignKeyField(Account, backref="holdings", on_delete="CASCADE")
    substitute = Flag(default=False)
    valid_from = IsoDate()
    valid_to = IsoDate(null=True)

    account_id: int
    position_id: int


class Absence(BaseModel):
    """Days on which somebody is away; no reason is asked."""

    account = ForeignKeyField(Account, backref="absences", on_delete="CASCADE")
    first_day = IsoDate()
    last_day = IsoDate()

    account_id: int


class Invitation(BaseModel):
    """A one-time link by which a person sets a first (or new) password."""

    account = ForeignKeyField(Account, backref="invitations", on_delete="CASCADE")
    token_hash = TextField(unique=True)
    expires_at = UtcDateTime()
    used_at = UtcDateTime(null=True)


class RecoveryCode(BaseModel):
    """A code that replaces the second factor once."""

    account = ForeignKeyField(Account, backref="recovery_codes", on_delete="CASCADE")
    code_hash = TextField()


class Session(BaseModel):
    """Somebody signed in, by account or by return code; the cookie holds only the token.

    `proved_at` is when this person last proved who they are; while it is empty, the second factor is still owed.
    """

    token_hash = TextField(unique=True)
    account = ForeignKeyField(Account, null=True, backref="sessions", on_delete="CASCADE")
    request = DeferredForeignKey("IntakeRequest", null=True, on_delete="CASCADE")
    sealed = BlobField()
    created_at = UtcDateTime()
    seen_at = UtcDateTime(index=True)
    proved_at = UtcDateTime(null=True)
    second_factor = Flag(default=False)
    device = TextField(default="")

    request_id: int | None


class Tries(BaseModel):
    """How often something was tried lately; keys are keyed hashes, never addresses or names."""

    key = TextField(unique=True)
    count = IntegerField()
    since = UtcDateTime(index=True)

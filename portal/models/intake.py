"""Tables of `intake`: requests, their messages and steps, and what remains for statistics."""

from peewee import BlobField, ForeignKeyField, IntegerField, ModelSelect, TextField

from portal.db import BaseModel, Flag, JsonText, UtcDateTime
from portal.models.accounts import Account
from portal.models.county import StaffPosition, Town
from portal.models.privacy import LegalText


class IntakeRequest(BaseModel):
    """Somebody asks the case management of their town for a call or a letter.

    `sealed` holds what identifies the person: name, contact, free text. Everything else is a code.
    """

    ref = TextField(unique=True)
    town = ForeignKeyField(Town, backref="requests", on_delete="RESTRICT")
    position = ForeignKeyField(StaffPosition, backref="requests", on_delete="RESTRICT")
    state = TextField(index=True)
    outcome = TextField(default="")
    language = TextField()
    spoken_language = TextField()
    interpreter = Flag()
    contact_kind = TextField()
    contact_wish = TextField()
    best_time = TextField()
    topics = JsonText()
    age_band = TextField()
    relation = TextField(default="")
    channel = TextField()
    edition = TextField(default="")
    needs_check = Flag(default=False)
    form_version = TextField()
    consent = ForeignKeyField(LegalText, on_delete="RESTRICT")
    sealed = BlobField()
    contact_hash = TextField(index=True)
    code_hash = TextField(unique=True)
    code_kept = Flag(default=False)
    submission_hash = TextField(unique=True)
    failed_attempts = IntegerField(default=0)
    no_shows = IntegerField(default=0)
    received_at = UtcDateTime(index=True)
    first_contact_at = UtcDateTime(null=True)
    closed_at = UtcDateTime(null=True)
    withdrawn_at = UtcDateTime(null=True)
    reminded_holder = Flag(default=False)
    reminded_fallback = Flag(default=False)

    town_id: int
    position_id: int
    name_keys: "ModelSelect[IntakeNameKey]"
    messages: "ModelSelect[IntakeMessage]"
    steps: "ModelSelect[IntakeStep]"


class IntakeNameKey(BaseModel):
    """A keyed hash of how a name sounds, for the hint at duplicates."""

    request = ForeignKeyField(IntakeRequest, backref="name_keys", on_delete="CASCADE")
    sound_hash = TextField(index=True)

    request_id: int


class IntakeMessage(BaseModel):
    """A message between the person and the case management."""

    request = ForeignKeyField(IntakeRequest, backref="messages", on_delete="CASCADE")
    author = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    language = TextField()
    sealed = BlobField()
    written_at = UtcDateTime()
    read_at = UtcDateTime(null=True)

    request_id: int
    author_id: int | None


class IntakeStep(BaseModel):
    """A step of a request, for its history."""

    request = ForeignKeyField(IntakeRequest, backref="steps", on_delete="CASCADE")
    move = TextField()
    state = TextField()
    by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    at = UtcDateTime()


class IntakeFigure(BaseModel):
    """What remains of a deleted request: no person, only what is counted."""

    month = TextField()
    town = ForeignKeyField(Town, on_delete="RESTRICT")
    channel = TextField()
    outcome = TextField()
    topics = JsonText()
    days_to_contact = IntegerField(null=True)

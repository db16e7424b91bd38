"""The first tables, frozen as they were: never import `portal.models` here."""

from typing import Any

from peewee import BlobField, FloatField, ForeignKeyField, IntegerField, TextField

from portal.db import BaseModel, Flag, IsoDate, JsonText, UtcDateTime


class AuditEntry(BaseModel):
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
        indexes = ((("chain", "seq"), True),)


class AuditHead(BaseModel):
    chain = TextField(unique=True)
    seq = IntegerField()
    mac = TextField()
    kept_from = IntegerField()
    kept_mac = TextField()


class DeletionProof(BaseModel):
    rule = TextField()
    count = IntegerField()
    at = UtcDateTime()


class LegalText(BaseModel):
    key = TextField()
    locale = TextField()
    version = TextField()
    title = TextField()
    body = TextField()
    checked = Flag()
    valid_from = UtcDateTime()

    class Meta:
        indexes = ((("key", "locale", "version"), True),)


class ConsentProof(BaseModel):
    ref_hash = TextField(unique=True)
    text = ForeignKeyField(LegalText, on_delete="RESTRICT")
    given_at = UtcDateTime()
    ended_at = UtcDateTime(index=True)


class County(BaseModel):
    key = TextField(unique=True)
    name = TextField()
    prefix = TextField()
    settings = JsonText()


class ClusterRegion(BaseModel):
    key = TextField(unique=True)
    name = TextField()
    sort = IntegerField()


class Organisation(BaseModel):
    key = TextField(unique=True)
    name = TextField()
    short = TextField()
    kind = TextField()
    level = TextField()
    internal = Flag()
    town_keys = JsonText()
    data_protection_regime = TextField()


class Contact(BaseModel):
    organisation = ForeignKeyField(Organisation, on_delete="RESTRICT")
    function_title = TextField()
    phone = TextField()
    mail = TextField()
    public = Flag()


class StaffPosition(BaseModel):
    key = TextField(unique=True)
    baustein = TextField()
    kind = TextField()
    organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
    title = TextField()
    phone = TextField()
    mail = TextField()
    is_fallback = Flag()


class PositionState(BaseModel):
    position = ForeignKeyField(StaffPosition, on_delete="RESTRICT")
    valid_from = IsoDate()
    fte_planned = FloatField(null=True)
    fte_filled = FloatField(null=True)
    status = TextField()
    note = TextField()

    class Meta:
        indexes = ((("position", "valid_from"), True),)


class Town(BaseModel):
    slug = TextField(unique=True)
    name = TextField()
    ags = TextField()
    postcodes = JsonText()
    cluster = ForeignKeyField(ClusterRegion, on_delete="RESTRICT")
    position = ForeignKeyField(StaffPosition, on_delete="RESTRICT")
    homepage_url = TextField()
    active = Flag()


class PackEntry(BaseModel):
    table = TextField()
    key = TextField()
    digest = TextField()

    class Meta:
        indexes = ((("table", "key"), True),)


class Account(BaseModel):
    mail = TextField(unique=True)
    name = TextField()
    password_hash = TextField()
    totp_sealed = BlobField(null=True)
    totp_last_step = IntegerField()
    active = Flag()
    demo = Flag()
    created_at = UtcDateTime()


class RoleGrant(BaseModel):
    account = ForeignKeyField(Account, on_delete="CASCADE")
    role = TextField()
    position = ForeignKeyField(StaffPosition, null=True, on_delete="RESTRICT")
    organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
    town = ForeignKeyField(Town, null=True, on_delete="RESTRICT")


class Holding(BaseModel):
    position = ForeignKeyField(StaffPosition, on_delete="RESTRICT")
    account = ForeignKeyField(Account, on_delete="CASCADE")
    substitute = Flag()
    valid_from = IsoDate()
    valid_to = IsoDate(null=True)


class Absence(BaseModel):
    account = ForeignKeyField(Account, on_delete="CASCADE")
    first_day = IsoDate()
    last_day = IsoDate()


class Invitation(BaseModel):
    account = ForeignKeyField(Account, on_delete="CASCADE")
    token_hash = TextField(unique=True)
    expires_at = UtcDateTime()
    used_at = UtcDateTime(null=True)


class RecoveryCode(BaseModel):
    account = ForeignKeyField(Account, on_delete="CASCADE")
    code_hash = TextField()


class IntakeRequest(BaseModel):
    ref = TextField(unique=True)
    town = ForeignKeyField(Town, on_delete="RESTRICT")
    position = ForeignKeyField(StaffPosition, on_delete="RESTRICT")
    state = TextField(index=True)
    outcome = TextField()
    language = TextField()
    spoken_language = TextField()
    interpreter = Flag()
    contact_kind = TextField()
    contact_wish = TextField()
    best_time = TextField()
    topics = JsonText()
    age_band = TextField()
    relation = TextField()
    channel = TextField()
    edition = TextField()
    needs_check = Flag()
    form_version = TextField()
    consent = ForeignKeyField(LegalText, on_delete="RESTRICT")
    sealed = BlobField()
    contact_hash = TextField(index=True)
    code_hash = TextField(unique=True)
    code_kept = Flag()
    submission_hash = TextField(unique=True)
    failed_attempts = IntegerField()
    no_shows = IntegerField()
    received_at = UtcDateTime(index=True)
    first_contact_at = UtcDateTime(null=True)
    closed_at = UtcDateTime(null=True)
    withdrawn_at = UtcDateTime(null=True)
    reminded_holder = Flag()
    reminded_fallback = Flag()


class Session(BaseModel):
    token_hash = TextField(unique=True)
    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
    sealed = BlobField()
    created_at = UtcDateTime()
    seen_at = UtcDateTime(index=True)
    proved_at = UtcDateTime(null=True)
    second_factor = Flag()
    device = TextField()
    request = ForeignKeyField(IntakeRequest, null=True, on_delete="CASCADE")


class Tries(BaseModel):
    key = TextField(unique=True)
    count = IntegerField()
    since = UtcDateTime(index=True)


class IntakeNameKey(BaseModel):
    request = ForeignKeyField(IntakeRequest, on_delete="CASCADE")
    sound_hash = TextField(index=True)


class IntakeMessage(BaseModel):
    request = ForeignKeyField(IntakeRequest, on_delete="CASCADE")
    author = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    language = TextField()
    sealed = BlobField()
    written_at = UtcDateTime()
    read_at = UtcDateTime(null=True)


class IntakeStep(BaseModel):
    request = ForeignKeyField(IntakeRequest, on_delete="CASCADE")
    move = TextField()
    state = TextField()
    by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    at = UtcDateTime()


class IntakeFigure(BaseModel):
    month = TextField()
    town = ForeignKeyField(Town, on_delete="RESTRICT")
    channel = TextField()
    outcome = TextField()
    topics = JsonText()
    days_to_contact = IntegerField(null=True)


class OutboxMail(BaseModel):
    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
    address = TextField()
    subject = TextField()
    body = TextField()
    reason = TextField(unique=True)
    written_at = UtcDateTime()
    due_at = UtcDateTime(index=True)
    sent_at = UtcDateTime(index=True, null=True)
    tries = IntegerField()
    last_error = TextField()


class TickStep(BaseModel):
    name = TextField(unique=True)
    ran_at = UtcDateTime()
    error = TextField()


TABLES = (
    AuditEntry,
    AuditHead,
    DeletionProof,
    LegalText,
    ConsentProof,
    County,
    ClusterRegion,
    Organisation,
    Contact,
    StaffPosition,
    PositionState,
    Town,
    PackEntry,
    Account,
    RoleGrant,
    Holding,
    Absence,
    Invitation,
    RecoveryCode,
    IntakeRequest,
    Session,
    Tries,
    IntakeNameKey,
    IntakeMessage,
    IntakeStep,
    IntakeFigure,
    OutboxMail,
    TickStep,
)


def up(_migrator: Any, db: Any) -> None:
    """Create them."""
    db.create_tables(TABLES, safe=False)

"""The directory, the Wegweiser and what the search follows, frozen as they were: never import `portal.models` here."""

from typing import Any

from peewee import BlobField, ForeignKeyField, IntegerField, TextField

from portal.db import BaseModel, Flag, IsoDate, JsonText, UtcDateTime

# Tables that are there already; only their names count here.


class Account(BaseModel):
    """Stands for a table that is there already."""


class Contact(BaseModel):
    """Stands for a table that is there already."""


class Organisation(BaseModel):
    """Stands for a table that is there already."""


class StaffPosition(BaseModel):
    """Stands for a table that is there already."""


class Town(BaseModel):
    """Stands for a table that is there already."""


class Programme(BaseModel):
    key = TextField(unique=True)
    abbr = TextField()
    name = TextField()
    legal_circle = TextField(default="")
    funder = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
    legal_basis = TextField(default="")
    goal = TextField(default="")
    target_group = TextField(default="")
    scope_of_action = TextField(default="")
    limits = TextField(default="")
    source_url = TextField(default="")
    valid_from = IsoDate(null=True)
    valid_to = IsoDate(null=True)
    checked_on = IsoDate(null=True)
    next_check_on = IsoDate(null=True)


class Place(BaseModel):
    key = TextField(unique=True)
    organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
    town = ForeignKeyField(Town, null=True, on_delete="RESTRICT")
    name = TextField()
    street = TextField(default="")
    postcode = TextField(default="")
    city = TextField(default="")
    barrier_free = TextField(default="unknown")
    barrier_note = TextField(default="")
    hours = JsonText(default=list)
    closed_from = IsoDate(null=True)
    closed_to = IsoDate(null=True)
    closed_note = TextField(default="")


class ContactHours(BaseModel):
    contact = ForeignKeyField(Contact, unique=True, on_delete="CASCADE")
    hours = JsonText(default=list)
    languages = JsonText(default=list)
    checked_on = IsoDate(null=True)


class Service(BaseModel):
    key = TextField(unique=True)
    organisation = ForeignKeyField(Organisation, on_delete="RESTRICT")
    programme = ForeignKeyField(Programme, null=True, on_delete="RESTRICT")
    name = TextField()
    description = TextField(default="")
    for_whom = TextField(default="")
    not_for = TextField(default="")
    otherwise = TextField(default="")
    topics = JsonText(default=list)
    legal_circles = JsonText(default=list)
    wayfinder_codes = JsonText(default=list)
    age_min = IntegerField(null=True)
    age_max = IntegerField(null=True)
    county_wide = Flag(default=False)
    languages = JsonText(default=list)
    interpreter = TextField(default="unknown")
    cost = TextField(default="free")
    cost_note = TextField(default="")
    access = TextField(default="open")
    capacity_note = TextField(default="")
    url = TextField(default="")
    state = TextField(index=True)
    state_reason = TextField(default="")
    closed_from = IsoDate(null=True)
    closed_to = IsoDate(null=True)
    closed_note = TextField(default="")
    valid_from = IsoDate(null=True)
    valid_to = IsoDate(null=True)
    checked_on = IsoDate(null=True)
    checked_by_provider = Flag(default=False)
    next_check_on = IsoDate(null=True, index=True)
    asked_on = IsoDate(null=True)
    link_problem = TextField(default="")
    demo = Flag(default=False)
    version = IntegerField(default=1)
    created_at = UtcDateTime()
    updated_at = UtcDateTime()


class ServiceTown(BaseModel):
    service = ForeignKeyField(Service, on_delete="CASCADE")
    town = ForeignKeyField(Town, on_delete="RESTRICT")

    class Meta:
        indexes = ((("service", "town"), True),)


class ServicePlace(BaseModel):
    service = ForeignKeyField(Service, on_delete="CASCADE")
    place = ForeignKeyField(Place, on_delete="RESTRICT")
    hours = JsonText(default=list)

    class Meta:
        indexes = ((("service", "place"), True),)


class ServiceContact(BaseModel):
    service = ForeignKeyField(Service, on_delete="CASCADE")
    contact = ForeignKeyField(Contact, on_delete="RESTRICT")
    place = ForeignKeyField(Place, null=True, on_delete="RESTRICT")


class Translation(BaseModel):
    kind = TextField()
    key = TextField()
    locale = TextField()
    fields = JsonText()
    source_digest = TextField()
    checked = Flag(default=False)

    class Meta:
        indexes = ((("kind", "key", "locale"), True),)


class ServiceProposal(BaseModel):
    ref = TextField(unique=True)
    service = ForeignKeyField(Service, on_delete="CASCADE")
    source = TextField()
    before = JsonText()
    after = JsonText()
    note = TextField(default="")
    sender_sealed = BlobField(null=True)
    state = TextField(index=True)
    adopted = JsonText(default=list)
    answer = TextField(default="")
    created_at = UtcDateTime()
    created_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    decided_at = UtcDateTime(null=True)
    decided_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")


class Demarcation(BaseModel):
    key = TextField(index=True)
    version = IntegerField()
    a = ForeignKeyField(Programme, on_delete="RESTRICT")
    b = ForeignKeyField(Programme, on_delete="RESTRICT")
    statement_a = TextField()
    statement_b = TextField()
    interface = TextField()
    synergy = TextField(default="")
    handover_rule = TextField()
    source = TextField()
    agreed_on = IsoDate(null=True)
    valid_from = IsoDate()
    valid_to = IsoDate(null=True)
    state = TextField()
    proposed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    released_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("key", "version"), True),)


class KnowledgeCard(BaseModel):
    key = TextField(unique=True)
    title = TextField()
    legal_circle = TextField(default="")
    topics = JsonText(default=list)
    audience = TextField(default="public")
    body = TextField()
    legal_basis = TextField(default="")
    source_url = TextField(default="")
    valid_from = IsoDate(null=True)
    valid_to = IsoDate(null=True)
    status = TextField()
    checked_on = IsoDate(null=True)
    checked_by = TextField(default="")
    next_check_on = IsoDate(null=True)
    version = IntegerField(default=1)


class ServiceSurvey(BaseModel):
    town = ForeignKeyField(Town, on_delete="RESTRICT")
    position = ForeignKeyField(StaffPosition, null=True, on_delete="RESTRICT")
    started_on = IsoDate()
    closed_on = IsoDate(null=True)
    findings = TextField(default="")


class SurveyGap(BaseModel):
    survey = ForeignKeyField(ServiceSurvey, on_delete="CASCADE")
    topic = TextField()
    severity = IntegerField()
    note = TextField(default="")

    class Meta:
        indexes = ((("survey", "topic"), True),)


class RuleSet(BaseModel):
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


class AnswerCount(BaseModel):
    day = IsoDate()
    profile = TextField()
    count = IntegerField()

    class Meta:
        indexes = ((("day", "profile"), True),)


class SearchChange(BaseModel):
    kind = TextField()
    key = TextField()
    at = UtcDateTime(index=True)


class SearchWords(BaseModel):
    key = TextField(unique=True)
    words = JsonText()
    one_way = Flag(default=False)
    note = TextField(default="")


TABLES = (
    Programme,
    Place,
    ContactHours,
    Service,
    ServiceTown,
    ServicePlace,
    ServiceContact,
    Translation,
    ServiceProposal,
    Demarcation,
    KnowledgeCard,
    ServiceSurvey,
    SurveyGap,
    RuleSet,
    AnswerCount,
    SearchChange,
    SearchWords,
)


def up(_migrator: Any, db: Any) -> None:
    """Create them."""
    db.create_tables(TABLES, safe=False)

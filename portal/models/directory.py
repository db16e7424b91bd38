"""Tables of `directory`: who offers what, where and when, and who is responsible for what."""

from peewee import BlobField, ForeignKeyField, IntegerField, TextField

from portal.db import BaseModel, Flag, IsoDate, JsonText, UtcDateTime
from portal.models.accounts import Account
from portal.models.county import Contact, Organisation, StaffPosition, Town


class Programme(BaseModel):
    """A programme or legal circle: what a service belongs to, and what demarcations are drawn between."""

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

    funder_id: int | None


class Place(BaseModel):
    """Where one can go, and when it is open."""

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

    organisation_id: int | None
    town_id: int | None


class ContactHours(BaseModel):
    """When a contact can be reached, and in which languages; goes before the hours of any place."""

    contact = ForeignKeyField(Contact, unique=True, backref="reach", on_delete="CASCADE")
    hours = JsonText(default=list)
    languages = JsonText(default=list)
    checked_on = IsoDate(null=True)

    contact_id: int


class Service(BaseModel):
    """What one provider offers to whom."""

    key = TextField(unique=True)
    organisation = ForeignKeyField(Organisation, backref="services", on_delete="RESTRICT")
    programme = ForeignKeyField(Programme, null=True, backref="services", on_delete="RESTRICT")
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

    organisation_id: int
    programme_id: int | None


class ServiceTown(BaseModel):
    """A town whose people a service is for; a county-wide service needs none."""

    service = ForeignKeyField(Service, backref="towns", on_delete="CASCADE")
    town = ForeignKeyField(Town, on_delete="RESTRICT")

    service_id: int
    town_id: int

    class Meta:
        """Each town once."""

        indexes = ((("service", "town"), True),)


class ServicePlace(BaseModel):
    """A service at a place; its hours there go before the place's own."""

    service = ForeignKeyField(Service, backref="places", on_delete="CASCADE")
    place = ForeignKeyField(Place, backref="services", on_delete="RESTRICT")
    hours = JsonText(default=list)

    service_id: int
    place_id: int

    class Meta:
        """Each place once."""

        indexes = ((("service", "place"), True),)


class ServiceContact(BaseModel):
    """Whom to ask about a service, at one of its places or everywhere; their hours go before all others."""

    service = ForeignKeyField(Service, backref="contacts", on_delete="CASCADE")
    contact = ForeignKeyField(Contact, on_delete="RESTRICT")
    place = ForeignKeyField(Place, null=True, on_delete="RESTRICT")

    service_id: int
    contact_id: int
    place_id: int | None


class Translation(BaseModel):
    """The words of a service or knowledge card in another language, and which German text they translate."""

    kind = TextField()
    key = TextField()
    locale = TextField()
    fields = JsonText()
    source_digest = TextField()
    checked = Flag(default=False)

    class Meta:
        """One translation per thing and language."""

        indexes = ((("kind", "key", "locale"), True),)


class ServiceProposal(BaseModel):
    """What somebody says should be different: a provider by signed link, an editor, or anyone."""

    ref = TextField(unique=True)
    service = ForeignKeyField(Service, backref="proposals", on_delete="CASCADE")
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

    service_id: int


class Demarcation(BaseModel):
    """Who is responsible for what between two programmes or legal circles, in one dated version."""

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

    a_id: int
    b_id: int
    proposed_by_id: int | None

    class Meta:
        """One row per version."""

        indexes = ((("key", "version"), True),)


class KnowledgeCard(BaseModel):
    """What one has to know about a law or procedure, and until when that may be relied on."""

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
    """What a case manager found out about the advice structures of a town."""

    town = ForeignKeyField(Town, on_delete="RESTRICT")
    position = ForeignKeyField(StaffPosition, null=True, on_delete="RESTRICT")
    started_on = IsoDate()
    closed_on = IsoDate(null=True)
    findings = TextField(default="")

    town_id: int
    position_id: int | None


class SurveyGap(BaseModel):
    """A topic for which a survey found too little."""

    survey = ForeignKeyField(ServiceSurvey, backref="gaps", on_delete="CASCADE")
    topic = TextField()
    severity = IntegerField()
    note = TextField(default="")

    survey_id: int

    class Meta:
        """Each topic once."""

        indexes = ((("survey", "topic"), True),)

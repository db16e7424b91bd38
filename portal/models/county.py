"""Tables of the county: towns, clusters, organisations, positions."""

from peewee import FloatField, ForeignKeyField, IntegerField, TextField

from portal.db import BaseModel, Flag, IsoDate, JsonText


class County(BaseModel):
    """The county or city this portal serves; exactly one row."""

    key = TextField(unique=True)
    name = TextField()
    prefix = TextField()
    settings = JsonText()


class ClusterRegion(BaseModel):
    """A group of towns that share case managers."""

    key = TextField(unique=True)
    name = TextField()
    sort = IntegerField()


class Organisation(BaseModel):
    """An office, authority, carrier or group."""

    key = TextField(unique=True)
    name = TextField()
    short = TextField(default="")
    kind = TextField()
    level = TextField()
    internal = Flag()
    town_keys = JsonText(default=list)
    data_protection_regime = TextField()


class Contact(BaseModel):
    """A function that can be reached; persons only where the organisation wants it."""

    organisation = ForeignKeyField(Organisation, backref="contacts", on_delete="RESTRICT")
    function_title = TextField()
    phone = TextField(default="")
    mail = TextField(default="")
    public = Flag()

    organisation_id: int


class StaffPosition(BaseModel):
    """A post: what requests are routed to, whoever holds it."""

    key = TextField(unique=True)
    baustein = TextField()
    kind = TextField()
    organisation = ForeignKeyField(
        Organisation, null=True, backref="positions", on_delete="RESTRICT"
    )
    title = TextField()
    phone = TextField(default="")
    mail = TextField(default="")
    is_fallback = Flag(default=False)

    organisation_id: int | None


class PositionState(BaseModel):
    """What was planned and filled from a day on."""

    position = ForeignKeyField(StaffPosition, backref="states", on_delete="RESTRICT")
    valid_from = IsoDate()
    fte_planned = FloatField(null=True)
    fte_filled = FloatField(null=True)
    status = TextField()
    note = TextField(default="")

    class Meta:
        """One state per day."""

        indexes = ((("position", "valid_from"), True),)


class Town(BaseModel):
    """A town of the county."""

    slug = TextField(unique=True)
    name = TextField()
    ags = TextField(default="")
    postcodes = JsonText()
    cluster = ForeignKeyField(ClusterRegion, backref="towns", on_delete="RESTRICT")
    position = ForeignKeyField(StaffPosition, backref="towns", on_delete="RESTRICT")
    homepage_url = TextField(default="")
    active = Flag(default=True)

    position_id: int


class PackEntry(BaseModel):
    """What the county pack last wrote into a row, so that a later run leaves staff's changes alone."""

    table = TextField()
    key = TextField()
    digest = TextField()

    class Meta:
        """One note per row of the pack."""

        indexes = ((("table", "key"), True),)

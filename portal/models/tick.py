"""The table of the upkeep: what `portal tick` did last."""

from peewee import TextField

from portal.db import BaseModel, UtcDateTime


class TickStep(BaseModel):
    """One step of the upkeep: when it last ran, and what went wrong, if anything did."""

    name = TextField(unique=True)
    ran_at = UtcDateTime()
    error = TextField(default="")

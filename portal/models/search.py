"""Tables of the search: what the index has to read anew, and the county's own search words."""

from peewee import TextField

from portal.db import BaseModel, Flag, JsonText, UtcDateTime


class SearchChange(BaseModel):
    """Something that can be found was changed; the rows' numbers are the order in which an index follows."""

    kind = TextField()
    key = TextField()
    at = UtcDateTime(index=True)


class SearchWords(BaseModel):
    """Words that mean the same, or one that leads to others (`one_way`: the first word leads to the rest)."""

    key = TextField(unique=True)
    words = JsonText()
    one_way = Flag(default=False)
    note = TextField(default="")

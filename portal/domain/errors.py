"""What can go wrong in the domain; `portal.web.errors` maps each to a page."""

from typing import Any


class DomainError(Exception):
    """Base of all refusals."""


class NotFound(DomainError):
    """There is no such thing, or this person must not learn that there is."""


class NotAllowed(DomainError):
    """This person may not do this."""


class RuleBroken(DomainError):
    """The thing does not allow it; `field` names the entry to correct, if there is one."""

    def __init__(self, message: Any, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class TooManyTries(DomainError):
    """Somebody tried too often; `seconds` says when to come back."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds

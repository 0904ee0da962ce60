"""Why something cannot be done; each dialect has its own words for it."""

from enum import Enum
from typing import NoReturn


class Refusal(Enum):
    """The kind of a refusal."""

    INVALID = "not possible in this state, or not valid"
    NOT_FOUND = "does not exist"
    FORBIDDEN = "not allowed"
    OUT_OF_REACH = "the agent has no access to it"
    TARGET_OUT_OF_REACH = "another agent has no access to it"
    INACTIVE = "the chat has no active thread"
    OFFLINE = "an agent who is concerned is not available"


class DomainError(Exception):
    """Something cannot be done; nothing was changed."""

    def __init__(self, refusal: Refusal, message: str) -> None:
        """`message` names what is refused, in one line."""
        super().__init__(message)
        self.refusal = refusal
        self.message = message


def reject(message: str) -> NoReturn:
    """Raise a `DomainError` for something that is not possible or not valid."""
    raise DomainError(Refusal.INVALID, message)


def refuse(refusal: Refusal, message: str) -> NoReturn:
    """Raise a `DomainError`."""
    raise DomainError(refusal, message)


def not_found(message: str) -> NoReturn:
    """Raise a `DomainError` for something that does not exist."""
    raise DomainError(Refusal.NOT_FOUND, message)


def forbid(message: str) -> NoReturn:
    """Raise a `DomainError` for something that is not allowed."""
    raise DomainError(Refusal.FORBIDDEN, message)


def out_of_reach(message: str) -> NoReturn:
    """Raise a `DomainError` for something to which an agent has no access."""
    raise DomainError(Refusal.OUT_OF_REACH, message)

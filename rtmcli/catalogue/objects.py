"""Types of the rows that describe the objects in payloads; only help needs them.

Apart from `model`, because making a class takes time, and every command loads `model`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class EventType(NamedTuple):
    """One type of events, with its members in addition to those of every event."""

    name: str
    summary: str  # without a period
    members: tuple[str, ...]  # `?` marks optional ones
    response_members: tuple[str, ...] = ()  # the server adds them in responses and pushes
    can_be_sent: bool = True


class Objects(NamedTuple):
    """The objects in requests, responses and pushes that have members of their own, for help."""

    event: tuple[tuple[str, str], ...]  # members of every event, and what they are
    event_types: tuple[EventType, ...]
    elements: tuple[tuple[str, str], ...]  # members of an element of a rich message
    element_example: Mapping[str, Any]
    filter_operators: tuple[tuple[str, str], ...]  # members of filters, and what they match
    filter_note: str  # how they are combined
    others: Mapping[str, tuple[str, ...]]  # other objects and their members; the same marks

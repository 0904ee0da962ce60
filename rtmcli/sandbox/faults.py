"""Faults on demand, and which of them befall a request."""

import random
from collections.abc import Iterable
from enum import Enum
from typing import Any, NamedTuple

from rtmcli.catalogue import API

ALL_ACTIONS = "*"
# By `*`, for without them nothing else can be tried.
_EXEMPT = frozenset({API.login_action, API.ping_action})


class Stage(Enum):
    """When a fault strikes."""

    BEFORE = "before"  # the request is not acted on
    AFTER = "after"  # it was acted on, but is not answered
    ANSWERED = "answered"  # it was acted on and answered


class Fault(NamedTuple):
    """One fault as the user wants it (`rtmcli.sandbox.fault_specs`)."""

    actions: frozenset[str]
    name: str
    value: Any = None
    stage: Stage = Stage.AFTER
    first_request: int = 1  # of the requests that it matches, counted from 1
    last_request: float = float("inf")
    probability: float = 1.0
    region: str = ""
    close_delay: float = 0.0  # seconds from the stage until it strikes

    def matches(self, action: str) -> bool:
        """Tell whether a request for this action may be befallen."""
        return action in self.actions or (ALL_ACTIONS in self.actions and action not in _EXEMPT)


class FaultSelector:
    """The faults of a server: counts and chances, the same for the same seed."""

    def __init__(self, faults: Iterable[Fault], seed: int | None = None) -> None:
        """Start counting."""
        self._faults = tuple(faults)
        self._match_counts = [0] * len(self._faults)
        self._random = random.Random(seed)  # noqa: S311  # chance, not secrecy

    def select(self, action: str) -> list[Fault]:
        """Count a request and choose the faults that befall it."""
        selected: list[Fault] = []
        for index, fault in enumerate(self._faults):
            if fault.matches(action):
                self._match_counts[index] += 1
                in_range = fault.first_request <= self._match_counts[index] <= fault.last_request
                if in_range and self._random.random() < fault.probability:
                    selected.append(fault)
        return selected

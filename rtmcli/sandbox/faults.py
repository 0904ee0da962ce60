"""Faults on demand, and which of them befall a request."""

import random
from collections.abc import Iterable
from enum import Enum
from typing import Any

from rtmcli.catalogue import API
from rtmcli.row import Row

EVERY = "*"
# By `*`, for without them nothing else can be tried.
_SPARED = frozenset({API.login, API.ping})


class Stage(Enum):
    """When a fault strikes."""

    BEFORE = "before"  # the request is not acted on
    AFTER = "after"  # it was acted on, but is not answered
    ANSWERED = "answered"  # it was acted on and answered


class Fault(Row):
    """One fault as the user wants it (`rtmcli.sandbox.specs`)."""

    methods: frozenset[str]
    kind: str
    value: Any = None
    stage: Stage = Stage.AFTER
    first: int = 1  # of the requests that it matches, counted from 1
    last: float = float("inf")
    probability: float = 1.0
    region: str = ""
    wait: float = 0.0  # seconds from the stage until it strikes

    def matches(self, action: str) -> bool:
        """Tell whether a request for this action may be befallen."""
        return action in self.methods or (EVERY in self.methods and action not in _SPARED)


class Faults:
    """The faults of a server: counts and chances, the same for the same seed."""

    def __init__(self, faults: Iterable[Fault], seed: int | None = None) -> None:
        """Start counting."""
        self._faults = tuple(faults)
        self._seen = [0] * len(self._faults)
        self._random = random.Random(seed)  # noqa: S311  # chance, not secrecy

    def befalling(self, action: str) -> list[Fault]:
        """Count a request and choose the faults that befall it."""
        chosen: list[Fault] = []
        for index, fault in enumerate(self._faults):
            if fault.matches(action):
                self._seen[index] += 1
                is_due = fault.first <= self._seen[index] <= fault.last
                if is_due and self._random.random() < fault.probability:
                    chosen.append(fault)
        return chosen

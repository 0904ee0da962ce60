"""Injected faults, and which of them apply to a request."""

import random
from collections.abc import Iterable
from enum import Enum
from typing import Any, NamedTuple

from rtmcli.catalogue.versions import VERSIONS, load

ALL_ACTIONS = "*"
# `*` does not match these: if they fail, no other request can be sent.
_EXEMPT = frozenset(
    action for api in map(load, VERSIONS) for action in (api.login_action, api.ping_action)
)


class Stage(Enum):
    """The stage of a request at which a fault applies."""

    BEFORE = "before"  # not executed
    AFTER = "after"  # executed, not answered
    ANSWERED = "answered"  # executed and answered


class Fault(NamedTuple):
    """A fault as specified by the user (`rtmcli.sandbox.fault_specs`)."""

    actions: frozenset[str]
    name: str
    value: Any = None
    stage: Stage = Stage.AFTER
    first_request: int = 1  # counts matching requests, from 1
    last_request: float = float("inf")
    probability: float = 1.0
    region: str = ""
    close_delay: float = 0.0  # seconds after the stage

    def matches(self, action: str) -> bool:
        """Return whether the fault can apply to this action."""
        return action in self.actions or (ALL_ACTIONS in self.actions and action not in _EXEMPT)


class FaultSelector:
    """Selects faults by count and probability; reproducible with a seed."""

    def __init__(self, faults: Iterable[Fault], seed: int | None = None) -> None:
        """Start all counts at zero."""
        self._faults = tuple(faults)
        self._match_counts = [0] * len(self._faults)
        self._random = random.Random(seed)  # noqa: S311  # not for secrets

    def select(self, action: str) -> list[Fault]:
        """Count a request and return the faults that apply to it."""
        selected: list[Fault] = []
        for index, fault in enumerate(self._faults):
            if fault.matches(action):
                self._match_counts[index] += 1
                in_range = fault.first_request <= self._match_counts[index] <= fault.last_request
                if in_range and self._random.random() < fault.probability:
                    selected.append(fault)
        return selected

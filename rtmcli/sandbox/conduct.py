"""How a server behaves, beyond what its licence decides."""

import re
from typing import NamedTuple

from rtmcli.sandbox.faults import Fault
from rtmcli.sandbox.limits import Limits
from rtmcli.sandbox.specs import duration

_DURATION = r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h|)"
_LATENCY = re.compile(rf"{_DURATION}(?:(?:±|\+-){_DURATION})?")


class Latency(NamedTuple):
    """How long an answer takes, in seconds, more or less."""

    mean: float = 0.0
    spread: float = 0.0


class Conduct(NamedTuple):
    """How a server behaves: by default faithfully and at once."""

    limits: Limits = Limits()
    faults: tuple[Fault, ...] = ()
    latency: Latency = Latency()
    traffic: float = 0.0  # acts of customers a second
    seed: int | None = None  # of chance, jitter and traffic


FAITHFUL = Conduct()


def read_latency(text: str) -> Latency:
    """Read `50ms`, `50ms±20` or `50ms+-20ms`; raise ValueError."""
    found = _LATENCY.fullmatch(text)
    if not found:
        raise ValueError(f"--latency: {text!r} is no latency: write 50ms or 50ms±20")
    mean, unit, spread, own_unit = found.groups()
    return Latency(duration(mean + unit), duration(spread + (own_unit or unit)) if spread else 0.0)

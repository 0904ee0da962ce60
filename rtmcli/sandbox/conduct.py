"""How a server behaves, beyond what its licence decides."""

import re

from rtmcli.protocol import durations
from rtmcli.row import Row
from rtmcli.sandbox.faults import Fault
from rtmcli.sandbox.limits import Limits

_LATENCY = r"([0-9.]+([a-z]*))(?:(?:±|\+-)([0-9.]+)([a-z]*))?"


class Latency(Row):
    """How long an answer takes, in seconds, more or less."""

    mean: float = 0.0
    spread: float = 0.0


class Conduct(Row):
    """How a server behaves: by default faithfully and at once."""

    limits: Limits = Limits()
    faults: tuple[Fault, ...] = ()
    latency: Latency = Latency()
    traffic: float = 0.0  # acts of customers a second
    seed: int | None = None  # of chance, jitter and traffic


FAITHFUL = Conduct()


def read_latency(text: str) -> Latency:
    """Read `50ms`, `50ms±20` or `50ms+-20ms`; raise ValueError."""
    found = re.fullmatch(_LATENCY, text)
    if not found:
        raise ValueError(f"--latency: {text!r} is no latency: write 50ms or 50ms±20")
    mean, unit, spread, own_unit = found.groups()
    try:
        length = durations.parse(mean)
        return Latency(length, durations.parse(spread + (own_unit or unit)) if spread else 0.0)
    except ValueError as error:
        raise ValueError(f"--latency: {text!r}: each {error}") from None

"""How a server behaves, beyond what its licence decides."""

import re
from typing import NamedTuple

from rtmcli.protocol import durations
from rtmcli.sandbox.faults import Fault
from rtmcli.sandbox.limits import Limits

_LATENCY_PATTERN = r"([0-9.]+([a-z]*))(?:(?:±|\+-)([0-9.]+)([a-z]*))?"


class Latency(NamedTuple):
    """How long an answer takes, in seconds, more or less."""

    mean: float = 0.0
    jitter: float = 0.0


class ServerOptions(NamedTuple):
    """How a server behaves: by default faithfully and at once."""

    limits: Limits = Limits()
    faults: tuple[Fault, ...] = ()
    latency: Latency = Latency()
    traffic_rate: float = 0.0  # acts of customers a second
    seed: int | None = None  # of chance, jitter and traffic


DEFAULT = ServerOptions()


def parse_latency(text: str) -> Latency:
    """Read `50ms`, `50ms±20` or `50ms+-20ms`; raise ValueError."""
    match = re.fullmatch(_LATENCY_PATTERN, text)
    if not match:
        raise ValueError("must be a duration, or one with jitter: 50ms or 50ms±20")
    mean, unit, jitter, jitter_unit = match.groups()
    try:
        mean_seconds = durations.parse(mean)
        return Latency(
            mean_seconds, durations.parse(jitter + (jitter_unit or unit)) if jitter else 0.0
        )
    except ValueError as error:
        raise ValueError(f"holds a duration that {error}") from None

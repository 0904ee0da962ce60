"""The options of a server."""

import re
from typing import NamedTuple

from rtmcli.protocol import durations
from rtmcli.sandbox.server.faults import Fault
from rtmcli.sandbox.server.limits import Limits

_LATENCY_PATTERN = r"([0-9.]+([a-z]*))(?:(?:±|\+-)([0-9.]+)([a-z]*))?"


class Latency(NamedTuple):
    """The response time in seconds, uniformly distributed over mean ± jitter."""

    mean: float = 0.0
    jitter: float = 0.0


class ServerOptions(NamedTuple):
    """The options of a server; by default no faults, no latency and no traffic."""

    limits: Limits = Limits()
    faults: tuple[Fault, ...] = ()
    latency: Latency = Latency()
    traffic_rate: float = 0.0  # simulated customer actions per second
    token_lifetime: float = 0.0  # seconds; 0: the tokens do not expire
    seed: int | None = None  # for fault probabilities, jitter and traffic


DEFAULT = ServerOptions()


def parse_latency(text: str) -> Latency:
    """Parse `50ms`, `50ms±20` or `50ms+-20ms`; raise ValueError."""
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

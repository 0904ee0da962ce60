"""Pushes on their way to the agents and connections that get them."""

from typing import Any

from rtmcli.sandbox.interface import PushDelivery

Deliveries = list[PushDelivery]


def unrequested(name: str, payload: Any, agents: frozenset[str]) -> PushDelivery:
    """Build a push that goes to the requester only as one of these agents."""
    return PushDelivery(name, payload, agents, to_requester=False)

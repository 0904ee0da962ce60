"""Injected faults on connections of v3.6."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.independent_client import Client, connected_client
from support.sample_ids import CHAT

from rtmcli.sandbox.server.fault_specs import parse_fault
from rtmcli.sandbox.server.limits import Limits
from rtmcli.sandbox.server.options import ServerOptions
from rtmcli.sandbox.server_thread import run_sandbox

EVENT = {"chat_id": CHAT, "event": {"type": "message", "text": "hi"}}


@contextmanager
def agent_with_fault(spec: str) -> Iterator[Client]:
    """Log the first agent in to a sandbox with a fault."""
    options = ServerOptions(faults=(parse_fault(spec),))
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.urls["3.6"], sandbox.token) as agent,
    ):
        agent.drain()
        yield agent


@pytest.mark.parametrize(
    "error_type", ["chat_inactive", "not_found", "too_many_requests", "seats_limit_exceeded"]
)
def test_every_error_type_can_be_injected(error_type: str) -> None:
    """The response has the default message of the type."""
    with agent_with_fault(f"send_event:error={error_type}") as agent:
        error = agent.call("send_event", EVENT)["payload"]["error"]
        assert error["type"] == error_type
        assert error["message"]
        assert agent.drain() == []


@pytest.mark.parametrize("reason", ["role_permissions_changed", "connection_evicted"])
def test_a_disconnect_has_a_version(reason: str) -> None:
    """The reasons of v3.6 are known."""
    with agent_with_fault(f"send_event:disconnect={reason},at=answered") as agent:
        agent.send_request("send_event", EVENT)
        messages, code = agent.read_until_closed()
    assert [each["type"] for each in messages] == ["response", "push", "push"]
    assert messages[-1] == {
        "version": "3.6",
        "action": "agent_disconnected",
        "type": "push",
        "payload": {"reason": reason},
    }
    assert code == 1000


def test_pushes_may_come_first_and_without_request_id() -> None:
    """Faults change the order and the envelope, not what happens."""
    with agent_with_fault("send_event:push-first") as agent:
        agent.send_request("send_event", EVENT)
        assert [agent.receive()["type"] for _ in range(2)] == ["push", "response"]
    with agent_with_fault("send_event:no-id") as agent:
        agent.send_request("send_event", EVENT)
        assert ["request_id" in agent.receive() for _ in range(2)] == [False, False]


def test_limits_are_the_same() -> None:
    """A connection that does not log in is disconnected, in the words of v3.6."""
    options = ServerOptions(Limits(login_timeout=0.05))
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.urls["3.6"]) as client,
    ):
        messages, _ = client.read_until_closed()
    assert [(each["version"], each["payload"]) for each in messages] == [
        ("3.6", {"reason": "connection_timeout"})
    ]

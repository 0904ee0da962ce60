"""The recipients of pushes, as clients on several connections observe them."""

from functools import partial

from support.independent_client import Client, connected_client

from rtmcli.sandbox import versions
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.server.server import Server
from rtmcli.sandbox.server_thread import Sandbox


def first_agent_id(sandbox: Sandbox) -> str:
    """Return the id of the first agent."""
    return sandbox.license.tokens[0].agent_id


def test_only_the_requester_gets_the_request_id(sandbox: Sandbox, agent: Client) -> None:
    """The agent's other connections and other agents get the push without the id."""
    other = next(
        each for each in sandbox.license.tokens if each.agent_id != first_agent_id(sandbox)
    )
    with (
        connected_client(sandbox.url, sandbox.token) as second,
        connected_client(sandbox.url, other.token) as colleague,
    ):
        agent.call("multicast", {"scopes": {"agents": {"all": True}}, "content": {"x": 1}})
        expected = {
            "action": "incoming_multicast",
            "type": "push",
            "payload": {"content": {"x": 1}, "author_id": first_agent_id(sandbox)},
        }
        assert second.wait_for_push("incoming_multicast") == expected
        assert colleague.wait_for_push("incoming_multicast") == expected
        assert agent.wait_for_push("incoming_multicast").keys() == {*expected, "request_id"}


def test_no_pushes_before_login(sandbox: Sandbox, agent: Client) -> None:
    """A connection gets no pushes before it has logged in."""
    with connected_client(sandbox.url) as anonymous:
        agent.call("multicast", {"scopes": {"agents": {"all": True}}, "content": 1})
        assert anonymous.call("get_chats_summary")["success"] is False
        assert anonymous.pushes == []


def test_no_pushes_after_logout(sandbox: Sandbox, agent: Client) -> None:
    """The agent's other connections still get them."""
    with (
        connected_client(sandbox.url, sandbox.token) as second,
        connected_client(sandbox.url, sandbox.token) as third,
    ):
        second.call("logout")
        agent.call("multicast", {"scopes": {"agents": {"all": True}}, "content": 1})
        assert third.wait_for_push("incoming_multicast")
        assert "incoming_multicast" not in [
            push["action"] for push in second.read_until_closed()[0]
        ]


def test_a_push_may_address_single_connections(sandbox: Sandbox, agent: Client) -> None:
    """A connection gets a push once, even if both it and its agent are addressed."""
    with connected_client(sandbox.url, sandbox.token) as second:
        pushes = [
            PushDelivery("for_one", {}, connection_ids=frozenset({2, 99})),
            PushDelivery("for_both", {}, frozenset({first_agent_id(sandbox)}), frozenset({1, 2})),
            PushDelivery("for_unknown", {}, frozenset({"unknown@example.com"})),
            PushDelivery("for_first", {}, connection_ids=frozenset({1})),
        ]
        dialect = versions.load("3.0")
        for push in pushes:
            sandbox.call_threadsafe(partial(Server.send_push, dialect=dialect, delivery=push))
        names = [second.receive()["action"] for _ in range(2)]
        assert second.call("ping")["success"]
        assert [*names, *(push["action"] for push in second.pushes)][-2:] == ["for_one", "for_both"]
        assert agent.wait_for_push("for_both")
        assert agent.receive()["action"] == "for_first"

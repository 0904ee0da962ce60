"""Who gets which push, seen by clients on several connections."""

from support.independent_client import Client, connected_client

from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.server_thread import Sandbox


def first_agent_id(sandbox: Sandbox) -> str:
    """Name the first agent."""
    return sandbox.license.tokens[0].agent_id


def test_other_connections_get_the_push_without_the_id(sandbox: Sandbox, agent: Client) -> None:
    """The same agent's other connections and other agents learn of it, without the id."""
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


def test_whoever_has_not_logged_in_gets_no_push(sandbox: Sandbox, agent: Client) -> None:
    """A connection learns of nothing before it has logged in."""
    with connected_client(sandbox.url) as stranger:
        agent.call("multicast", {"scopes": {"agents": {"all": True}}, "content": 1})
        assert stranger.call("get_chats_summary")["success"] is False
        assert stranger.pushes == []


def test_a_connection_that_has_left_gets_no_push(sandbox: Sandbox, agent: Client) -> None:
    """Who logs out hears no more; the agent's other connections do."""
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


def test_a_push_may_be_for_single_connections(sandbox: Sandbox, agent: Client) -> None:
    """A connection gets a push once, be it for its agent, for itself or for both."""
    with connected_client(sandbox.url, sandbox.token) as second:
        pushes = [
            PushDelivery("for_one", {}, connection_ids=frozenset({2, 99})),
            PushDelivery("for_both", {}, frozenset({first_agent_id(sandbox)}), frozenset({1, 2})),
            PushDelivery("for_nobody", {}, frozenset({"nobody@example.com"})),
            PushDelivery("for_first", {}, connection_ids=frozenset({1})),
        ]
        sandbox.call_threadsafe(lambda server: server.send_pushes(pushes))
        names = [second.receive()["action"] for _ in range(2)]
        assert second.call("ping")["success"]
        assert [*names, *(push["action"] for push in second.pushes)][-2:] == ["for_one", "for_both"]
        assert agent.wait_for_push("for_both")
        assert agent.receive()["action"] == "for_first"

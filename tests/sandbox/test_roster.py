"""Who gets which push, seen by clients on several connections."""

from foreign import Client, client

from rtmcli.sandbox.seam import Delivery
from rtmcli.sandbox.serving import Sandbox


def agent_of(sandbox: Sandbox) -> str:
    """Name the first agent."""
    return sandbox.licence.tokens[0].agent_id


def test_other_connections_get_the_push_without_the_id(sandbox: Sandbox, agent: Client) -> None:
    """The same agent's other connections and other agents learn of it, without the id."""
    other = next(each for each in sandbox.licence.tokens if each.agent_id != agent_of(sandbox))
    with (
        client(sandbox.url, sandbox.token) as second,
        client(sandbox.url, other.token) as colleague,
    ):
        agent.call("multicast", {"scopes": {"agents": {"all": True}}, "content": {"x": 1}})
        expected = {
            "action": "incoming_multicast",
            "type": "push",
            "payload": {"content": {"x": 1}, "author_id": agent_of(sandbox)},
        }
        assert second.push("incoming_multicast") == expected
        assert colleague.push("incoming_multicast") == expected
        assert agent.push("incoming_multicast").keys() == {*expected, "request_id"}


def test_whoever_has_not_logged_in_gets_no_push(sandbox: Sandbox, agent: Client) -> None:
    """A connection learns of nothing before it has logged in."""
    with client(sandbox.url) as stranger:
        agent.call("multicast", {"scopes": {"agents": {"all": True}}, "content": 1})
        assert stranger.call("get_chats_summary")["success"] is False
        assert stranger.pushes == []


def test_a_connection_that_has_left_gets_no_push(sandbox: Sandbox, agent: Client) -> None:
    """Who logs out hears no more; the agent's other connections do."""
    with client(sandbox.url, sandbox.token) as second, client(sandbox.url, sandbox.token) as third:
        second.call("logout")
        agent.call("multicast", {"scopes": {"agents": {"all": True}}, "content": 1})
        assert third.push("incoming_multicast")
        assert "incoming_multicast" not in [push["action"] for push in second.end()[0]]


def test_a_push_may_be_for_single_connections(sandbox: Sandbox, agent: Client) -> None:
    """A connection gets a push once, be it for its agent, for itself or for both."""
    with client(sandbox.url, sandbox.token) as second:
        pushes = [
            Delivery("for_one", {}, connections=frozenset({2, 99})),
            Delivery("for_both", {}, frozenset({agent_of(sandbox)}), frozenset({1, 2})),
            Delivery("for_nobody", {}, frozenset({"nobody@example.com"})),
            Delivery("for_first", {}, connections=frozenset({1})),
        ]
        sandbox.call(lambda server: server.tell(pushes))
        names = [second.receive()["action"] for _ in range(2)]
        assert second.call("ping")["success"]
        assert [*names, *(push["action"] for push in second.pushes)][-2:] == ["for_one", "for_both"]
        assert agent.push("for_both")
        assert agent.receive()["action"] == "for_first"

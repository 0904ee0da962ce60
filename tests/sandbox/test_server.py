"""The server as a whole: its end, its clocks, what nobody asked for."""

from foreign import Client, client

from rtmcli.sandbox.conduct import Conduct
from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.limits import Limits
from rtmcli.sandbox.serving import Sandbox, serving


def test_when_the_server_stops_every_client_is_told() -> None:
    """The end of the server is a close with 1001, for whoever has not logged in, too."""
    with (
        serving() as sandbox,
        client(sandbox.url, sandbox.token) as agent,
        client(sandbox.url) as stranger,
    ):
        sandbox.stop()
        assert agent.end()[1] == 1001
        assert stranger.end()[1] == 1001


def test_a_client_that_does_not_read_cannot_hold_up_the_end() -> None:
    """The server waits for its clients' half of the close for a moment only."""
    limits = Limits(stop_within=0.05, close_within=1000, backlog=2**30)
    with (
        serving(conduct=Conduct(limits)) as sandbox,
        client(sandbox.url, sandbox.token, stalls=True) as stalled,
    ):
        with client(sandbox.url, sandbox.token) as agent:
            flood = {"scopes": {"agents": {"all": True}}, "content": "x" * 500_000}
            for _ in range(40):
                agent.call("multicast", flood)
                agent.pushes.clear()
        sandbox.stop()
        assert stalled.end()[1] is None


def test_customers_live_at_the_rate_asked_for() -> None:
    """With traffic an agent hears of customers without asking."""
    with (
        serving(conduct=Conduct(traffic=500.0, seed=1)) as sandbox,
        client(sandbox.url, sandbox.token) as agent,
    ):
        for name in ("customer_visit_started", "customer_page_updated", "incoming_event"):
            assert "request_id" not in agent.push(name)


def test_chats_in_which_nothing_happens_are_closed() -> None:
    """Half an hour after the last event the router archives the thread, without being asked."""
    now = [1_600_000_000.0]
    licence = Licence(clock=lambda: now[0])
    with (
        serving(licence, Conduct(Limits(tidy_every=0.05))) as sandbox,
        client(sandbox.url, sandbox.token) as agent,
    ):
        now[0] += 31 * 60
        closed = agent.push("thread_closed")
    assert "user_id" not in closed["payload"]


def test_the_last_connection_takes_the_agent_offline(sandbox: Sandbox, agent: Client) -> None:
    """Others learn that an agent is gone when all of the agent's connections are."""
    other = sandbox.licence.tokens[1]
    with client(sandbox.url, other.token), client(sandbox.url, other.token):
        agent.push("agent_updated")
    gone = agent.push("agent_updated")
    assert gone["payload"]["agent_id"] == other.agent_id

"""The server as a whole: its end, its clocks, what nobody asked for."""

from support.independent_client import Client, connected_client

from rtmcli.sandbox.license import License
from rtmcli.sandbox.limits import Limits
from rtmcli.sandbox.server_options import ServerOptions
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox


def test_when_the_server_stops_every_client_is_told() -> None:
    """The end of the server is a close with 1001, for whoever has not logged in, too."""
    with (
        run_sandbox() as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
        connected_client(sandbox.url) as stranger,
    ):
        sandbox.stop()
        assert agent.read_until_closed()[1] == 1001
        assert stranger.read_until_closed()[1] == 1001


def test_a_client_that_does_not_read_cannot_hold_up_the_end() -> None:
    """The server waits for its clients' half of the close for a moment only."""
    limits = Limits(shutdown_timeout=0.05, close_timeout=1000, max_write_buffer=2**30)
    with (
        run_sandbox(options=ServerOptions(limits)) as sandbox,
        connected_client(sandbox.url, sandbox.token, slow_reader=True) as stalled,
    ):
        with connected_client(sandbox.url, sandbox.token) as agent:
            flood = {"scopes": {"agents": {"all": True}}, "content": "x" * 500_000}
            for _ in range(40):
                agent.call("multicast", flood)
                agent.pushes.clear()
        sandbox.stop()
        assert stalled.read_until_closed()[1] is None


def test_customers_live_at_the_rate_asked_for() -> None:
    """With traffic an agent hears of customers without asking."""
    with (
        run_sandbox(options=ServerOptions(traffic_rate=500.0, seed=1)) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        for name in ("customer_visit_started", "customer_page_updated", "incoming_event"):
            assert "request_id" not in agent.wait_for_push(name)


def test_chats_in_which_nothing_happens_are_closed() -> None:
    """Half an hour after the last event the router archives the thread, without being asked."""
    now = [1_600_000_000.0]
    license_ = License(clock=lambda: now[0])
    with (
        run_sandbox(license_, ServerOptions(Limits(inactivity_check_interval=0.05))) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        now[0] += 31 * 60
        closed = agent.wait_for_push("thread_closed")
    assert "user_id" not in closed["payload"]


def test_the_last_connection_takes_the_agent_offline(sandbox: Sandbox, agent: Client) -> None:
    """Others learn that an agent is gone when all of the agent's connections are."""
    other = sandbox.license.tokens[1]
    with connected_client(sandbox.url, other.token), connected_client(sandbox.url, other.token):
        agent.wait_for_push("agent_updated")
    push = agent.wait_for_push("agent_updated")
    assert push["payload"]["agent_id"] == other.agent_id

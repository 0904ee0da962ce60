"""The server: shutdown, tickers, and pushes that no request causes."""

from support.independent_client import Client, connected_client

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server.limits import Limits
from rtmcli.sandbox.server.options import ServerOptions
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox


def test_stopping_closes_every_connection() -> None:
    """The close code is 1001, before login, too."""
    with (
        run_sandbox() as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
        connected_client(sandbox.url) as anonymous,
    ):
        sandbox.stop()
        assert agent.read_until_closed()[1] == 1001
        assert anonymous.read_until_closed()[1] == 1001


def test_a_slow_reader_does_not_delay_the_shutdown() -> None:
    """The server waits for closing handshakes for a limited time."""
    limits = Limits(shutdown_timeout=0.05, close_timeout=1000, max_write_buffer=2**30)
    with (
        run_sandbox(options=ServerOptions(limits)) as sandbox,
        connected_client(sandbox.url, sandbox.token, slow_reader=True) as stalled,
    ):
        with connected_client(sandbox.url, sandbox.token) as agent:
            payload = {"scopes": {"agents": {"all": True}}, "content": "x" * 500_000}
            for _ in range(40):
                agent.call("multicast", payload)
                agent.pushes.clear()
        sandbox.stop()
        assert stalled.read_until_closed()[1] is None


def test_traffic_causes_pushes() -> None:
    """The pushes of simulated customers have no request_id."""
    with (
        run_sandbox(options=ServerOptions(traffic_rate=500.0, seed=1)) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        for name in ("customer_visit_started", "customer_page_updated", "incoming_event"):
            assert "request_id" not in agent.wait_for_push(name)


def test_inactive_chats_are_closed() -> None:
    """The server archives a thread half an hour after its last event."""
    now = [1_600_000_000.0]
    license_ = License(clock=lambda: now[0])
    with (
        run_sandbox(license_, ServerOptions(Limits(inactivity_check_interval=0.05))) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        now[0] += 31 * 60
        closed = agent.wait_for_push("thread_closed")
    assert "user_id" not in closed["payload"]


def test_an_agent_goes_offline_with_the_last_connection(sandbox: Sandbox, agent: Client) -> None:
    """Other agents get agent_updated."""
    token = sandbox.license.tokens[1]
    with connected_client(sandbox.url, token.token), connected_client(sandbox.url, token.token):
        agent.wait_for_push("agent_updated")
    push = agent.wait_for_push("agent_updated")
    assert push["payload"]["agent_id"] == token.agent_id

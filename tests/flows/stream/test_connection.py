"""One connection at a time: replaced if that helps, given up if not."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from support.fault_server import (
    FaultServer,
    close,
    drop,
    execute,
    message,
    push,
    respond,
    respond_error,
    text,
)
from support.stream import FAST_TIMERS, make_connector

from rtmcli import signals
from rtmcli.errors import AuthError, Interrupted
from rtmcli.flows.stream.connection import StreamConnection
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.reconnection import Backoff
from rtmcli.session.deadline import Deadline
from rtmcli.session.recovery import Misdirected, after_disconnect
from rtmcli.session.session import ConnectionLost


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Run a server; a client that breaks the protocol fails the test."""
    with FaultServer() as fault_server:
        yield fault_server


def connection_to(server: FaultServer, **options: Any) -> StreamConnection:
    """Make a connection with the longest possible delays."""
    timers = FAST_TIMERS._replace(backoff=Backoff(1.0, 8.0))
    return StreamConnection(make_connector(server.url, timers, login=options), jitter=lambda: 1.0)


def send_call(connection: StreamConnection, number: int = 1) -> None:
    """Send a call."""
    connection.send([Request("x", {"n": number}, f"id-{number}")])


def receive_response(connection: StreamConnection) -> Response:
    """Wait for the next response."""
    while True:
        response = connection.pop_response()
        if response:
            assert isinstance(response, Response)
            return response
        wait_for_data(connection)


def wait_for_data(connection: StreamConnection) -> None:
    """Wait until data is received."""
    assert connection.session
    connection.session._transport.poll(Deadline.after(5))


def wait_for_disconnect(connection: StreamConnection, now: float = 100.0) -> None:
    """Wait until the connection is lost with a call in flight."""
    with pytest.raises(ConnectionLost) as caught:
        receive_response(connection)
    connection.connection_lost(caught.value, now, in_flight=True)


def test_a_connection_is_opened_on_demand(server: FaultServer) -> None:
    """Not when the object is made."""
    connection = connection_to(server)
    assert not connection.accepts_calls
    connection.open(0.0)
    assert connection.accepts_calls
    send_call(connection)
    assert receive_response(connection).request_id == "id-1"
    connection.close()
    assert (connection.accepts_calls, server.connection_count) == (False, 1)


def test_every_login_after_the_first_is_a_reconnection(server: FaultServer) -> None:
    """T122: the agent's routing status stays, whatever the first login asked for."""
    connection = connection_to(server, reconnect=False)
    connection.open(0.0)
    connection.open(0.0)
    connection.close()
    assert [login.payload["reconnect"] for login in server.logins] == [False, True]


def test_a_refused_login_is_fatal(server: FaultServer) -> None:
    """The error is an `AuthError`."""
    server.on("login", respond_error("authentication", "Wrong token"))
    connection = connection_to(server)
    connection.open(0.0)
    assert isinstance(connection.fatal_error, AuthError)
    assert not connection.accepts_calls


def test_a_busy_login_means_that_nothing_was_sent(server: FaultServer) -> None:
    """The calls are not busy: they were never sent."""
    server.on("login", respond_error("too_many_requests"))
    connection = StreamConnection(make_connector(server.url))
    connection.open(0.0)
    assert connection.fatal_error
    assert (connection.fatal_error.status, connection.fatal_error.type) == (
        "not_sent",
        "too_many_requests",
    )


@pytest.mark.parametrize("step", [drop("rst"), close(1000), close(1012), close(4000)])
def test_a_disconnect_with_a_call_in_flight_costs_a_delay(server: FaultServer, step: Any) -> None:
    """Whatever the cause; an overloaded server gets at least a second."""
    server.on("x", respond(), step)
    connection = connection_to(server)
    connection.open(0.0)
    send_call(connection, 1)
    receive_response(connection)
    send_call(connection, 2)
    wait_for_disconnect(connection)
    assert connection.not_before == 101.0


def test_a_disconnect_without_a_call_in_flight_costs_no_delay(server: FaultServer) -> None:
    """An idle connection is replaced as soon as it is needed."""
    connection = connection_to(server)
    connection.open(0.0)
    server.run_steps(close(1001))
    with pytest.raises(ConnectionLost) as caught:
        receive_response(connection)
    connection.connection_lost(caught.value, 100.0, in_flight=False)
    assert connection.not_before == 0.0


def test_three_connections_without_a_response_are_fatal(server: FaultServer) -> None:
    """The delays double, and no further connection is opened."""
    server.on("x", drop())
    connection = connection_to(server)
    delays = []
    for _ in range(3):
        connection.open(1000.0)
        send_call(connection)
        wait_for_disconnect(connection)
        delays.append(connection.not_before - 100.0)
    assert delays == [1.0, 2.0, 4.0]
    assert connection.fatal_error
    assert "3 connections in a row gave no response" in str(connection.fatal_error)


def test_a_response_resets_the_count_of_fruitless_connections(server: FaultServer) -> None:
    """Only connections in a row count."""
    server.on("x", drop(), drop(), respond(), drop())
    connection = connection_to(server)
    for answered in (False, False, True):
        connection.open(1000.0)
        send_call(connection)
        if answered:
            receive_response(connection)
            send_call(connection)
        wait_for_disconnect(connection)
    assert connection.fatal_error is None


def test_no_connection_is_opened_before_the_delay_is_over(server: FaultServer) -> None:
    """The caller waits, and does other things meanwhile."""
    server.on("x", drop())
    connection = connection_to(server)
    connection.open(0.0)
    send_call(connection)
    wait_for_disconnect(connection, now=100.0)
    connection.open(100.5)
    assert not connection.accepts_calls
    connection.open(101.0)
    assert connection.accepts_calls
    connection.close()


def test_a_malformed_message_drains_the_connection(server: FaultServer) -> None:
    """Responses after it count; the connection ends if no other call is in flight."""
    server.on("x", [execute(), text("{bad")], respond())
    connection = connection_to(server)
    connection.open(0.0)
    send_call(connection, 1)
    send_call(connection, 2)
    assert receive_response(connection).request_id == "id-2"
    assert not connection.accepts_calls
    assert connection.fail_if_malformed(2) is None
    disconnect = connection.fail_if_malformed(1)
    assert disconnect
    assert after_disconnect(disconnect).is_permanent
    connection.connection_lost(disconnect, 0.0, in_flight=True)
    server.wait_for(lambda: server.close_codes == [1007])


def test_an_announced_disconnect_drains_the_connection(server: FaultServer) -> None:
    """Nothing is sent after the push, even before the connection ends."""
    server.on("x", [push("agent_disconnected", {"reason": "connection_evicted"}), respond()])
    connection = connection_to(server)
    connection.open(0.0)
    send_call(connection)
    receive_response(connection)
    assert not connection.accepts_calls
    connection.open(0.0)
    assert connection.fatal_error
    assert connection.fatal_error.type == "connection_evicted"
    assert server.connection_count == 1


def test_a_disconnect_announced_before_the_login_response_counts(server: FaultServer) -> None:
    """Nothing is sent on such a connection, and three of them in a row are fatal."""
    announcement = push("agent_disconnected", {"reason": "internal_error"})
    server.on("login", [announcement, respond()])
    connection = connection_to(server)
    delays = []
    for _ in range(3):
        connection.open(1000.0)
        assert not connection.accepts_calls
        connection.close(100.0)
        delays.append(connection.not_before - 100.0)
    assert delays == [1.0, 2.0, 4.0]
    assert connection.fatal_error


def test_a_push_after_an_early_announcement_is_only_a_push(server: FaultServer) -> None:
    """Even one without a payload."""
    announcement = push("agent_disconnected", {"reason": "internal_error"})
    server.on(
        "login", [announcement, respond(), message({"type": "push", "action": "x"}), close(1012)]
    )
    connection = connection_to(server)
    connection.open(0.0)
    wait_for_disconnect(connection)
    assert connection.fatal_error is None


def test_too_many_unauthorized_connections_cost_a_longer_delay(server: FaultServer) -> None:
    """At least five seconds."""
    reason = {"reason": "too_many_unauthorized_connections"}
    server.on("x", [push("agent_disconnected", reason), respond(), close(1000)])
    connection = connection_to(server)
    connection.open(0.0)
    send_call(connection)
    receive_response(connection)
    wait_for_disconnect(connection, now=100.0)
    assert (connection.not_before, connection.fatal_error) == (105.0, None)


def test_the_token_is_refreshed_once_for_all_calls_in_flight(server: FaultServer) -> None:
    """Each of them was refused with the old token, and is sent again with the new one."""
    refreshes = []

    def refresh(_: float) -> str:
        refreshes.append(1)
        return f"Bearer new-{len(refreshes)}"

    connection = StreamConnection(make_connector(server.url, refresh=refresh))
    connection.open(0.0)
    expired = AuthError("expired", type="authentication")
    assert [connection.redirect_or_refresh(expired) for _ in range(3)] == [True] * 3
    assert not connection.accepts_calls
    connection.open(0.0)
    # The new token was not used with success yet.
    assert (connection.redirect_or_refresh(expired), len(refreshes)) == (False, 1)
    send_call(connection)
    receive_response(connection)
    assert (connection.redirect_or_refresh(expired), len(refreshes)) == (True, 2)
    connection.close()
    assert [login.payload["token"][7:] for login in server.logins] == ["dal:test", "new-1"]


def test_an_expired_token_that_ends_the_connection_is_refreshed(server: FaultServer) -> None:
    """A push says so before the connection is closed."""
    expired = push("agent_disconnected", {"reason": "access_token_expired"})
    server.on("x", [expired, close(1000)], respond())
    connection = StreamConnection(make_connector(server.url, refresh=lambda _: "Bearer new"))
    connection.open(0.0)
    send_call(connection)
    wait_for_disconnect(connection)
    assert connection.fatal_error is None
    connection.open(1000.0)
    assert connection.accepts_calls
    connection.abort()
    connection.abort()  # there is nothing left to end
    assert server.logins[-1].payload["token"] == "Bearer new"


def test_a_connection_without_calls_is_not_fruitless(server: FaultServer) -> None:
    """Only those count that took calls and gave no response."""
    connection = connection_to(server)
    for _ in range(4):
        connection.open(0.0)
    assert (connection.fatal_error, connection.not_before) == (None, 0.0)
    connection.close()


def test_an_unknown_region_is_fatal(server: FaultServer) -> None:
    """Only known regions are followed."""
    connection = connection_to(server)
    connection.open(0.0)
    assert not connection.redirect_or_refresh(Misdirected("Wrong region", data={"region": "mars"}))
    assert connection.fatal_error
    connection.close()


@pytest.mark.usefixtures("installed_signals")
def test_a_signal_while_a_token_is_refreshed_is_raised_later(server: FaultServer) -> None:
    """The call whose response asked for it is settled before."""

    def refresh(_: float) -> str:
        raise Interrupted(signal.SIGTERM)

    connection = StreamConnection(make_connector(server.url, refresh=refresh))
    connection.open(0.0)
    assert not connection.redirect_or_refresh(AuthError("expired", type="authentication"))
    connection.abort()
    with pytest.raises(Interrupted) as caught:
        signals.check()
    assert caught.value.signum == signal.SIGTERM

"""One connection at a time: renewed where that helps, given up where it does not."""

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

from rtmcli.errors import AuthError
from rtmcli.flows.stream.connection import StreamConnection
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.reconnection import Backoff
from rtmcli.session.deadline import Deadline
from rtmcli.session.recovery import Misdirected, after_disconnect
from rtmcli.session.session import ConnectionLost


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve, and see that the client keeps to the protocol."""
    with FaultServer() as fault_server:
        yield fault_server


def connection_to(server: FaultServer, **options: Any) -> StreamConnection:
    """Make a line whose pauses are as long as they may be."""
    timers = FAST_TIMERS._replace(backoff=Backoff(1.0, 8.0))
    return StreamConnection(make_connector(server.url, timers, login=options), jitter=lambda: 1.0)


def send_call(connection: StreamConnection, number: int = 1) -> None:
    """Send a call."""
    connection.send([Request("x", {"n": number}, f"id-{number}")])


def receive_response(connection: StreamConnection) -> Response:
    """Wait for the next answer."""
    while True:
        response = connection.pop_response()
        if response:
            return response
        wait_for_data(connection)


def wait_for_data(connection: StreamConnection) -> None:
    """Wait until something comes, and take it in."""
    assert connection.session
    connection.session._transport.poll(Deadline.after(5))


def wait_for_disconnect(connection: StreamConnection, now: float = 100.0) -> None:
    """Wait for the end of the connection, with a call in flight."""
    with pytest.raises(ConnectionLost) as caught:
        receive_response(connection)
    connection.connection_lost(caught.value, now, in_flight=True)


def test_a_line_opens_on_demand(server: FaultServer) -> None:
    """Before that there is no connection."""
    connection = connection_to(server)
    assert not connection.accepts_calls
    connection.open(0.0)
    assert connection.accepts_calls
    send_call(connection)
    assert receive_response(connection).request_id == "id-1"
    connection.close()
    assert (connection.accepts_calls, server.connection_count) == (False, 1)


def test_every_login_after_the_first_is_a_reconnection(server: FaultServer) -> None:
    """The agent's routing status stays what it is, whatever the first login asked for."""
    connection = connection_to(server, reconnect=False)
    connection.open(0.0)
    connection.open(0.0)
    connection.close()
    assert [login.payload["reconnect"] for login in server.logins] == [False, True]


def test_where_nobody_lets_us_in_there_is_a_refusal(server: FaultServer) -> None:
    """It says why, and is an authentication error where it is about who asks."""
    server.on("login", respond_error("authentication", "Wrong token"))
    connection = connection_to(server)
    connection.open(0.0)
    assert isinstance(connection.fatal_error, AuthError)
    assert not connection.accepts_calls


def test_a_busy_login_means_that_nothing_was_sent(server: FaultServer) -> None:
    """Its calls are not busy: they were never sent."""
    server.on("login", respond_error("too_many_requests"))
    connection = StreamConnection(make_connector(server.url))
    connection.open(0.0)
    assert connection.fatal_error
    assert (connection.fatal_error.status, connection.fatal_error.type) == (
        "not_sent",
        "too_many_requests",
    )


@pytest.mark.parametrize("ending", [drop("rst"), close(1000), close(1012), close(4000)])
def test_a_loss_with_a_call_in_flight_costs_a_pause(server: FaultServer, ending: Any) -> None:
    """However it came; of an overloaded server a longer one, unless the jitter's is."""
    server.on("x", respond(), ending)
    connection = connection_to(server)
    connection.open(0.0)
    send_call(connection, 1)
    receive_response(connection)
    send_call(connection, 2)
    wait_for_disconnect(connection)
    assert connection.not_before == 101.0


def test_a_loss_without_a_call_in_flight_costs_no_pause(server: FaultServer) -> None:
    """An idle connection is renewed at once when it is needed."""
    connection = connection_to(server)
    connection.open(0.0)
    server.run_steps(close(1001))
    with pytest.raises(ConnectionLost) as lost:
        receive_response(connection)
    connection.connection_lost(lost.value, 100.0, in_flight=False)
    assert connection.not_before == 0.0


def test_three_connections_without_an_answer_are_enough(server: FaultServer) -> None:
    """The pauses double, and then the line is given up."""
    server.on("x", drop())
    connection = connection_to(server)
    pauses = []
    for _ in range(3):
        connection.open(1000.0)
        send_call(connection)
        wait_for_disconnect(connection)
        pauses.append(connection.not_before - 100.0)
    assert pauses == [1.0, 2.0, 4.0]
    assert connection.fatal_error
    assert "3 connections in a row gave no response" in str(connection.fatal_error)


def test_an_answer_makes_up_for_connections_without_one(server: FaultServer) -> None:
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


def test_nothing_opens_before_its_time(server: FaultServer) -> None:
    """The pause is for the caller to wait out, beside other things."""
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


def test_a_message_that_makes_no_sense_retires_the_line(server: FaultServer) -> None:
    """Answers that come after it count; it ends where no other call waits."""
    server.on("x", [execute(), text("{bad")], respond())
    connection = connection_to(server)
    connection.open(0.0)
    send_call(connection, 1)
    send_call(connection, 2)
    assert receive_response(connection).request_id == "id-2"
    assert not connection.accepts_calls
    assert connection.fail_if_malformed(2) is None
    garbled = connection.fail_if_malformed(1)
    assert garbled
    assert after_disconnect(garbled).is_permanent
    connection.connection_lost(garbled, 0.0, in_flight=True)
    server.wait_for(lambda: server.close_codes == [1007])


def test_a_farewell_is_heeded_before_the_connection_ends(server: FaultServer) -> None:
    """Nothing more is sent once the server has announced the end."""
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


def test_a_farewell_before_the_login_s_answer_counts_as_well(server: FaultServer) -> None:
    """Nothing is sent on such a connection, and three of them in a row are enough."""
    farewell = push("agent_disconnected", {"reason": "internal_error"})
    server.on("login", [farewell, respond()])
    connection = connection_to(server)
    pauses = []
    for _ in range(3):
        connection.open(1000.0)
        assert not connection.accepts_calls
        connection.close(100.0)
        pauses.append(connection.not_before - 100.0)
    assert pauses == [1.0, 2.0, 4.0]
    assert connection.fatal_error


def test_a_push_after_an_early_farewell_is_only_a_push(server: FaultServer) -> None:
    """One without a payload is no announcement."""
    farewell = push("agent_disconnected", {"reason": "internal_error"})
    server.on("login", [farewell, respond(), message({"type": "push", "action": "x"}), close(1012)])
    connection = connection_to(server)
    connection.open(0.0)
    wait_for_disconnect(connection)
    assert connection.fatal_error is None


def test_a_complaint_of_too_many_connections_slows_us_down(server: FaultServer) -> None:
    """The next connection waits for five seconds at the least."""
    reason = {"reason": "too_many_unauthorized_connections"}
    server.on("x", [push("agent_disconnected", reason), respond(), close(1000)])
    connection = connection_to(server)
    connection.open(0.0)
    send_call(connection)
    receive_response(connection)
    wait_for_disconnect(connection, now=100.0)
    assert (connection.not_before, connection.fatal_error) == (105.0, None)


def test_a_new_token_is_asked_for_once_for_all_calls_in_flight(server: FaultServer) -> None:
    """Each of them was refused for the old token, and goes out again with the new one."""
    asked = []

    def renew(_: float) -> str:
        asked.append(1)
        return f"Bearer new-{len(asked)}"

    connection = StreamConnection(make_connector(server.url, refresh=renew))
    connection.open(0.0)
    expired = AuthError("expired", type="authentication")
    assert [connection.redirect_or_refresh(expired) for _ in range(3)] == [True] * 3
    assert not connection.accepts_calls
    connection.open(0.0)
    assert (len(asked), connection.redirect_or_refresh(expired)) == (
        1,
        False,
    )  # it has not served yet
    send_call(connection)
    receive_response(connection)
    assert (connection.redirect_or_refresh(expired), len(asked)) == (True, 2)
    connection.close()
    assert [login.payload["token"][7:] for login in server.logins] == ["dal:test", "new-1"]


def test_an_expired_token_that_ends_the_connection_is_renewed(server: FaultServer) -> None:
    """The server said so before it closed."""
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


def test_a_connection_that_took_nothing_says_nothing(server: FaultServer) -> None:
    """Only those that took calls and answered none count against the server."""
    connection = connection_to(server)
    for _ in range(4):
        connection.open(0.0)
    assert (connection.fatal_error, connection.not_before) == (None, 0.0)
    connection.close()


def test_an_unknown_region_is_the_end(server: FaultServer) -> None:
    """Nobody follows a server's word to a host that the table does not know."""
    connection = connection_to(server)
    connection.open(0.0)
    assert not connection.redirect_or_refresh(Misdirected("Wrong region", data={"region": "mars"}))
    assert connection.fatal_error
    connection.close()

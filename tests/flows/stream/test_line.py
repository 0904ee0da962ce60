"""One connection at a time: renewed where that helps, given up where it does not."""

from collections.abc import Iterator
from typing import Any

import pytest
from faults import FaultServer, answer, close, drop, execute, message, push, refuse, text
from streaming import QUICK, connector

from rtmcli.errors import AuthError
from rtmcli.flows.stream.line import Line
from rtmcli.protocol.conversation import Backoff
from rtmcli.protocol.messages import Request, Response
from rtmcli.session.deadline import Deadline
from rtmcli.session.judging import Misdirected
from rtmcli.session.session import LinkLost


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve, and see that the client keeps to the protocol."""
    with FaultServer() as serving:
        yield serving


def line_to(server: FaultServer, **options: Any) -> Line:
    """Make a line whose pauses are as long as they may be."""
    timers = QUICK._replace(backoff=Backoff(1.0, 8.0))
    return Line(connector(server.url, timers, login=options), jitter=lambda: 1.0)


def ask(line: Line, number: int = 1) -> None:
    """Send a call."""
    line.send([Request("x", {"n": number}, f"id-{number}")])


def hear(line: Line) -> Response:
    """Wait for the next answer."""
    while True:
        found = line.take()
        if found:
            return found
        absorb(line)


def absorb(line: Line) -> None:
    """Wait until something comes, and take it in."""
    assert line.session
    line.session._link.turn(Deadline.after(5))


def lose(line: Line, now: float = 100.0) -> None:
    """Wait for the end of the connection, with a call in flight."""
    with pytest.raises(LinkLost) as lost:
        hear(line)
    line.lost(lost.value, now, in_flight=True)


def test_a_line_opens_on_demand(server: FaultServer) -> None:
    """Before that there is no connection."""
    line = line_to(server)
    assert not line.takes_calls
    line.open(0.0)
    assert line.takes_calls
    ask(line)
    assert hear(line).request_id == "id-1"
    line.close()
    assert (line.takes_calls, server.connections) == (False, 1)


def test_every_login_after_the_first_is_a_reconnection(server: FaultServer) -> None:
    """The agent's routing status stays what it is, whatever the first login asked for."""
    line = line_to(server, reconnect=False)
    line.open(0.0)
    line.open(0.0)
    line.close()
    assert [login.payload["reconnect"] for login in server.logins] == [False, True]


def test_where_nobody_lets_us_in_there_is_a_refusal(server: FaultServer) -> None:
    """It says why, and is an authentication error where it is about who asks."""
    server.on("login", refuse("authentication", "Wrong token"))
    line = line_to(server)
    line.open(0.0)
    assert isinstance(line.refusal, AuthError)
    assert not line.takes_calls


def test_a_busy_login_means_that_nothing_was_sent(server: FaultServer) -> None:
    """Its calls are not busy: they were never sent."""
    server.on("login", refuse("too_many_requests"))
    line = Line(connector(server.url))
    line.open(0.0)
    assert line.refusal
    assert (line.refusal.label, line.refusal.type) == ("not_sent", "too_many_requests")


@pytest.mark.parametrize("ending", [drop("rst"), close(1000), close(1012), close(4000)])
def test_a_loss_with_a_call_in_flight_costs_a_pause(server: FaultServer, ending: Any) -> None:
    """However it came; of an overloaded server a longer one, unless the jitter's is."""
    server.on("x", answer(), ending)
    line = line_to(server)
    line.open(0.0)
    ask(line, 1)
    hear(line)
    ask(line, 2)
    lose(line)
    assert line.not_before == 101.0


def test_a_loss_without_a_call_in_flight_costs_no_pause(server: FaultServer) -> None:
    """An idle connection is renewed at once when it is needed."""
    line = line_to(server)
    line.open(0.0)
    server.play(close(1001))
    with pytest.raises(LinkLost) as lost:
        hear(line)
    line.lost(lost.value, 100.0, in_flight=False)
    assert line.not_before == 0.0


def test_three_connections_without_an_answer_are_enough(server: FaultServer) -> None:
    """The pauses double, and then the line is given up."""
    server.on("x", drop())
    line = line_to(server)
    pauses = []
    for _ in range(3):
        line.open(1000.0)
        ask(line)
        lose(line)
        pauses.append(line.not_before - 100.0)
    assert pauses == [1.0, 2.0, 4.0]
    assert line.refusal
    assert "3 connections in a row gave no answer" in str(line.refusal)


def test_an_answer_makes_up_for_connections_without_one(server: FaultServer) -> None:
    """Only connections in a row count."""
    server.on("x", drop(), drop(), answer(), drop())
    line = line_to(server)
    for answered in (False, False, True):
        line.open(1000.0)
        ask(line)
        if answered:
            hear(line)
            ask(line)
        lose(line)
    assert line.refusal is None


def test_nothing_opens_before_its_time(server: FaultServer) -> None:
    """The pause is for the caller to wait out, beside other things."""
    server.on("x", drop())
    line = line_to(server)
    line.open(0.0)
    ask(line)
    lose(line, now=100.0)
    line.open(100.5)
    assert not line.takes_calls
    line.open(101.0)
    assert line.takes_calls
    line.close()


def test_a_message_that_makes_no_sense_retires_the_line(server: FaultServer) -> None:
    """Answers that come after it count; it ends where no other call waits."""
    server.on("x", [execute(), text("{bad")], answer())
    line = line_to(server)
    line.open(0.0)
    ask(line, 1)
    ask(line, 2)
    assert hear(line).request_id == "id-2"
    assert not line.takes_calls
    assert line.blame(2) is None
    garbled = line.blame(1)
    assert garbled
    assert garbled.is_final
    line.lost(garbled, 0.0, in_flight=True)
    server.wait_for(lambda: server.close_codes == [1007])


def test_a_farewell_is_heeded_before_the_connection_ends(server: FaultServer) -> None:
    """Nothing more is sent once the server has announced the end."""
    server.on("x", [push("agent_disconnected", {"reason": "connection_evicted"}), answer()])
    line = line_to(server)
    line.open(0.0)
    ask(line)
    hear(line)
    assert not line.takes_calls
    line.open(0.0)
    assert line.refusal
    assert line.refusal.type == "connection_evicted"
    assert server.connections == 1


def test_a_farewell_before_the_login_s_answer_counts_as_well(server: FaultServer) -> None:
    """Nothing is sent on such a connection, and three of them in a row are enough."""
    farewell = push("agent_disconnected", {"reason": "internal_error"})
    server.on("login", [farewell, answer()])
    line = line_to(server)
    pauses = []
    for _ in range(3):
        line.open(1000.0)
        assert not line.takes_calls
        line.close(100.0)
        pauses.append(line.not_before - 100.0)
    assert pauses == [1.0, 2.0, 4.0]
    assert line.refusal


def test_a_push_after_an_early_farewell_is_only_a_push(server: FaultServer) -> None:
    """One without a payload is no announcement."""
    farewell = push("agent_disconnected", {"reason": "internal_error"})
    server.on("login", [farewell, answer(), message({"type": "push", "action": "x"}), close(1012)])
    line = line_to(server)
    line.open(0.0)
    lose(line)
    assert line.refusal is None


def test_a_complaint_of_too_many_connections_slows_us_down(server: FaultServer) -> None:
    """The next connection waits for five seconds at the least."""
    reason = {"reason": "too_many_unauthorized_connections"}
    server.on("x", [push("agent_disconnected", reason), answer(), close(1000)])
    line = line_to(server)
    line.open(0.0)
    ask(line)
    hear(line)
    lose(line, now=100.0)
    assert (line.not_before, line.refusal) == (105.0, None)


def test_a_new_token_is_asked_for_once_for_all_calls_in_flight(server: FaultServer) -> None:
    """Each of them was refused for the old token, and goes out again with the new one."""
    asked = []

    def renew(_: float) -> str:
        asked.append(1)
        return f"Bearer new-{len(asked)}"

    line = Line(connector(server.url, renew=renew))
    line.open(0.0)
    expired = AuthError("expired", type="authentication")
    assert [line.turn(expired) for _ in range(3)] == [True] * 3
    assert not line.takes_calls
    line.open(0.0)
    assert (len(asked), line.turn(expired)) == (1, False)  # it has not served yet
    ask(line)
    hear(line)
    assert (line.turn(expired), len(asked)) == (True, 2)
    line.close()
    assert [login.payload["token"][7:] for login in server.logins] == ["dal:test", "new-1"]


def test_an_expired_token_that_ends_the_connection_is_renewed(server: FaultServer) -> None:
    """The server said so before it closed."""
    expired = push("agent_disconnected", {"reason": "access_token_expired"})
    server.on("x", [expired, close(1000)], answer())
    line = Line(connector(server.url, renew=lambda _: "Bearer new"))
    line.open(0.0)
    ask(line)
    lose(line)
    assert line.refusal is None
    line.open(1000.0)
    assert line.takes_calls
    line.abandon()
    line.abandon()  # there is nothing left to end
    assert server.logins[-1].payload["token"] == "Bearer new"


def test_a_connection_that_took_nothing_says_nothing(server: FaultServer) -> None:
    """Only those that took calls and answered none count against the server."""
    line = line_to(server)
    for _ in range(4):
        line.open(0.0)
    assert (line.refusal, line.not_before) == (None, 0.0)
    line.close()


def test_an_unknown_region_is_the_end(server: FaultServer) -> None:
    """Nobody follows a server's word to a host that the table does not know."""
    line = line_to(server)
    line.open(0.0)
    assert not line.turn(Misdirected("Wrong region", data={"region": "mars"}))
    assert line.refusal
    line.close()

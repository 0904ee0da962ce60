"""The session: no message is lost, and dead connections are noticed."""

import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.connect import connect_options, short_deadline
from support.fault_server import (
    CLOSE,
    PING,
    Behavior,
    FaultServer,
    Step,
    close,
    drop,
    flood,
    ignore,
    pause_reading,
    pongs,
    push,
    respond,
    text,
)

from rtmcli.errors import Interrupted
from rtmcli.protocol.keepalive import Keepalive
from rtmcli.protocol.messages import ProtocolError, Push, Request, Response
from rtmcli.session.deadline import Deadline
from rtmcli.session.login import open_session
from rtmcli.session.session import ConnectionLost, Session

REQUEST = Request("get_archives", {}, "1")
DISCONNECTED = push("agent_disconnected", {"reason": "too_many_connections"})


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Run a server that fails the test if the client breaks the protocol."""
    with FaultServer() as fault_server:
        yield fault_server


def open_logged_in_session(server: FaultServer, **options: Any) -> Session:
    """Open a session with these timers."""
    return open_session(connect_options(server, **options), short_deadline(), short_deadline())


def session_with_keepalive(
    server: FaultServer, ping_interval: float, ping_timeout: float
) -> Session:
    """Open a session, then change its timers, so that the login has enough time."""
    session = open_logged_in_session(server)
    session._keepalive = Keepalive(time.monotonic(), ping_interval, ping_timeout)
    return session


def read_until(session: Session, condition: Callable[[], object]) -> None:
    """Read until a condition is met."""
    deadline = short_deadline()
    while not condition():
        assert not deadline.expired, "nothing comes"
        session.read_available()


def receive_until_lost(session: Session) -> ConnectionLost:
    """Receive until the connection is lost; return how."""
    try:
        while session.receive(short_deadline()):
            pass
    except ConnectionLost as error:
        return error
    raise AssertionError("no end comes")


# --- messages ---


def test_requests_are_sent_and_responses_received(server: FaultServer) -> None:
    """Responses and pushes are returned in order."""
    server.on("get_archives", [push("incoming_event"), respond({"n": 1}), push("thread_closed")])
    session = open_logged_in_session(server)
    assert session.send(REQUEST)
    came = [session.receive(short_deadline()) for _ in range(3)]
    assert [type(each) for each in came] == [Push, Response, Push]
    assert server.requests[0].message == {
        "action": "get_archives",
        "request_id": "1",
        "payload": {},
    }
    session.close()


@pytest.mark.usefixtures("installed_signals")
def test_a_request_is_not_sent_after_a_signal(server: FaultServer) -> None:
    """The signal is raised before the first byte is sent, so the caller knows that none was."""
    session = open_logged_in_session(server)
    signal.raise_signal(signal.SIGTERM)
    with pytest.raises(Interrupted):
        session.send(Request("ping", {}, "1"))
    session.close()
    assert server.count("ping") == 0


def test_requests_may_be_sent_together(server: FaultServer) -> None:
    """In order; after the end none is sent, and False is returned."""
    session = open_logged_in_session(server)
    assert session.send_all(REQUEST._replace(request_id=str(number)) for number in range(5))
    server.wait_for("get_archives", 5)
    assert [request.request_id for request in server.requests] == list("01234")
    server.run_steps(close(1000))
    assert receive_until_lost(session)
    assert not session.send_all([REQUEST])
    session.close()
    assert server.count("get_archives") == 5


def test_every_request_id_is_used_once(server: FaultServer) -> None:
    """Ids differ within a session and between sessions."""
    sessions = [open_logged_in_session(server) for _ in range(2)]
    ids = [session.next_request_id() for session in sessions for _ in range(50)]
    logins = [login.request_id for login in server.logins]
    assert len({*ids, *logins}) == 102
    for session in sessions:
        session.close()


def test_receive_returns_none_at_the_deadline(server: FaultServer) -> None:
    """The session stays open."""
    session = open_logged_in_session(server)
    assert session.receive(Deadline.after(0.01)) is None
    assert session.receive(Deadline.after(-1)) is None
    server.run_steps(push("incoming_event"))
    assert isinstance(session.receive(short_deadline()), Push)
    session.close()


def test_messages_received_by_the_deadline_count(server: FaultServer) -> None:
    """Even if they are read late, because the process was busy."""
    session = open_logged_in_session(server)
    server.run_steps(push("incoming_event", {"n": 1}), push("incoming_event", {"n": 2}))
    for number in (1, 2):
        came = session.receive(Deadline.after(-1))
        assert isinstance(came, Push)
        assert came.payload == {"n": number}
    session.close()


def test_a_flood_does_not_extend_the_deadline(server: FaultServer) -> None:
    """Only messages received by then are returned."""
    server.on("get_archives", flood(30_000, text="x" * 100))
    session = open_logged_in_session(server)
    session.send(REQUEST)
    over = Deadline.after(0)
    given = 0
    while session.receive(over) is not None:
        given += 1
    assert given < 5_000
    session.abort()


def test_messages_before_the_end_are_returned_first(server: FaultServer) -> None:
    """Then the loss, with its code and the announced reason."""
    server.on("get_archives", [respond({"n": 1}), DISCONNECTED, close(1000, "see you")])
    session = open_logged_in_session(server)
    session.send(REQUEST)
    assert isinstance(session.receive(short_deadline()), Response)
    assert isinstance(session.receive(short_deadline()), Push)
    with pytest.raises(ConnectionLost) as raised:
        session.receive(short_deadline())
    assert raised.value.close_info.code == 1000
    assert raised.value.disconnect_reason is session.disconnect_reason
    assert session.disconnect_reason
    assert session.disconnect_reason.reason == "too_many_connections"
    session.close()


def test_the_last_reason_counts(server: FaultServer) -> None:
    """Later pushes do not change the announced reason."""
    session = open_logged_in_session(server)
    server.run_steps(
        DISCONNECTED,
        push("incoming_event"),
        push("agent_disconnected", {"reason": "license_expired"}),
    )
    for known in ("too_many_connections", "too_many_connections", "license_expired"):
        session.receive(short_deadline())
        assert session.disconnect_reason
        assert session.disconnect_reason.reason == known
    session.close()


def test_a_malformed_message_ends_the_session(server: FaultServer) -> None:
    """T36: the close code is 1007, and later messages are ignored."""
    session = open_logged_in_session(server)
    server.run_steps(text('{"action": 1'), push("incoming_event"))
    with pytest.raises(ProtocolError):
        session.receive(short_deadline())
    server.wait_for(CLOSE)
    session.close()
    assert server.close_codes == [1007]


@pytest.mark.parametrize("end", [close(1000), drop("fin")])
def test_after_the_end_nothing_is_sent(server: FaultServer, end: Step) -> None:
    """`send` returns False; `receive` says why, after the messages before it."""
    server.on("login", [respond(), push("incoming_event"), end])
    session = open_logged_in_session(server)
    read_until(session, lambda: session._transport.close_info)
    assert not session.send(REQUEST)
    assert isinstance(session.receive(short_deadline()), Push)
    assert receive_until_lost(session)
    assert not session.ping(short_deadline())
    session.close()
    assert server.requests == []


# How the connection ended; its description.
DISCONNECTS: dict[str, tuple[Behavior, str]] = {
    "dropped": (drop("fin"), "the connection was lost"),
    "closed": (close(1011), "the server closed the connection with code 1011"),
    "with a close reason": (
        close(4001, "go\naway"), "the server closed the connection with code 4001: go\\u000aaway"),
    "with an announced reason": (
        [DISCONNECTED, close(1000)],
        "the server disconnected: too_many_connections (the agent has too many connections)"),
    "with an unknown reason": (
        [push("agent_disconnected", {"reason": "x"}), close(1000)],
        "the server closed the connection with code 1000"),
}  # fmt: skip  # a table


@pytest.mark.parametrize("what", DISCONNECTS)
def test_a_loss_is_described_in_one_sentence(server: FaultServer, what: str) -> None:
    """By the announced reason, else the close code, else as lost."""
    behavior, sentence = DISCONNECTS[what]
    session = open_logged_in_session(server)
    server.run_steps(*([behavior] if isinstance(behavior, Step) else behavior))
    assert str(receive_until_lost(session)) == sentence
    session.close()


# --- polling ---


def test_a_caller_that_polls_gets_the_same_messages(server: FaultServer) -> None:
    """`read_available` and `pop_message` never wait; they return messages, then raise the loss."""
    server.on("get_archives", [respond({"n": 1}), push("incoming_event"), close(1001)])
    session = open_logged_in_session(server)
    assert session.fileno() >= 0
    assert session.pop_message() is None
    session.send(REQUEST)
    assert not session.wants_write
    read_until(session, lambda: session._transport.close_info)
    assert [type(session.pop_message()), type(session.pop_message())] == [Response, Push]
    for take in (session.pop_message, session.pop_raw):
        with pytest.raises(ConnectionLost) as raised:
            take()
        assert raised.value.close_info.code == 1001
    session.close()


def test_a_caller_that_polls_knows_when_to_poll_for_writing(server: FaultServer) -> None:
    """While data waits for the socket."""
    gate = server.make_gate()
    server.on("get_archives", pause_reading(gate), respond())
    session = open_logged_in_session(server)
    session.send(REQUEST)
    server.wait_for("get_archives")
    session.send(REQUEST._replace(payload={"x": "x" * 20_000_000}))
    assert session.wants_write
    gate.open()
    read_until(session, lambda: not session.wants_write)
    assert isinstance(session.receive(short_deadline()), Response)
    session.close()


def test_pop_message_raises_protocol_errors(server: FaultServer) -> None:
    """The session stays open until `fail` ends it."""
    session = open_logged_in_session(server)
    server.run_steps(text("{bad"), push("incoming_event"))
    read_until(session, lambda: len(session._transport.messages) == 2)
    with pytest.raises(ProtocolError):
        session.pop_message()
    assert isinstance(session.pop_message(), Push)
    session.fail("the server sent no JSON")
    with pytest.raises(ConnectionLost, match="the server sent no JSON"):
        session.pop_message()
    session.close()
    assert server.close_codes == [1007]


def test_a_session_may_be_aborted(server: FaultServer) -> None:
    """`abort` closes the socket; the loss has its reason."""
    session = open_logged_in_session(server)
    session.abort("enough")
    with pytest.raises(ConnectionLost, match="the connection was lost: enough"):
        session.pop_message()
    server.wait_for(lambda: server.connection_ends)
    assert server.close_codes == []


def test_receiving_late_does_not_read_a_closed_socket(server: FaultServer) -> None:
    """Past the deadline, messages are returned, and then the end."""
    session = open_logged_in_session(server)
    server.run_steps(push("incoming_event"))
    read_until(session, lambda: session._transport.messages)
    session.abort("enough")
    over = Deadline.after(-1)
    assert isinstance(session.receive(over), Push)
    with pytest.raises(ConnectionLost, match="the connection was lost: enough"):
        session.receive(over)


@pytest.mark.parametrize(("timer", "within"), [(0.05, 60.0), (60.0, 0.05)])
def test_closing_takes_the_shorter_of_both_limits(
    server: FaultServer, timer: float, within: float
) -> None:
    """The timer, and the timeout of the caller."""
    server.on(CLOSE, ignore())
    session = open_logged_in_session(server, close_timeout=timer)
    started = time.monotonic()
    session.close(within)
    assert 0.04 < time.monotonic() - started < 5


# --- keepalive ---


def test_a_session_pings_while_it_waits(server: FaultServer) -> None:
    """A connection that answers pings stays open."""
    session = session_with_keepalive(server, ping_interval=0.02, ping_timeout=5)
    assert session.receive(Deadline.after(0.5)) is None
    assert server.count(PING) > 5
    session.close()


def test_a_session_pings_while_pushes_arrive(server: FaultServer) -> None:
    """Also during a flood of messages."""
    session = session_with_keepalive(server, ping_interval=0, ping_timeout=5)
    server.run_steps(flood(2_000))
    for _ in range(2_000):
        assert session.receive(short_deadline())
    server.wait_for(PING, 2)
    session.close()


@pytest.mark.parametrize(("ping", "pong"), [(0.02, 0.06), (0.06, 0.02), (0.05, 0.05)])
def test_a_silent_connection_is_lost(server: FaultServer, ping: float, pong: float) -> None:
    """T29, T60: after a ping and its timeout; closing it is quick."""
    server.on(PING, ignore())
    session = session_with_keepalive(server, ping, pong)
    with pytest.raises(ConnectionLost, match="the server stopped answering pings"):
        session.receive(short_deadline())
    session.close()


@pytest.mark.parametrize("sign", [push("incoming_event"), pongs()])
def test_a_busy_process_reads_before_it_gives_up(server: FaultServer, sign: Step) -> None:
    """T68: if any data was received, the connection is alive, however late it is read."""
    session = session_with_keepalive(server, ping_interval=10, ping_timeout=10)
    session._keepalive.ping_sent(time.monotonic() - 1000)
    server.run_steps(sign)
    assert isinstance(session.receive(Deadline.after(0)), Push | None)
    assert session.ping(short_deadline())
    session.close()


def test_next_wakeup_is_the_next_ping_or_timeout(server: FaultServer) -> None:
    """Whichever comes first."""
    server.on(PING, ignore())
    session = session_with_keepalive(server, ping_interval=500, ping_timeout=50)
    assert 400 < session.next_wakeup - time.monotonic() <= 500
    session._keepalive.ping_sent(time.monotonic())
    assert 40 < session.next_wakeup - time.monotonic() <= 50
    session.close()


def test_a_ping_on_demand_shows_whether_the_server_answers(server: FaultServer) -> None:
    """False if nothing is received in time, or the connection ends."""
    session = open_logged_in_session(server)
    assert session.ping(short_deadline())
    server.on(PING, ignore(), drop("fin"))
    before = session.bytes_received
    assert not session.ping(Deadline.after(0.05))
    assert not session.ping(short_deadline())
    assert session.bytes_received == before
    session.close()

"""One call: how often it is sent, and which outcome it has."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.connect import TOKEN, connect_options, short_deadline
from support.fault_server import (
    CONNECT,
    Behavior,
    FaultServer,
    Step,
    binary,
    close,
    drop,
    execute,
    ignore,
    message,
    normal,
    push,
    respond,
    respond_error,
    text,
)

from rtmcli.catalogue.model import Retry
from rtmcli.errors import (
    AuthError,
    Busy,
    Interrupted,
    NotConnected,
    OutcomeUnknown,
    Refused,
    RtmError,
)
from rtmcli.flows.call import Call, RetryPolicy
from rtmcli.protocol.messages import Push, Request
from rtmcli.session.connector import Connector
from rtmcli.session.deadline import Deadline
from rtmcli.session.options import Credentials
from rtmcli.session.session import Session

# What happens to the first attempt (the second one would succeed); then, for a read, an idempotent
# call, an idempotent call that may be retried, and any other call: the exit status, how often it
# was sent, and the least delay before it was sent again.
TABLE = """
                                read   | idempotent | opted in  | never
reset                           0 2    | 7 1        | 0 2       | 7 1
end of stream                   0 2    | 7 1        | 0 2       | 7 1
no response                     0 2    | 7 1        | 0 2       | 7 1
close 1000                      0 2    | 7 1        | 0 2       | 7 1
close 1001                      0 2    | 7 1        | 0 2       | 7 1
close, no code                  0 2    | 7 1        | 0 2       | 7 1
close 1011                      0 2 1s | 7 1        | 0 2 1s    | 7 1
close 1012                      0 2 1s | 7 1        | 0 2 1s    | 7 1
close 1013                      0 2 1s | 7 1        | 0 2 1s    | 7 1
close 1008                      7 1    | 7 1        | 7 1       | 7 1
close 4000                      7 1    | 7 1        | 7 1       | 7 1
invalid JSON                    7 1    | 7 1        | 7 1       | 7 1
binary                          7 1    | 7 1        | 7 1       | 7 1
invalid request_id              0 2    | 7 1        | 0 2       | 7 1
request_timeout                 0 2    | 7 1        | 0 2       | 7 1
internal                        0 2    | 7 1        | 0 2       | 7 1
too_many_requests               0 2    | 0 2        | 0 2       | 0 2
service_unavailable             0 2    | 0 2        | 0 2       | 0 2
pending_requests_limit_reached  0 2    | 0 2        | 0 2       | 0 2
validation                      3 1    | 3 1        | 3 1       | 3 1
brand_new                       3 1    | 3 1        | 3 1       | 3 1
authorization                   4 1    | 4 1        | 4 1       | 4 1
authentication                  4 1    | 4 1        | 4 1       | 4 1
license_expired                 4 1    | 4 1        | 4 1       | 4 1
misdirected_request             7 1    | 7 1        | 7 1       | 7 1
push: connection_timeout        0 2    | 7 1        | 0 2       | 7 1
push: brand_new                 0 2    | 7 1        | 0 2       | 7 1
push: too_many_connections      7 1    | 7 1        | 7 1       | 7 1
push: access_token_revoked      4 1    | 4 1        | 4 1       | 4 1
"""
CELL = re.compile(r"([0-9]) ([0-9])(?: ([0-9])s)?")


def disconnected_with(reason: str) -> list[Step]:
    """Execute the call, and end the session for a reason."""
    return [execute(), push("agent_disconnected", {"reason": reason}), close(1000)]


FAILURES: dict[str, Behavior] = {
    "reset": [execute(), drop("rst")],
    "end of stream": [execute(), drop("fin")],
    "no response": [execute(), ignore()],
    "close, no code": [execute(), close(None)],
    **{f"close {code}": [execute(), close(code)] for code in (1000, 1001, 1008, 1011, 1012, 1013)},
    "close 4000": [execute(), close(4000)],
    "invalid JSON": [execute(), text("{bad")],
    "binary": [execute(), binary(b"{}")],
    "invalid request_id": respond(request_id=7),
}
POLICIES = {
    "read": RetryPolicy(Retry.READ_ONLY),
    "idempotent": RetryPolicy(Retry.IDEMPOTENT),
    "opted in": RetryPolicy(Retry.IDEMPOTENT, retry_idempotent=True),
    "never": RetryPolicy(Retry.NEVER, retry_idempotent=True),
}


def table_cases() -> Iterator[Any]:
    """Yield a case for each cell of the table."""
    for line in TABLE.strip().splitlines()[1:]:
        event, cells = line[:32].strip(), line[32:].split("|")
        for name, cell in zip(POLICIES, cells, strict=True):
            found = CELL.fullmatch(cell.strip())
            assert found, line
            status, sent, min_delay = (int(number or 0) for number in found.groups())
            yield pytest.param(event, name, status, sent, min_delay, id=f"{event}, {name}")


class CallRunner:
    """A call to a fault server, without delays between its attempts."""

    def __init__(
        self,
        server: FaultServer,
        policy: RetryPolicy = POLICIES["never"],
        *,
        connector: type[Connector] = Connector,
        on_push: Callable[[Push], None] = lambda _: None,
        sleep: Callable[[float], None] | None = None,
        jitter: float = 0.0,
        response_timeout: float = 5.0,
        **overrides: Any,
    ) -> None:
        self.delays: list[float] = []
        self.statuses: list[str] = []
        options = connect_options(
            server, response_timeout=response_timeout, close_timeout=0.05, **overrides
        )
        options = options._replace(on_status=self.statuses.append)
        self.connector = connector(
            options, jitter=lambda: jitter, sleep=sleep or self.delays.append
        )
        self.call = Call(self.connector, Request("send_event", {"n": 1}), policy, on_push)

    def outcome(self, deadline: Deadline | None = None) -> Any:
        """Run the call; return the payload of the response, or the error."""
        try:
            return self.call.run(deadline or short_deadline()).payload
        except RtmError as error:
            return error
        finally:
            self.call.close()


@pytest.mark.parametrize(("event", "name", "status", "sent", "min_delay"), [*table_cases()])
def test_each_fault_has_its_outcome(
    event: str, name: str, status: int, sent: int, min_delay: int
) -> None:
    """T26, T28, T41, T42, T43: exit status, how often it was sent, the delay between."""
    behavior = FAILURES.get(event) or respond_error(event)
    if event.startswith("push: "):
        behavior = disconnected_with(event.removeprefix("push: "))
    with FaultServer(strict=False) as server:
        server.on("send_event", behavior, respond({"done": True}))
        runner = CallRunner(
            server,
            POLICIES[name],
            response_timeout=0.1 if event in ("no response", "invalid request_id") else 5.0,
        )
        outcome = runner.outcome()
    assert (outcome.exit_code if isinstance(outcome, RtmError) else 0) == status
    assert (server.count("send_event"), runner.delays) == (sent, [min_delay] * (sent - 1))
    if status:
        assert (outcome.action, outcome.request_id) == ("send_event", server.requests[0].request_id)
    else:
        assert outcome == {"done": True}
    assert len({request.request_id for request in server.requests}) == sent


# --- attempts ---


@pytest.mark.parametrize(
    ("behavior", "status", "connections"),
    [
        (drop("rst"), 7, 3),
        (respond_error("too_many_requests"), 6, 1),
        (respond_error("internal"), 7, 1),
    ],
)
def test_a_call_is_attempted_three_times_at_most(
    behavior: Behavior, status: int, connections: int
) -> None:
    """T26, T40: delays grow with full jitter; the last error is reported."""
    with FaultServer() as server:
        server.on("send_event", behavior)
        runner = CallRunner(server, POLICIES["read"], jitter=1.0)
        assert runner.outcome().exit_code == status
    assert runner.delays == [0.001, 0.002]
    assert (server.count("send_event"), server.connection_count) == (3, connections)


def test_a_delay_beyond_the_deadline_is_not_started() -> None:
    """If the next attempt would be too late, the error is reported at once."""
    with FaultServer() as server:
        server.on("send_event", close(1013), respond())
        runner = CallRunner(server, POLICIES["read"])
        outcome = runner.outcome(Deadline.after(0.9))
    assert isinstance(outcome, OutcomeUnknown)
    assert (server.count("send_event"), runner.delays) == (1, [])


def test_a_retry_is_slow_if_the_server_asks_for_it() -> None:
    """As it is for a stream."""
    with FaultServer() as server:
        behavior = disconnected_with("too_many_unauthorized_connections")
        server.on("send_event", behavior, respond())
        runner = CallRunner(server, POLICIES["read"])
        assert runner.outcome() == {}
    assert runner.delays == [5.0]


def test_the_call_ends_at_its_deadline() -> None:
    """A response is not awaited longer than that."""
    with FaultServer() as server:
        server.on("send_event", ignore())
        started = time.monotonic()
        outcome = CallRunner(server, POLICIES["read"]).outcome(Deadline.after(0.2))
    assert isinstance(outcome, OutcomeUnknown)
    assert time.monotonic() - started < 3


def test_a_retry_is_reported_with_its_cause_and_delay() -> None:
    """In one status line."""
    with FaultServer() as server:
        server.on("send_event", respond_error("too_many_requests", "Slow down"), respond())
        runner = CallRunner(server)
        assert runner.outcome() == {}
    assert "Slow down; trying again in 0.0 s" in runner.statuses


# --- an ambiguous first attempt ---

# What happens to the second attempt; the exit status for a read and for an idempotent call that
# may be retried, and the end of the message.
SECOND_ATTEMPTS: dict[str, tuple[Behavior, int, int, str]] = {
    "validation": (respond_error("validation", "no"), 3, 7, "validation: no"),
    "authorization": (respond_error("authorization", "no"), 4, 7, "authorization: no"),
    "brand_new": (respond_error("brand_new", "no"), 3, 7, "brand_new: no"),
    "too_many_requests": (respond_error("too_many_requests", "no"), 6, 7, "too_many_requests: no"),
    "reset": (drop("rst"), 7, 7, ""),
}


@pytest.mark.parametrize("event", SECOND_ATTEMPTS)
def test_a_refused_retry_leaves_the_first_attempt_unknown(event: str) -> None:
    """Both causes are reported, unless the call is a read."""
    behavior, if_read, if_opted_in, text = SECOND_ATTEMPTS[event]
    for policy, status in ((POLICIES["read"], if_read), (POLICIES["opted in"], if_opted_in)):
        with FaultServer() as server:
            server.on("send_event", [execute(), drop("rst")], behavior)
            outcome = CallRunner(server, policy).outcome()
        assert outcome.exit_code == status
        if status == 7 and text:
            assert str(outcome) == f"the connection was lost; then {text}"
            assert outcome.request_id == server.requests[0].request_id


@pytest.mark.parametrize("name", ["read", "opted in"])
@pytest.mark.parametrize("refused", [False, True])
def test_a_failed_reconnection_leaves_the_first_attempt_unknown(name: str, refused: bool) -> None:
    """The call may have been executed, unless it is a read that the server refuses now."""
    with FaultServer() as server:
        server.on("send_event", [execute(), drop("rst")])
        if refused:
            server.on("login", respond(), respond_error("too_many_requests", "full"))
        else:
            server.on(CONNECT, normal(), drop("rst"))
        outcome = CallRunner(server, POLICIES[name]).outcome()
    is_conclusive = name == "read" and refused
    assert isinstance(outcome, Busy if is_conclusive else OutcomeUnknown)
    assert str(outcome).startswith("full" if is_conclusive else "the connection was lost; then ")


# --- before the call is sent ---


def test_a_call_that_was_never_sent_has_the_error_of_the_connection() -> None:
    """Without a connection or a login nothing is ambiguous."""
    with FaultServer() as server:
        server.on(CONNECT, drop("rst"))
        assert isinstance(CallRunner(server).outcome(), NotConnected)
        server.on(CONNECT)
        server.on("login", respond_error("license_expired"))
        assert isinstance(CallRunner(server).outcome(), AuthError)
        server.on("login", respond_error("service_unavailable"))
        assert isinstance(CallRunner(server).outcome(), Busy)
    assert server.requests == []


class DisconnectedConnector(Connector):
    """A connector whose first session has ended before it is used."""

    def connect(self, deadline: Deadline) -> Session:
        """Open a session, and wait until the first one has ended."""
        session = super().connect(deadline)
        while not self.has_disconnected and not session._transport.close_info:
            session.read_available()
        self.has_disconnected = True
        return session

    has_disconnected = False


# How the connection ends before the call; exit status, how often it is sent, connections.
DISCONNECTS_BEFORE_CALL: dict[str, tuple[list[Step], int, int, int]] = {
    "close 1000": ([close(1000)], 0, 1, 2),
    "close 1012": ([close(1012)], 0, 1, 2),
    "end of stream": ([drop("fin")], 0, 1, 2),
    "close 4000": ([close(4000)], 5, 0, 1),
    "push: connection_timeout": (disconnected_with("connection_timeout")[1:], 0, 1, 2),
    "push: too_many_connections": (disconnected_with("too_many_connections")[1:], 5, 0, 1),
    "push: access_token_revoked": (disconnected_with("access_token_revoked")[1:], 4, 0, 1),
    "invalid JSON": ([text("{bad"), close(1000)], 5, 0, 1),
}


@pytest.mark.parametrize("event", DISCONNECTS_BEFORE_CALL)
def test_a_connection_that_ends_before_the_call_is_not_ambiguous(event: str) -> None:
    """The call is sent on another connection, or reported as not sent."""
    steps, status, sent, connections = DISCONNECTS_BEFORE_CALL[event]
    with FaultServer() as server:
        server.on("login", [respond(), *steps], respond())
        outcome = CallRunner(server, connector=DisconnectedConnector).outcome()
    assert (outcome.exit_code if isinstance(outcome, RtmError) else 0) == status
    assert (server.count("send_event"), server.connection_count) == (sent, connections)
    assert "may have taken effect" not in str(outcome)


# --- regions and tokens ---


def test_a_misdirected_call_is_sent_to_the_named_region_once() -> None:
    """It was not executed, so any call may be sent again."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("send_event", respond_error("misdirected_request", data={"region": "fra"}))
        assert CallRunner(dal, regions={"fra": fra}).outcome() == {}
        assert [dal.count("send_event"), fra.count("send_event")] == [1, 1]
        fra.on("send_event", respond_error("misdirected_request", data={"region": "dal"}))
        outcome = CallRunner(dal, regions={"fra": fra, "dal": dal}).outcome()
        assert isinstance(outcome, OutcomeUnknown)
        assert [dal.count("send_event"), fra.count("send_event")] == [2, 2]


@pytest.mark.parametrize("data", [None, {}, {"region": "mars"}, {"region": ["fra"]}, "fra"])
def test_an_unknown_region_is_not_followed(data: Any) -> None:
    """T21: the server's data never become an address."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("send_event", respond_error("misdirected_request", data=data))
        outcome = CallRunner(dal, regions={"fra": fra}).outcome()
    assert (type(outcome), fra.connection_count) == (OutcomeUnknown, 0)


@pytest.mark.parametrize(("token", "status"), [("Bearer new-one", 0), (TOKEN, 4), (None, 4)])
def test_an_expired_token_is_refreshed_once(token: str | None, status: int) -> None:
    """With a new token, the call is sent again: it was not executed."""
    with FaultServer() as server:
        server.on("send_event", respond_error("authentication"), respond())
        outcome = CallRunner(
            server, credentials=Credentials(TOKEN, refresh=lambda _: token)
        ).outcome()
    assert (outcome.exit_code if isinstance(outcome, RtmError) else 0) == status
    tokens = [login.payload["token"] for login in server.logins]
    assert tokens == [TOKEN, "Bearer new-one"][: 1 if status else 2]


def test_a_call_that_cannot_be_encoded_counts_as_sent() -> None:
    """Whatever fails while it is sent, a part of it may be on the wire."""
    with FaultServer() as server:
        runner = CallRunner(server)
        runner.call.request = runner.call.request._replace(payload={"n": object()})
        outcome = runner.outcome()
        assert server.count("send_event") == 0
    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.request_id


# --- other messages ---


def test_pushes_are_passed_on_and_foreign_responses_ignored() -> None:
    """T33, T34: only the first response with our id counts; a push with our id is a push."""
    foreign = message({"action": "a", "type": "response", "success": False, "request_id": "x"})
    with FaultServer() as server:
        pushes = [push("one"), push("two", {}, with_request_id=True)]
        server.on("send_event", [*pushes, foreign, respond({"n": 1}), respond({"n": 2})])
        seen: list[Push] = []
        runner = CallRunner(server, on_push=seen.append)
        assert runner.outcome() == {"n": 1}
    assert [each.action for each in seen] == ["one", "two"]
    assert seen[1].request_id == runner.call.request.request_id


def test_the_session_stays_open_after_the_response() -> None:
    """The caller may wait for pushes on it, until it closes the call."""
    with FaultServer() as server:
        runner = CallRunner(server)
        runner.call.run(short_deadline())
        server.run_steps(push("incoming_event"))
        assert runner.call.session
        assert isinstance(runner.call.session.receive(short_deadline()), Push)
        runner.call.close()
        assert server.close_codes == [1000]


def test_a_call_may_be_closed_before_it_runs() -> None:
    """Closing without a session does nothing."""
    with FaultServer() as server:
        CallRunner(server).call.close()
        assert server.connection_count == 0


# --- signals ---


def raise_interrupted(_: object) -> None:
    """Raise what a signal raises."""
    raise Interrupted(15)


def unknown_after_signal(runner: CallRunner) -> list[str]:
    """Run a call that a signal interrupts; return the unknown request ids."""
    with pytest.raises(Interrupted) as raised:
        runner.call.run(short_deadline())
    runner.call.close()
    return [call.request_id for call in raised.value.unknown_calls]


def test_a_signal_in_flight_names_the_call() -> None:
    """It was sent and not answered."""
    with FaultServer() as server:
        server.on("send_event", [execute(), push("incoming_event"), ignore()])
        unknown = unknown_after_signal(CallRunner(server, on_push=raise_interrupted))
        assert unknown == [server.requests[0].request_id]


def test_a_signal_before_the_call_names_nothing() -> None:
    """It was not sent, or proved not executed."""
    with FaultServer() as server:
        server.on(CONNECT, drop("rst"), normal())
        server.on("send_event", respond_error("too_many_requests"))
        for _ in range(2):
            assert unknown_after_signal(CallRunner(server, sleep=raise_interrupted)) == []
        assert server.count("send_event") == 1


@pytest.mark.parametrize("behavior", [drop("rst"), respond_error("internal")])
def test_a_signal_between_two_attempts_names_the_first(behavior: Behavior) -> None:
    """Its outcome is not known."""
    with FaultServer() as server:
        server.on("send_event", behavior)
        unknown = unknown_after_signal(
            CallRunner(server, POLICIES["read"], sleep=raise_interrupted)
        )
        assert unknown == [server.requests[0].request_id]


def test_a_signal_during_the_second_attempt_names_both() -> None:
    """Either may have been executed."""
    with FaultServer() as server:
        server.on("send_event", drop("rst"), [push("incoming_event"), ignore()])
        runner = CallRunner(server, POLICIES["opted in"], on_push=raise_interrupted)
        unknown = unknown_after_signal(runner)
        assert sorted(unknown) == sorted(request.request_id for request in server.requests)
        assert len(unknown) == 2


def test_the_exit_codes_of_the_table_are_those_of_the_errors() -> None:
    """Each error class has its own."""
    error_classes = (Refused, AuthError, NotConnected, Busy, OutcomeUnknown)
    assert [each.exit_code for each in error_classes] == [3, 4, 5, 6, 7]

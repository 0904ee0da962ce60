"""One call: what happens to it, how often it is on the wire, and what is told of it."""

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

# What befalls the first try, while the second would be answered; then, for a call that reads, an
# idempotent one, an idempotent one that may be sent again, and one that acts: the exit status,
# how often it was sent, and the least pause before it was sent again.
TABLE = """
                                reads  | idempotent | asked for | acts
reset                           0 2    | 7 1        | 0 2       | 7 1
end of stream                   0 2    | 7 1        | 0 2       | 7 1
no answer                       0 2    | 7 1        | 0 2       | 7 1
close 1000                      0 2    | 7 1        | 0 2       | 7 1
close 1001                      0 2    | 7 1        | 0 2       | 7 1
close without code              0 2    | 7 1        | 0 2       | 7 1
close 1011                      0 2 1s | 7 1        | 0 2 1s    | 7 1
close 1012                      0 2 1s | 7 1        | 0 2 1s    | 7 1
close 1013                      0 2 1s | 7 1        | 0 2 1s    | 7 1
close 1008                      7 1    | 7 1        | 7 1       | 7 1
close 4000                      7 1    | 7 1        | 7 1       | 7 1
no JSON                         7 1    | 7 1        | 7 1       | 7 1
binary                          7 1    | 7 1        | 7 1       | 7 1
odd request_id                  7 1    | 7 1        | 7 1       | 7 1
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
told: connection_timeout        0 2    | 7 1        | 0 2       | 7 1
told: brand_new                 0 2    | 7 1        | 0 2       | 7 1
told: too_many_connections      7 1    | 7 1        | 7 1       | 7 1
told: access_token_revoked      4 1    | 4 1        | 4 1       | 4 1
"""
CELL = re.compile(r"([0-9]) ([0-9])(?: ([0-9])s)?")


def disconnected_with(reason: str) -> list[Step]:
    """End the session for a reason, with the call executed."""
    return [execute(), push("agent_disconnected", {"reason": reason}), close(1000)]


FAILURES: dict[str, Behavior] = {
    "reset": [execute(), drop("rst")],
    "end of stream": [execute(), drop("fin")],
    "no answer": [execute(), ignore()],
    "close without code": [execute(), close(None)],
    **{f"close {code}": [execute(), close(code)] for code in (1000, 1001, 1008, 1011, 1012, 1013)},
    "close 4000": [execute(), close(4000)],
    "no JSON": [execute(), text("{bad")],
    "binary": [execute(), binary(b"{}")],
    "odd request_id": respond(request_id=7),
}
POLICIES = {
    "reads": RetryPolicy(Retry.READ_ONLY),
    "idempotent": RetryPolicy(Retry.IDEMPOTENT),
    "asked for": RetryPolicy(Retry.IDEMPOTENT, retry_idempotent=True),
    "acts": RetryPolicy(Retry.NEVER, retry_idempotent=True),
}


def table_cases() -> Iterator[Any]:
    """Read the table: a case for each cell."""
    for line in TABLE.strip().splitlines()[1:]:
        what, cells = line[:32].strip(), line[32:].split("|")
        for name, cell in zip(POLICIES, cells, strict=True):
            found = CELL.fullmatch(cell.strip())
            assert found, line
            status, sent, min_delay = (int(number or 0) for number in found.groups())
            yield pytest.param(what, name, status, sent, min_delay, id=f"{what}, {name}")


class CallRunner:
    """A call to a fault server, without waiting between its tries."""

    def __init__(
        self,
        server: FaultServer,
        policy: RetryPolicy = POLICIES["acts"],
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
        """Run the call; return the payload of its answer, or the error."""
        try:
            return self.call.run(deadline or short_deadline()).payload
        except RtmError as error:
            return error
        finally:
            self.call.close()


@pytest.mark.parametrize(("what", "name", "status", "sent", "least"), [*table_cases()])
def test_each_fault_has_its_outcome(
    what: str, name: str, status: int, sent: int, least: int
) -> None:
    """T26, T28, T41, T42, T43: exit status, how often it was on the wire, the pause between."""
    behaviour = FAILURES.get(what) or respond_error(what)
    if what.startswith("told: "):
        behaviour = disconnected_with(what.removeprefix("told: "))
    with FaultServer(strict=False) as server:
        server.on("send_event", behaviour, respond({"done": True}))
        runner = CallRunner(
            server, POLICIES[name], response_timeout=0.1 if what == "no answer" else 5.0
        )
        outcome = runner.outcome()
    assert (outcome.exit_code if isinstance(outcome, RtmError) else 0) == status
    assert (server.count("send_event"), runner.delays) == (sent, [least] * (sent - 1))
    if status:
        assert (outcome.action, outcome.request_id) == ("send_event", server.requests[0].request_id)
    else:
        assert outcome == {"done": True}
    assert len({request.request_id for request in server.requests}) == sent


# --- tries ---


@pytest.mark.parametrize(
    ("behaviour", "status", "connections"),
    [
        (drop("rst"), 7, 3),
        (respond_error("too_many_requests"), 6, 1),
        (respond_error("internal"), 7, 1),
    ],
)
def test_a_call_is_tried_three_times_at_the_most(
    behaviour: Behavior, status: int, connections: int
) -> None:
    """T26, T40: pauses grow with full jitter; after the third try the last cause is told."""
    with FaultServer() as server:
        server.on("send_event", behaviour)
        runner = CallRunner(server, POLICIES["reads"], jitter=1.0)
        assert runner.outcome().exit_code == status
    assert runner.delays == [0.001, 0.002]
    assert (server.count("send_event"), server.connection_count) == (3, connections)


def test_a_pause_beyond_the_deadline_is_not_begun() -> None:
    """Where the next try would come too late, the cause is told at once."""
    with FaultServer() as server:
        server.on("send_event", close(1013), respond())
        runner = CallRunner(server, POLICIES["reads"])
        outcome = runner.outcome(Deadline.after(0.9))
    assert isinstance(outcome, OutcomeUnknown)
    assert (server.count("send_event"), runner.delays) == (1, [])


def test_the_whole_ends_at_its_deadline() -> None:
    """An answer is not awaited longer than the whole may last."""
    with FaultServer() as server:
        server.on("send_event", ignore())
        started = time.monotonic()
        outcome = CallRunner(server, POLICIES["reads"]).outcome(Deadline.after(0.2))
    assert isinstance(outcome, OutcomeUnknown)
    assert time.monotonic() - started < 3


def test_who_listens_is_told_why_it_is_tried_again() -> None:
    """The cause and the pause, in a line."""
    with FaultServer() as server:
        server.on("send_event", respond_error("too_many_requests", "Slow down"), respond())
        runner = CallRunner(server)
        assert runner.outcome() == {}
    assert "Slow down; trying again in 0.0 s" in runner.statuses


# --- a first try in doubt ---

# What the second try meets; the status for a call that reads, for one that may be sent again,
# and the words.
SECOND_ATTEMPTS: dict[str, tuple[Behavior, int, int, str]] = {
    "validation": (respond_error("validation", "no"), 3, 7, "validation: no"),
    "authorization": (respond_error("authorization", "no"), 4, 7, "authorization: no"),
    "brand_new": (respond_error("brand_new", "no"), 3, 7, "brand_new: no"),
    "too_many_requests": (respond_error("too_many_requests", "no"), 6, 7, "too_many_requests: no"),
    "loss": (drop("rst"), 7, 7, ""),
}


@pytest.mark.parametrize("what", SECOND_ATTEMPTS)
def test_a_refused_repetition_does_not_tell_what_became_of_the_first(what: str) -> None:
    """A call that may have acted stays unknown, with both causes; a read is as refused as it is."""
    behaviour, if_read, if_asked, words = SECOND_ATTEMPTS[what]
    for policy, status in ((POLICIES["reads"], if_read), (POLICIES["asked for"], if_asked)):
        with FaultServer() as server:
            server.on("send_event", [execute(), drop("rst")], behaviour)
            outcome = CallRunner(server, policy).outcome()
        assert outcome.exit_code == status
        if status == 7 and words:
            assert str(outcome) == f"the connection was lost; then {words}"
            assert outcome.request_id == server.requests[0].request_id


@pytest.mark.parametrize("name", ["reads", "asked for"])
@pytest.mark.parametrize("refused", [False, True])
def test_no_way_back_leaves_the_first_try_in_doubt(name: str, refused: bool) -> None:  # a case
    """Where no second connection comes about, the call may have been executed all the same."""
    with FaultServer() as server:
        server.on("send_event", [execute(), drop("rst")])
        if refused:
            server.on("login", respond(), respond_error("too_many_requests", "full"))
        else:
            server.on(CONNECT, normal(), drop("rst"))
        outcome = CallRunner(server, POLICIES[name]).outcome()
    harmless = name == "reads" and refused
    assert isinstance(outcome, Busy if harmless else OutcomeUnknown)
    assert str(outcome).startswith("full" if harmless else "the connection was lost; then ")


# --- before it is sent ---


def test_what_was_never_sent_is_told_so() -> None:
    """No connection, no login: nothing is on the wire, and nothing is in doubt."""
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
    """A connector whose first session has ended by the time that it is used."""

    def connect(self, deadline: Deadline) -> Session:
        """Open a session, and look at what comes of it."""
        session = super().connect(deadline)
        while not self.has_disconnected and not session._transport.close_info:
            session.read_available()
        self.has_disconnected = True
        return session

    has_disconnected = False


# How the connection ends before the call; status, how often it is sent, how many connections.
DISCONNECTS_BEFORE_CALL: dict[str, tuple[list[Step], int, int, int]] = {
    "close 1000": ([close(1000)], 0, 1, 2),
    "close 1012": ([close(1012)], 0, 1, 2),
    "end of stream": ([drop("fin")], 0, 1, 2),
    "close 4000": ([close(4000)], 5, 0, 1),
    "told: connection_timeout": (disconnected_with("connection_timeout")[1:], 0, 1, 2),
    "told: too_many_connections": (disconnected_with("too_many_connections")[1:], 5, 0, 1),
    "told: access_token_revoked": (disconnected_with("access_token_revoked")[1:], 4, 0, 1),
    "no JSON": ([text("{bad"), close(1000)], 5, 0, 1),
}


@pytest.mark.parametrize("what", DISCONNECTS_BEFORE_CALL)
def test_a_connection_that_ends_before_the_call_leaves_no_doubt(what: str) -> None:
    """What was not sent is sent on another connection, or told as not sent."""
    steps, status, sent, connections = DISCONNECTS_BEFORE_CALL[what]
    with FaultServer() as server:
        server.on("login", [respond(), *steps], respond())
        outcome = CallRunner(server, connector=DisconnectedConnector).outcome()
    assert (outcome.exit_code if isinstance(outcome, RtmError) else 0) == status
    assert (server.count("send_event"), server.connection_count) == (sent, connections)
    assert "may have taken effect" not in str(outcome)


# --- regions and tokens ---


def test_a_call_hops_to_the_region_that_is_named_once() -> None:
    """A misdirected call was not executed, so it goes to the other region, even if it acts."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("send_event", respond_error("misdirected_request", data={"region": "fra"}))
        assert CallRunner(dal, regions={"fra": fra}).outcome() == {}
        assert [dal.count("send_event"), fra.count("send_event")] == [1, 1]
        fra.on("send_event", respond_error("misdirected_request", data={"region": "dal"}))
        outcome = CallRunner(dal, regions={"fra": fra, "dal": dal}).outcome()
        assert isinstance(outcome, OutcomeUnknown)
        assert [dal.count("send_event"), fra.count("send_event")] == [2, 2]


@pytest.mark.parametrize("data", [None, {}, {"region": "mars"}, {"region": ["fra"]}, "fra"])
def test_a_region_that_nobody_knows_is_not_gone_to(data: Any) -> None:
    """T21: what the server says never becomes an address."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("send_event", respond_error("misdirected_request", data=data))
        outcome = CallRunner(dal, regions={"fra": fra}).outcome()
    assert (type(outcome), fra.connection_count) == (OutcomeUnknown, 0)


@pytest.mark.parametrize(("new", "status"), [("Bearer new-one", 0), (TOKEN, 4), (None, 4)])
def test_an_expired_token_is_renewed_once(new: str | None, status: int) -> None:
    """Another token from the source: logged in anew and sent again, as it was not executed."""
    with FaultServer() as server:
        server.on("send_event", respond_error("authentication"), respond())
        outcome = CallRunner(
            server, credentials=Credentials(TOKEN, refresh=lambda _: new)
        ).outcome()
    assert (outcome.exit_code if isinstance(outcome, RtmError) else 0) == status
    tokens = [login.payload["token"] for login in server.logins]
    assert tokens == [TOKEN, "Bearer new-one"][: 1 if status else 2]


# --- what comes beside the answer ---


def test_pushes_are_handed_on_and_foreign_answers_passed_over() -> None:
    """T33, T34: only an answer with our id counts, the first one; a push with our id is a push."""
    foreign = message({"action": "a", "type": "response", "success": False, "request_id": "x"})
    with FaultServer() as server:
        pushes = [push("one"), push("two", {}, with_request_id=True)]
        server.on("send_event", [*pushes, foreign, respond({"n": 1}), respond({"n": 2})])
        seen: list[Push] = []
        runner = CallRunner(server, on_push=seen.append)
        assert runner.outcome() == {"n": 1}
    assert [each.action for each in seen] == ["one", "two"]
    assert seen[1].request_id == runner.call.request.request_id


def test_the_session_of_the_answer_goes_on() -> None:
    """Who waits for more after the answer does it on the same session; closing ends it."""
    with FaultServer() as server:
        runner = CallRunner(server)
        runner.call.run(short_deadline())
        server.run_steps(push("incoming_event"))
        assert runner.call.session
        assert isinstance(runner.call.session.receive(short_deadline()), Push)
        runner.call.close()
        assert server.close_codes == [1000]


def test_a_call_that_was_not_made_may_be_closed() -> None:
    """Closing without a session does nothing."""
    with FaultServer() as server:
        CallRunner(server).call.close()
        assert server.connection_count == 0


# --- signals ---


def raise_interrupted(_: object) -> None:
    """Do as a signal does."""
    raise Interrupted(15)


def unknown_after_signal(caller: CallRunner) -> list[str]:
    """Run a call that a signal interrupts; return the ids it names."""
    with pytest.raises(Interrupted) as raised:
        caller.call.run(short_deadline())
    caller.call.close()
    return raised.value.unknown_request_ids


def test_a_signal_in_flight_names_the_call() -> None:
    """Sent and not answered: the signal carries its id."""
    with FaultServer() as server:
        server.on("send_event", [execute(), push("incoming_event"), ignore()])
        unknown = unknown_after_signal(CallRunner(server, on_push=raise_interrupted))
        assert unknown == [server.requests[0].request_id]


def test_a_signal_before_the_call_names_nothing() -> None:
    """Not sent, or proved not executed: there is nothing to name."""
    with FaultServer() as server:
        server.on(CONNECT, drop("rst"), normal())
        server.on("send_event", respond_error("too_many_requests"))
        for _ in range(2):
            assert unknown_after_signal(CallRunner(server, sleep=raise_interrupted)) == []
        assert server.count("send_event") == 1


@pytest.mark.parametrize("behaviour", [drop("rst"), respond_error("internal")])
def test_a_signal_between_two_tries_names_the_first(behaviour: Behavior) -> None:
    """What became of the first try is not known, so it is named."""
    with FaultServer() as server:
        server.on("send_event", behaviour)
        unknown = unknown_after_signal(
            CallRunner(server, POLICIES["reads"], sleep=raise_interrupted)
        )
        assert unknown == [server.requests[0].request_id]


def test_a_signal_amid_the_second_try_names_both() -> None:
    """Either may have been executed."""
    with FaultServer() as server:
        server.on("send_event", drop("rst"), [push("incoming_event"), ignore()])
        runner = CallRunner(server, POLICIES["asked for"], on_push=raise_interrupted)
        unknown = unknown_after_signal(runner)
        assert sorted(unknown) == sorted(request.request_id for request in server.requests)
        assert len(unknown) == 2


def test_each_error_is_of_its_own_kind() -> None:
    """What the classes of the table's statuses are."""
    kinds = (Refused, AuthError, NotConnected, Busy, OutcomeUnknown)
    assert [kind.exit_code for kind in kinds] == [3, 4, 5, 6, 7]

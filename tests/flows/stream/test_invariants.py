"""Six laws hold for every stream of calls, whatever the server does (I1 to I6).

I1  n values give n records, one each.
I2  A call that must not be executed twice is executed at most once.
I3  A call that is reported as ok was executed.
I4  A call that is reported as not sent was not received.
I5  A call that is reported as refused was refused by the server, for that reason.
I6  Records are whole, unique and in the order of the input.

And a stream of one call reports what one call reports.
"""

import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import fault_server
from support.fault_server import CONNECT, Behavior, FaultServer, StepContext
from support.journal import open_journal, statuses
from support.stream import FAST_TIMERS, RecordedOutcome, make_connector, stream_outcomes

from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import RtmError
from rtmcli.flows.call import Call, RetryPolicy
from rtmcli.flows.stream.flow import StreamOptions
from rtmcli.flows.stream.journal.journal import JournalOptions
from rtmcli.protocol.messages import Request
from rtmcli.protocol.reconnection import Backoff
from rtmcli.session.deadline import Deadline

READ, IDEMPOTENT, NOT_RETRIABLE = "get_archives", "ban_customer", "send_event"
FASTEST_TIMERS = FAST_TIMERS._replace(
    response_timeout=0.15, close_timeout=0.05, backoff=Backoff(0.001, 0.002)
)


class ServerState:
    """The errors that the server sent in one run, by the number of the value."""

    def __init__(self) -> None:
        self.errors_sent: dict[int, list[str]] = defaultdict(list)

    def error_behavior(self, error_type: str, *, executed: bool = False) -> Behavior:
        """Refuse a call and record it; with `executed`, execute it first."""

        def record_error(context: StepContext) -> None:
            self.errors_sent[number_of(context.require_request())].append(error_type)

        steps = [fault_server.call_function(record_error), fault_server.respond_error(error_type)]
        return [fault_server.execute(), *steps] if executed else steps


def number_of(request: fault_server.Request) -> int:
    """Return the number of the value that a request belongs to."""
    number: int = request.payload["number"]
    return number


def shuffled(contexts: list[StepContext]) -> list[StepContext]:
    """Return the requests in random order."""
    return random.sample(contexts, len(contexts))


OTHER_RESPONSE = {
    "action": "x",
    "type": "response",
    "success": True,
    "request_id": "foreign",
    "payload": {},
}

# What the server may do with a call; the first is the normal case.
BEHAVIORS: dict[str, Callable[[ServerState], Behavior]] = {
    "answer": lambda _: fault_server.respond(),
    "answer twice": lambda _: [fault_server.respond(), fault_server.respond()],
    "answer another id first": lambda _: [
        fault_server.message(OTHER_RESPONSE),
        fault_server.respond(),
    ],
    "push with the same id first": lambda _: [
        fault_server.push("incoming_event", with_request_id=True),
        fault_server.respond(),
    ],
    "answer in random order": lambda _: fault_server.batch(3, shuffled, idle=0.02),
    "answer too late": lambda _: [fault_server.delay(0.2), fault_server.respond()],
    "refuse": lambda state: state.error_behavior("validation"),
    "refuse the agent": lambda state: state.error_behavior("authorization"),
    "throttle": lambda state: state.error_behavior("too_many_requests"),
    "fail": lambda state: state.error_behavior("internal"),
    "execute and fail": lambda state: state.error_behavior("request_timeout", executed=True),
    "stay silent": lambda _: fault_server.ignore(),
    "execute and stay silent": lambda _: fault_server.execute(),
    "reset": lambda _: fault_server.drop("rst"),
    "execute and reset": lambda _: [fault_server.execute(), fault_server.drop("rst")],
    "execute and end": lambda _: [fault_server.execute(), fault_server.drop("fin")],
    "answer and reset": lambda _: [fault_server.respond(), fault_server.drop("rst")],
    "execute and send bad JSON": lambda _: [fault_server.execute(), fault_server.text("{bad")],
    "execute and answer malformed": lambda _: fault_server.respond(success="yes"),
    "send binary": lambda _: [fault_server.execute(), fault_server.binary(b"x")],
    "send an invalid frame": lambda _: [fault_server.execute(), fault_server.frame(3, b"x")],
    "close 1000": lambda _: [fault_server.execute(), fault_server.close(1000)],
    "close 1008": lambda _: [fault_server.execute(), fault_server.close(1008)],
    "close 1001": lambda _: [fault_server.close(1001)],
    "disconnect, internal_error": lambda _: [
        fault_server.execute(),
        fault_server.push("agent_disconnected", {"reason": "internal_error"}),
        fault_server.close(1000),
    ],
    "disconnect, too_many_connections": lambda _: [
        fault_server.push("agent_disconnected", {"reason": "too_many_connections"}),
        fault_server.close(1000),
    ],
}
LOGIN_BEHAVIORS: dict[str, Callable[[], Behavior]] = {
    "accept": fault_server.respond,
    "refuse": lambda: fault_server.respond_error("authentication"),
    "throttle": lambda: fault_server.respond_error("too_many_requests"),
    "reset": fault_server.drop,
}
STATUS_OF = {
    "validation": "refused",
    "authorization": "auth",
    "too_many_requests": "busy",
}


class Plan(NamedTuple):
    """One run: the calls, and what the server will do."""

    actions: list[str]
    behaviors: list[str]
    logins: list[str]
    connects_accepted: list[bool]
    window: int
    retry_idempotent: bool


def plans(max_values: int) -> st.SearchStrategy[Plan]:
    """Plan runs of up to `max_values` values; what is not planned is the normal case."""
    success = st.just("answer")
    return st.builds(
        Plan,
        st.lists(st.sampled_from([NOT_RETRIABLE, READ, IDEMPOTENT]), max_size=max_values),
        st.lists(success | st.sampled_from(list(BEHAVIORS)), max_size=max_values),
        st.lists(st.just("accept") | st.sampled_from(list(LOGIN_BEHAVIORS)), max_size=4),
        st.lists(st.booleans(), max_size=3),
        st.integers(1, 10),
        st.booleans(),
    )


def follow_plan(server: FaultServer, plan: Plan, state: ServerState) -> list[Any]:
    """Make a server follow a plan; return the values of the input."""
    behaviors = [*plan.behaviors, "answer"]
    server.on("*", *(BEHAVIORS[name](state) for name in behaviors))
    server.on("login", *(LOGIN_BEHAVIORS[login]() for login in plan.logins), fault_server.respond())
    server.on(
        CONNECT,
        *(
            fault_server.normal() if accepted else fault_server.drop()
            for accepted in plan.connects_accepted
        ),
        fault_server.normal(),
    )
    return [
        {"action": action, "payload": {"number": number}}
        for number, action in enumerate(plan.actions, 1)
    ]


def run_plan(plan: Plan) -> None:
    """Run a plan, and check the laws."""
    state = ServerState()
    with FaultServer() as server:
        values = follow_plan(server, plan, state)
        records = stream_outcomes(
            server.url,
            values,
            window=plan.window,
            stream_options=StreamOptions(retry_idempotent=plan.retry_idempotent),
            timers=FASTEST_TIMERS,
        )
    check_invariants(plan, state, server, records)


def check_invariants(
    plan: Plan, state: ServerState, server: FaultServer, records: list[RecordedOutcome]
) -> None:
    """Check the laws for a run that is over."""
    received = Counter(map(number_of, server.requests))
    executed = Counter(map(number_of, server.executed))
    assert [record.number for record in records] == list(range(1, len(plan.actions) + 1))  # I1, I6
    for number, status, error_type, _ in records:
        action = plan.actions[number - 1]
        if action == NOT_RETRIABLE or (action == IDEMPOTENT and not plan.retry_idempotent):
            assert executed[number] <= 1  # I2
        if status == "ok":
            assert executed[number] >= 1  # I3
        if status == "not_sent":
            assert received[number] == 0  # I4
        if status in STATUS_OF.values() and error_type in STATUS_OF:
            assert error_type in state.errors_sent[number]  # I5
            assert STATUS_OF[error_type] == status
            assert action == READ or executed[number] == 0
        assert received[number] <= 3
    assert server.peak_in_flight <= plan.window
    ids = Counter(request.request_id for request in server.requests)
    assert not ids or max(ids.values()) == 1


@pytest.mark.parametrize("retry_idempotent", [False, True])
@pytest.mark.parametrize("windows", [(1, 3), (4, 10)])
@settings(max_examples=250)
@given(plans(12), st.data())
def test_the_laws_hold_whatever_the_server_does(
    windows: tuple[int, int], retry_idempotent: bool, plan: Plan, data: st.DataObject
) -> None:
    """T110: random streams, and a server that fails in every way."""
    window = data.draw(st.integers(*windows))
    run_plan(plan._replace(window=window, retry_idempotent=retry_idempotent))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=10_000)
@given(plans(40))
def test_the_laws_hold_ten_thousand_times(plan: Plan) -> None:
    """T110: the same, with longer streams."""
    run_plan(plan)


def run_plan_twice(plan: Plan, path: Path) -> None:
    """Run a plan with a journal, then again on a server without faults; check both runs."""
    stream_options = StreamOptions(retry_idempotent=plan.retry_idempotent)
    journal_options = JournalOptions(retry_idempotent=plan.retry_idempotent)
    with FaultServer() as server:
        values = follow_plan(server, plan, ServerState())
        for timers in (FASTEST_TIMERS, FAST_TIMERS):
            journal = open_journal(path, journal_options)
            records = stream_outcomes(
                server.url,
                values,
                window=plan.window,
                stream_options=stream_options,
                timers=timers,
                journal=journal,
            )
            for trigger, behavior in NO_FAULTS.items():
                server.on(trigger, behavior)
    executed = Counter(map(number_of, server.executed))
    final = statuses(path) if values else {}
    assert set(final) == set(range(1, len(values) + 1))
    assert {record.status for record in records} <= {"ok", "unknown"}
    for number, status in final.items():
        action = plan.actions[number - 1]
        is_repeatable = action == READ or (action == IDEMPOTENT and plan.retry_idempotent)
        assert is_repeatable or executed[number] <= 1
        assert status in ("ok", "refused") or (status == "unknown" and not is_repeatable)
        assert status != "ok" or executed[number] >= 1
        assert status != "refused" or is_repeatable or not executed[number]


NO_FAULTS: dict[Any, Behavior] = {
    "*": fault_server.respond(),
    "login": fault_server.respond(),
    CONNECT: fault_server.normal(),
}


@settings(max_examples=150)
@given(plans(10))
def test_a_second_run_with_the_journal_completes_the_first(plan: Plan) -> None:
    """Whatever the server did; what must not be executed twice is executed at most once in both."""
    with tempfile.TemporaryDirectory() as folder:
        run_plan_twice(plan, Path(folder, "journal"))


def disconnect_behavior(reason: str, code: int) -> Behavior:
    """Execute a call, and end the session for a reason."""
    payload = {"reason": reason, "data": {"region": "mars"}}
    return [
        fault_server.execute(),
        fault_server.push("agent_disconnected", payload),
        fault_server.close(code),
    ]


SLOW_REASON = "too_many_unauthorized_connections"  # costs a delay of five seconds
TIMING_DEPENDENT = {"late", "silent", "random"}  # words in the names of behaviors
SERVER_EVENTS: dict[str, Behavior] = {
    **{
        name: BEHAVIORS[name](ServerState())
        for name in BEHAVIORS
        if not TIMING_DEPENDENT.intersection(name.split())
    },
    **{error: fault_server.respond_error(error) for error in API.error_types_by_name},
    **{
        f"push: {reason}, close {code}": disconnect_behavior(reason, code)
        for reason in API.disconnect_reasons_by_name
        for code in (1000, 4000)
        if reason != SLOW_REASON
    },
    "unknown region": fault_server.respond_error("misdirected_request", data={"region": "mars"}),
    "close 4000": [fault_server.execute(), fault_server.close(4000)],
}


@pytest.mark.parametrize(
    ("action", "then"), [(READ, "answer"), (READ, "refuse"), (NOT_RETRIABLE, "refuse")]
)
@pytest.mark.parametrize("event", SERVER_EVENTS)
def test_one_call_and_a_stream_of_one_call_report_the_same(
    event: str, action: str, then: str
) -> None:
    """The same status, type and message, whatever happens to the first attempt and the second."""
    request, policy = Request(action, {"number": 1}), RetryPolicy(API.methods[action].retry)
    behaviors = SERVER_EVENTS[event], BEHAVIORS[then](ServerState())
    with FaultServer() as server:
        server.on(action, *behaviors)
        call = Call(make_connector(server.url), request, policy)
        try:
            call.run(Deadline.after(60))
            expected = "ok", "", ""
        except RtmError as error:
            expected = error.status, error.type, error.message
        finally:
            call.close()
    with FaultServer() as server:
        server.on(action, *behaviors)
        [record] = stream_outcomes(server.url, [request.envelope()])
    assert record[1:] == expected

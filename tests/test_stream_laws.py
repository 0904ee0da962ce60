"""Whatever the server does, six laws hold of every stream of calls (I1 to I6).

I1  n values give n records, each its own.
I2  a call that is not to be executed twice is executed at the most once.
I3  what is told to be ok was executed.
I4  what is told not to be sent was not received.
I5  what is told to be refused was refused by the server, for that reason.
I6  records come whole, once, and in the order of the input.

And a stream of one call is told what one call is told.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import NamedTuple

import faults
import pytest
from faults import CONNECT, Behaviour, FaultServer, Turn
from hypothesis import given, settings
from hypothesis import strategies as st
from streaming import QUICK, Told, connector, told

from rtmcli.catalogue import API
from rtmcli.errors import RtmError
from rtmcli.flows.call import Call, Policy
from rtmcli.flows.stream.flow import Rules
from rtmcli.protocol.conversation import ERRORS, REASONS, Backoff
from rtmcli.protocol.messages import Request
from rtmcli.session.deadline import Deadline

READ, IDEMPOTENT, NEVER = "get_archives", "ban_customer", "send_event"
HASTY = QUICK._replace(answer=0.15, close=0.05, backoff=Backoff(0.001, 0.002))


class World:
    """The server's side of one run: what it was asked, what it did, what it said."""

    def __init__(self) -> None:
        self.said: dict[int, list[str]] = defaultdict(list)

    def refuse(self, kind: str, *, after: bool = False) -> Behaviour:
        """Refuse a call, and remember it; with `after`, having executed it all the same."""

        def note(turn: Turn) -> None:
            self.said[number_of(turn.asked())].append(kind)

        steps = [faults.do(note), faults.refuse(kind)]
        return [faults.execute(), *steps] if after else steps


def number_of(request: faults.Request) -> int:
    """Return which value a request belongs to."""
    number: int = request.payload["number"]
    return number


def mixed(turns: list[Turn]) -> list[Turn]:
    """Mix turns up."""
    return random.sample(turns, len(turns))


SHRUG = {"action": "x", "type": "response", "success": True, "request_id": "foreign", "payload": {}}

# What the server may do with a call: the first is sound, the later ones are worse.
DEEDS: dict[str, Callable[[World], Behaviour]] = {
    "answer": lambda _: faults.answer(),
    "answer twice": lambda _: [faults.answer(), faults.answer()],
    "answer someone else first": lambda _: [faults.message(SHRUG), faults.answer()],
    "push with the same id first": lambda _: [
        faults.push("incoming_event", echo=True),
        faults.answer(),
    ],
    "answer late and mixed": lambda _: faults.hold(3, mixed, idle=0.02),
    "answer too late": lambda _: [faults.pause(0.2), faults.answer()],
    "refuse": lambda world: world.refuse("validation"),
    "refuse the agent": lambda world: world.refuse("authorization"),
    "throttle": lambda world: world.refuse("too_many_requests"),
    "fail": lambda world: world.refuse("internal"),
    "execute and fail": lambda world: world.refuse("request_timeout", after=True),
    "stay silent": lambda _: faults.silence(),
    "execute and stay silent": lambda _: faults.execute(),
    "reset": lambda _: faults.drop("rst"),
    "execute and reset": lambda _: [faults.execute(), faults.drop("rst")],
    "execute and end": lambda _: [faults.execute(), faults.drop("fin")],
    "answer and reset": lambda _: [faults.answer(), faults.drop("rst")],
    "execute and garble": lambda _: [faults.execute(), faults.text("{bad")],
    "execute and answer nonsense": lambda _: faults.answer(success="yes"),
    "send binary": lambda _: [faults.execute(), faults.binary(b"x")],
    "break the framing": lambda _: [faults.execute(), faults.frame(3, b"x")],
    "close 1000": lambda _: [faults.execute(), faults.close(1000)],
    "close 1008": lambda _: [faults.execute(), faults.close(1008)],
    "close 1012": lambda _: [faults.close(1001)],
    "disconnect": lambda _: [
        faults.execute(),
        faults.push("agent_disconnected", {"reason": "internal_error"}),
        faults.close(1000),
    ],
    "disconnect for good": lambda _: [
        faults.push("agent_disconnected", {"reason": "too_many_connections"}),
        faults.close(1000),
    ],
}
LOGINS: dict[str, Callable[[], Behaviour]] = {
    "accept": faults.answer,
    "refuse": lambda: faults.refuse("authentication"),
    "throttle": lambda: faults.refuse("too_many_requests"),
    "reset": faults.drop,
}
STATUS_OF = {
    "validation": "refused",
    "authorization": "auth",
    "too_many_requests": "busy",
}


class Plan(NamedTuple):
    """One run: what is asked, and what the server will do."""

    actions: list[str]
    deeds: list[str]
    logins: list[str]
    connects: list[bool]
    window: int
    idempotent_too: bool


def plans(most: int) -> st.SearchStrategy[Plan]:
    """Plan runs of up to `most` values; what is not planned is sound."""
    sound = st.just("answer")
    return st.builds(
        Plan,
        st.lists(st.sampled_from([NEVER, READ, IDEMPOTENT]), max_size=most),
        st.lists(sound | st.sampled_from(list(DEEDS)), max_size=most),
        st.lists(st.just("accept") | st.sampled_from(list(LOGINS)), max_size=4),
        st.lists(st.booleans(), max_size=3),
        st.integers(1, 10),
        st.booleans(),
    )


def run(plan: Plan) -> None:
    """Run a plan, and see that the laws hold."""
    world = World()
    with FaultServer() as server:
        deeds = [*plan.deeds, "answer"]
        server.on("*", *(DEEDS[deed](world) for deed in deeds))
        server.on("login", *(LOGINS[login]() for login in plan.logins), faults.answer())
        server.on(
            CONNECT,
            *(faults.normal() if sound else faults.drop() for sound in plan.connects),
            faults.normal(),
        )
        values = [
            {"action": action, "payload": {"number": number}}
            for number, action in enumerate(plan.actions, 1)
        ]
        records = told(
            server.url,
            values,
            window=plan.window,
            rules=Rules(idempotent_too=plan.idempotent_too),
            timers=HASTY,
        )
    judge(plan, world, server, records)


def judge(plan: Plan, world: World, server: FaultServer, records: list[Told]) -> None:
    """See that the laws hold of a run that is over."""
    received = Counter(map(number_of, server.requests))
    executed = Counter(map(number_of, server.executed))
    assert [record.number for record in records] == list(range(1, len(plan.actions) + 1))  # I1, I6
    for number, status, kind, _ in records:
        action = plan.actions[number - 1]
        if action == NEVER or (action == IDEMPOTENT and not plan.idempotent_too):
            assert executed[number] <= 1  # I2
        if status == "ok":
            assert executed[number] >= 1  # I3
        if status == "not_sent":
            assert received[number] == 0  # I4
        if status in STATUS_OF.values() and kind in STATUS_OF:
            assert kind in world.said[number]  # I5
            assert STATUS_OF[kind] == status
            assert action == READ or executed[number] == 0
        assert received[number] <= 3
    assert server.peak_in_flight <= plan.window
    ids = Counter(request.request_id for request in server.requests)
    assert not ids or max(ids.values()) == 1


@pytest.mark.parametrize("idempotent_too", [False, True])
@pytest.mark.parametrize("windows", [(1, 3), (4, 10)])
@settings(max_examples=250)
@given(plans(12), st.data())
def test_the_laws_hold_whatever_the_server_does(
    windows: tuple[int, int], idempotent_too: bool, plan: Plan, data: st.DataObject
) -> None:
    """T110: random streams against a server that breaks in every way it can."""
    window = data.draw(st.integers(*windows))
    run(plan._replace(window=window, idempotent_too=idempotent_too))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=10_000)
@given(plans(40))
def test_the_laws_hold_ten_thousand_times(plan: Plan) -> None:
    """T110: the same, with longer streams and for longer."""
    run(plan)


def ended(reason: str) -> Behaviour:
    """Execute a call, and end the session for a reason."""
    farewell = {"reason": reason, "data": {"region": "mars"}}
    return [faults.execute(), faults.push("agent_disconnected", farewell), faults.close(1000)]


SLOW = "too_many_unauthorized_connections"  # a stream waits for five seconds then
TIMED = {"late", "silent"}  # what takes as long as the machine is slow
EVENTS: dict[str, Behaviour] = {
    **{deed: DEEDS[deed](World()) for deed in DEEDS if not TIMED.intersection(deed.split())},
    **{error: faults.refuse(error) for error in ERRORS},
    **{f"told: {reason}": ended(reason) for reason in REASONS if reason != SLOW},
    "unknown region": faults.refuse("misdirected_request", data={"region": "mars"}),
    "close 4000": [faults.execute(), faults.close(4000)],
}


@pytest.mark.parametrize(
    ("action", "then"), [(READ, "answer"), (READ, "refuse"), (NEVER, "refuse")]
)
@pytest.mark.parametrize("event", EVENTS)
def test_one_call_and_a_stream_of_one_are_told_the_same(event: str, action: str, then: str) -> None:
    """Whatever befalls the first try, and then the second: the same status, type and words."""
    request, policy = Request(action, {"number": 1}), Policy(API.methods[action].retry)
    behaviours = EVENTS[event], DEEDS[then](World())
    with FaultServer() as server:
        server.on(action, *behaviours)
        call = Call(connector(server.url), request, policy)
        try:
            call.run(Deadline.after(60))
            one = "ok", "", ""
        except RtmError as error:
            one = error.label, error.type, error.message
        finally:
            call.close()
    with FaultServer() as server:
        server.on(action, *behaviours)
        [record] = told(server.url, [request.envelope()])
    assert record[1:] == one

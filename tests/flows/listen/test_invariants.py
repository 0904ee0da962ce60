"""The laws of listening: whatever a server does over many connections, every push is told once.

A run is drawn at random: attempts that fail on the way, sessions that bring pushes and end in
every way there is, and in the end a reason that forbids to come back.
"""

from typing import NamedTuple

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from support.connect import connect_options
from support.fault_server import (
    CONNECT,
    HANDSHAKE,
    Behavior,
    FaultServer,
    Step,
    close,
    drop,
    http_response,
    normal,
    pings,
    push,
    respond,
    respond_error,
)

from rtmcli.errors import AuthError, Disconnected, RtmError
from rtmcli.flows.listen.criteria import ListenOptions
from rtmcli.flows.listen.flow import Listener
from rtmcli.flows.listen.items import Gap, ListenItem, Notice
from rtmcli.protocol.reconnection import Backoff, ReconnectPolicy
from rtmcli.session.connector import Connector

IMMEDIATE_POLICY = ReconnectPolicy(Backoff(0.001, 0.01), stable_after=0.0, min_login_interval=0.001)
GAP = "gap"

# What keeps an attempt from becoming a session: at the connection, the handshake or the login.
CONNECT_FAILURES: dict[str, tuple[Behavior, ...]] = {
    "a reset": (drop("rst"),),
    "HTTP 503": (normal(), http_response(503)),
    "an end instead of a handshake": (normal(), drop("fin")),
    "a busy server": (normal(), normal(), respond_error("service_unavailable")),
    "an end instead of a login": (normal(), normal(), drop("fin")),
}
# How a session ends that may be followed by another one.
SESSION_ENDS: dict[str, tuple[Step, ...]] = {
    "a FIN": (drop("fin"),),
    "a reset": (drop("rst"),),
    "code 1000": (close(1000),),
    "code 1001": (close(1001, "going away"),),
    "code 4000": (close(4000),),
    "no code": (close(None),),
    "connection_timeout": (
        push("agent_disconnected", {"reason": "connection_timeout"}), close(1000)),
    "internal_error": (push("agent_disconnected", {"reason": "internal_error"}), drop("fin")),
}  # fmt: skip  # a table
FATAL_REASONS = {
    "access_token_revoked": AuthError,
    "license_expired": AuthError,
    "agent_logged_out_remotely": Disconnected,
    "connection_evicted": Disconnected,
}


class SessionPlan(NamedTuple):
    """One session, and the attempts that fail before it."""

    failures: list[str]
    pushes: int
    sends_pings: bool
    end: str


session_plans = st.lists(
    st.builds(
        SessionPlan,
        st.lists(st.sampled_from(sorted(CONNECT_FAILURES)), max_size=2),
        st.integers(0, 5),
        st.booleans(),
        st.sampled_from(sorted(SESSION_ENDS)),
    ),
    max_size=5,
)


def script_server(server: FaultServer, plan: list[SessionPlan], reason: str) -> list[list[str]]:
    """Tell the server what to do; return what each session tells."""
    stages: tuple[list[Behavior], ...] = ([], [], [])  # connection, handshake, login
    sessions: list[list[str]] = []
    last = SessionPlan([], 1, sends_pings=False, end="")
    for index, session in enumerate([*plan, last]):
        for failure in session.failures:
            for stage, behaviour in zip(stages, CONNECT_FAILURES[failure], strict=False):
                stage.append(behaviour)
        pushes = [f"{index}.{number}" for number in range(session.pushes)]
        steps = [push("incoming_event", {"n": name}) for name in pushes]
        end = SESSION_ENDS.get(session.end) or (
            push("agent_disconnected", {"reason": reason}),
            close(1000),
        )
        pushes += [session.end or reason] if "_" in (session.end or reason) else []
        for stage in stages[:2]:
            stage.append(normal())
        stages[2].append([respond(), *([pings(2)] if session.sends_pings else []), *steps, *end])
        sessions.append(pushes)
    server.on(CONNECT, *stages[0])
    server.on(HANDSHAKE, *stages[1])
    server.on("login", *stages[2])
    return sessions


def listen_to_end(listener: Listener) -> tuple[list[str], RtmError | None]:
    """Listen to the end; return the names of what was told, and the error at the end."""
    received: list[str] = []
    try:
        for item in listener.run():
            received += item_names(item)
    except RtmError as error:
        return received, error
    return received, None


def item_names(item: ListenItem) -> list[str]:
    """Name the pushes, or the gap, that a listener tells of; notes are for people."""
    if isinstance(item, Gap):
        return [GAP]
    if isinstance(item, Notice):
        return []
    payloads = [orjson.loads(text)["payload"] for text in item]
    return [payload.get("n") or payload["reason"] for payload in payloads]


@settings(max_examples=80)
@given(session_plans, st.sampled_from(sorted(FATAL_REASONS)))
def test_every_push_is_told_once_and_every_loss_in_its_place(
    plan: list[SessionPlan], reason: str
) -> None:
    """In the order in which they came; one gap between two sessions; the last word is obeyed."""
    with FaultServer() as server:
        sessions = script_server(server, plan, reason)
        listener = Listener(Connector(connect_options(server)), ListenOptions(), IMMEDIATE_POLICY)
        told, error = listen_to_end(listener)
        assert isinstance(error, FATAL_REASONS[reason])
        assert len(server.logins) == len(sessions) + sum(
            len(CONNECT_FAILURES[each]) == 3 for visit in plan for each in visit.failures
        )
    for pushes, brought, visit in zip(_split_at_gaps(told), sessions, [*plan, None], strict=True):
        if visit and visit.end == "a reset":  # what had come and was not read yet is gone with it
            assert pushes == brought[: len(pushes)]
        else:
            assert pushes == brought


def _split_at_gaps(received: list[str]) -> list[list[str]]:
    """Part what was told at the gaps."""
    sections: list[list[str]] = [[]]
    for name in received:
        if name == GAP:
            sections.append([])
        else:
            sections[-1].append(name)
    return sections

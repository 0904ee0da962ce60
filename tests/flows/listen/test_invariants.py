"""Every push is yielded once, whatever a server does over many connections.

A run is random: attempts that fail at different stages, sessions that send pushes and end in
different ways, and finally a reason not to reconnect.
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

# How an attempt fails: at the connection, the handshake or the login.
CONNECT_FAILURES: dict[str, tuple[Behavior, ...]] = {
    "reset": (drop("rst"),),
    "HTTP 503": (normal(), http_response(503)),
    "FIN during the handshake": (normal(), drop("fin")),
    "service_unavailable": (normal(), normal(), respond_error("service_unavailable")),
    "FIN during the login": (normal(), normal(), drop("fin")),
}
# How a session ends before another one.
SESSION_ENDS: dict[str, tuple[Step, ...]] = {
    "FIN": (drop("fin"),),
    "reset": (drop("rst"),),
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
    """Script the server; return what each session sends."""
    stages: tuple[list[Behavior], ...] = ([], [], [])  # connection, handshake, login
    sessions: list[list[str]] = []
    last = SessionPlan([], 1, sends_pings=False, end="")
    for index, session in enumerate([*plan, last]):
        for failure in session.failures:
            for stage, behavior in zip(stages, CONNECT_FAILURES[failure], strict=False):
                stage.append(behavior)
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
    """Listen to the end; return the names of the items, and the error."""
    received: list[str] = []
    try:
        for item in listener.run():
            received += item_names(item)
    except RtmError as error:
        return received, error
    return received, None


def item_names(item: ListenItem) -> list[str]:
    """Return the names of pushes or of a gap; notices have none."""
    if isinstance(item, Gap):
        return [GAP]
    if isinstance(item, Notice):
        return []
    payloads = [orjson.loads(text)["payload"] for text in item]
    return [payload.get("n") or payload["reason"] for payload in payloads]


@settings(max_examples=80)
@given(session_plans, st.sampled_from(sorted(FATAL_REASONS)))
def test_every_push_is_yielded_once_and_every_gap_in_its_place(
    plan: list[SessionPlan], reason: str
) -> None:
    """Pushes keep their order, a gap is between two sessions, and the last reason is obeyed."""
    with FaultServer() as server:
        sessions = script_server(server, plan, reason)
        listener = Listener(Connector(connect_options(server)), ListenOptions(), IMMEDIATE_POLICY)
        received, error = listen_to_end(listener)
        assert isinstance(error, FATAL_REASONS[reason])
        assert len(server.logins) == len(sessions) + sum(
            len(CONNECT_FAILURES[each]) == 3 for session in plan for each in session.failures
        )
    sections = _split_at_gaps(received)
    for pushes, sent, session in zip(sections, sessions, [*plan, None], strict=True):
        if session and session.end == "reset":  # it discards what was not read yet
            assert pushes == sent[: len(pushes)]
        else:
            assert pushes == sent


def _split_at_gaps(received: list[str]) -> list[list[str]]:
    """Split the names at the gaps."""
    sections: list[list[str]] = [[]]
    for name in received:
        if name == GAP:
            sections.append([])
        else:
            sections[-1].append(name)
    return sections

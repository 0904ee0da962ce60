"""The laws of listening: whatever a server does over many connections, every push is told once.

A run is drawn at random: attempts that fail on the way, sessions that bring pushes and end in
every way there is, and in the end a reason that forbids to come back.
"""

from typing import NamedTuple

import orjson
from faults import (
    CONNECT,
    HANDSHAKE,
    Behaviour,
    FaultServer,
    Step,
    answer,
    close,
    drop,
    normal,
    pings,
    push,
    refuse,
    status,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from reaching import access_to

from rtmcli.errors import AuthError, Disconnected, RtmError
from rtmcli.flows.listen import Happening, Listener, Note, Wish
from rtmcli.protocol.conversation import Backoff
from rtmcli.protocol.reconnection import Gap, Pacing
from rtmcli.session.connecting import Connector

AT_ONCE = Pacing(Backoff(0.001, 0.01), healthy_after=0.0, apart=0.001)
GAP = "gap"

# What keeps an attempt from becoming a session: at the connection, the handshake or the login.
OBSTACLES: dict[str, tuple[Behaviour, ...]] = {
    "a reset": (drop("rst"),),
    "HTTP 503": (normal(), status(503)),
    "an end instead of a handshake": (normal(), drop("fin")),
    "a busy server": (normal(), normal(), refuse("service_unavailable")),
    "an end instead of a login": (normal(), normal(), drop("fin")),
}
# How a session ends that may be followed by another one.
ENDS: dict[str, tuple[Step, ...]] = {
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
TERMINAL = {
    "access_token_revoked": AuthError,
    "license_expired": AuthError,
    "agent_logged_out_remotely": Disconnected,
    "connection_evicted": Disconnected,
}


class Visit(NamedTuple):
    """One session, and the attempts that fail before it."""

    obstacles: list[str]
    pushes: int
    is_pinged: bool
    end: str


visits = st.lists(
    st.builds(
        Visit,
        st.lists(st.sampled_from(sorted(OBSTACLES)), max_size=2),
        st.integers(0, 5),
        st.booleans(),
        st.sampled_from(sorted(ENDS)),
    ),
    max_size=5,
)


def arrange(server: FaultServer, plan: list[Visit], reason: str) -> list[list[str]]:
    """Tell the server what to do; return what each session tells."""
    stages: tuple[list[Behaviour], ...] = ([], [], [])  # connection, handshake, login
    sessions: list[list[str]] = []
    last = Visit([], 1, is_pinged=False, end="")
    for place, visit in enumerate([*plan, last]):
        for obstacle in visit.obstacles:
            for stage, behaviour in zip(stages, OBSTACLES[obstacle], strict=False):
                stage.append(behaviour)
        told = [f"{place}.{number}" for number in range(visit.pushes)]
        steps = [push("incoming_event", {"n": name}) for name in told]
        end = ENDS.get(visit.end) or (
            push("agent_disconnected", {"reason": reason}),
            close(1000),
        )
        told += [visit.end or reason] if "_" in (visit.end or reason) else []
        for stage in stages[:2]:
            stage.append(normal())
        stages[2].append([answer(), *([pings(2)] if visit.is_pinged else []), *steps, *end])
        sessions.append(told)
    server.on(CONNECT, *stages[0])
    server.on(HANDSHAKE, *stages[1])
    server.on("login", *stages[2])
    return sessions


def heard(listener: Listener) -> tuple[list[str], RtmError | None]:
    """Listen to the end; return the names of what was told, and the error at the end."""
    told: list[str] = []
    try:
        for happening in listener.run():
            told += names(happening)
    except RtmError as error:
        return told, error
    return told, None


def names(happening: Happening) -> list[str]:
    """Name the pushes, or the gap, that a listener tells of; notes are for people."""
    if isinstance(happening, Gap):
        return [GAP]
    if isinstance(happening, Note):
        return []
    payloads = [orjson.loads(text)["payload"] for text in happening]
    return [payload.get("n") or payload["reason"] for payload in payloads]


@settings(max_examples=80)
@given(visits, st.sampled_from(sorted(TERMINAL)))
def test_every_push_is_told_once_and_every_loss_in_its_place(
    plan: list[Visit], reason: str
) -> None:
    """In the order in which they came; one gap between two sessions; the last word is obeyed."""
    with FaultServer() as server:
        sessions = arrange(server, plan, reason)
        listener = Listener(Connector(access_to(server)), Wish(), AT_ONCE)
        told, error = heard(listener)
        assert isinstance(error, TERMINAL[reason])
        assert len(server.logins) == len(sessions) + sum(
            len(OBSTACLES[each]) == 3 for visit in plan for each in visit.obstacles
        )
    for pushes, brought, visit in zip(_split(told), sessions, [*plan, None], strict=True):
        if visit and visit.end == "a reset":  # what had come and was not read yet is gone with it
            assert pushes == brought[: len(pushes)]
        else:
            assert pushes == brought


def _split(told: list[str]) -> list[list[str]]:
    """Part what was told at the gaps."""
    parts: list[list[str]] = [[]]
    for name in told:
        if name == GAP:
            parts.append([])
        else:
            parts[-1].append(name)
    return parts

"""The login: nothing leaves before it, what refuses it has its error, and pushes are kept."""

from collections.abc import Iterator
from typing import Any

import pytest
from faults import (
    HANDSHAKE,
    LOGIN,
    Behaviour,
    FaultServer,
    answer,
    close,
    do,
    drop,
    flood,
    message,
    push,
    refuse,
    silence,
    text,
    upgrade,
)
from reaching import TOKEN, access_to, soon

from rtmcli import __version__
from rtmcli.errors import AuthError, Busy, Interrupted, RtmError
from rtmcli.session.access import Identity
from rtmcli.session.deadline import Deadline
from rtmcli.session.failure import Failed
from rtmcli.session.judging import Misdirected
from rtmcli.session.login import open_session
from rtmcli.session.session import Session


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve; a client that breaks the protocol fails the test."""
    with FaultServer() as serving:
        yield serving


def logged_in(server: FaultServer, **options: Any) -> Session:
    """Open a session."""
    return open_session(access_to(server, **options), soon(), soon())


def test_a_login_says_who_we_are(server: FaultServer) -> None:
    """One frame: the token, our name and version, and what else the identity carries."""
    identity = Identity(TOKEN, login={"reconnect": True, "timezone": "Europe/Berlin"})
    session = logged_in(server, identity=identity)
    session.close()
    [login] = server.logins
    assert login.payload == {
        "token": TOKEN,
        "application": {"name": "rtm", "version": __version__},
        "reconnect": True,
        "timezone": "Europe/Berlin",
    }
    assert (session.login.payload, session.login.request_id) == (LOGIN, login.request_id)
    assert server.close_codes == [1000]


def test_only_the_answer_to_the_login_is_taken_for_it(server: FaultServer) -> None:
    """T18: pushes, other answers and a ping's answer before it are none, and pushes are kept."""
    early = push("incoming_event", {"n": 1}, echo=True)
    other = message({"action": "login", "type": "response", "request_id": "no", "success": False})
    ping = message({"action": "ping", "type": "response", "success": True})
    server.on("login", [early, other, ping, answer(), push("incoming_event", {"n": 2})])
    session = logged_in(server)
    server.play(push("incoming_event", {"n": 3}))
    texts, deadline = session.take_texts(), soon()
    while len(texts) < 3 and not deadline.over:
        session.absorb()
        texts += session.take_texts()
    assert [b'{"n":%d}' % number in text for number, text in enumerate(texts, 1)] == [True] * 3
    assert session.take_texts() == []
    session.close()


# What answers the login; the error, its message, and what it is about.
REFUSALS: dict[str, tuple[Behaviour, type[Exception], str]] = {
    "authentication": (refuse("authentication", "no"), AuthError, "authentication"),
    "license_expired": (refuse("license_expired"), AuthError, "license_expired"),
    "validation": (refuse("validation"), AuthError, "validation"),
    "brand_new": (refuse("brand_new"), AuthError, "brand_new"),
    "no reason": (answer({}, success=False), AuthError, "unknown"),
    "too_many_requests": (refuse("too_many_requests"), Busy, "too_many_requests"),
    "service_unavailable": (refuse("service_unavailable"), Busy, "service_unavailable"),
    "internal": (refuse("internal"), Failed, "passing"),
    "request_timeout": (refuse("request_timeout"), Failed, "passing"),
    "another region": (refuse("misdirected_request", data={"region": "fra"}), Misdirected, "fra"),
    "region unsaid": (refuse("misdirected_request"), Misdirected, ""),
    "region no text": (refuse("misdirected_request", data={"region": ["fra"]}), Misdirected, ""),
    "region no object": (refuse("misdirected_request", data="fra"), Misdirected, ""),
    "told of another region": (
        push("agent_disconnected", {"reason": "misdirected_connection", "data": {"region": "fra"}}),
        Misdirected, "fra"),
    "told, region unsaid": (
        push("agent_disconnected", {"reason": "misdirected_request"}), Misdirected, ""),
    "a revoked token": (
        [push("agent_disconnected", {"reason": "access_token_revoked"}), close(1000)],
        AuthError, "access_token_revoked"),
    "sent away": (
        [push("agent_disconnected", {"reason": "too_many_connections"}), close(1000)],
        Failed, "for good"),
    "too many waiting": (
        [push("agent_disconnected", {"reason": "too_many_unauthorized_connections"}), close(1000)],
        Failed, "passing"),
    "closed": (close(1011, "overloaded"), Failed, "passing"),
    "dropped": (drop("rst"), Failed, "passing"),
    "malformed": (text("{bad"), Failed, "for good"),
    "a breach": (do(lambda turn: turn.write(b"\x83\x00")), Failed, "for good"),
}  # fmt: skip  # a table


@pytest.mark.parametrize("what", REFUSALS)
def test_what_is_no_login_is_no_session(what: str) -> None:
    """Each refusal has its error; the connection is ended, and no call left."""
    behaviour, kind, about = REFUSALS[what]
    with FaultServer(strict=False) as server:
        server.on("login", behaviour)
        with pytest.raises(RtmError) as raised:
            logged_in(server)
        server.wait_for(lambda: server.ended)
        assert server.requests == []
    error = raised.value
    assert type(error) is kind
    if isinstance(error, Failed):
        assert error.passing == (about == "passing")
    else:
        assert about == (error.region if isinstance(error, Misdirected) else error.type)
    assert str(error)


def test_a_login_without_an_answer_ends_at_its_deadline(server: FaultServer) -> None:
    """T17: the second deadline is the login's; another try may help."""
    server.on("login", silence())
    with pytest.raises(Failed, match="the login was not answered in time") as raised:
        open_session(access_to(server), soon(), Deadline.after(0.05))
    assert raised.value.passing


def test_a_server_that_goes_between_handshake_and_login_is_lost(server: FaultServer) -> None:
    """A goodbye in the very packet of the upgrade is a failed try, and no crash."""
    server.on(HANDSHAKE, [upgrade(), close(1012)])
    with pytest.raises(Failed, match="code 1012") as raised:
        logged_in(server)
    assert raised.value.passing


def test_a_signal_amid_the_login_leaves_no_socket(server: FaultServer) -> None:
    """Whatever else ends the login: the socket is closed, without waiting for a goodbye."""

    class Signalled(Deadline):
        @property
        def over(self) -> bool:
            raise Interrupted(15)

    server.on("login", silence())
    with pytest.raises(Interrupted):
        open_session(access_to(server), soon(), Signalled(soon().at))
    server.wait_for(lambda: server.ended)
    assert server.close_codes == []


@pytest.mark.parametrize(
    ("profile", "who"),
    [(LOGIN["my_profile"], "agent@example.com"), ({}, "nobody"), ("x", "nobody")],
)
def test_what_happens_is_told_to_who_wants_to_know(
    server: FaultServer, profile: Any, who: str
) -> None:
    """The steps of the way and who has logged in, whatever the server says of that."""
    server.on("login", answer({"my_profile": profile}))
    said: list[str] = []
    steps: list[str] = []
    access = access_to(server)
    route = access.route._replace(passed=lambda step, _: steps.append(step))
    access = access._replace(notice=said.append, route=route)
    open_session(access, soon(), soon()).close()
    assert said[-1] == f"logged in as {who}"
    assert steps[-2:] == ["websocket", "login"]


def test_pushes_before_the_login_are_not_kept_without_end(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that only pushes does not fill the memory."""
    monkeypatch.setattr("rtmcli.session.login._MOST_EARLY", 10)
    server.on("login", flood(50))
    with pytest.raises(Failed, match="pushes came before"):
        logged_in(server)


def test_pushes_before_the_login_are_together_no_larger_than_a_message(server: FaultServer) -> None:
    """A few large ones fill the memory as well as many small ones do."""
    access = access_to(server)._replace(max_size=5_000)
    server.on("login", [*[push("incoming_event", {"text": "x" * 2_000})] * 3, answer({})])
    with pytest.raises(Failed, match="more than 5000 bytes of pushes came before"):
        open_session(access, soon(), soon())
    server.on("login", [*[push("incoming_event", {"text": "x" * 2_000})] * 2, answer({})])
    session = open_session(access, soon(), soon())
    assert len(session.early) == 2
    session.close()

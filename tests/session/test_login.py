"""The login: no call is sent before it, each refusal has its error, and pushes are kept."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.connect import TOKEN, connect_options, short_deadline
from support.fault_server import (
    HANDSHAKE,
    LOGIN_RESPONSE,
    Behavior,
    FaultServer,
    call_function,
    close,
    drop,
    flood,
    ignore,
    message,
    push,
    respond,
    respond_error,
    text,
    upgrade,
)

from rtmcli import __version__
from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import AuthError, Busy, ConnectFailed, Interrupted, RtmError
from rtmcli.session.deadline import Deadline
from rtmcli.session.login import login_payload, open_session
from rtmcli.session.options import Credentials
from rtmcli.session.recovery import Misdirected
from rtmcli.session.session import Session


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Run a server; a client that breaks the protocol fails the test."""
    with FaultServer() as fault_server:
        yield fault_server


def open_logged_in_session(server: FaultServer, **options: Any) -> Session:
    """Open a session."""
    return open_session(connect_options(server, **options), short_deadline(), short_deadline())


def test_a_login_is_one_frame_with_all_credentials(server: FaultServer) -> None:
    """The token, our name and version, and further fields."""
    credentials = Credentials(TOKEN, login_fields={"reconnect": True, "timezone": "Europe/Berlin"})
    session = open_logged_in_session(server, credentials=credentials)
    session.close()
    [login] = server.logins
    assert login.payload == {
        "token": TOKEN,
        "application": {"name": "rtm", "version": __version__},
        "reconnect": True,
        "timezone": "Europe/Berlin",
    }
    assert (session.login_response.payload, session.login_response.request_id) == (
        LOGIN_RESPONSE,
        login.request_id,
    )
    assert server.close_codes == [1000]


def test_other_messages_are_not_the_login_response(server: FaultServer) -> None:
    """T18: pushes, other responses and that of a ping may come first; pushes are kept."""
    early = push("incoming_event", {"n": 1}, with_request_id=True)
    other = message({"action": "login", "type": "response", "request_id": "no", "success": False})
    ping = message({"action": "ping", "type": "response", "success": True})
    server.on("login", [early, other, ping, respond(), push("incoming_event", {"n": 2})])
    session = open_logged_in_session(server)
    server.run_steps(push("incoming_event", {"n": 3}))
    texts, deadline = session.pop_raw(), short_deadline()
    while len(texts) < 3 and not deadline.expired:
        session.read_available()
        texts += session.pop_raw()
    assert [b'{"n":%d}' % number in text for number, text in enumerate(texts, 1)] == [True] * 3
    assert session.pop_raw() == []
    session.close()


# How the server answers the login; the error, and its type, region or permanence.
REFUSALS: dict[str, tuple[Behavior, type[Exception], str]] = {
    "authentication": (respond_error("authentication", "no"), AuthError, "authentication"),
    "license_expired": (respond_error("license_expired"), AuthError, "license_expired"),
    "validation": (respond_error("validation"), AuthError, "validation"),
    "brand_new": (respond_error("brand_new"), AuthError, "brand_new"),
    "no error": (respond({}, success=False), AuthError, "unknown"),
    "too_many_requests": (respond_error("too_many_requests"), Busy, "too_many_requests"),
    "service_unavailable": (respond_error("service_unavailable"), Busy, "service_unavailable"),
    "internal": (respond_error("internal"), ConnectFailed, "transient"),
    "request_timeout": (respond_error("request_timeout"), ConnectFailed, "transient"),
    "another region, by response": (
        respond_error("misdirected_request", data={"region": "fra"}),
        Misdirected,
        "fra",
    ),
    "no region": (respond_error("misdirected_request"), Misdirected, ""),
    "region not a string": (
        respond_error("misdirected_request", data={"region": ["fra"]}),
        Misdirected,
        "",
    ),
    "data not an object": (respond_error("misdirected_request", data="fra"), Misdirected, ""),
    "another region, by push": (
        push("agent_disconnected", {"reason": "misdirected_connection", "data": {"region": "fra"}}),
        Misdirected,
        "fra",
    ),
    "no region, by push": (
        push("agent_disconnected", {"reason": "misdirected_request"}),
        Misdirected,
        "",
    ),
    "access_token_revoked": (
        [push("agent_disconnected", {"reason": "access_token_revoked"}), close(1000)],
        AuthError,
        "access_token_revoked",
    ),
    "too_many_connections": (
        [push("agent_disconnected", {"reason": "too_many_connections"}), close(1000)],
        ConnectFailed,
        "permanent",
    ),
    "too_many_unauthorized_connections": (
        [push("agent_disconnected", {"reason": "too_many_unauthorized_connections"}), close(1000)],
        ConnectFailed,
        "transient",
    ),
    "closed": (close(1011, "overloaded"), ConnectFailed, "transient"),
    "dropped": (drop("rst"), ConnectFailed, "transient"),
    "malformed": (text("{bad"), ConnectFailed, "permanent"),
    "invalid frame": (
        call_function(lambda context: context.write(b"\x83\x00")),
        ConnectFailed,
        "permanent",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refused_login_has_its_error(refusal: str) -> None:
    """The connection is closed, and no call was sent."""
    behavior, error_class, detail = REFUSALS[refusal]
    with FaultServer(strict=False) as server:
        server.on("login", behavior)
        with pytest.raises(RtmError) as raised:
            open_logged_in_session(server)
        server.wait_for(lambda: server.connection_ends)
        assert server.requests == []
    error = raised.value
    assert type(error) is error_class
    if isinstance(error, ConnectFailed):
        assert error.transient == (detail == "transient")
    else:
        assert detail == (
            API.region_in(error.data) if isinstance(error, Misdirected) else error.type
        )
    assert str(error)


def test_a_login_without_a_response_ends_at_its_deadline(server: FaultServer) -> None:
    """T17: the second deadline is that of the login; another attempt may succeed."""
    server.on("login", ignore())
    with pytest.raises(ConnectFailed, match="the login was not answered in time") as raised:
        open_session(connect_options(server), short_deadline(), Deadline.after(0.05))
    assert raised.value.transient


def test_a_close_frame_with_the_handshake_is_a_failed_attempt(server: FaultServer) -> None:
    """The server closes in the packet of the upgrade."""
    server.on(HANDSHAKE, [upgrade(), close(1012)])
    with pytest.raises(ConnectFailed, match="code 1012") as raised:
        open_logged_in_session(server)
    assert raised.value.transient


def test_a_signal_during_the_login_closes_the_socket(server: FaultServer) -> None:
    """It does not wait for the closing handshake."""

    class InterruptingDeadline(Deadline):
        @property
        def expired(self) -> bool:
            raise Interrupted(15)

    server.on("login", ignore())
    with pytest.raises(Interrupted):
        open_session(
            connect_options(server), short_deadline(), InterruptingDeadline(short_deadline().at)
        )
    server.wait_for(lambda: server.connection_ends)
    assert server.close_codes == []


@pytest.mark.parametrize(
    ("profile", "agent"),
    [(LOGIN_RESPONSE["my_profile"], " as agent@example.com"), ({}, ""), ("x", "")],
)
def test_steps_and_agent_are_reported(server: FaultServer, profile: Any, agent: str) -> None:
    """The agent is left out if the server does not name it."""
    server.on("login", respond({"my_profile": profile}))
    statuses: list[str] = []
    steps: list[str] = []
    options = connect_options(server)
    route = options.route._replace(on_step=lambda step, _: steps.append(step))
    options = options._replace(on_status=statuses.append, route=route)
    open_session(options, short_deadline(), short_deadline()).close()
    assert statuses[-1] == f"logged in{agent}"
    assert steps[-2:] == ["websocket", "login"]


def test_the_number_of_pushes_before_the_login_is_limited(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that only pushes does not exhaust the memory."""
    monkeypatch.setattr("rtmcli.session.login._MAX_PRE_LOGIN", 10)
    server.on("login", flood(50))
    with pytest.raises(ConnectFailed, match="pushes came before"):
        open_logged_in_session(server)


def test_the_size_of_pushes_before_the_login_is_limited(server: FaultServer) -> None:
    """Together they may be as large as one message."""
    options = connect_options(server)._replace(max_size=5_000)
    server.on("login", [*[push("incoming_event", {"text": "x" * 2_000})] * 3, respond({})])
    with pytest.raises(ConnectFailed, match="more than 5000 bytes of pushes came before"):
        open_session(options, short_deadline(), short_deadline())
    server.on("login", [*[push("incoming_event", {"text": "x" * 2_000})] * 2, respond({})])
    session = open_session(options, short_deadline(), short_deadline())
    assert len(session.pre_login) == 2
    session.close()


def test_a_login_names_the_application() -> None:
    """The token is first; further fields are added, and may replace the application."""
    assert list(login_payload(API, "Bearer x", {"reconnect": True}).items()) == [
        ("token", "Bearer x"),
        ("application", {"name": "rtm", "version": __version__}),
        ("reconnect", True),
    ]
    other = login_payload(API, "Bearer x", {"application": {"name": "robot"}})
    assert other == {"token": "Bearer x", "application": {"name": "robot"}}

"""The examination of the way: which steps there are, and what they say of what they found."""

import pytest
from support.connect import connect_options, short_deadline
from support.fault_server import FaultServer, drop, respond, respond_error

from rtmcli.errors import AuthError, Busy, NotConnected
from rtmcli.flows.doctor import Diagnosis, Step, step_details, steps_for
from rtmcli.protocol.messages import Response
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import Proxy, parse_url, region_endpoint
from rtmcli.session.options import ConnectOptions, Credentials

SECURE = region_endpoint("fra")


def login_response(payload: object) -> Response:
    """Make a login's answer with this payload."""
    return Response("login", "1", success=True, payload=payload, envelope={})


def make_options(url: str = "", proxy: Proxy | None = None) -> ConnectOptions:
    """Make an access that leads nowhere yet."""
    return ConnectOptions(Route(parse_url(url) if url else SECURE, proxy), Credentials("Bearer x"))


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (make_options("ws://127.0.0.1"), "dns tcp websocket login ping"),
        (make_options(), "authorities dns tcp tls websocket login ping"),
        (make_options("", Proxy("p", 1)), "authorities dns tcp proxy tls websocket login ping"),
        (
            make_options("wss://localhost", Proxy("p", 1)),
            "authorities dns tcp tls websocket login ping",
        ),
    ],
)
def test_the_steps_are_those_of_the_way(given: ConnectOptions, names: str) -> None:
    """No TLS without wss, no proxy to this machine."""
    assert steps_for(given) == names.split()


@pytest.mark.parametrize("payload", [{}, {"my_profile": [], "license": 5}, {"my_profile": None}])
def test_a_login_that_tells_nothing_is_no_crash(payload: object) -> None:
    """What the server leaves out is unknown; the region is that of the host."""
    assert step_details("login", login_response(payload), make_options()) == {
        "agent": None,
        "permission": None,
        "license": None,
        "plan": None,
        "region": "fra",
    }


def test_every_step_is_told_as_it_is_done() -> None:
    """Each once, in order, with its time."""
    steps: list[Step] = []
    with FaultServer() as server:
        assert Diagnosis(connect_options(server), steps.append).run(short_deadline()) is None
    assert [step.name for step in steps] == ["dns", "tcp", "websocket", "login", "ping"]
    assert all(step.seconds >= 0 and step.error is None for step in steps)


def test_without_a_token_it_ends_where_the_login_would_be() -> None:
    """The link is opened and closed in order, and nobody logs in."""
    steps: list[Step] = []
    with FaultServer() as server:
        assert (
            Diagnosis(connect_options(server), steps.append, log_in=False).run(short_deadline())
            is None
        )
        server.wait_for(lambda: server.close_codes == [1000])
        assert server.logins == []
    assert steps[-1].name == "websocket"


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [(respond_error("authentication"), AuthError), (respond_error("service_unavailable"), Busy),
     (drop("rst"), NotConnected)],
)  # fmt: skip
def test_a_login_that_fails_is_not_tried_again(behaviour: object, kind: type) -> None:
    """One look is what an examination is."""
    steps: list[Step] = []
    with FaultServer() as server:
        server.on("login", behaviour)  # type: ignore[arg-type]  # a step
        error = Diagnosis(connect_options(server), steps.append).run(short_deadline())
        assert server.connection_count == 1
    assert isinstance(error, kind)
    assert steps[-1].error is error


def test_a_connection_lost_after_the_login_fails_at_the_ping() -> None:
    """The step that breaks is the one that is told."""
    steps: list[Step] = []
    with FaultServer() as server:
        server.on("login", [respond(), drop("rst")])
        error = Diagnosis(connect_options(server), steps.append).run(short_deadline())
    assert isinstance(error, NotConnected)
    assert steps[-1].name in ("login", "ping")  # the reset may overtake the answer


def test_two_regions_that_name_each_other_are_walked_to_once_each() -> None:
    """The second refusal is the end."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("login", respond_error("misdirected_request", data={"region": "fra"}))
        fra.on("login", respond_error("misdirected_request", data={"region": "dal"}))
        way = connect_options(dal, regions={"dal": dal, "fra": fra})
        error = Diagnosis(way, lambda _: None).run(short_deadline())
        assert (dal.connection_count, fra.connection_count) == (1, 1)
    assert isinstance(error, NotConnected)


def test_a_region_that_nobody_knows_is_the_end() -> None:
    """What the server says leads nowhere else than to known regions."""
    with FaultServer() as server:
        server.on("login", respond_error("misdirected_request", data={"region": "evil.com"}))
        error = Diagnosis(connect_options(server), lambda _: None).run(short_deadline())
        assert server.connection_count == 1
    assert isinstance(error, NotConnected)
    assert "may not turn to" in error.message

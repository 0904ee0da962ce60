"""The steps of the diagnosis, and what they report."""

import pytest
from support.connect import connect_options, short_deadline
from support.fault_server import FaultServer, drop, respond, respond_error

from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import AuthError, Busy, NotConnected
from rtmcli.flows.doctor import Diagnosis, Step, step_details, steps_for
from rtmcli.protocol.messages import Response
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import Proxy, parse_url, region_endpoint
from rtmcli.session.options import ConnectOptions, Credentials

SECURE = region_endpoint("fra")


def login_response(payload: object) -> Response:
    """Make a login response with this payload."""
    return Response("login", "1", success=True, payload=payload, envelope={})


def make_options(url: str = "", proxy: Proxy | None = None) -> ConnectOptions:
    """Make options for a URL."""
    return ConnectOptions(
        API, Route(parse_url(url) if url else SECURE, proxy), Credentials("Bearer x")
    )


@pytest.mark.parametrize(
    ("options", "names"),
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
def test_the_steps_depend_on_the_route(options: ConnectOptions, names: str) -> None:
    """No TLS for ws://, no proxy for this machine."""
    assert steps_for(options) == names.split()


@pytest.mark.parametrize("payload", [{}, {"my_profile": [], "license": 5}, {"my_profile": None}])
def test_details_that_the_login_response_lacks_are_null(payload: object) -> None:
    """The region is that of the host."""
    assert step_details("login", login_response(payload), make_options()) == {
        "agent": None,
        "permission": None,
        "license": None,
        "plan": None,
        "region": "fra",
    }


def test_every_step_is_reported_when_it_is_done() -> None:
    """Once, in order, with its time."""
    steps: list[Step] = []
    with FaultServer() as server:
        assert Diagnosis(connect_options(server), steps.append).run(short_deadline()) is None
    assert [step.name for step in steps] == ["dns", "tcp", "websocket", "login", "ping"]
    assert all(step.seconds >= 0 and step.error is None for step in steps)


def test_without_a_token_the_diagnosis_ends_before_the_login() -> None:
    """The connection is opened and closed."""
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
    ("behavior", "error_class"),
    [(respond_error("authentication"), AuthError), (respond_error("service_unavailable"), Busy),
     (drop("rst"), NotConnected)],
)  # fmt: skip
def test_a_failed_login_is_not_retried(behavior: object, error_class: type) -> None:
    """A diagnosis is one attempt."""
    steps: list[Step] = []
    with FaultServer() as server:
        server.on("login", behavior)  # type: ignore[arg-type]  # a step
        error = Diagnosis(connect_options(server), steps.append).run(short_deadline())
        assert server.connection_count == 1
    assert isinstance(error, error_class)
    assert steps[-1].error is error


def test_a_connection_lost_after_the_login_fails_at_the_ping() -> None:
    """The step that fails is the one with the error."""
    steps: list[Step] = []
    with FaultServer() as server:
        server.on("login", [respond(), drop("rst")])
        error = Diagnosis(connect_options(server), steps.append).run(short_deadline())
    assert isinstance(error, NotConnected)
    assert steps[-1].name in ("login", "ping")  # the reset may overtake the response


def test_two_regions_that_name_each_other_are_tried_once_each() -> None:
    """The second redirect is an error."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("login", respond_error("misdirected_request", data={"region": "fra"}))
        fra.on("login", respond_error("misdirected_request", data={"region": "dal"}))
        options = connect_options(dal, regions={"dal": dal, "fra": fra})
        error = Diagnosis(options, lambda _: None).run(short_deadline())
        assert (dal.connection_count, fra.connection_count) == (1, 1)
    assert isinstance(error, NotConnected)


def test_an_unknown_region_is_not_followed() -> None:
    """Only known regions are."""
    with FaultServer() as server:
        server.on("login", respond_error("misdirected_request", data={"region": "evil.com"}))
        error = Diagnosis(connect_options(server), lambda _: None).run(short_deadline())
        assert server.connection_count == 1
    assert isinstance(error, NotConnected)
    assert "rtm does not know it" in error.message

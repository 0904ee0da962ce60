"""One event means the same to a call, a stream, a listener and the login.

Each flow meets a server that ends the session or refuses the login, and the law compares what the
flows do about their connections. What one call and a stream of one call report is compared in
`stream/test_invariants.py`.
"""

from collections.abc import Callable

import pytest
from support.connect import TOKEN, connect_options, endpoint_of, short_deadline
from support.fault_server import FaultServer, Step, close, flood, push, respond, respond_error

from rtmcli.catalogue.model import Retry
from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import AuthError, RtmError
from rtmcli.flows.call import Call, RetryPolicy
from rtmcli.flows.listen.criteria import ListenOptions
from rtmcli.flows.listen.flow import Listener
from rtmcli.flows.listen.items import Notice
from rtmcli.flows.stream.connection import StreamConnection
from rtmcli.protocol.messages import Request
from rtmcli.protocol.reconnection import Backoff, ReconnectPolicy
from rtmcli.session.connector import Connector
from rtmcli.session.deadline import Deadline
from rtmcli.session.options import Credentials
from rtmcli.session.session import ConnectionLost

Flow = Callable[[Connector], None]

NEW_TOKEN = "Bearer dal:new-token-Zx81_Qy43"
IMMEDIATE_POLICY = ReconnectPolicy(Backoff(0.0, 0.0), stable_after=0.0, min_login_interval=0.0)
CLOSE_CODES = (1000, 1001, 1008, 1011, 1013, 4000)


def log_in(connector: Connector) -> None:
    """Open a session."""
    connector.connect(short_deadline()).close()


def call(connector: Connector) -> None:
    """Make a call."""
    with Call(connector, Request("send_event", {}), RetryPolicy(Retry.NEVER)) as one_call:
        one_call.run(short_deadline())


def stream(connector: Connector) -> None:
    """Open the connection of a stream."""
    connection = StreamConnection(connector)
    connection.open(0.0)
    connection.close()
    if connection.fatal_error:
        raise connection.fatal_error


def receive_response(connection: StreamConnection) -> None:
    """Wait for a response."""
    while connection.session and not connection.pop_response():
        connection.session._transport.poll(Deadline.after(5))


def stream_until_disconnected(connector: Connector) -> None:
    """Open the connection of a stream, and lose it."""
    connection = StreamConnection(connector)
    connection.open(0.0)
    with pytest.raises(ConnectionLost) as caught:
        receive_response(connection)
    connection.connection_lost(caught.value, 0.0, in_flight=False)
    if connection.fatal_error:
        raise connection.fatal_error


def listen(connector: Connector) -> None:
    """Listen until the listener decides on the next attempt, or receives a push."""
    options = ListenOptions(("incoming_event",), max_pushes=1)
    for item in Listener(connector, options, IMMEDIATE_POLICY).run():
        if isinstance(item, Notice):
            return


def decision(flow: Flow, server: FaultServer, *, has_alternatives: bool) -> str:
    """Run a flow; return what it does about its connection."""
    with FaultServer() as fra:
        fra.on("login", [respond(), flood(1)])
        new_token = NEW_TOKEN if has_alternatives else None
        options = connect_options(
            server,
            regions={"fra": fra} if has_alternatives else {},
            credentials=Credentials(TOKEN, refresh=lambda _: new_token),
        )
        connector = Connector(options, sleep=lambda _: None)
        try:
            flow(connector)
        except AuthError:
            return "stop: AuthError"
        except RtmError:
            return "stop"
        if connector.options.credentials.token != TOKEN:
            return "refresh the token"
        is_elsewhere = connector.options.route.endpoint != endpoint_of(server)
        return "switch the region" if is_elsewhere else "reconnect"


def disconnect_steps(reason: str, code: int) -> list[Step]:
    """End a session for a reason, if any, and with a close code."""
    payload = {API.reason_field: reason, "data": {API.region_field: "fra"}}
    return [*([push(API.disconnect_push, payload)] if reason else []), close(code)]


@pytest.mark.parametrize("has_alternatives", [True, False])
@pytest.mark.parametrize("code", CLOSE_CODES)
@pytest.mark.parametrize("reason", ["", "brand_new", *API.disconnect_reasons_by_name])
def test_all_flows_agree_on_a_disconnect(reason: str, code: int, *, has_alternatives: bool) -> None:
    """Before and after the login response, with and without another token and region to try."""
    steps = disconnect_steps(reason, code)
    with FaultServer() as server:
        server.on("login", steps, respond())
        expected = decision(log_in, server, has_alternatives=has_alternatives)
    for flow in (stream_until_disconnected, listen):
        with FaultServer() as server:
            server.on("login", [respond(), *steps])
            assert decision(flow, server, has_alternatives=has_alternatives) == expected


@pytest.mark.parametrize("has_alternatives", [True, False])
@pytest.mark.parametrize("error_type", ["brand_new", *API.error_types_by_name])
def test_all_flows_agree_on_a_refused_login(error_type: str, *, has_alternatives: bool) -> None:
    """Whatever the error type, with and without another token and region to try."""
    refusal = respond_error(error_type, data={API.region_field: "fra"})
    decisions = set()
    for flow in (log_in, call, stream, listen):
        with FaultServer() as server:
            server.on("login", refusal, [respond(), flood(1)])
            decisions.add(decision(flow, server, has_alternatives=has_alternatives))
    assert len(decisions) == 1


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("", "reconnect"),
        ("access_token_expired", "refresh the token"),
        ("misdirected_connection", "switch the region"),
        ("too_many_connections", "stop"),
        ("access_token_revoked", "stop: AuthError"),
    ],
)
def test_the_law_can_tell_decisions_apart(event: str, expected: str) -> None:
    """One example of each decision."""
    with FaultServer() as server:
        server.on("login", [respond(), *disconnect_steps(event, 1000)])
        assert decision(listen, server, has_alternatives=True) == expected

"""One event, one decision: the tables of error types, disconnect reasons and close codes."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Recovery
from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import AuthError, ConnectFailed, Disconnected, NotConnected, RtmError
from rtmcli.protocol.messages import Response
from rtmcli.protocol.retry_policy import FailureKind
from rtmcli.session.recovery import (
    Misdirected,
    Step,
    after_disconnect,
    after_error,
    disconnect_error,
    login_disconnect_error,
    login_refused_error,
    needs_new_token,
)
from rtmcli.session.session import ConnectionLost
from rtmcli.websocket.frames import Close

# Error type; the error of a call, what is known of the call, the error of a login; new token?
ERROR_TABLE = """
internal                        OutcomeUnknown  AMBIGUOUS     ConnectFailed  -
request_timeout                 OutcomeUnknown  AMBIGUOUS     ConnectFailed  -
too_many_requests               Busy            NOT_EXECUTED  Busy           -
service_unavailable             Busy            NOT_EXECUTED  Busy           -
pending_requests_limit_reached  Busy            NOT_EXECUTED  Busy           -
authentication                  AuthError       REFUSED       AuthError      new-token
authorization                   AuthError       REFUSED       AuthError      -
license_expired                 AuthError       REFUSED       AuthError      -
license_not_found               AuthError       REFUSED       AuthError      -
wrong_product_version           AuthError       REFUSED       AuthError      -
requester_awaiting_approval     AuthError       REFUSED       AuthError      -
requester_suspended             AuthError       REFUSED       AuthError      -
seats_limit_exceeded            AuthError       REFUSED       AuthError      -
misdirected_request             Misdirected     REFUSED       Misdirected    -
validation                      Refused         REFUSED       AuthError      -
unsupported_version             Refused         REFUSED       VersionNotServed -
entity_too_large                Refused         REFUSED       AuthError      -
requester_already_offline       Refused         REFUSED       AuthError      -
requester_offline               Refused         REFUSED       AuthError      -
chat_inactive                   Refused         REFUSED       AuthError      -
brand_new                       Refused         REFUSED       AuthError      -
"""
ERROR_ROWS = [line.split() for line in ERROR_TABLE.strip().splitlines()]

# Reason and close code; what to do, the least delay, what is known of a call in flight, whether
# it concerns the credentials, and whether logging in again is futile.
DISCONNECT_TABLE = """
-                                  1000  RECONNECT         0  AMBIGUOUS  -     -
-                                  1001  RECONNECT         0  AMBIGUOUS  -     -
-                                  1005  RECONNECT         0  AMBIGUOUS  -     -
-                                  1006  RECONNECT         0  AMBIGUOUS  -     -
-                                  1008  RECONNECT         0  FATAL      -     -
-                                  1011  RECONNECT         1  AMBIGUOUS  -     -
-                                  1012  RECONNECT         1  AMBIGUOUS  -     -
-                                  1013  RECONNECT         1  AMBIGUOUS  -     -
-                                  1015  RECONNECT         0  AMBIGUOUS  -     -
-                                  4000  RECONNECT         0  FATAL      -     -
-                                  4999  RECONNECT         0  FATAL      -     -
a-protocol-error                   1002  RECONNECT         0  FATAL      -     permanent
connection_timeout                 1000  RECONNECT         0  AMBIGUOUS  -     -
ping_timeout                       1000  RECONNECT         0  AMBIGUOUS  -     -
internal_error                     1011  RECONNECT         1  AMBIGUOUS  -     -
role_permissions_changed           1000  RECONNECT         0  AMBIGUOUS  -     -
brand_new                          1000  RECONNECT         0  AMBIGUOUS  -     -
too_many_unauthorized_connections  1000  RECONNECT_SLOWLY  5  AMBIGUOUS  -     -
access_token_expired               1000  REFRESH_TOKEN     0  FATAL      auth  -
misdirected_connection             1000  SWITCH_REGION     0  AMBIGUOUS  -     -
misdirected_request                1000  SWITCH_REGION     0  AMBIGUOUS  -     -
access_token_revoked               1000  STOP              0  FATAL      auth  permanent
agent_deleted                      1000  STOP              0  FATAL      auth  permanent
license_expired                    1000  STOP              0  FATAL      auth  permanent
license_not_found                  1000  STOP              0  FATAL      auth  permanent
product_version_changed            1000  STOP              0  FATAL      auth  permanent
agent_disconnected_by_server       1000  STOP              0  FATAL      -     permanent
agent_logged_out_remotely          1000  STOP              0  FATAL      -     permanent
connection_evicted                 1000  STOP              0  FATAL      -     permanent
too_many_connections               1012  STOP              1  FATAL      -     permanent
unsupported_version                1000  STOP              0  FATAL      -     permanent
"""
DISCONNECT_ROWS = [line.split() for line in DISCONNECT_TABLE.strip().splitlines()]


def connection_lost(reason: str = "-", code: int = 1000, region: str = "fra") -> ConnectionLost:
    """Lose a connection for a reason, with a close code."""
    if reason == "a-protocol-error":
        return ConnectionLost(Close(code, "", reason), None, "")
    row = API.disconnect_reason(API.disconnect_push, {API.reason_field: reason})
    return ConnectionLost(Close(code, ""), None if reason == "-" else row, region)


def refused_login(error_type: str, data: Any = None) -> RtmError:
    """Refuse a login; return its error."""
    payload = {"error": {"type": error_type, "message": "no", "data": data}}
    return login_refused_error(
        API, Response("login", "1", success=False, payload=payload, envelope={})
    )


@pytest.mark.parametrize("row", ERROR_ROWS, ids=lambda row: row[0])
def test_error_types_follow_the_table(row: list[str]) -> None:
    """A type has the same consequences for a call and for a login."""
    error_type, call_error, failure_kind, login_error, new_token = row
    recovery = after_error(API, error_type)
    assert recovery.call_error.__name__ == call_error
    assert recovery.failure_kind is FailureKind[failure_kind]
    assert needs_new_token(API, error_type) == (new_token == "new-token")
    error = refused_login(error_type)
    assert (type(error).__name__, "no" in error.message) == (login_error, True)
    if isinstance(error, ConnectFailed):
        assert error.transient == (error_type != "unsupported_version")
    else:
        assert (error.type, error.action) == (error_type, "login")


@pytest.mark.parametrize("row", DISCONNECT_ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_disconnects_follow_the_table(row: list[str]) -> None:
    """Reason and close code decide together."""
    reason, code, step, min_delay, failure_kind, auth, permanent = row
    assert after_disconnect(connection_lost(reason, int(code))) == (
        Step[step],
        FailureKind[failure_kind],
        float(min_delay),
        auth == "auth",
        permanent == "permanent",
    )
    assert needs_new_token(API, reason) == (step == "REFRESH_TOKEN")


def test_the_tables_cover_the_catalogue() -> None:
    """Every error type and every reason has its row."""
    assert API.error_types_by_name.keys() <= {row[0] for row in ERROR_ROWS}
    assert API.disconnect_reasons_by_name.keys() <= {row[0] for row in DISCONNECT_ROWS}


def test_each_recovery_is_for_error_types_or_for_reasons() -> None:
    """The catalogue asks for nothing that has no meaning where it stands."""
    for_errors = {row.recovery for row in API.errors}
    for_reasons = {row.recovery for row in API.reasons}
    assert for_errors == {
        Recovery.REPORT,
        Recovery.AUTH_FAILED,
        Recovery.REFRESH_TOKEN,
        Recovery.REDIRECT,
        Recovery.RETRY,
        Recovery.AMBIGUOUS,
        Recovery.CHANGE_VERSION,
    }
    assert for_reasons == {
        Recovery.RECONNECT,
        Recovery.RECONNECT_SLOWLY,
        Recovery.REFRESH_TOKEN,
        Recovery.REDIRECT,
        Recovery.STOP,
        Recovery.CHANGE_VERSION,
    }


@pytest.mark.parametrize("row", DISCONNECT_ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_the_error_of_a_disconnect_follows_the_decision(row: list[str]) -> None:
    """It is an `AuthError` if it concerns the credentials, else what the caller makes of it."""
    disconnect = connection_lost(row[0], int(row[1]))
    is_auth_error = row[5] == "auth"
    for error, default in (
        (disconnect_error(disconnect), NotConnected),
        (disconnect_error(disconnect, Disconnected), Disconnected),
    ):
        assert type(error) is (AuthError if is_auth_error else default)
        assert error.message == str(disconnect)
    error = login_disconnect_error(API, disconnect)
    if row[2] == "SWITCH_REGION":
        assert (type(error), API.region_in(getattr(error, "data", None))) == (Misdirected, "fra")
    elif is_auth_error:
        assert (type(error), error.type) == (AuthError, row[0])
    else:
        assert isinstance(error, ConnectFailed)
        assert error.transient == (row[6] == "-")


@pytest.mark.parametrize(
    ("data", "region"),
    [({"region": "fra"}, "fra"), ({"region": ["fra"]}, ""), ({}, ""), ("fra", ""), (None, "")],
)
def test_a_misdirected_login_names_the_region(data: Any, region: str) -> None:
    """It is the one that the server named, if it is a string."""
    error = refused_login("misdirected_request", data)
    assert isinstance(error, Misdirected)
    assert API.region_in(error.data) == region

"""Connect, log in, and check the login response."""

from collections.abc import Mapping
from typing import Any

from rtmcli import __version__
from rtmcli.catalogue.api import Api
from rtmcli.errors import ConnectFailed, RtmError, VersionNotServed, unexpected_error
from rtmcli.protocol.messages import ProtocolError, Push, Request, Response
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.session.deadline import Deadline
from rtmcli.session.options import CLOSE_GRACE_PERIOD, ConnectOptions
from rtmcli.session.recovery import (
    Step,
    after_disconnect,
    login_disconnect_error,
    login_refused_error,
)
from rtmcli.session.session import ConnectionLost, Session
from rtmcli.session.transport import WebSocketTransport
from rtmcli.websocket.handshake import NOT_SERVED_STATUSES

_MAX_PRE_LOGIN = 100_000  # pushes


def open_session(
    options: ConnectOptions, connect_deadline: Deadline, login_deadline: Deadline
) -> Session:
    """Connect and log in, once and without a retry.

    Raises:
        ConnectFailed: there is no connection, or no login response.
        AuthError: the login was refused.
        Busy: the server is too busy for the login.
        Misdirected: another region serves this license.

    """
    try:
        return _open_session(options, connect_deadline, login_deadline)
    except OSError as error:  # of a wait; the errors of the network are known by now
        raise ConnectFailed(unexpected_error(error).message, transient=True) from None


def _open_session(
    options: ConnectOptions, connect_deadline: Deadline, login_deadline: Deadline
) -> Session:
    transport = open_transport(options, connect_deadline)
    options.route.on_step("websocket", transport)
    session = Session(options.api, transport, options.timers)
    try:
        session.login_response = _log_in(session, options, login_deadline)
        options.route.on_step("login", session.login_response)
        agent = get_path(
            session.login_response.payload, options.api.login_spec.response_paths["agent"]
        )
        options.on_status("logged in" if agent is MISSING else f"logged in as {agent}")
    except RtmError:
        session.close(login_deadline.remaining() + CLOSE_GRACE_PERIOD)
        raise
    except BaseException:
        session.abort()
        raise
    return session


def open_transport(options: ConnectOptions, deadline: Deadline) -> WebSocketTransport:
    """Connect and do the handshake; report what the server says about the version of the API.

    Raises:
        VersionNotServed: the server has no such path.
        ConnectFailed: there is no connection.

    """
    version = options.api.version
    try:
        transport = WebSocketTransport.open(options.route, options.max_size, deadline)
    except ConnectFailed as error:
        if error.http_status in NOT_SERVED_STATUSES:
            raise VersionNotServed(error.message, version) from None
        raise
    for name, value in transport.lifecycle.items():
        options.on_status(
            f"the server announces for API {version}: {name}: {value}; --api chooses another"
        )
    return transport


def login_payload(api: Api, token: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of a login; `fields` may replace the name of the application."""
    application, name, version = api.login_spec.application_params
    return {
        api.login_spec.token_param: token,
        application: {name: "rtm", version: __version__},
        **fields,
    }


def _log_in(session: Session, options: ConnectOptions, deadline: Deadline) -> Response:
    api, credentials = options.api, options.credentials
    payload = login_payload(api, credentials.token, credentials.login_fields)
    request = Request(api.login_action, payload, session.next_request_id())
    session.send(request)
    pre_login_size = 0  # bytes
    try:
        while True:
            message = session.receive(deadline)
            if message is None:
                raise ConnectFailed("the login was not answered in time", transient=True)
            if isinstance(message, Push):
                pre_login_size += len(message.raw)
                _keep_pre_login_push(session, message, pre_login_size, options)
            elif message.request_id == request.request_id:
                if message.success:
                    return message
                raise login_refused_error(api, message)
    except ProtocolError as error:
        raise ConnectFailed(f"{error}, before the login response") from None
    except ConnectionLost as error:
        raise login_disconnect_error(api, error) from None


def _keep_pre_login_push(
    session: Session, push: Push, total_size: int, options: ConnectOptions
) -> None:
    """Keep a push that came before the login response, within limits.

    Raises:
        Misdirected: the push names another region; the login response may never come.
        ConnectFailed: there are too many pushes, or they are too large together.

    """
    if session.disconnect_reason:
        disconnect = session.lost_error()
        if after_disconnect(disconnect).step is Step.SWITCH_REGION:
            raise login_disconnect_error(options.api, disconnect)
    session.pre_login.append(push.raw)
    if len(session.pre_login) > _MAX_PRE_LOGIN:
        raise ConnectFailed(f"more than {_MAX_PRE_LOGIN} pushes came before the login response")
    if total_size > options.max_size:
        raise ConnectFailed(
            f"more than {options.max_size} bytes of pushes came before the login response"
        )

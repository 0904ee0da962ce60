"""The way to a session: connect, log in, and judge what answers the login."""

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Recovery
from rtmcli.errors import AuthError, Busy, ConnectFailed, OutcomeUnknown, RtmError
from rtmcli.protocol.messages import ProtocolError, Push, Request, Response
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.protocol.retry_policy import login_payload
from rtmcli.session.deadline import Deadline
from rtmcli.session.options import ConnectOptions
from rtmcli.session.outcomes import Misdirected, classify_response, disconnect_error
from rtmcli.session.session import ConnectionLost, Session
from rtmcli.session.transport import WebSocketTransport

_CLOSE_TIMEOUT = 0.5  # seconds that a goodbye may take after the deadline
_MAX_PRE_LOGIN = 100_000  # pushes


def open_session(
    options: ConnectOptions, connect_deadline: Deadline, login_deadline: Deadline
) -> Session:
    """Connect until one deadline and log in until the other; one attempt, no retry.

    Raises:
        Failed: no connection, or the login's answer did not come.
        AuthError: the login was refused.
        Busy: the server is too busy for the login.
        Misdirected: another region serves this licence.

    """
    transport = WebSocketTransport.open(options.route, options.max_size, connect_deadline)
    options.route.on_step("websocket", transport)
    session = Session(transport, options.timers)
    try:
        session.login_response = _log_in(session, options, login_deadline)
        options.route.on_step("login", session.login_response)
        agent = get_path(session.login_response.payload, API.login_spec.response_paths["agent"])
        options.on_status(f"logged in as {'nobody' if agent is MISSING else agent}")
    except RtmError:
        session.close(login_deadline.remaining() + _CLOSE_TIMEOUT)
        raise
    except BaseException:
        session.abort()
        raise
    return session


def _log_in(session: Session, options: ConnectOptions, deadline: Deadline) -> Response:
    payload = login_payload(options.credentials.token, options.credentials.login_fields)
    request = Request(API.login_action, payload, session.next_request_id())
    session.send(request)
    pre_login_size = 0  # bytes of pushes that came before the answer
    try:
        while True:
            message = session.receive(deadline)
            if message is None:
                raise ConnectFailed("the login was not answered in time", transient=True)
            if isinstance(message, Push):
                pre_login_size += len(message.raw)
                _keep_pre_login_push(session, message, pre_login_size, options.max_size)
            elif message.request_id == request.request_id:
                return _check_response(message)
    except ProtocolError as error:
        raise ConnectFailed(f"{error}, before the login's answer") from None
    except ConnectionLost as error:
        raise _disconnected_before_login(error) from None


def _keep_pre_login_push(session: Session, push: Push, total_size: int, max_size: int) -> None:
    """Keep a push that came before the login's answer; of all that came, only so many bytes."""
    if session.disconnect_reason and session.disconnect_reason.recovery is Recovery.REDIRECT:
        reason, data = session.disconnect_reason, push.payload.get("data")
        raise Misdirected(reason.meaning, type=reason.reason, action=API.login_action, data=data)
    session.pre_login.append(push.raw)
    if len(session.pre_login) > _MAX_PRE_LOGIN:
        raise ConnectFailed(f"more than {_MAX_PRE_LOGIN} pushes came before the login's answer")
    if total_size > max_size:
        raise ConnectFailed(f"more than {max_size} bytes of pushes came before the login's answer")


def _disconnected_before_login(error: ConnectionLost) -> RtmError:
    if error.disconnect_reason and error.disconnect_reason.is_auth_error:
        return disconnect_error(error)
    return ConnectFailed(f"{error}, before the login's answer", transient=not error.is_permanent)


def _check_response(response: Response) -> Response:
    if response.success:
        return response
    error = classify_response(response, Request(API.login_action)).error
    match error:
        case OutcomeUnknown():
            raise ConnectFailed(f"login: {error.type}: {error.message}", transient=True)
        case Misdirected() | Busy() | AuthError():
            raise error
        case _:
            raise AuthError(error.message, type=error.type, action=error.action)

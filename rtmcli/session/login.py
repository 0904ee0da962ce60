"""The way to a session: connect, log in, and judge what answers the login."""

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Act
from rtmcli.errors import AuthError, Busy, OutcomeUnknown, RtmError
from rtmcli.protocol.conversation import login_payload
from rtmcli.protocol.messages import Malformed, Push, Request, Response
from rtmcli.protocol.validation import MISSING, find
from rtmcli.session.access import Access
from rtmcli.session.deadline import Deadline
from rtmcli.session.failure import Failed
from rtmcli.session.judging import Misdirected, farewell, judge_answer
from rtmcli.session.link import Link
from rtmcli.session.session import LinkLost, Session

_GOODBYE = 0.5  # seconds that a goodbye may take after the deadline
_MOST_EARLY = 100_000  # pushes


def open_session(access: Access, connected: Deadline, logged_in: Deadline) -> Session:
    """Connect until one deadline and log in until the other; one attempt, no retry.

    Raises:
        Failed: no connection, or the login's answer did not come.
        AuthError: the login was refused.
        Busy: the server is too busy for the login.
        Misdirected: another region serves this licence.

    """
    link = Link.open(access.route, access.max_size, connected)
    access.route.passed("websocket", link)
    session = Session(link, access.timers)
    try:
        session.login = _log_in(session, access, logged_in)
        access.route.passed("login", session.login)
        who = find(session.login.payload, API.entry.facts["agent"])
        access.notice(f"logged in as {'nobody' if who is MISSING else who}")
    except RtmError:
        session.close(logged_in.left() + _GOODBYE)
        raise
    except BaseException:
        session.abandon()
        raise
    return session


def _log_in(session: Session, access: Access, deadline: Deadline) -> Response:
    payload = login_payload(access.identity.token, access.identity.login)
    request = Request(API.login, payload, session.next_id())
    session.send(request)
    early = 0  # bytes of pushes that came before the answer
    try:
        while True:
            message = session.receive(deadline)
            if message is None:
                raise Failed("the login was not answered in time", passing=True)
            if isinstance(message, Push):
                early += len(message.text)
                _keep(session, message, early, access.max_size)
            elif message.request_id == request.request_id:
                return _accepted(message)
    except Malformed as error:
        raise Failed(f"{error}, before the login's answer") from None
    except LinkLost as error:
        raise _lost(error) from None


def _keep(session: Session, push: Push, size: int, most: int) -> None:
    """Keep a push that came before the login's answer; of all that came, only so many bytes."""
    if session.reason and session.reason.act is Act.REDIRECT:
        reason, data = session.reason, push.payload.get("data")
        raise Misdirected(reason.meaning, type=reason.reason, action=API.login, data=data)
    session.early.append(push.text)
    if len(session.early) > _MOST_EARLY:
        raise Failed(f"more than {_MOST_EARLY} pushes came before the login's answer")
    if size > most:
        raise Failed(f"more than {most} bytes of pushes came before the login's answer")


def _lost(error: LinkLost) -> RtmError:
    if error.reason and error.reason.auth:
        return farewell(error)
    return Failed(f"{error}, before the login's answer", passing=not error.is_final)


def _accepted(answer: Response) -> Response:
    if answer.success:
        return answer
    error = judge_answer(answer, Request(API.login)).error
    match error:
        case OutcomeUnknown():
            raise Failed(f"login: {error.type}: {error.message}", passing=True)
        case Misdirected() | Busy() | AuthError():
            raise error
        case _:
            raise AuthError(error.message, type=error.type, action=error.action)

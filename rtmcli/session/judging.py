"""What became of a call that did not go well: the error to tell, and whether it may go out again.

One call, a stream of calls and the login ask here, so that one event has one meaning everywhere:

- An answer that refuses is judged by its type: by what the catalogue says that it asks for.
- A call without an answer may have been executed, unless it had not left.
- A session that the server ends for who is asking (the token revoked, the licence expired) is an
  `AuthError` for the calls in flight, too: what helps is a token, and not to look and ask again.
  The message admits that such a call may have taken effect.
- A call that belongs to another region was not executed and goes there. Where there is no such
  region, or each names the other, the server breaks the protocol, and neither is it believed that
  nothing was done: the outcome is unknown.
- The failure of a repetition does not tell what became of the first try.
"""

from typing import Any

from rtmcli.catalogue.model import Act, Retry
from rtmcli.errors import AuthError, Busy, NotConnected, OutcomeUnknown, Refused, RtmError
from rtmcli.protocol.conversation import Fault, act_on, fault_of_close, region_in
from rtmcli.protocol.messages import Request, Response
from rtmcli.row import Row
from rtmcli.session.session import LinkLost

_LONGEST = 2000  # characters of the server's words in a message


class Misdirected(Refused):
    """Another region serves this licence; it is the server's word for it, and not trusted."""

    @property
    def region(self) -> str:
        """Return the region that was named; empty where none was."""
        return region_in(self.data)


class Verdict(Row):
    """What is told of a call if nothing better follows, and whether it may be sent again."""

    error: RtmError
    fault: Fault


_VERDICTS: dict[Act, tuple[type[RtmError], Fault]] = {
    Act.RESEND: (Busy, Fault.PROVED),
    Act.DOUBT: (OutcomeUnknown, Fault.LOST),
    Act.REDIRECT: (Misdirected, Fault.REFUSED),
    Act.AUTHENTICATE: (AuthError, Fault.REFUSED),
    Act.REFRESH: (AuthError, Fault.REFUSED),
}


def judge_answer(answer: Response, request: Request) -> Verdict:
    """Judge an answer that says no."""
    type_, message, data = error_of(answer)
    kind, fault = _VERDICTS.get(act_on(type_), (Refused, Fault.REFUSED))
    facts = {"type": type_, "action": request.action, "request_id": request.request_id}
    return Verdict(kind(message, data=data, **facts), fault)


def judge_silence(
    why: str, request: Request, fault: Fault = Fault.LOST, *, sent: bool = True
) -> Verdict:
    """Judge a call that nothing trustworthy came to; `sent` where it may have left."""
    if not sent:
        proved = Fault.PROVED if fault is Fault.LOST else Fault.REFUSED
        return Verdict(NotConnected(why), proved)
    facts = {"action": request.action, "request_id": request.request_id}
    return Verdict(OutcomeUnknown(why, **facts), fault)


def judge_loss(lost: LinkLost, request: Request, *, sent: bool) -> Verdict:
    """Judge a call whose connection is gone; `sent` where it may have left before."""
    reason = lost.reason
    if reason and reason.auth:
        words = f"{lost}; the call may have taken effect" if sent else str(lost)
        facts = {"action": request.action, "request_id": request.request_id}
        error = AuthError(words, type=reason.reason, **facts)
        return Verdict(error, Fault.BROKEN if sent else Fault.REFUSED)
    fault = Fault.BROKEN if lost.is_final else fault_of_close(lost.closing.code)
    return judge_silence(str(lost), request, fault, sent=sent)


def farewell(lost: LinkLost, otherwise: type[RtmError] = NotConnected) -> RtmError:
    """Tell why the server ended the session: for who is asking, or for `otherwise`."""
    reason = lost.reason
    kind = AuthError if reason and reason.auth else otherwise
    return kind(str(lost), type=reason.reason if reason else "")


def stray(error: Misdirected, problem: RtmError) -> OutcomeUnknown:
    """Tell of a call that belongs to another region, where nobody may follow."""
    facts = {"type": error.type, "action": error.action, "request_id": error.request_id}
    return OutcomeUnknown(problem.message, data=error.data, **facts)


def honest(error: RtmError, doubt: RtmError | None, retry: Retry) -> RtmError:
    """Tell of a failure in the light of the try before it; a read is as refused as it is."""
    is_harmless = retry is Retry.READ and not isinstance(error, NotConnected)
    if not isinstance(doubt, OutcomeUnknown) or isinstance(error, OutcomeUnknown) or is_harmless:
        return error
    then = error.message if error.type == error.label else f"{error.type}: {error.message}"
    facts = {"type": doubt.type, "action": doubt.action, "request_id": doubt.request_id}
    return OutcomeUnknown(f"{doubt.message}; then {then}", **facts)


def error_of(answer: Response) -> tuple[str, str, Any]:
    """Return type, message and data of a failing answer, whatever the server put there."""
    error = answer.payload.get("error")
    if not isinstance(error, dict):
        error = {}
    kind, message = _words(error.get("type")), _words(error.get("message"))
    return kind or "unknown", message or "the server gave no reason", error.get("data")


def _words(value: Any) -> str:
    """Take the server's words, but not a book of them."""
    if not isinstance(value, str):
        return ""
    return value if len(value) <= _LONGEST else value[:_LONGEST] + "…"

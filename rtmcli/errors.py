"""Exceptions and their exit statuses.

The class tree, with the exit status of each class::

    RtmError                 1   a bug in this program
    ├── UsageError           2   flags, payload, input or configuration; nothing was sent
    ├── Refused              3   the server rejected the call and did not execute it
    ├── AuthError            4   no token, login or license rejected, not permitted
    ├── NotConnected         5   no call was sent: DNS, TCP, TLS, proxy, handshake, login
    │   └── ConnectFailed    5   a single connection attempt
    ├── Busy                 6   throttled until the retries ran out; not executed
    ├── OutcomeUnknown       7   sent, but no conclusive response arrived
    ├── NotConfirmed         8   the expected push or count did not arrive in time
    ├── PartlyFailed         9   a stream of calls: some refused, none unknown
    ├── Disconnected        10   the server ended the session and forbids reconnecting
    └── NotWritten          74   standard output, or the journal, could not be written

    Interrupted        128+n   a signal; not an error, so not in the tree

An exception carries facts; the command line formats them, in one place.
"""

import os
from typing import Any, NamedTuple


class RtmError(Exception):
    """Base of all errors: `exit_code` ends the process, `status` names the error in records."""

    exit_code = 1
    status = "internal"
    maybe_executed = False  # the call may have taken effect

    def __init__(
        self,
        message: str,
        *,
        type: str = "",  # noqa: A002  # the API's name for it
        action: str = "",
        request_id: str = "",
        data: Any = None,
    ) -> None:
        """Store the server's error `type` and `data`, and the call that failed."""
        super().__init__(message)
        self.message = message
        self.type = type or self.status
        self.action = action
        self.command = ""  # the command-line name; set by the command that fails
        self.request_id = request_id
        self.data = data


class UsageError(RtmError):
    """The command line, the payload or the configuration is wrong; nothing was sent."""

    exit_code = 2
    status = "usage"


class Refused(RtmError):
    """The server answered `success: false` and did not execute the call."""

    exit_code = 3
    status = "refused"


class AuthError(RtmError):
    """There is no token, or the server rejects the credentials or the license."""

    exit_code = 4
    status = "auth"


class NotConnected(RtmError):
    """Connecting or logging in failed, so no call was sent; retrying is safe."""

    exit_code = 5
    status = "not_sent"


class ConnectFailed(NotConnected):
    """One connection attempt failed; if it is `transient`, the next one may succeed.

    `advice` says what to do, if more is known than at which step it failed. `min_delay` is how many
    seconds the server or the proxy wants the next attempt to wait.
    """

    def __init__(
        self, message: str, *, transient: bool = False, advice: str = "", min_delay: float = 0.0
    ) -> None:
        super().__init__(message)
        self.transient = transient
        self.advice = advice
        self.min_delay = min_delay
        self.http_status = 0  # of a refused handshake


class VersionNotServed(ConnectFailed):
    """The server does not serve the version of the API; another attempt would fail, too."""

    def __init__(self, message: str, version: str) -> None:
        super().__init__(f"{message}; does it serve API {version}? choose another with --api")


class Busy(RtmError):
    """The server throttled the call until the retries ran out; it was not executed."""

    exit_code = 6
    status = "busy"


class OutcomeUnknown(RtmError):
    """The call was sent, but no conclusive response arrived; it may have taken effect."""

    exit_code = 7
    status = "unknown"
    maybe_executed = True


class NotConfirmed(RtmError):
    """The expected push, or number of pushes, did not arrive in time."""

    exit_code = 8
    status = "not_confirmed"


class PartlyFailed(RtmError):
    """Some calls of a stream were refused; none is unknown."""

    exit_code = 9
    status = "partly_failed"


class Disconnected(RtmError):
    """The server ended the session and forbids reconnecting."""

    exit_code = 10
    status = "disconnected"


class NotWritten(RtmError):
    """Standard output, or the journal of a stream, could not be written."""

    exit_code = 74
    status = "not_written"


class CallId(NamedTuple):
    """A call as messages name it; the inputs of a stream are counted from 1."""

    request_id: str
    action: str = ""
    input_number: int | None = None


class Interrupted(BaseException):
    """A signal interrupted the command.

    `unknown_calls` lists the calls in flight, `executed_calls` the executed calls whose responses
    were not printed; `resume_hint` says how to continue a list.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum
        self.unknown_calls: list[CallId] = []
        self.executed_calls: list[CallId] = []
        self.resume_hint = ""


def unexpected_error(error: BaseException) -> RtmError:
    """Return the error that reports an exception which no code expected; nothing was sent.

    The message has the class and the place of the exception, not its text, which may quote a
    secret.
    """
    if isinstance(error, OSError):
        return NotConnected(f"the system refused a request of rtm: {os_error_text(error)}")
    if isinstance(error, MemoryError):
        return NotConnected("rtm ran out of memory")
    return RtmError(f"this is a bug of rtm: {describe_exception(error)}")


def describe_exception(error: BaseException) -> str:
    """Return the class of an exception and where it was raised, but not its text."""
    traceback = error.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    if not traceback:
        return type(error).__name__
    file_name = os.path.basename(traceback.tb_frame.f_code.co_filename)  # noqa: PTH119  # fast start
    return f"{type(error).__name__} at {file_name}:{traceback.tb_lineno}"


def os_error_text(error: OSError) -> str:
    """Describe an OS error in lower case, for the end of a message."""
    if isinstance(error, TimeoutError):
        return "timed out"
    return (error.strerror or str(error) or type(error).__name__).lower()

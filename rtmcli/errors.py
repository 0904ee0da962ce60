"""What can go wrong, and the exit status of each.

The tree, with the status that ends the process::

    RtmError                 1   a bug of ours
    ├── UsageError           2   flags, payload, input or configuration; nothing was sent
    ├── Refused              3   the server said no and did not execute
    ├── AuthError            4   no token, token or licence refused, not allowed
    ├── NotConnected         5   no call was sent: DNS, TCP, TLS, proxy, handshake, login
    │   └── ConnectFailed    5   one attempt of several
    ├── Busy                 6   throttled until the retries ran out; not executed
    ├── OutcomeUnknown       7   sent, and no trustworthy answer came
    ├── NotConfirmed         8   the awaited push or count did not come in time
    ├── PartlyFailed         9   a stream of calls: some refused, none unknown
    ├── Disconnected        10   the server said not to come back
    └── NotWritten          74   standard output could not be written

    Interrupted        128+n   a signal; no error, and so not in the tree

An error keeps facts; the command line prints them, in one place.
"""

from typing import Any


class RtmError(Exception):
    """Anything that ends a command early; `status` becomes the exit status."""

    exit_code = 1
    status = "internal"

    def __init__(
        self,
        message: str,
        *,
        type: str = "",  # noqa: A002  # the wire's own word
        action: str = "",
        request_id: str = "",
        data: Any = None,
    ) -> None:
        """Keep the facts: the server's error `type` and `data`, and which call it befell."""
        super().__init__(message)
        self.message = message
        self.type = type or self.status
        self.action = action
        self.command = ""  # of the command line; known where the error leaves it
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
    """There is no token, or the server does not accept who is asking."""

    exit_code = 4
    status = "auth"


class NotConnected(RtmError):
    """No logged-in socket came about, so no call was sent; trying again is safe."""

    exit_code = 5
    status = "not_sent"


class ConnectFailed(NotConnected):
    """One attempt to connect failed; if it is `transient`, the next one may succeed."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


class Busy(RtmError):
    """The server throttled the call until the retries ran out; it was not executed."""

    exit_code = 6
    status = "busy"


class OutcomeUnknown(RtmError):
    """The call was sent and no trustworthy answer came; it may have taken effect."""

    exit_code = 7
    status = "unknown"


class NotConfirmed(RtmError):
    """The awaited push, or the wanted number of pushes, did not come in time."""

    exit_code = 8
    status = "not_confirmed"


class PartlyFailed(RtmError):
    """Some calls of a stream were refused; none is unknown."""

    exit_code = 9
    status = "partly_failed"


class Disconnected(RtmError):
    """The server ended the session and said not to come back."""

    exit_code = 10
    status = "disconnected"


class NotWritten(RtmError):
    """Standard output could not be written."""

    exit_code = 74
    status = "not_written"


class Interrupted(BaseException):
    """A signal asked the command to end.

    `unknown` names the calls it left in flight, `executed` those whose answer nobody saw.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum
        self.unknown_request_ids: list[str] = []
        self.executed_request_ids: list[str] = []


def os_error_text(error: OSError) -> str:
    """Describe an OS error in lower case, to end a message with."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (error.strerror or str(error) or type(error).__name__).lower()

"""What can go wrong, and the exit status of each.

The tree, with the status that ends the process::

    RtmError                 1   a bug of ours
    ├── UsageError           2   flags, payload, input or configuration; nothing was sent
    ├── Refused              3   the server said no and did not execute
    ├── AuthError            4   no token, token or licence refused, not allowed
    ├── NotConnected         5   no call was sent: DNS, TCP, TLS, proxy, handshake, login
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

    status = 1
    label = "internal"

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
        self.type = type or self.label
        self.action = action
        self.command = ""  # of the command line; known where the error leaves it
        self.request_id = request_id
        self.data = data


class UsageError(RtmError):
    """The command line, the payload or the configuration is wrong; nothing was sent."""

    status = 2
    label = "usage"


class Refused(RtmError):
    """The server answered `success: false` and did not execute the call."""

    status = 3
    label = "refused"


class AuthError(RtmError):
    """There is no token, or the server does not accept who is asking."""

    status = 4
    label = "auth"


class NotConnected(RtmError):
    """No logged-in socket came about, so no call was sent; trying again is safe."""

    status = 5
    label = "not_sent"


class Busy(RtmError):
    """The server throttled the call until the retries ran out; it was not executed."""

    status = 6
    label = "busy"


class OutcomeUnknown(RtmError):
    """The call was sent and no trustworthy answer came; it may have taken effect."""

    status = 7
    label = "unknown"


class NotConfirmed(RtmError):
    """The awaited push, or the wanted number of pushes, did not come in time."""

    status = 8
    label = "not_confirmed"


class PartlyFailed(RtmError):
    """Some calls of a stream were refused; none is unknown."""

    status = 9
    label = "partly_failed"


class Disconnected(RtmError):
    """The server ended the session and said not to come back."""

    status = 10
    label = "disconnected"


class NotWritten(RtmError):
    """Standard output could not be written."""

    status = 74
    label = "not_written"


class Interrupted(BaseException):
    """A signal asked the command to end.

    `unknown` names the calls it left in flight, `executed` those whose answer nobody saw.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.unknown: list[str] = []
        self.executed: list[str] = []

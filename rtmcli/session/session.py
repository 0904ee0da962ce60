"""A logged-in connection: requests out, answers and pushes in, kept alive by pings."""

import os
from collections.abc import Iterable
from math import inf
from time import monotonic

from rtmcli.catalogue.model import Act, Reason
from rtmcli.protocol.conversation import Liveness, announced, region_in
from rtmcli.protocol.framing import Closing
from rtmcli.protocol.messages import Malformed, Push, Request, Response, decode
from rtmcli.session.access import Timers
from rtmcli.session.deadline import Deadline
from rtmcli.session.link import Link

_ABNORMAL = 1006  # the close code where there was no close frame
_INCONSISTENT_DATA = 1007
_SILENT = "the server stopped answering pings"


class LinkLost(Exception):
    """The connection is gone, and what had come before is taken."""

    def __init__(self, closing: Closing, reason: Reason | None, region: str) -> None:
        super().__init__(closing)
        self.closing = closing
        self.reason = reason
        self.region = region  # where the server sends us, and not trusted

    @property
    def is_final(self) -> bool:
        """Tell whether the server breaks the protocol, or does not want to be asked again."""
        return bool(self.closing.fault or (self.reason and self.reason.act is Act.STOP))

    def __str__(self) -> str:
        if self.closing.fault:
            return self.closing.fault
        if self.reason and self.reason.reason:
            return f"the server disconnected: {self.reason.reason} ({self.reason.meaning})"
        said = f": {self.closing.reason}" if self.closing.reason else ""
        if self.closing.code == _ABNORMAL:
            return f"the connection was lost{said}"
        return f"the server closed the connection with code {self.closing.code}{said}"


class Session:
    """One connection, to be logged in."""

    login: Response  # the login's answer

    def __init__(self, link: Link, timers: Timers) -> None:
        self.early: list[bytes] = []  # pushes that came before the login's answer
        self.reason: Reason | None = None  # why the server said that it ends the session
        self.region = ""  # where it sends us then
        self._link = link
        self._goodbye = timers.close
        self._liveness = Liveness(monotonic(), timers.ping, timers.pong)
        self._late = -inf  # the deadline after which the last look was taken
        self._left = 0  # messages of that look which are still to be given out
        self._prefix = os.urandom(4).hex()
        self._count = 0

    def next_id(self) -> str:
        """Make a request id that this process uses once."""
        self._count += 1
        return f"{self._prefix}-{self._count}"

    def fileno(self) -> int:
        """Return the socket's descriptor, to be polled beside others."""
        return self._link.fileno()

    def send(self, request: Request) -> bool:
        """Send a request; what the socket does not take at once follows while receiving.

        Returns:
            False where nothing was sent, as the connection has ended: `receive` says how.

        """
        return self._link.send(request.encode())

    def send_all(self, requests: Iterable[Request]) -> bool:
        """Send requests at once, in as few packets as they need.

        Returns:
            False where none of them was sent, as the connection has ended before: nothing is
            read while they are queued, so what ends it comes to light before or after them all.

        """
        if self._link.closing:
            return False
        for request in requests:
            self._link.queue(request.encode())
        self._link.flush()
        return True

    def receive(self, deadline: Deadline) -> Response | Push | None:
        """Return the next message, or None where the deadline comes first.

        Raises:
            LinkLost: the connection is gone.
            Malformed: the message breaks the protocol; the connection is given up.

        """
        late = deadline.over
        if late and self._late != deadline.at and not self._link.closing:
            # One last look: what has come by then counts, and what a flood adds later does not.
            self._look(deadline)
            self._late, self._left = deadline.at, len(self._link.messages)
        while not (self._link.messages or self._link.closing or late):
            late = deadline.over
            self._look(deadline)
        if self._link.messages and not (self._late == deadline.at and self._left == 0):
            self._left -= 1
            return self._decode(self._link.messages.popleft())
        if self._link.closing:
            raise self.loss()
        return None

    def _look(self, deadline: Deadline) -> None:
        before = self._link.bytes_in
        self._link.turn(Deadline(min(deadline.at, self._liveness.next())))
        self._attend(before)

    @property
    def is_sending(self) -> bool:
        """Tell whether the socket is to be polled for writing, too."""
        return self._link.is_sending

    @property
    def due(self) -> float:
        """Return the moment by which `absorb` is to be called, even if nothing comes."""
        return self._liveness.next()

    def absorb(self) -> None:
        """Read what has come, write what waits, and ping when it is time; never wait.

        For callers who poll the socket beside others; `take` gives what has come.
        """
        before = self._link.bytes_in
        self._link.absorb()
        self._attend(before)

    def take(self) -> Response | Push | None:
        """Return the next message that has come, None where there is none yet.

        Raises:
            LinkLost: the connection is gone, and all that had come is taken.
            Malformed: the message breaks the protocol; whether to go on is for the caller.

        """
        if self._link.messages:
            return self._heeded(decode(self._link.messages.popleft()))
        if self._link.closing:
            raise self.loss()
        return None

    @property
    def bytes_in(self) -> int:
        """Count all bytes that came, control frames too."""
        return self._link.bytes_in

    def take_texts(self) -> list[bytes]:
        """Return the texts of all messages that have come, undecoded; none is no loss.

        For callers who want every message as it came, pushes before the login's answer too.

        Raises:
            LinkLost: the connection is gone, and all that had come is taken.

        """
        if not self.early and not self._link.messages and self._link.closing:
            raise self.loss()
        texts = [*self.early, *self._link.messages]
        self.early.clear()
        self._link.messages.clear()
        return texts

    def heed(self, push: Push) -> None:
        """Note why the server ends the session, where a push says so."""
        reason = announced(push)
        if reason:
            self.reason, self.region = reason, region_in(push.payload.get("data"))

    def loss(self) -> LinkLost:
        """Tell how the session has ended; without a word of the server where it has not yet."""
        closing = self._link.closing or Closing(_ABNORMAL, "")
        return LinkLost(closing, self.reason, self.region)

    def ping(self, deadline: Deadline) -> bool:
        """Ask for a sign of life; tell whether one came in time."""
        before = self._link.bytes_in
        self._link.ping()
        while self._link.bytes_in == before and not self._link.closing and not deadline.over:
            self._link.turn(deadline)
        return self._link.bytes_in > before

    def close(self, within: float = inf) -> None:
        """Say goodbye; over within two seconds, or `within`, whatever the server does."""
        self._link.leave(Deadline.after(min(within, self._goodbye)))

    def abandon(self, why: str = "") -> None:
        """End without a goodbye."""
        self._link.abandon(why)

    def blame(self, why: str) -> None:
        """End, and tell the server that it broke the protocol."""
        self._link.fail(_INCONSISTENT_DATA, why)

    def _attend(self, before: int) -> None:
        """Ping when it is time, and give a dead link up: after a look at what has come."""
        now = monotonic()
        if self._link.bytes_in != before:
            self._liveness.heard()
        if self._liveness.is_dead(now):
            self._link.abandon(_SILENT)
        elif self._liveness.is_due(now):
            self._link.ping()
            self._liveness.pinged(now)

    def _decode(self, text: bytes) -> Response | Push:
        try:
            message = decode(text)
        except Malformed as error:
            self.blame(str(error))
            raise
        return self._heeded(message)

    def _heeded(self, message: Response | Push) -> Response | Push:
        if isinstance(message, Push):
            self.heed(message)
        return message

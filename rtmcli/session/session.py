"""A logged-in connection: requests out, answers and pushes in, kept alive by pings."""

import os
from collections.abc import Iterable
from math import inf
from time import monotonic

from rtmcli import signals
from rtmcli.catalogue import API
from rtmcli.catalogue.model import DisconnectReason
from rtmcli.protocol.keepalive import Keepalive
from rtmcli.protocol.messages import ProtocolError, Push, Request, Response, decode
from rtmcli.session.deadline import Deadline
from rtmcli.session.options import Timers
from rtmcli.session.transport import WebSocketTransport
from rtmcli.websocket.frames import Close

_ABNORMAL_CLOSURE = 1006  # the close code where there was no close frame
_INCONSISTENT_DATA = 1007
_PING_TIMED_OUT = "the server stopped answering pings"


class ConnectionLost(Exception):
    """The connection is gone, and what had come before is taken."""

    def __init__(
        self, close_info: Close, disconnect_reason: DisconnectReason | None, redirect_region: str
    ) -> None:
        super().__init__(close_info)
        self.close_info = close_info
        self.disconnect_reason = disconnect_reason
        self.redirect_region = redirect_region  # where the server sends us, and not trusted

    def __str__(self) -> str:
        if self.close_info.protocol_error:
            return self.close_info.protocol_error
        if self.disconnect_reason and self.disconnect_reason.reason:
            row = self.disconnect_reason
            return f"the server disconnected: {row.reason} ({row.meaning})"
        suffix = f": {self.close_info.reason}" if self.close_info.reason else ""
        if self.close_info.code == _ABNORMAL_CLOSURE:
            return f"the connection was lost{suffix}"
        return f"the server closed the connection with code {self.close_info.code}{suffix}"


class Session:
    """One connection, to be logged in."""

    login_response: Response  # the login's answer

    def __init__(self, transport: WebSocketTransport, timers: Timers) -> None:
        self.pre_login: list[bytes] = []  # pushes that came before the login's answer
        self.disconnect_reason: DisconnectReason | None = (
            None  # why the server said that it ends the session
        )
        self.redirect_region = ""  # where it sends us then
        self._transport = transport
        self._close_timeout = timers.close_timeout
        self._keepalive = Keepalive(monotonic(), timers.ping_interval, timers.ping_timeout)
        self._final_read_deadline = -inf  # the deadline after which the last look was taken
        self._final_read_remaining = 0  # messages of that look which are still to be given out
        self._id_prefix = os.urandom(4).hex()
        self._id_count = 0
        self._last_request_id = ""  # the one whose response `receive` waits for

    def next_request_id(self) -> str:
        """Make a request id that this process uses once."""
        self._id_count += 1
        return f"{self._id_prefix}-{self._id_count}"

    def fileno(self) -> int:
        """Return the socket's descriptor, to be polled beside others."""
        return self._transport.fileno()

    def send(self, request: Request) -> bool:
        """Send a request; what the socket does not take at once follows while receiving.

        Returns:
            False where nothing was sent, as the connection has ended: `receive` says how.

        """
        signals.check()
        self._last_request_id = request.request_id
        return self._transport.send(request.encode())

    def send_all(self, requests: Iterable[Request]) -> bool:
        """Send requests at once, in as few packets as they need.

        Returns:
            False where none of them was sent, as the connection has ended before: nothing is
            read while they are queued, so what ends it comes to light before or after them all.

        """
        if self._transport.close_info:
            return False
        for request in requests:
            self._transport.enqueue(request.encode())
        self._transport.flush()
        return True

    def receive(self, deadline: Deadline) -> Response | Push | None:
        """Return the next message, or None where the deadline comes first.

        A malformed message that does not answer the last request is left out.

        Raises:
            LinkLost: the connection is gone.
            Malformed: the message breaks the protocol; the connection is given up.

        """
        while True:
            text = self._receive_text(deadline)
            if text is None:
                return None
            message = self._decode(text)
            if message:
                return message

    def _receive_text(self, deadline: Deadline) -> bytes | None:
        expired = deadline.expired
        if expired and self._final_read_deadline != deadline.at and not self._transport.close_info:
            # One last look: what has come by then counts, and what a flood adds later does not.
            self._poll(deadline)
            self._final_read_deadline, self._final_read_remaining = (
                deadline.at,
                len(self._transport.messages),
            )
        while not (self._transport.messages or self._transport.close_info or expired):
            expired = deadline.expired
            self._poll(deadline)
        if self._transport.messages and not (
            self._final_read_deadline == deadline.at and self._final_read_remaining == 0
        ):
            self._final_read_remaining -= 1
            return self._transport.messages.popleft()
        if self._transport.close_info:
            raise self.lost_error()
        return None

    def _poll(self, deadline: Deadline) -> None:
        received_before = self._transport.bytes_received
        self._transport.poll(Deadline(min(deadline.at, self._keepalive.next_wakeup())))
        self._run_keepalive(received_before)

    @property
    def wants_write(self) -> bool:
        """Tell whether the socket is to be polled for writing, too."""
        return self._transport.wants_write

    @property
    def next_wakeup(self) -> float:
        """Return the moment by which `absorb` is to be called, even if nothing comes."""
        return self._keepalive.next_wakeup()

    def read_available(self) -> None:
        """Read what has come, write what waits, and ping when it is time; never wait.

        For callers who poll the socket beside others; `take` gives what has come.
        """
        received_before = self._transport.bytes_received
        self._transport.read_available()
        self._run_keepalive(received_before)

    def pop_message(self) -> Response | Push | None:
        """Return the next message that has come, None where there is none yet.

        Raises:
            LinkLost: the connection is gone, and all that had come is taken.
            Malformed: the message breaks the protocol; whether to go on is for the caller.

        """
        if self._transport.messages:
            return self._note_if_disconnect(decode(self._transport.messages.popleft()))
        if self._transport.close_info:
            raise self.lost_error()
        return None

    @property
    def bytes_received(self) -> int:
        """Count all bytes that came, control frames too."""
        return self._transport.bytes_received

    def pop_raw(self) -> list[bytes]:
        """Return the texts of all messages that have come, undecoded; none is no loss.

        For callers who want every message as it came, pushes before the login's answer too.

        Raises:
            LinkLost: the connection is gone, and all that had come is taken.

        """
        if not self.pre_login and not self._transport.messages and self._transport.close_info:
            raise self.lost_error()
        texts = [*self.pre_login, *self._transport.messages]
        self.pre_login.clear()
        self._transport.messages.clear()
        return texts

    def note_disconnect(self, push: Push) -> None:
        """Note why the server ends the session, where a push says so."""
        reason = API.disconnect_reason(push.action, push.payload)
        if reason:
            self.disconnect_reason = reason
            self.redirect_region = API.region_in(push.payload.get("data"))

    def lost_error(self) -> ConnectionLost:
        """Tell how the session has ended; without a word of the server where it has not yet."""
        close_info = self._transport.close_info or Close(_ABNORMAL_CLOSURE, "")
        return ConnectionLost(close_info, self.disconnect_reason, self.redirect_region)

    def ping(self, deadline: Deadline) -> bool:
        """Ask for a sign of life; tell whether one came in time."""
        received_before = self._transport.bytes_received
        self._transport.ping()
        while (
            self._transport.bytes_received == received_before
            and not self._transport.close_info
            and not deadline.expired
        ):
            self._transport.poll(deadline)
        return self._transport.bytes_received > received_before

    def close(self, timeout: float = inf) -> None:
        """Say goodbye; over within two seconds, or `within`, whatever the server does."""
        self._transport.close(Deadline.after(min(timeout, self._close_timeout)))

    def abort(self, reason: str = "") -> None:
        """End without a goodbye."""
        self._transport.abort(reason)

    def fail(self, reason: str) -> None:
        """End, and tell the server that it broke the protocol."""
        self._transport.fail(_INCONSISTENT_DATA, reason)

    def _run_keepalive(self, received_before: int) -> None:
        """Ping when it is time, and give a dead link up: after a look at what has come."""
        now = monotonic()
        if self._transport.bytes_received != received_before:
            self._keepalive.data_received()
        if self._keepalive.timed_out(now):
            self._transport.abort(_PING_TIMED_OUT)
        elif self._keepalive.ping_due(now):
            self._transport.ping()
            self._keepalive.ping_sent(now)

    def _decode(self, text: bytes) -> Response | Push | None:
        try:
            message = decode(text)
        except ProtocolError as error:
            is_other = error.request_id == "" or error.request_id != self._last_request_id
            if error.request_id is not None and is_other:
                return None
            self.fail(str(error))
            raise
        return self._note_if_disconnect(message)

    def _note_if_disconnect(self, message: Response | Push) -> Response | Push:
        if isinstance(message, Push):
            self.note_disconnect(message)
        return message

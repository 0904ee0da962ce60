"""A logged-in connection: sends requests, receives responses and pushes, keeps itself alive."""

import os
from collections.abc import Iterable
from math import inf
from time import monotonic

from rtmcli import signals
from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import DisconnectReason
from rtmcli.protocol.keepalive import Keepalive
from rtmcli.protocol.messages import ProtocolError, Push, Request, Response, decode
from rtmcli.session.deadline import Deadline
from rtmcli.session.options import Timers
from rtmcli.session.transport import WebSocketTransport
from rtmcli.websocket.frames import Close

_ABNORMAL_CLOSURE = 1006  # the close code if there was no close frame
_INCONSISTENT_DATA = 1007
_PING_TIMED_OUT = "the server stopped answering pings"


class ConnectionLost(Exception):
    """The connection is lost, and every message received before that was returned."""

    def __init__(
        self, close_info: Close, disconnect_reason: DisconnectReason | None, redirect_region: str
    ) -> None:
        super().__init__(close_info)
        self.close_info = close_info
        self.disconnect_reason = disconnect_reason
        self.redirect_region = redirect_region  # the server's words: not trusted

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
    """One connection; `login.open_session` logs it in."""

    login_response: Response

    def __init__(self, api: Api, transport: WebSocketTransport, timers: Timers) -> None:
        self.api = api
        self.pre_login: list[bytes] = []  # pushes that came before the login response
        self.disconnect_reason: DisconnectReason | None = None  # announced by the server
        self.redirect_region = ""  # named with it
        self._transport = transport
        self._close_timeout = timers.close_timeout
        self._keepalive = Keepalive(monotonic(), timers.ping_interval, timers.ping_timeout)
        self._final_read_deadline = -inf  # the deadline whose final read was done
        self._final_read_remaining = 0  # messages of that read not returned yet
        # Decimal, because hexadecimal digits with an "e" look like a number with an exponent, which
        # `json_codec` reads slowly, to each response that repeats them.
        self._id_prefix = int.from_bytes(os.urandom(4))
        self._id_count = 0
        self._last_request_id = ""  # the one whose response `receive` waits for

    def next_request_id(self) -> str:
        """Return a new request id, unique within this process."""
        self._id_count += 1
        return f"{self._id_prefix}-{self._id_count}"

    def fileno(self) -> int:
        """Return the socket's descriptor, for polling."""
        return self._transport.fileno()

    def send(self, request: Request) -> bool:
        """Send a request; the rest of a long one is sent while receiving.

        Returns:
            False if nothing was sent because the connection has ended; `receive` raises how.

        """
        signals.check()
        self._last_request_id = request.request_id
        return self._transport.send(request.encode())

    def send_all(self, requests: Iterable[Request]) -> bool:
        """Send requests together, in as few packets as possible.

        Returns:
            False if none was sent because the connection had ended before. Nothing is read while
            they are queued, so the end is noticed before or after all of them.

        """
        if self._transport.close_info:
            return False
        for request in requests:
            self._transport.enqueue(request.encode())
        self._transport.flush()
        return True

    def receive(self, deadline: Deadline) -> Response | Push | None:
        """Return the next message, or None if the deadline passes first.

        A malformed message that does not answer the last request is left out.

        Raises:
            ConnectionLost: the connection is lost.
            ProtocolError: the message breaks the protocol; the connection was closed.

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
            # One final read: messages received by now count; a flood does not extend the time.
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
        """Return whether to poll for writing, too."""
        return self._transport.wants_write

    @property
    def next_wakeup(self) -> float:
        """Return when to call `read_available`, even if the socket is not ready."""
        return self._keepalive.next_wakeup()

    def read_available(self) -> None:
        """Read, write, and send a ping if it is due, without blocking.

        For callers that poll the socket together with others; see `pop_message`.
        """
        received_before = self._transport.bytes_received
        self._transport.read_available()
        self._run_keepalive(received_before)

    def pop_message(self) -> Response | Push | None:
        """Return the next message received, None if there is none yet.

        Raises:
            ConnectionLost: the connection is lost, and every message was returned.
            ProtocolError: the message breaks the protocol; the caller may go on.

        """
        if self._transport.messages:
            return self._checked(decode(self._transport.messages.popleft()))
        if self._transport.close_info:
            raise self.lost_error()
        return None

    @property
    def bytes_received(self) -> int:
        """Return the number of bytes received, including control frames."""
        return self._transport.bytes_received

    def pop_raw(self) -> list[bytes]:
        """Return the raw text of every message received.

        For callers that need every message unchanged, and the pushes before the login response.

        Raises:
            ConnectionLost: the connection is lost, and every message was returned.

        """
        if not self.pre_login and not self._transport.messages and self._transport.close_info:
            raise self.lost_error()
        texts = [*self.pre_login, *self._transport.messages]
        self.pre_login.clear()
        self._transport.messages.clear()
        return texts

    def note_disconnect(self, push: Push) -> None:
        """Record why the server ends the session, if this push says so."""
        reason = self.api.disconnect_reason(push.action, push.payload)
        if reason:
            self.disconnect_reason = reason
            self.redirect_region = self.api.region_in(push.payload.get("data"))

    def lost_error(self) -> ConnectionLost:
        """Return how the session ended, as far as the server has said."""
        close_info = self._transport.close_info or Close(_ABNORMAL_CLOSURE, "")
        return ConnectionLost(close_info, self.disconnect_reason, self.redirect_region)

    def ping(self, deadline: Deadline) -> bool:
        """Send a ping; return whether any data is received before the deadline."""
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
        """Do the closing handshake, for at most `timeout` seconds and the configured time."""
        self._transport.close(Deadline.after(min(timeout, self._close_timeout)))

    def abort(self, reason: str = "") -> None:
        """Close the connection without a closing handshake."""
        self._transport.abort(reason)

    def fail(self, reason: str) -> None:
        """Close the connection because the server broke the protocol."""
        self._transport.fail(_INCONSISTENT_DATA, reason)

    def _run_keepalive(self, received_before: int) -> None:
        """Send a ping if it is due; abort a dead connection, but only after a read."""
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
            return self._checked(decode(text))
        except ProtocolError as error:
            is_other = error.request_id == "" or error.request_id != self._last_request_id
            if error.request_id is not None and is_other:
                return None
            self.fail(str(error))
            raise

    def _checked(self, message: Response | Push) -> Response | Push:
        """Note a disconnect that a push announces; refuse a payload of a wrong type."""
        if isinstance(message, Push):
            self.note_disconnect(message)
        elif not isinstance(message.payload, dict):
            method = self.api.methods.get(message.action)
            if method and not method.response_type.is_array:
                problem = "the server's response has a payload that is not an object"
                raise ProtocolError(problem, message.request_id)
        return message

"""The connection of a stream: opened for the first call, replaced when it is lost.

A connection with an overdue response, or whose end the server announced, is draining: it takes no
further call, the responses that may still come are awaited, and the next call opens another one.
"""

from collections.abc import Callable
from math import inf

from rtmcli import signals
from rtmcli.catalogue.api import Api
from rtmcli.errors import AuthError, Interrupted, NotConnected, RtmError
from rtmcli.protocol.messages import ProtocolError, Push, Request, Response
from rtmcli.protocol.retry_policy import MAX_ATTEMPTS
from rtmcli.session.connector import Connector, random_fraction
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.recovery import Misdirected, Step, after_disconnect, disconnect_error
from rtmcli.session.session import ConnectionLost, Session


class StreamConnection:
    """One connection at a time."""

    def __init__(
        self,
        connector: Connector,
        deadline: Deadline = NEVER,
        *,
        jitter: Callable[[], float] = random_fraction,
    ) -> None:
        """Connect with the connector, until the deadline of the whole stream."""
        self.session: Session | None = None
        self.is_draining = False
        self.fatal_error: RtmError | None = None  # why there will be no further connection
        self.not_before = 0.0  # when the next connection may be opened
        self._connector = connector
        self._deadline = deadline
        self._jitter = jitter
        self._fruitless = 0  # connections in a row that took calls and gave no response
        self._sent_calls = self._got_response = False  # on this connection
        self._succeeded_since_change = False  # a call, since token or region last changed
        self._malformed: list[str] = []  # errors of messages on this connection
        self._target_changed = False  # the next connection has another token or region

    @property
    def api(self) -> Api:
        """Return the version of the API that the connection speaks."""
        return self._connector.options.api

    @property
    def response_timeout(self) -> float:
        """Return how long a response may take, in seconds."""
        return self._connector.options.timers.response_timeout

    @property
    def next_wakeup(self) -> float:
        """Return when `session.read_available` must be called, even if no data comes."""
        return self.session.next_wakeup if self.session else inf

    @property
    def accepts_calls(self) -> bool:
        """Return whether a call may be sent now."""
        return self.session is not None and not self.is_draining

    def report_status(self, message: str) -> None:
        """Pass a message to the status callback."""
        self._connector.options.on_status(message)

    def backoff_delay(self, attempt: int, min_delay: float = 0.0) -> float:
        """Return the seconds to wait after failed attempt number `attempt`."""
        return self._connector.options.timers.backoff.delay(attempt, self._jitter, min_delay)

    def open(self, now: float) -> None:
        """Replace the connection; if there is none then, `fatal_error` or `not_before` says why."""
        disconnect = self.session.lost_error() if self.session else None
        self.close(now)
        if disconnect:
            self._recover(disconnect, now)
        if self.fatal_error or self.not_before > now:
            return
        try:
            self.session = self._connector.connect(self._deadline)
        except AuthError as error:
            self.fatal_error = error
        except RtmError as error:
            self.fatal_error = NotConnected(error.message, type=error.type)
        else:
            self._succeeded_since_change = self._succeeded_since_change and not self._target_changed
            self._target_changed = False
            # If the server announced the end before the login response, the connection counts as
            # one without a response; otherwise such connections would never end.
            self.is_draining = self._sent_calls = self.session.disconnect_reason is not None

    def send(self, requests: list[Request]) -> bool:
        """Send calls; return False if the connection had ended, so that none was sent."""
        assert self.session
        self._sent_calls = True
        return self.session.send_all(requests)

    def pop_response(self) -> Response | ProtocolError | None:
        """Return the next response that was received, or what is wrong with it, or None.

        Raises:
            ConnectionLost: the connection is lost, and all responses before that were returned.

        """
        while self.session:
            try:
                message = self.session.pop_message()
            except ProtocolError as error:
                if error.request_id is not None:
                    return error
                self._malformed.append(str(error))
                self.is_draining = True
                continue
            if isinstance(message, Push):
                self.is_draining = self.is_draining or self.session.disconnect_reason is not None
                continue
            if message:
                self._got_response = True
                self._succeeded_since_change = self._succeeded_since_change or message.success
            return message
        return None

    def fail_if_malformed(self, in_flight: int) -> ConnectionLost | None:
        """End the connection if malformed messages may be the responses of all calls in flight."""
        if not self.session or not 0 < in_flight <= len(self._malformed):
            return None
        self.session.fail(self._malformed[0])
        return self.session.lost_error()

    def connection_lost(self, disconnect: ConnectionLost, now: float, *, in_flight: bool) -> None:
        """Forget the lost connection, and do what the server asks for."""
        assert self.session
        self.report_status(str(disconnect))
        self.session.abort()
        self._end_session(now)
        if in_flight:
            self._pause(now, after_disconnect(disconnect).min_delay)
        self._recover(disconnect, now)

    def redirect_or_refresh(self, error: RtmError) -> bool:
        """Switch to another region or token if a refused call needs it; tell whether it may."""
        if isinstance(error, Misdirected):
            return self._switch_region(self._connector.region_named_by(error))
        return isinstance(error, AuthError) and self._refresh_token(error)

    def close(self, now: float = 0.0, timeout: float = inf) -> None:
        """Close the connection; wait at most `timeout` seconds for the closing handshake."""
        if self.session:
            session = self.session
            self._end_session(now)
            session.close(timeout)

    def abort(self) -> None:
        """End the connection without a closing handshake."""
        if self.session:
            self.session.abort()
            self.session = None

    def _end_session(self, now: float) -> None:
        """Forget the connection, and decide whether and when another one may follow."""
        if self._sent_calls:
            self._fruitless = 0 if self._got_response else self._fruitless + 1
        self.session = None
        self._sent_calls = self._got_response = False
        self._malformed.clear()
        if self._fruitless:
            self.not_before = now + self.backoff_delay(self._fruitless)
        if self._fruitless >= MAX_ATTEMPTS:
            self.fatal_error = NotConnected(f"{MAX_ATTEMPTS} connections in a row gave no response")

    def _pause(self, now: float, min_delay: float) -> None:
        self.not_before = max(self.not_before, now + self.backoff_delay(1, min_delay))

    def _recover(self, disconnect: ConnectionLost, now: float) -> None:
        """Do what the server asks for after a disconnect."""
        recovery = after_disconnect(disconnect)
        match recovery.step:
            case Step.STOP:
                self.fatal_error = disconnect_error(disconnect)
            case Step.REFRESH_TOKEN:
                error = disconnect_error(disconnect)
                self.fatal_error = None if self._refresh_token(error) else error
            case Step.SWITCH_REGION:
                self._switch_region(disconnect.redirect_region)
            case Step.RECONNECT_SLOWLY:
                self._pause(now, recovery.min_delay)
            case _:
                pass  # reconnect when the next call is due

    def _refresh_token(self, error: RtmError) -> bool:
        """Get a new token for the next connection; tell whether there is one."""
        self._reset_limits()
        self._target_changed = self._target_changed or self._request_token(error)
        self.is_draining = self.is_draining or self._target_changed
        return self._target_changed

    def _request_token(self, error: RtmError) -> bool:
        try:
            return self._connector.refresh_token(error, self._deadline)
        except Interrupted as interrupted:
            signals.postpone(interrupted)  # a call is being settled, or several
            return False

    def _switch_region(self, region: str) -> bool:
        """Switch the next connection to another region; tell whether that is possible."""
        if self._target_changed:
            return True
        self._reset_limits()
        try:
            self._connector.switch_region(region)
        except NotConnected as error:
            self.fatal_error = error
        else:
            self._target_changed = True
        self.is_draining = True
        return self._target_changed

    def _reset_limits(self) -> None:
        """Let token and region change once more if calls succeeded since they last changed."""
        if self._succeeded_since_change:
            self._connector.reset_limits()
            self._succeeded_since_change = False

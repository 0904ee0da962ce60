"""The logged-in connection of a stream: opened for the first call, renewed, or given up for good.

A connection on which an answer is overdue, or whose end the server announced, is retired: it takes
no further call, the answers that may still come are awaited, and the next call opens another one.
"""

from collections.abc import Callable
from math import inf

from rtmcli import signals
from rtmcli.catalogue import API
from rtmcli.catalogue.model import Recovery
from rtmcli.errors import AuthError, Interrupted, NotConnected, RtmError
from rtmcli.protocol.messages import ProtocolError, Push, Request, Response
from rtmcli.protocol.retry_policy import MAX_ATTEMPTS, min_delay_after_close
from rtmcli.session.connector import Connector, random_fraction
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.outcomes import Misdirected, disconnect_error
from rtmcli.session.session import ConnectionLost, Session

_MIN_SLOW_DELAY = 5.0  # seconds of pause, where the server complains of too many connections


class StreamConnection:
    """One connection at a time."""

    def __init__(
        self,
        connector: Connector,
        deadline: Deadline = NEVER,
        *,
        jitter: Callable[[], float] = random_fraction,
    ) -> None:
        """Connect by the connector, until the deadline of the whole stream."""
        self.session: Session | None = None
        self.is_draining = False
        self.fatal_error: RtmError | None = None  # why there will be no connection any more
        self.not_before = 0.0  # the moment from which on the next connection may be opened
        self._connector = connector
        self._deadline = deadline
        self._jitter = jitter
        self._fruitless = 0  # connections in a row that took calls and gave no answer
        self._sent_calls, self._got_response = False, False  # a call, an answer, on this connection
        self._succeeded_since_change = (
            False  # a good answer came since token or region last changed
        )
        self._malformed: list[str] = []  # what was wrong with messages on this connection
        self._target_changed = False  # the next connection will be as someone else, or elsewhere

    @property
    def response_timeout(self) -> float:
        """Return how long an answer may take, in seconds."""
        return self._connector.options.timers.response_timeout

    @property
    def next_wakeup(self) -> float:
        """Return the moment by which the session must be looked after."""
        return self.session.next_wakeup if self.session else inf

    @property
    def accepts_calls(self) -> bool:
        """Tell whether a call may be sent now."""
        return self.session is not None and not self.is_draining

    def report_status(self, message: str) -> None:
        """Tell what happens, to whoever asked for it."""
        self._connector.options.on_status(message)

    def backoff_delay(self, attempt: int, min_delay: float = 0.0) -> float:
        """Return the seconds to wait after failed attempt number `attempt`."""
        return self._connector.options.timers.backoff.delay(attempt, self._jitter, min_delay)

    def open(self, now: float) -> None:
        """Connect anew; where no connection comes about, `refusal` says why."""
        disconnect = self.session.lost_error() if self.session else None
        self.close(now)
        if disconnect:
            self._apply_reason(disconnect, now)
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
            # The server may have announced the end before the login's answer; such a connection
            # counts as one that gave no answer, or there would be no end of them.
            self.is_draining = self._sent_calls = self.session.disconnect_reason is not None
            self._mark_reconnect()

    def send(self, requests: list[Request]) -> bool:
        """Put calls on the wire; return False where the connection had ended, so that none was."""
        assert self.session
        self._sent_calls = True
        return self.session.send_all(requests)

    def pop_response(self) -> Response | None:
        """Return the next answer that has come, None where there is none.

        Raises:
            LinkLost: the connection is gone, and all that had come is taken.

        """
        while self.session:
            try:
                message = self.session.pop_message()
            except ProtocolError as error:
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
        """End the connection where what made no sense may be all that `waiting` calls await."""
        if not self.session or not 0 < in_flight <= len(self._malformed):
            return None
        self.session.fail(self._malformed[0])
        return self.session.lost_error()

    def connection_lost(self, error: ConnectionLost, now: float, *, in_flight: bool) -> None:
        """Note the end of the connection, and do what the server asked for then."""
        assert self.session  # which told of it
        self.report_status(str(error))
        self.session.abort()
        self._end_session(now)
        if in_flight:
            min_delay = min_delay_after_close(error.close_info.code)
            self.not_before = max(self.not_before, now + self.backoff_delay(1, min_delay))
        self._apply_reason(error, now)

    def redirect_or_refresh(self, error: RtmError) -> bool:
        """Turn to another region or token where that helps a call; tell whether it does."""
        if isinstance(error, Misdirected):
            return self._switch_region(error.region)
        return isinstance(error, AuthError) and self._refresh_token(error)

    def close(self, now: float = 0.0, timeout: float = inf) -> None:
        """Say goodbye, and wait for the answer `within` so many seconds."""
        if self.session:
            session = self.session
            self._end_session(now)
            session.close(timeout)

    def abort(self) -> None:
        """End the connection without a goodbye."""
        if self.session:
            self.session.abort()
            self.session = None

    def _mark_reconnect(self) -> None:
        """Tell the server, at each login after the first, that we were there before."""
        options = self._connector.options
        login_fields = {**options.credentials.login_fields, API.login_spec.reconnect_param: True}
        self._connector.options = options._replace(
            credentials=options.credentials._replace(login_fields=login_fields)
        )

    def _end_session(self, now: float) -> None:
        """Forget the connection, and decide whether another one may follow, and when."""
        if self._sent_calls:
            self._fruitless = 0 if self._got_response else self._fruitless + 1
        self.session = None
        self._sent_calls = self._got_response = False
        self._malformed.clear()
        if self._fruitless:
            self.not_before = now + self.backoff_delay(self._fruitless)
        if self._fruitless >= MAX_ATTEMPTS:
            self.fatal_error = NotConnected(f"{MAX_ATTEMPTS} connections in a row gave no answer")

    def _refresh_token(self, error: RtmError) -> bool:
        """Ask for a new token, for another connection; tell whether there is one."""
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
        """Turn to another region, for another connection; tell whether that is possible."""
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
        """Let token and region change once more where they have served well since they did."""
        if self._succeeded_since_change:
            self._connector.reset_limits()
            self._succeeded_since_change = False

    def _apply_reason(self, disconnect: ConnectionLost, now: float) -> None:
        """Do what the server asked for when it ended the connection, if it said why."""
        error = disconnect_error(disconnect)
        match disconnect.disconnect_reason and disconnect.disconnect_reason.recovery:
            case Recovery.STOP:
                self.fatal_error = error
            case Recovery.REFRESH_TOKEN:
                self.fatal_error = None if self._refresh_token(error) else error
            case Recovery.REDIRECT:
                self._switch_region(disconnect.redirect_region)
            case Recovery.RECONNECT_SLOWLY:
                self.not_before = max(self.not_before, now + self.backoff_delay(1, _MIN_SLOW_DELAY))
            case _:
                pass

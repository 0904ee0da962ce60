"""Listen on one session after the other, and mark every gap between them."""

from collections.abc import Callable, Generator, Iterator
from time import monotonic

from rtmcli import signals
from rtmcli.errors import (
    AuthError,
    Busy,
    ConnectFailed,
    Disconnected,
    NotConnected,
    RtmError,
    VersionNotServed,
    unexpected_error,
)
from rtmcli.flows.listen.criteria import ListenOptions, StopCondition
from rtmcli.flows.listen.items import Gap, ListenItem, Notice
from rtmcli.flows.listen.receiver import Receiver
from rtmcli.flows.listen.token_renewal import TokenRenewal
from rtmcli.protocol.push_filter import PushFilter
from rtmcli.protocol.reconnection import ReconnectPolicy, ReconnectScheduler
from rtmcli.session.connector import Connector, random_fraction
from rtmcli.session.deadline import Deadline
from rtmcli.session.options import CLOSE_GRACE_PERIOD
from rtmcli.session.recovery import Misdirected, Step, after_disconnect, disconnect_error
from rtmcli.session.session import ConnectionLost, Session

_MAX_SLEEP_PINGS = 3  # ping intervals without a ping, after which the server drops the client
_NO_TIME = "the time was over before the first connection"


class Listener:
    """Receives the pushes of one agent.

    Yields lists of pushes as received, a `Gap` before the first push after a disconnect, and a
    `Notice` for each change of the connection, in the order in which they happen.
    """

    def __init__(
        self,
        connector: Connector,
        options: ListenOptions,
        reconnect_policy: ReconnectPolicy,
        *,
        jitter: Callable[[], float] = random_fraction,
        sleep: Callable[[float], None] = signals.sleep,
    ) -> None:
        self._connector = connector
        self._options = options
        self._jitter = jitter
        self._sleep = sleep
        self._push_filter = PushFilter(connector.options.api, options.actions, options.chat_id)
        self._stop_condition = StopCondition(options)
        self._reconnect_scheduler = ReconnectScheduler(reconnect_policy)
        self._max_delay = reconnect_policy.backoff.max_delay
        self._next_attempt = Deadline(0.0)
        # When the gap began that was not yielded yet, and why.
        self._pending_gap: tuple[float, str] | None = None
        self._connection_error = _NO_TIME  # why there is no connection
        self._was_connected = False

    def run(self) -> Generator[ListenItem, None, None]:
        """Yield items until the stop condition is met.

        Raises:
            AuthError: the login was refused, or the session was ended because of the credentials.
            Disconnected: the server said not to come back, or the options say not to reconnect.
            NotConfirmed: the wanted number of pushes did not come in time.
            NotConnected: no known region serves the license, the first attempt failed and had to
                succeed, or the listener timed out while disconnected.
            Busy: the server was too busy for a first attempt that had to succeed.

        """
        try:
            yield from self._run()
        except (OSError, MemoryError) as error:  # of a wait or of this process, not of the network
            raise unexpected_error(error) from None

    def _run(self) -> Generator[ListenItem, None, None]:
        while session := (yield from self._connect()):
            timers = self._connector.options.timers
            receiver = Receiver(
                session,
                self._push_filter,
                self._stop_condition,
                TokenRenewal(self._connector),
                _MAX_SLEEP_PINGS * timers.ping_interval,
            )
            try:
                yield from self._on_connected()
                yield from receiver.items()
            except ConnectionLost as error:
                disconnect = error
            else:
                return
            finally:
                session.close(CLOSE_GRACE_PERIOD)
            yield self._on_disconnected(disconnect, receiver)

    def _connect(self) -> Generator[ListenItem, None, Session | None]:
        """Try until there is a session; return None if it is time to stop first."""
        while not self._stop_condition.should_stop(self._connection_error):
            delay = min(self._next_attempt.remaining(), self._stop_condition.deadline.remaining())
            if delay:
                self._sleep(delay)
                continue
            attempt_deadline = self._stop_condition.deadline.sooner(
                self._connector.options.timers.response_timeout
            )
            self._reconnect_scheduler.attempt_started(monotonic())
            try:
                return self._connector.attempt(attempt_deadline, attempt_deadline)
            except Misdirected as error:
                self._switch_region(self._connector.region_named_by(error))
            except AuthError as error:
                self._refresh_token(error)
            except (NotConnected, Busy) as error:
                is_first = not self._was_connected
                if is_first and (self._options.fail_fast or isinstance(error, VersionNotServed)):
                    raise
                yield from self._on_attempt_failed(error)
        return None

    def _on_connected(self) -> Iterator[ListenItem]:
        """Start a session: yield the gap before it."""
        self._reconnect_scheduler.connected(monotonic())
        if not self._was_connected:
            self._stop_condition.restart_idle()
        self._connection_error = ""
        self._was_connected = True
        if self._pending_gap:
            gap = Gap.since(*self._pending_gap)
            self._pending_gap = None
            yield gap
            yield Notice("reconnected", f"reconnected after {gap.end - gap.start:.1f} s")

    def _on_disconnected(self, disconnect: ConnectionLost, receiver: Receiver) -> Notice:
        """Do what the server asks for after a disconnect, or raise why there is no next attempt."""
        recovery, message = after_disconnect(disconnect), str(disconnect)
        self._pending_gap = (receiver.last_received_at, message)
        self._connection_error = message
        if self._reconnect_scheduler.is_stable(monotonic()):
            self._connector.reset_limits()
        if self._options.stop_on_disconnect:
            raise disconnect_error(disconnect, Disconnected)
        match recovery.step:
            case Step.STOP:
                raise disconnect_error(disconnect, Disconnected)
            case Step.REFRESH_TOKEN:
                self._refresh_token(disconnect_error(disconnect, Disconnected))
            case Step.SWITCH_REGION:
                self._follow_redirect(disconnect)
            case Step.RECONNECT_SLOWLY:
                self._schedule_attempt(slowly=True)
            case _:
                self._schedule_attempt(min_delay=recovery.min_delay)
        return Notice("disconnected", self._with_retry_hint(message))

    def _on_attempt_failed(self, error: RtmError) -> Iterator[ListenItem]:
        """Schedule the next attempt; yield a notice unless the last one failed alike."""
        is_new = error.message != self._connection_error
        self._connection_error = error.message
        # A server may not silence a listener for longer than the longest delay of its own.
        min_delay = error.min_delay if isinstance(error, ConnectFailed) else 0.0
        self._schedule_attempt(min_delay=min(min_delay, self._max_delay))
        message = self._with_retry_hint(error.message)
        if is_new:
            yield Notice("not_connected", message)
        else:
            self._connector.options.on_status(message)

    def _schedule_attempt(self, *, slowly: bool = False, min_delay: float = 0.0) -> None:
        moment = self._reconnect_scheduler.next_attempt(
            monotonic(), self._jitter, slowly=slowly, min_delay=min_delay
        )
        self._next_attempt = Deadline(moment)

    def _with_retry_hint(self, message: str) -> str:
        """Add when the next attempt is, if there is one before the time to stop."""
        if self._stop_condition.deadline.at <= max(self._next_attempt.at, monotonic()):
            return message
        return f"{message}; trying again in {self._next_attempt.remaining():.1f} s"

    def _refresh_token(self, error: RtmError) -> None:
        """Get a new token from its source; raise the error if there is none."""
        if not self._connector.refresh_token(error, self._stop_condition.deadline):
            raise error
        self._next_attempt = Deadline(self._reconnect_scheduler.next_immediate(monotonic()))

    def _follow_redirect(self, disconnect: ConnectionLost) -> None:
        """Switch to the region that the server named when it ended the session."""
        try:
            self._switch_region(disconnect.redirect_region)
        except NotConnected:
            raise Disconnected(str(disconnect)) from None

    def _switch_region(self, region: str) -> None:
        """Switch to another region, once; raise `NotConnected` if that is not possible."""
        self._connector.switch_region(region)
        self._next_attempt = Deadline(self._reconnect_scheduler.next_immediate(monotonic()))

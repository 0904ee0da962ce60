"""One session after the other, each loss told in its place."""

import time
from collections.abc import Callable, Generator, Iterator
from time import monotonic

from rtmcli import signals
from rtmcli.catalogue.model import Recovery
from rtmcli.errors import AuthError, Busy, Disconnected, NotConnected, RtmError
from rtmcli.flows.listen.criteria import ListenItem, ListenOptions, Notice, StopCondition
from rtmcli.flows.listen.receiver import Receiver
from rtmcli.protocol.push_filter import PushFilter
from rtmcli.protocol.reconnection import Gap, ReconnectPolicy, ReconnectScheduler
from rtmcli.protocol.retry_policy import min_delay_after_close
from rtmcli.session.connector import Connector, random_fraction
from rtmcli.session.deadline import Deadline
from rtmcli.session.outcomes import Misdirected, disconnect_error
from rtmcli.session.session import ConnectionLost, Session

_CLOSE_TIMEOUT = 0.3  # seconds that the closing handshake may take
_MAX_SLEEP_PINGS = (
    3  # ping intervals in which we do not turn up: the server drops clients as silent
)


class Listener:
    """Hears what one agent is told.

    What happens is yielded in its order: a list of pushes as they came, a `Gap` before the first
    push after a loss, and `Note`s about the connection.
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
        self._push_filter = PushFilter(options.actions, options.chat_id)
        self._stop_condition = StopCondition(options)
        self._reconnect_scheduler = ReconnectScheduler(reconnect_policy)
        self._next_attempt = Deadline(0.0)  # the next attempt
        self._pending_gap: Gap | None = None  # begun, and not told yet
        self._connection_error = ""  # why there is no connection
        self._was_connected = False

    def run(self) -> Generator[ListenItem, None, None]:
        """Yield what happens until what was wished for is there.

        Raises:
            AuthError: the login was refused, or the session was ended for who we are.
            Disconnected: the server said not to come back, or one connection was all we may have.
            NotConfirmed: the wanted number of pushes did not come in time.
            NotConnected: no known region serves us, a first attempt failed that had to succeed,
                or the time was over while there was no connection.
            Busy: the server was too busy for a first attempt that had to succeed.

        """
        while session := (yield from self._connect()):
            timers = self._connector.options.timers
            receiver = Receiver(
                session,
                self._push_filter,
                self._stop_condition,
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
                session.close(_CLOSE_TIMEOUT)
            yield self._on_disconnected(disconnect, receiver)

    def _connect(self) -> Generator[ListenItem, None, Session | None]:
        """Try until there is a session; return None where the time is over before."""
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
                self._switch_region(error.region)
            except AuthError as error:
                self._refresh_token(error)
            except (NotConnected, Busy) as error:
                if self._options.fail_fast and not self._was_connected:
                    raise
                yield from self._on_attempt_failed(error)
        return None

    def _on_connected(self) -> Iterator[ListenItem]:
        """Begin a session: tell what was lost before it."""
        self._reconnect_scheduler.connected(monotonic())
        self._stop_condition.start_idle()
        self._connection_error = ""
        self._was_connected = True
        if self._pending_gap:
            gap = self._pending_gap._replace(end=time.time())
            self._pending_gap = None
            yield gap
            yield Notice("reconnected", f"connected again after {gap.end - gap.start:.1f} s")

    def _on_disconnected(self, disconnect: ConnectionLost, receiver: Receiver) -> Notice:
        """Judge how a session ended: decide on the next attempt, or raise why there is none."""
        reason, message = disconnect.disconnect_reason, str(disconnect)
        recovery = reason.recovery if reason else Recovery.RECONNECT
        self._pending_gap = Gap(receiver.last_received_at, receiver.last_received_at, message)
        self._connection_error = message
        if self._reconnect_scheduler.is_stable(monotonic()):
            self._connector.reset_limits()
        if self._options.stop_on_disconnect or recovery is Recovery.STOP:
            raise disconnect_error(disconnect, Disconnected)
        if recovery is Recovery.REFRESH_TOKEN:
            self._refresh_token(disconnect_error(disconnect, Disconnected))
        elif recovery is Recovery.REDIRECT:
            self._follow_region(disconnect)
        else:
            self._schedule_attempt(
                slowly=recovery is Recovery.RECONNECT_SLOWLY,
                min_delay=min_delay_after_close(disconnect.close_info.code),
            )
        return Notice("disconnected", self._with_retry_hint(message))

    def _on_attempt_failed(self, error: RtmError) -> Iterator[ListenItem]:
        """Plan the next attempt after one that failed; tell of the first that failed so."""
        is_new = error.message != self._connection_error
        self._connection_error = error.message
        self._schedule_attempt()
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
        """Add to why there is no connection when the next attempt is, where there will be one."""
        if self._stop_condition.deadline.at <= max(self._next_attempt.at, monotonic()):
            return message
        return f"{message}; trying again in {self._next_attempt.remaining():.1f} s"

    def _refresh_token(self, error: RtmError) -> None:
        """Turn to a new token, where its source has one; raise the error where it has not."""
        if not self._connector.refresh_token(error, self._stop_condition.deadline):
            raise error
        self._next_attempt = Deadline(self._reconnect_scheduler.next_immediate(monotonic()))

    def _follow_region(self, disconnect: ConnectionLost) -> None:
        """Turn to the region that the server named when it ended the session."""
        try:
            self._switch_region(disconnect.redirect_region)
        except NotConnected:
            raise Disconnected(str(disconnect)) from None

    def _switch_region(self, region: str) -> None:
        """Turn to another region, once; raise `NotConnected` where that is not possible."""
        self._connector.switch_region(region)
        self._next_attempt = Deadline(self._reconnect_scheduler.next_immediate(monotonic()))

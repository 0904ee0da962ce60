"""The logged-in connection of a stream: opened for the first call, renewed, or given up for good.

A connection on which an answer is overdue, or whose end the server announced, is retired: it takes
no further call, the answers that may still come are awaited, and the next call opens another one.
"""

from collections.abc import Callable
from math import inf

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Act
from rtmcli.errors import AuthError, NotConnected, RtmError
from rtmcli.protocol.conversation import ATTEMPTS, pause_after_close
from rtmcli.protocol.messages import Malformed, Push, Request, Response
from rtmcli.session.connecting import Connector, draw
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.judging import Misdirected, farewell
from rtmcli.session.session import LinkLost, Session

_SLOWLY = 5.0  # seconds of pause, where the server complains of too many connections


class Line:
    """One connection at a time."""

    def __init__(
        self,
        connector: Connector,
        deadline: Deadline = NEVER,
        *,
        jitter: Callable[[], float] = draw,
    ) -> None:
        """Connect by the connector, until the deadline of the whole stream."""
        self.session: Session | None = None
        self.is_retired = False
        self.refusal: RtmError | None = None  # why there will be no connection any more
        self.not_before = 0.0  # the moment from which on the next connection may be opened
        self._connector = connector
        self._deadline = deadline
        self._jitter = jitter
        self._barren = 0  # connections in a row that took calls and gave no answer
        self._took, self._gave = False, False  # a call, an answer, on this connection
        self._served = False  # a good answer came since token or region last changed
        self._garbled: list[str] = []  # what was wrong with messages on this connection
        self._is_moving = False  # the next connection will be as someone else, or elsewhere

    @property
    def patience(self) -> float:
        """Return how long an answer may take, in seconds."""
        return self._connector.access.timers.answer

    @property
    def due(self) -> float:
        """Return the moment by which the session must be looked after."""
        return self.session.due if self.session else inf

    @property
    def takes_calls(self) -> bool:
        """Tell whether a call may be sent now."""
        return self.session is not None and not self.is_retired

    def notice(self, message: str) -> None:
        """Tell what happens, to whoever asked for it."""
        self._connector.access.notice(message)

    def pause(self, attempt: int, least: float = 0.0) -> float:
        """Return the seconds to wait after failed attempt number `attempt`."""
        return self._connector.access.timers.backoff.pause(attempt, self._jitter, least)

    def open(self, now: float) -> None:
        """Connect anew; where no connection comes about, `refusal` says why."""
        lost = self.session.loss() if self.session else None
        self.close(now)
        if lost:
            self._obey(lost, now)
        if self.refusal or self.not_before > now:
            return
        try:
            self.session = self._connector.connect(self._deadline)
        except AuthError as error:
            self.refusal = error
        except RtmError as error:
            self.refusal = NotConnected(error.message, type=error.type)
        else:
            self._served = self._served and not self._is_moving
            self._is_moving = False
            # The server may have announced the end before the login's answer; such a connection
            # counts as one that gave no answer, or there would be no end of them.
            self.is_retired = self._took = self.session.reason is not None
            self._come_back()

    def send(self, requests: list[Request]) -> bool:
        """Put calls on the wire; return False where the connection had ended, so that none was."""
        assert self.session
        self._took = True
        return self.session.send_all(requests)

    def take(self) -> Response | None:
        """Return the next answer that has come, None where there is none.

        Raises:
            LinkLost: the connection is gone, and all that had come is taken.

        """
        while self.session:
            try:
                message = self.session.take()
            except Malformed as error:
                self._garbled.append(str(error))
                self.is_retired = True
                continue
            if isinstance(message, Push):
                self.is_retired = self.is_retired or self.session.reason is not None
                continue
            if message:
                self._gave = True
                self._served = self._served or message.success
            return message
        return None

    def blame(self, waiting: int) -> LinkLost | None:
        """End the connection where what made no sense may be all that `waiting` calls await."""
        if not self.session or not 0 < waiting <= len(self._garbled):
            return None
        self.session.blame(self._garbled[0])
        return self.session.loss()

    def lost(self, error: LinkLost, now: float, *, in_flight: bool) -> None:
        """Note the end of the connection, and do what the server asked for then."""
        assert self.session  # which told of it
        self.notice(str(error))
        self.session.abandon()
        self._end(now)
        if in_flight:
            least = pause_after_close(error.closing.code)
            self.not_before = max(self.not_before, now + self.pause(1, least))
        self._obey(error, now)

    def turn(self, error: RtmError) -> bool:
        """Turn to another region or token where that helps a call; tell whether it does."""
        if isinstance(error, Misdirected):
            return self._hop(error.region)
        return isinstance(error, AuthError) and self._renew(error)

    def close(self, now: float = 0.0, within: float = inf) -> None:
        """Say goodbye, and wait for the answer `within` so many seconds."""
        if self.session:
            session = self.session
            self._end(now)
            session.close(within)

    def abandon(self) -> None:
        """End the connection without a goodbye."""
        if self.session:
            self.session.abandon()
            self.session = None

    def _come_back(self) -> None:
        """Tell the server, at each login after the first, that we were there before."""
        access = self._connector.access
        login = {**access.identity.login, API.entry.reconnect: True}
        self._connector.access = access._replace(identity=access.identity._replace(login=login))

    def _end(self, now: float) -> None:
        """Forget the connection, and decide whether another one may follow, and when."""
        if self._took:
            self._barren = 0 if self._gave else self._barren + 1
        self.session = None
        self._took = self._gave = False
        self._garbled.clear()
        if self._barren:
            self.not_before = now + self.pause(self._barren)
        if self._barren >= ATTEMPTS:
            self.refusal = NotConnected(f"{ATTEMPTS} connections in a row gave no answer")

    def _renew(self, error: RtmError) -> bool:
        """Ask for a new token, for another connection; tell whether there is one."""
        self._trust()
        self._is_moving = self._is_moving or self._connector.renew(error, self._deadline)
        self.is_retired = self.is_retired or self._is_moving
        return self._is_moving

    def _hop(self, region: str) -> bool:
        """Turn to another region, for another connection; tell whether that is possible."""
        if self._is_moving:
            return True
        self._trust()
        try:
            self._connector.hop(region)
        except NotConnected as error:
            self.refusal = error
        else:
            self._is_moving = True
        self.is_retired = True
        return self._is_moving

    def _trust(self) -> None:
        """Let token and region change once more where they have served well since they did."""
        if self._served:
            self._connector.trust()
            self._served = False

    def _obey(self, lost: LinkLost, now: float) -> None:
        """Do what the server asked for when it ended the connection, if it said why."""
        error = farewell(lost)
        match lost.reason and lost.reason.act:
            case Act.STOP:
                self.refusal = error
            case Act.REFRESH:
                self.refusal = None if self._renew(error) else error
            case Act.REDIRECT:
                self._hop(lost.region)
            case Act.RECONNECT_SLOWLY:
                self.not_before = max(self.not_before, now + self.pause(1, _SLOWLY))
            case _:
                pass

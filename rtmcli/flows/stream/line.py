"""The logged-in connection of a stream: opened for the first call, renewed, or given up for good.

A connection on which an answer is overdue, or whose end the server announced, is retired: it takes
no further call, the answers that may still come are awaited, and the next call opens another one.
"""

import random
from collections.abc import Callable
from math import inf

from rtmcli.catalogue.model import Act, Reason
from rtmcli.errors import AuthError, NotConnected, RtmError
from rtmcli.protocol.conversation import (
    ATTEMPTS,
    Fault,
    announced,
    fault_of_close,
    pause_after_close,
)
from rtmcli.protocol.messages import Malformed, Push, Request, Response
from rtmcli.session.connecting import Connector
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.framing import Closing
from rtmcli.session.session import LinkLost, Session

_ABNORMAL = 1006  # the close code where there was no close frame
_SLOWLY = 5.0  # seconds of pause, where the server complains of too many connections


class Line:
    """One connection at a time."""

    def __init__(self, connector: Connector, jitter: Callable[[], float] = random.random) -> None:
        self.session: Session | None = None
        self.is_retired = False
        self.refusal: RtmError | None = None  # why there will be no connection any more
        self.not_before = 0.0  # the moment from which on the next connection may be opened
        self._connector = connector
        self._jitter = jitter
        self._barren = 0  # connections in a row that took calls and gave no answer
        self._took, self._gave = False, False  # a call, an answer, on this connection
        self._is_mute = False  # this connection had ended before the first call was sent
        self._served = False  # a good answer came since the token was last renewed
        self._garbled: list[str] = []  # what was wrong with messages on this connection
        self._region = ""  # where the server says that the licence is
        self._hopped = False
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

    def open(self, now: float, deadline: Deadline = NEVER) -> None:
        """Connect anew; where no connection comes about, `refusal` says why."""
        reason = self.session.reason if self.session else None
        self.close(now)
        if reason:
            self._obey(reason, now)
        if self.refusal or self.not_before > now:
            return
        try:
            self.session = self._connector.connect(deadline)
        except AuthError as error:
            self.refusal = error
        except RtmError as error:
            self.refusal = NotConnected(error.message, type=error.type)
        else:
            self._is_moving = False
            # The server may have announced the end before the login's answer; such a connection
            # counts as one that gave no answer, or there would be no end of them.
            self.is_retired = self._took = self.session.reason is not None
            self._come_back()

    def send(self, requests: list[Request]) -> bool:
        """Put calls on the wire; return False where the connection had ended, so that none was."""
        assert self.session
        if requests and not self._took:
            self._took = True
            # Its end may have come in one packet with the login's answer; nobody has seen it yet.
            self._is_mute = not self.session.send(requests[0])
            requests = requests[1:]
        if not self._is_mute:
            self.session.send_all(requests)
        return not self._is_mute

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
                self._heed(message)
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
        return LinkLost(Closing(_ABNORMAL, "", self._garbled[0]), None)

    def lost(self, error: LinkLost, now: float, *, in_flight: bool) -> Fault:
        """Note the end of the connection; judge the calls that were in flight on it."""
        code, was_mute = error.closing.code, self._is_mute
        self.notice(str(error))
        if self.session:
            self.session.abandon()
        self._end(now)
        if in_flight:
            least = pause_after_close(code)
            self.not_before = max(self.not_before, now + self.pause(1, least))
        if error.reason:
            self._obey(error.reason, now)
        if was_mute:
            return Fault.PROVED
        broken = error.closing.fault or (error.reason and error.reason.auth)
        return Fault.BROKEN if broken else fault_of_close(code)

    def renew(self, error: AuthError) -> bool:
        """Ask for a new token, for another connection; tell whether there is one."""
        if self._served:
            self._connector.trust()  # it has expired; its source may have another one
            self._served = False
        self._is_moving = self._is_moving or self._connector.renew(error)
        self.is_retired = self.is_retired or self._is_moving
        return self._is_moving

    def hop(self, region: str) -> bool:
        """Turn to another region, once, for another connection; tell whether that is possible."""
        if self._is_moving:
            return True
        try:
            if self._hopped:
                raise NotConnected("each region says that the other serves this licence")
            self._connector.hop(region)
        except NotConnected as error:
            self.refusal = error
        self.is_retired = self._hopped = True
        self._is_moving = not self.refusal
        return self._is_moving

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
        login = {**access.identity.login, "reconnect": True}
        self._connector.access = access._replace(identity=access.identity._replace(login=login))

    def _end(self, now: float) -> None:
        """Forget the connection, and decide whether another one may follow, and when."""
        if self._took:
            self._barren = 0 if self._gave else self._barren + 1
        self.session = None
        self._took = self._gave = self._is_mute = False
        self._garbled.clear()
        if self._barren:
            self.not_before = now + self.pause(self._barren)
        if self._barren >= ATTEMPTS:
            self.refusal = NotConnected(f"{ATTEMPTS} connections in a row gave no answer")

    def _heed(self, push: Push) -> None:
        """Take the hint where a push announces the end of this connection."""
        if announced(push):
            self.is_retired = True
            data = push.payload.get("data")
            region = data.get("region") if isinstance(data, dict) else None
            self._region = region if isinstance(region, str) else ""

    def _obey(self, reason: Reason, now: float) -> None:
        """Do what the reason asks for that the server gave when it ended the connection."""
        words = f"the server disconnected: {reason.reason} ({reason.meaning})"
        farewell = AuthError if reason.auth else NotConnected
        match reason.act:
            case Act.STOP:
                self.refusal = farewell(words, type=reason.reason)
            case Act.REFRESH:
                error = AuthError(words, type=reason.reason)
                self.refusal = None if self.renew(error) else error
            case Act.REDIRECT:
                self.hop(self._region)
            case Act.RECONNECT_SLOWLY:
                self.not_before = max(self.not_before, now + self.pause(1, _SLOWLY))
            case _:
                pass

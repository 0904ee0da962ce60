"""One session after the other, each loss told in its place."""

import time
from collections.abc import Callable, Generator, Iterator
from time import monotonic

from rtmcli.catalogue.model import Act
from rtmcli.errors import AuthError, Busy, Disconnected, NotConnected, RtmError
from rtmcli.flows.listen.ear import Ear
from rtmcli.flows.listen.wish import Happening, Note, Rest, Wish
from rtmcli.protocol.conversation import pause_after_close
from rtmcli.protocol.reconnection import Gap, Pacing, Reconnection
from rtmcli.protocol.sieve import Sieve
from rtmcli.session.connecting import Connector, draw
from rtmcli.session.deadline import Deadline
from rtmcli.session.judging import Misdirected, farewell
from rtmcli.session.session import LinkLost, Session

_GOODBYE = 0.3  # seconds that the closing handshake may take
_ASLEEP = 3  # ping intervals in which we do not turn up: the server drops clients as silent


class Listener:
    """Hears what one agent is told.

    What happens is yielded in its order: a list of pushes as they came, a `Gap` before the first
    push after a loss, and `Note`s about the connection.
    """

    def __init__(
        self,
        connector: Connector,
        wish: Wish,
        pacing: Pacing,
        *,
        jitter: Callable[[], float] = draw,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connector = connector
        self._wish = wish
        self._jitter = jitter
        self._sleep = sleep
        self._sieve = Sieve(wish.actions, wish.chat_id)
        self._rest = Rest(wish)
        self._reconnection = Reconnection(pacing)
        self._next = Deadline(0.0)  # the next attempt
        self._loss: Gap | None = None  # begun, and not told yet
        self._trouble = ""  # why there is no connection
        self._was_connected = False

    def run(self) -> Generator[Happening, None, None]:
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
            timers = self._connector.access.timers
            ear = Ear(session, self._sieve, self._rest, _ASLEEP * timers.ping)
            try:
                yield from self._welcome()
                yield from ear.hear()
            except LinkLost as error:
                lost = error
            else:
                return
            finally:
                session.close(_GOODBYE)
            yield self._part(lost, ear)

    def _connect(self) -> Generator[Happening, None, Session | None]:
        """Try until there is a session; return None where the time is over before."""
        while not self._rest.is_over(self._trouble):
            pause = min(self._next.left(), self._rest.deadline.left())
            if pause:
                self._sleep(pause)
                continue
            limit = self._rest.deadline.within(self._connector.access.timers.answer)
            self._reconnection.begin(monotonic())
            try:
                return self._connector.open(limit, limit)
            except Misdirected as error:
                self._hop(error.region)
            except AuthError as error:
                self._renew(error)
            except (NotConnected, Busy) as error:
                if self._wish.fail_fast and not self._was_connected:
                    raise
                yield from self._fail(error)
        return None

    def _welcome(self) -> Iterator[Happening]:
        """Begin a session: tell what was lost before it."""
        self._reconnection.opened(monotonic())
        self._rest.begin()
        self._trouble = ""
        self._was_connected = True
        if self._loss:
            gap = self._loss._replace(end=time.time())
            self._loss = None
            yield gap
            yield Note("reconnected", f"connected again after {gap.end - gap.start:.1f} s")

    def _part(self, lost: LinkLost, ear: Ear) -> Note:
        """Judge how a session ended: decide on the next attempt, or raise why there is none."""
        reason, why = lost.reason, str(lost)
        act = reason.act if reason else Act.RECONNECT
        self._loss = Gap(ear.heard_at, ear.heard_at, why)
        self._trouble = why
        if self._reconnection.is_healthy(monotonic()):
            self._connector.trust()
        if self._wish.once or act is Act.STOP:
            raise farewell(lost, Disconnected)
        if act is Act.REFRESH:
            self._renew(farewell(lost, Disconnected))
        elif act is Act.REDIRECT:
            self._follow(lost)
        else:
            self._plan(
                slowly=act is Act.RECONNECT_SLOWLY, least=pause_after_close(lost.closing.code)
            )
        return Note("disconnected", self._told(why))

    def _fail(self, error: RtmError) -> Iterator[Happening]:
        """Plan the next attempt after one that failed; tell of the first that failed so."""
        is_new = error.message != self._trouble
        self._trouble = error.message
        self._plan()
        told = self._told(error.message)
        if is_new:
            yield Note("not_connected", told)
        else:
            self._connector.access.notice(told)

    def _plan(self, *, slowly: bool = False, least: float = 0.0) -> None:
        moment = self._reconnection.next(monotonic(), self._jitter, slowly=slowly, least=least)
        self._next = Deadline(moment)

    def _told(self, why: str) -> str:
        """Add to why there is no connection when the next attempt is, where there will be one."""
        if self._rest.deadline.at <= max(self._next.at, monotonic()):
            return why
        return f"{why}; trying again in {self._next.left():.1f} s"

    def _renew(self, error: RtmError) -> None:
        """Turn to a new token, where its source has one; raise the error where it has not."""
        if not self._connector.renew(error, self._rest.deadline):
            raise error
        self._next = Deadline(self._reconnection.soon(monotonic()))

    def _follow(self, lost: LinkLost) -> None:
        """Turn to the region that the server named when it ended the session."""
        try:
            self._hop(lost.region)
        except NotConnected:
            raise Disconnected(str(lost)) from None

    def _hop(self, region: str) -> None:
        """Turn to another region, once; raise `NotConnected` where that is not possible."""
        self._connector.hop(region)
        self._next = Deadline(self._reconnection.soon(monotonic()))

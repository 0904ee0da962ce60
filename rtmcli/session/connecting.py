"""Getting connected: the few attempts that a call may make, one hop, one new token.

All attempts together end at the deadline. Where another may follow, connecting takes at most half
of what is left, so that it is tried again where it stalls; the login's answer may take all of it.
"""

import os
import time
from collections.abc import Callable

from rtmcli.errors import AuthError, Busy, NotConnected, RtmError, UsageError
from rtmcli.protocol.conversation import ATTEMPTS, wants_token
from rtmcli.session.access import Access
from rtmcli.session.deadline import Deadline
from rtmcli.session.failure import Failed
from rtmcli.session.judging import Misdirected
from rtmcli.session.login import open_session
from rtmcli.session.session import Session


def draw() -> float:
    """Draw a number from 0 up to 1; the module that does it otherwise takes 2 ms to load."""
    return int.from_bytes(os.urandom(4)) / (1 << 32)


class Connector:
    """Opens sessions for one command; what it learnt (region, token) holds for the next one."""

    def __init__(
        self,
        access: Access,
        *,
        jitter: Callable[[], float] = draw,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.access = access
        self._jitter = jitter
        self._sleep = sleep
        self._renewed = self._hopped = False

    def connect(self, deadline: Deadline) -> Session:
        """Open a session, in up to three attempts.

        Raises:
            NotConnected: none came about.
            AuthError: the login was refused.
            Busy: the server was too busy for the login each time.

        """
        limit = deadline.within(self.access.timers.answer)
        attempt = 1
        while True:
            last = attempt == ATTEMPTS
            try:
                return self.open(limit if last else limit.within(limit.left() / 2), limit)
            except Misdirected as error:
                self.hop(error.region)
            except AuthError as error:
                if not self.renew(error, limit):
                    raise
            except (Failed, Busy) as error:
                passing = isinstance(error, Busy) or error.passing
                if last or not passing or not self.pause(attempt, limit, why=error.message):
                    raise
                attempt += 1

    def open(self, connected: Deadline, logged_in: Deadline) -> Session:
        """Make one attempt, as `open_session` does."""
        self.access.notice(f"connecting to {self._way()}")
        return open_session(self.access, connected, logged_in)

    def pause(self, attempt: int, deadline: Deadline, least: float = 0.0, *, why: str = "") -> bool:
        """Wait before the next attempt; return False, at once, where the deadline forbids it."""
        seconds = self.access.timers.backoff.pause(attempt, self._jitter, least)
        if seconds >= deadline.left():
            return False
        self.access.notice(f"{why or 'failed'}; trying again in {seconds:.1f} s")
        self._sleep(seconds)
        return True

    def hop(self, region: str) -> None:
        """Turn to another region, once.

        Raises:
            NotConnected: that was done already, the table does not know the region, or the proxy
                on the way there cannot be used.

        """
        if self._hopped:
            raise NotConnected("each region says that the other serves it")
        endpoint = self.access.regions.get(region)
        if endpoint is None or endpoint == self.access.route.endpoint:
            raise NotConnected(
                "another region serves this licence, and rtm may not turn to the one that was "
                "named; see --region, and do without --url"
            )
        try:
            proxy = self.access.proxy_to(endpoint)
        except UsageError as error:
            raise NotConnected(error.message) from None
        self._hopped = True
        self.access.notice(f"another region serves this licence: turning to {region}")
        route = self.access.route._replace(endpoint=endpoint, proxy=proxy)
        self.access = self.access._replace(route=route)

    def renew(self, error: RtmError, deadline: Deadline) -> bool:
        """Ask the token's source for a new token, once; tell whether there is one in time."""
        if self._renewed or not wants_token(error.type):
            return False
        self._renewed = True
        token = self.access.identity.renew(deadline.left())
        if not token or token == self.access.identity.token:
            return False
        self.access.notice("the token was refused: trying the one that its source gives now")
        identity = self.access.identity._replace(token=token)
        self.access = self.access._replace(identity=identity)
        return True

    def trust(self) -> None:
        """Note that token and region have served well: each may change once more."""
        self._renewed = self._hopped = False

    def _way(self) -> str:
        endpoint, proxy = self.access.route[:2]
        through = f" through the proxy {proxy.address}" if proxy else ""
        return f"{endpoint.address}{through}"

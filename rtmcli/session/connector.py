"""Connect: up to three attempts, one switch of the region, one refresh of the token.

The deadline holds for all attempts together. Each attempt but the last may use half of the
remaining time to connect, so that a stalled one is repeated; the login may use all of it.
"""

import os
from collections.abc import Callable

from rtmcli import signals
from rtmcli.errors import AuthError, Busy, ConnectFailed, NotConnected, RtmError, UsageError
from rtmcli.protocol.retry_policy import MAX_ATTEMPTS
from rtmcli.session.deadline import Deadline
from rtmcli.session.login import open_session
from rtmcli.session.options import ConnectOptions
from rtmcli.session.recovery import Misdirected, needs_new_token
from rtmcli.session.session import Session


def random_fraction() -> float:
    """Return a random number, 0 <= n < 1, without loading `random` (2 ms)."""
    return int.from_bytes(os.urandom(4)) / (1 << 32)


class Connector:
    """Opens sessions for one command; a new region or token holds for the following sessions."""

    def __init__(
        self,
        options: ConnectOptions,
        *,
        jitter: Callable[[], float] = random_fraction,
        sleep: Callable[[float], None] = signals.sleep,
    ) -> None:
        self.options = options
        self._jitter = jitter
        self._sleep = sleep
        self._token_refreshed = self._region_switched = False

    def connect(self, deadline: Deadline) -> Session:
        """Open a session, in up to three attempts.

        Raises:
            NotConnected: every attempt failed.
            AuthError: the server refused the login.
            Busy: the server throttled each login.

        """
        login_deadline = deadline.sooner(self.options.timers.response_timeout)
        attempt_number = 1
        while True:
            last = attempt_number == MAX_ATTEMPTS
            try:
                return self.attempt(
                    login_deadline
                    if last
                    else login_deadline.sooner(login_deadline.remaining() / 2),
                    login_deadline,
                )
            except Misdirected as error:
                self.switch_region(self.region_named_by(error))
            except AuthError as error:
                if not self.refresh_token(error, login_deadline):
                    raise
            except (ConnectFailed, Busy) as error:
                transient, min_delay = True, 0.0
                if isinstance(error, ConnectFailed):
                    transient, min_delay = error.transient, error.min_delay
                if (
                    last
                    or not transient
                    or not self.back_off(
                        attempt_number, login_deadline, min_delay, cause=error.message
                    )
                ):
                    raise
                attempt_number += 1

    def attempt(self, connect_deadline: Deadline, login_deadline: Deadline) -> Session:
        """Make one attempt; see `open_session`."""
        self.options.on_status(f"connecting to {self._describe_route()}")
        session = open_session(self.options, connect_deadline, login_deadline)
        self._mark_reconnect()
        return session

    def back_off(
        self, attempt: int, deadline: Deadline, min_delay: float = 0.0, *, cause: str = ""
    ) -> bool:
        """Wait before the next attempt; return False at once if the deadline does not allow it."""
        delay = self.options.timers.backoff.delay(attempt, self._jitter, min_delay)
        if delay >= deadline.remaining():
            return False
        self.options.on_status(f"{cause or 'failed'}; trying again in {delay:.1f} s")
        self._sleep(delay)
        return True

    def region_named_by(self, error: Misdirected) -> str:
        """Return the region that the server named (not to be trusted), or an empty string."""
        return self.options.api.region_in(error.data)

    def switch_region(self, region: str) -> None:
        """Switch to another region, once.

        Raises:
            NotConnected: it was done already, the region is unknown, or the proxy for it cannot be
                used.

        """
        if self._region_switched:
            raise NotConnected("each region names the other as the right one")
        endpoint = self.options.regions.get(region)
        if endpoint is None or endpoint == self.options.route.endpoint:
            source = self.options.url_source
            reason = (
                f"{source} rules it out; set the region instead"
                if source
                else "rtm does not know it"
            )
            raise NotConnected(f"another region serves this license, but {reason}")
        try:
            proxy = self.options.proxy_for(endpoint)
        except UsageError as error:
            raise NotConnected(error.message) from None
        self._region_switched = True
        self.options.on_status(f"another region serves this license; switching to {region}")
        route = self.options.route._replace(endpoint=endpoint, proxy=proxy)
        self.options = self.options._replace(route=route)

    def refresh_token(self, error: RtmError, deadline: Deadline) -> bool:
        """Read the token source again, once; return whether it has another token."""
        if self._token_refreshed or not needs_new_token(self.options.api, error.type):
            return False
        self._token_refreshed = True
        token = self.options.credentials.refresh(deadline.remaining())
        if not token or token == self.options.credentials.token:
            return False
        self.options.on_status("the token was refused; trying the current one of its source")
        self.use_token(token)
        return True

    def use_token(self, token: str) -> None:
        """Log in with another token from now on."""
        credentials = self.options.credentials._replace(token=token)
        self.options = self.options._replace(credentials=credentials)

    def _mark_reconnect(self) -> None:
        """Let every login after the first say that it is a reconnection.

        Another login without it would reset the routing status of the agent.
        """
        credentials = self.options.credentials
        reconnect_param = self.options.api.login_spec.reconnect_param
        login_fields = {**credentials.login_fields, reconnect_param: True}
        credentials = credentials._replace(login_fields=login_fields)
        self.options = self.options._replace(credentials=credentials)

    def reset_limits(self) -> None:
        """Let token and region change once more, as both have worked."""
        self._token_refreshed = self._region_switched = False

    def _describe_route(self) -> str:
        endpoint, proxy = self.options.route[:2]
        via_proxy = f" through the proxy {proxy.address}" if proxy else ""
        return f"{endpoint.address}{via_proxy}"

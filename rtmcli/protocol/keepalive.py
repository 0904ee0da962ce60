"""Decide when to ping, and when a silent connection counts as lost.

Time is an argument, in seconds of any clock that never goes back.
"""

from math import inf


class Keepalive:
    """The pings of one connection."""

    def __init__(self, now: float, ping_interval: float, ping_timeout: float) -> None:
        """Ping every `ping_interval` seconds, and wait `ping_timeout` seconds for any data."""
        self.ping_interval = ping_interval
        self.ping_timeout = ping_timeout
        self._last_ping_at = now
        self._unanswered_since = inf  # the first ping since which no data was received

    def data_received(self) -> None:
        """Note that the peer is alive."""
        self._unanswered_since = inf

    def ping_sent(self, now: float) -> None:
        """Note that a ping was sent."""
        self._last_ping_at = now
        self._unanswered_since = min(self._unanswered_since, now)

    def ping_due(self, now: float) -> bool:
        """Return whether the next ping is due."""
        return now >= self._last_ping_at + self.ping_interval

    def timed_out(self, now: float) -> bool:
        """Return whether no data was received for `ping_timeout` seconds after a ping."""
        return now >= self._unanswered_since + self.ping_timeout

    def next_wakeup(self) -> float:
        """Return when to ping or to check for the timeout next."""
        return min(
            self._last_ping_at + self.ping_interval, self._unanswered_since + self.ping_timeout
        )

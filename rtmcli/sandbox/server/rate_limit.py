"""The limit of the rate of requests on one connection."""


class TokenBucket:
    """Lets `rate` requests a second pass, and as many at once after a pause; time is in seconds."""

    def __init__(self, rate: float, now: float) -> None:
        """Start with a full bucket."""
        self._rate = rate
        self._capacity = max(rate, 1.0)
        self._tokens = self._capacity
        self._updated = now

    def take(self, now: float) -> bool:
        """Return whether a request passes now."""
        refilled = self._tokens + (now - self._updated) * self._rate
        self._tokens, self._updated = min(refilled, self._capacity), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

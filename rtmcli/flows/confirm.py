"""Wait for the push that confirms a call, on the connection on which the call was made.

The waiter is in place before the request is sent, so it misses no push, whether the push or the
response comes first. The requester's copy of a push carries the request's id. A copy without it
may be due to another client; if its key fields match, it is taken only if no copy with the id
follows at once.
"""

from collections import deque
from collections.abc import Mapping
from math import inf
from typing import Any

from rtmcli.catalogue.model import Method
from rtmcli.errors import NotConfirmed
from rtmcli.protocol.messages import ProtocolError, Push, Request, Response
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.session.deadline import Deadline
from rtmcli.session.session import ConnectionLost, Session

_MAX_PENDING = 1000  # pushes that are kept until the response comes
GRACE_PERIOD = 1.0  # seconds to wait for the push with the id, after one without it matched


class PushWaiter:
    """Waits for the push of one call; `on_push` must get every push from the start."""

    def __init__(
        self,
        keys_by_push: Mapping[str, Mapping[str, str]],
        timeout: float = inf,
        *,
        condition: str = "",
        grace_period: float = GRACE_PERIOD,
    ) -> None:
        """Wait for one of the pushes, at most `timeout` seconds from the response on.

        The keys map paths in response or request to paths in the push; without keys, only the
        push with the id of the request counts. `condition` says when the push comes.
        """
        self._keys = keys_by_push
        self._timeout = timeout
        self._condition = condition
        self._grace_period = grace_period
        self._pending: deque[Push] = deque(maxlen=_MAX_PENDING)

    def on_push(self, push: Push) -> None:
        """Keep a push that may confirm the call."""
        if push.action in self._keys:
            self._pending.append(push)

    def wait(
        self, session: Session, request: Request, response: Response, deadline: Deadline
    ) -> Push:
        """Return the push; raise `NotConfirmed` if it does not come in time."""
        deadline = deadline.sooner(self._timeout)
        payloads = response.payload, request.payload
        fallback = None
        while True:
            while self._pending:
                push = self._pending.popleft()
                if push.request_id == request.request_id:
                    return push
                if fallback is None and not push.request_id and self._keys_match(push, payloads):
                    fallback = push
                    deadline = deadline.sooner(self._grace_period)
            failure = self._receive_next(session, deadline)
            if failure and fallback:
                return fallback
            if failure:
                raise NotConfirmed(
                    self._error_message(failure),
                    action=request.action,
                    request_id=request.request_id,
                )

    def _receive_next(self, session: Session, deadline: Deadline) -> str:
        """Receive one message; return why none came, or an empty string."""
        try:
            message = session.receive(deadline)
        except (ConnectionLost, ProtocolError) as error:
            return f"did not come: {error}"
        if message is None:
            return "did not come in time"
        if isinstance(message, Push):
            self.on_push(message)
        return ""

    def _keys_match(self, push: Push, payloads: tuple[Any, ...]) -> bool:
        """Return whether a push has the key fields of the response, else of the request."""
        keys = self._keys[push.action]
        return bool(keys) and all(
            get_path(push.payload, push_path) == _first_value(payloads, call_path)
            for call_path, push_path in keys.items()
        )

    def _error_message(self, failure: str) -> str:
        note = f"; it comes only if {self._condition}" if self._condition else ""
        return f"executed, but the push {' or '.join(self._keys)} {failure}{note}"


def waiter_for_method(
    method: Method, timeout: float = inf, *, grace_period: float = GRACE_PERIOD
) -> PushWaiter:
    """Return a waiter for the push that the reference documents for a method."""
    keys_by_push = {method.push: method.push_keys}
    if method.alternative_push:
        keys_by_push[method.alternative_push] = method.alternative_push_keys
    condition = method.push_condition
    return PushWaiter(keys_by_push, timeout, condition=condition, grace_period=grace_period)


def _first_value(payloads: tuple[Any, ...], path: str) -> Any:
    values = (get_path(payload, path) for payload in payloads)
    return next((value for value in values if value is not MISSING), MISSING)

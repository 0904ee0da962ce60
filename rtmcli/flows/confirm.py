"""Wait for the push that confirms a call, on the connection that the call was made on.

The waiter is there before the request is sent, so no push is missed, whichever comes first: the
push or the answer. The requester's copy of a push carries the request's id. A copy without it may
stem from somebody else; one whose keys agree is taken only if no better one follows at once.
"""

from collections import deque
from typing import Any

from rtmcli.catalogue.model import Method
from rtmcli.errors import NotConfirmed
from rtmcli.protocol.messages import Malformed, Push, Request, Response
from rtmcli.protocol.validation import MISSING, find
from rtmcli.session.deadline import Deadline
from rtmcli.session.session import LinkLost, Session

_MOST = 1000  # pushes that are kept until the answer is there
GRACE = 1.0  # seconds for the push with the id, once one without it agrees


class Waiter:
    """Looks for the push of one call; `see` is to get every push from the start."""

    def __init__(self, method: Method, *, grace: float = GRACE) -> None:
        self._method = method
        self._keys = {method.push: method.push_keys}
        if method.push_instead:
            self._keys[method.push_instead] = method.push_instead_keys
        self._grace = grace
        self._seen: deque[Push] = deque(maxlen=_MOST)

    def see(self, push: Push) -> None:
        """Keep a push if it may be the one."""
        if push.action in self._keys:
            self._seen.append(push)

    def confirm(
        self, session: Session, request: Request, answer: Response, deadline: Deadline
    ) -> Push:
        """Return the push; raise `NotConfirmed` where it does not come in time."""
        known = answer.payload, request.payload
        second_best = None
        while True:
            while self._seen:
                push = self._seen.popleft()
                if push.request_id == request.request_id:
                    return push
                if second_best is None and not push.request_id and self._agrees(push, known):
                    second_best = push
                    deadline = deadline.within(self._grace)
            why = self._listen(session, deadline)
            if why and second_best:
                return second_best
            if why:
                raise NotConfirmed(
                    self._sentence(why), action=request.action, request_id=request.request_id
                )

    def _listen(self, session: Session, deadline: Deadline) -> str:
        """Take the next message; return why there is none, if so."""
        try:
            message = session.receive(deadline)
        except (LinkLost, Malformed) as error:
            return f"did not come: {error}"
        if message is None:
            return "did not come in time"
        if isinstance(message, Push):
            self.see(message)
        return ""

    def _agrees(self, push: Push, known: tuple[Any, ...]) -> bool:
        """Tell whether the key fields of a push are those of the answer, else of the request."""
        keys = self._keys[push.action]
        return bool(keys) and all(
            find(push.payload, there) == _first(known, here) for here, there in keys.items()
        )

    def _sentence(self, why: str) -> str:
        condition = self._method.push_when
        only = f"; it comes only where {condition}" if condition else ""
        return f"executed, but the push {' or '.join(self._keys)} {why}{only}"


def _first(payloads: tuple[Any, ...], path: str) -> Any:
    found = (find(payload, path) for payload in payloads)
    return next((value for value in found if value is not MISSING), MISSING)

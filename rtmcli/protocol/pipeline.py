"""A stream of calls: who is in flight, who may be sent again, and whose turn it is to be told.

The rules, without socket or clock (time is an argument, in seconds):

- No more than `window` calls are on their way, those that rest before another try included; a
  further value is not even asked for before one of them has its outcome.
- No more than `rate` calls are sent in a second; none while the server is to be left alone.
- A call is tried at most `ATTEMPTS` times, and all calls together are repeated as often as the
  budget pays for. A call that goes well pays a little back: where most do, a stream may go on
  for weeks, and where few do, nobody is burdened with repetitions.
- Outcomes leave in the order of the input. Those that wait for an earlier one are bounded, too.
"""

import heapq
from collections import deque
from collections.abc import Iterator
from math import inf
from typing import Any

from rtmcli.catalogue.model import Retry
from rtmcli.errors import RtmError
from rtmcli.protocol.conversation import ATTEMPTS
from rtmcli.protocol.messages import Request

BUDGET = 500  # tokens, at the most
PRICE = 5  # tokens for a repetition
REWARD = 1  # tokens for a call that goes well
NO_ID: Any = object()  # where the caller gave none; null is one
SPOOL = 16 * 1024 * 1024  # bytes of outcomes that wait for an earlier one
_OVERHEAD = 500  # bytes that a waiting outcome takes beside its text


class Task:
    """One value of the input and what became of it."""

    __slots__ = (
        "cause",
        "deadline",
        "has_left",
        "number",
        "outcome",
        "own_id",
        "request",
        "retry",
        "tries",
    )

    def __init__(self, number: int, request: Request, retry: Retry, own_id: Any = NO_ID) -> None:
        """Take the value's `number` in the input, and the caller's own id for the call, if any."""
        self.number = number
        self.request = request  # with the id that it has on the wire, once it was sent
        self.retry = retry
        self.own_id = own_id
        self.tries = 0
        self.has_left = False  # whether the last try may be on the wire
        self.deadline = inf  # of the answer
        self.cause: RtmError | None = None  # why it was not settled by the last try
        self.outcome: bytes | None = None  # what is told of it; None until that is known


class Pipeline:
    """The calls between the input and the output of a stream."""

    def __init__(
        self, window: int, *, rate: float = inf, budget: int = BUDGET, spool: int = SPOOL
    ) -> None:
        """Allow for `window` calls in flight and `rate` calls a second."""
        self.in_flight: dict[str, Task] = {}  # by the id on the wire, the oldest first
        self.budget = budget
        self._most = budget
        self._window = window
        self._gap = 1.0 / rate
        self._spool = spool
        self._untold: deque[Task] = deque()  # all whose outcome has not left, in order
        self._spooled = 0  # bytes of outcomes among them
        self._fresh: deque[Task] = deque()
        self._resting: list[tuple[float, int, Task]] = []
        self._open_at = -inf  # when the next call may be sent

    @property
    def active(self) -> int:
        """Count the calls that have no outcome yet."""
        return len(self.in_flight) + len(self._resting) + len(self._fresh)

    @property
    def has_untold(self) -> bool:
        """Tell whether an outcome is still to leave."""
        return bool(self._untold)

    @property
    def wants_more(self) -> bool:
        """Tell whether one more value may be taken in."""
        return self.active < self._window and self._spooled < self._spool

    def add(self, task: Task, outcome: bytes | None = None) -> None:
        """Take in the next value of the input; one with an outcome is not to be sent."""
        self._untold.append(task)
        if outcome is None:
            self._fresh.append(task)
        else:
            self.finish(task, outcome)

    def next(self, now: float) -> Task | None:
        """Return the call that is to be sent now; the caller launches it or finishes it."""
        if now < self._open_at:
            return None
        if self._resting and self._resting[0][0] <= now:
            return heapq.heappop(self._resting)[2]
        return self._fresh.popleft() if self._fresh else None

    def launch(self, task: Task, request_id: str, now: float, patience: float) -> None:
        """Note that a call goes on the wire; its answer is due within `patience` seconds."""
        task.tries += 1
        task.has_left = True
        task.deadline = now + patience
        task.request = task.request._replace(request_id=request_id)
        self.in_flight[request_id] = task
        # A call that is late by less than the gap does not delay those after it.
        slot = self._open_at if self._open_at > now - self._gap else now
        self._open_at = slot + self._gap

    def land(self, request_id: str) -> Task | None:
        """Note that an answer came; None where nobody waits for it."""
        return self.in_flight.pop(request_id, None)

    def overdue(self, now: float) -> list[Task]:
        """Give up the calls whose answers are overdue."""
        late = []
        for task in self.in_flight.values():
            if task.deadline > now:
                break
            late.append(task)
        for task in late:
            del self.in_flight[task.request.request_id]
        return late

    def lose(self) -> list[Task]:
        """Give up all calls in flight, as their connection is gone."""
        lost = list(self.in_flight.values())
        self.in_flight.clear()
        return lost

    def rest(self, task: Task, cause: RtmError, until: float) -> bool:
        """Keep a call for another try; False where it had its tries or the budget is spent."""
        if task.tries >= ATTEMPTS or self.budget < PRICE:
            return False
        self.budget -= PRICE
        task.cause = cause
        heapq.heappush(self._resting, (until, task.number, task))
        return True

    def reward(self) -> None:
        """Note that a call went well, which pays for repetitions."""
        self.budget = min(self.budget + REWARD, self._most)

    def hold(self, until: float) -> None:
        """Send nothing at all until then."""
        self._open_at = max(self._open_at, until)

    def withdraw(self) -> list[Task]:
        """Give up all calls that wait to be sent, those to be sent again among them."""
        waiting = [*self._fresh, *(task for _, _, task in self._resting)]
        self._fresh.clear()
        self._resting.clear()
        return waiting

    def finish(self, task: Task, outcome: bytes) -> None:
        """Note what is to be told of a call that is not in flight any more."""
        task.outcome = outcome
        self._spooled += len(outcome) + _OVERHEAD

    def told(self) -> Iterator[bytes]:
        """Let the outcomes go whose turn has come."""
        while self._untold and self._untold[0].outcome is not None:
            outcome = self._untold.popleft().outcome
            assert outcome is not None
            self._spooled -= len(outcome) + _OVERHEAD
            yield outcome

    def answer_due(self) -> float:
        """Return when the first answer will be overdue."""
        return next(iter(self.in_flight.values())).deadline if self.in_flight else inf

    def send_due(self) -> float:
        """Return when the next call is to be sent."""
        if self._fresh:
            return self._open_at
        return max(self._open_at, self._resting[0][0]) if self._resting else inf

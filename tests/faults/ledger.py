"""What a fault server saw: kept in order, counted, and waited for."""

import itertools
from collections import Counter
from collections.abc import Callable

from faults.frames import Opcode
from faults.listener import PATIENCE, Listener
from faults.records import Handshake, Moment, Received, Request

Key = str | Moment


class Ledger(Listener):
    """Record what the connections note; every row is kept, or else (`keep`) most only counted."""

    def __init__(self, *, host: str, keep: bool) -> None:
        super().__init__(host=host)
        self.bytes_received = 0
        self.peak_in_flight = 0
        self._keep = keep
        self._counts: Counter[Key] = Counter()
        self._numbers = itertools.count(1)
        self._requests: list[Request] = []
        self._done: set[int] = set()
        self._executed: list[Request] = []
        self._executions: Counter[str] = Counter()
        self._frames: list[Received] = []
        self._handshakes: list[Handshake] = []
        self._complaints: list[str] = []
        self._tls_failures: list[str] = []
        self._ended: dict[int, str] = {}

    # For the test

    @property
    def requests(self) -> list[Request]:
        """Return every request but the logins, in the order of their arrival."""
        with self.changed:
            return [request for request in self._requests if request.action != "login"]

    @property
    def logins(self) -> list[Request]:
        """Return every login, accepted or not."""
        with self.changed:
            return [request for request in self._requests if request.action == "login"]

    @property
    def executed(self) -> list[Request]:
        """Return the requests that were executed, logins left out."""
        with self.changed:
            return [request for request in self._executed if request.action != "login"]

    @property
    def frames(self) -> list[Received]:
        """Return every frame, in the order of arrival."""
        with self.changed:
            return self._frames[:]

    @property
    def close_codes(self) -> list[int | None]:
        """Return the code of every close frame, None for an empty one."""
        return [frame.code for frame in self.frames if frame.opcode == Opcode.CLOSE]

    @property
    def handshakes(self) -> list[Handshake]:
        """Return the HTTP request of each connection that got so far."""
        with self.changed:
            return self._handshakes[:]

    @property
    def complaints(self) -> list[str]:
        """Return what the client did against RFC 6455 or the envelope."""
        with self.changed:
            return self._complaints[:]

    @property
    def tls_failures(self) -> list[str]:
        """Return why TLS handshakes failed."""
        with self.changed:
            return self._tls_failures[:]

    @property
    def ended(self) -> dict[int, str]:
        """Return how connections ended: rst or fin by the server, reset or eof by the client."""
        with self.changed:
            return dict(self._ended)

    def count(self, key: Key) -> int:
        """Count what was on the wire: requests of an action, all but logins for "*", a Moment."""
        with self.changed:
            if key == "*":
                actions = [known for known in self._counts if isinstance(known, str)]
                return sum(self._counts[action] for action in actions if action != "login")
            return self._counts[key]

    def count_executed(self, action: str) -> int:
        """Count the requests of an action that were executed."""
        with self.changed:
            return self._executions[action]

    def wait_for(
        self, what: Key | Callable[[], object], count: int = 1, *, timeout: float = PATIENCE
    ) -> None:
        """Wait for so many occurrences of a key, or until a predicate is true.

        Raises AssertionError with what was seen, where that does not come in time.
        """
        try:
            super().wait_for(
                what if callable(what) else lambda: self.count(what) >= count, timeout=timeout
            )
        except AssertionError as error:
            seen = {str(key): times for key, times in self._counts.items()}
            raise AssertionError(f"{error}; seen: {seen}, ended: {self._ended}") from None

    # For the connections

    def note_moment(self, moment: Moment) -> None:
        """Count a moment."""
        with self.changed:
            self._counts[moment] += 1
            self.changed.notify_all()

    def note_request(self, request: Request, *, in_flight: int) -> None:
        """Record a request."""
        with self.changed:
            if self._keep or request.action == "login":
                self._requests.append(request)
            self._counts[request.action] += 1
            self.peak_in_flight = max(self.peak_in_flight, in_flight)
            self.changed.notify_all()

    def note_execution(self, request: Request) -> None:
        """Record that a request was executed, once."""
        with self.changed:
            if request.number not in self._done:
                self._done.add(request.number)
                self._executions[request.action] += 1
                self._executed += [request] if self._keep else []
                self.changed.notify_all()

    def note_frame(self, frame: Received) -> None:
        """Record a frame."""
        with self.changed:
            if self._keep or frame.opcode >= Opcode.CLOSE:
                self._frames.append(frame)
            self.changed.notify_all()

    def next_number(self) -> int:
        """Return the number of the next request."""
        return next(self._numbers)

    def note_handshake(self, handshake: Handshake) -> None:
        """Record the HTTP request of a connection."""
        with self.changed:
            self._handshakes.append(handshake)

    def note_tls_failure(self, reason: str) -> None:
        """Record why a TLS handshake failed."""
        with self.changed:
            self._tls_failures.append(reason)
            self.changed.notify_all()

    def note_bytes(self, count: int) -> None:
        """Count bytes that came, inside TLS where there is TLS."""
        with self.changed:
            self.bytes_received += count

    def note_end(self, number: int, ended: str) -> None:
        """Record how a connection ended."""
        with self.changed:
            self._ended[number] = ended
            self.changed.notify_all()

    def complain(self, breach: str) -> None:
        """Record what the client did wrong."""
        with self.changed:
            self._complaints.append(breach)
            self.changed.notify_all()

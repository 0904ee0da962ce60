"""Record, count and wait for the events of a fault server."""

import itertools
from collections import Counter
from collections.abc import Callable

from support.fault_server.frames import Opcode
from support.fault_server.listener import TIMEOUT, Listener
from support.fault_server.records import ConnectionEvent, Handshake, ReceivedFrame, Request

Trigger = str | ConnectionEvent


class Recorder(Listener):
    """A listener that records events; without `keep_all`, most are only counted."""

    def __init__(self, *, host: str, keep_all: bool) -> None:
        super().__init__(host=host)
        self.bytes_received = 0
        self.peak_in_flight = 0
        self._keep_all = keep_all
        self._counts: Counter[Trigger] = Counter()
        self._request_numbers = itertools.count(1)
        self._requests: list[Request] = []
        self._executed_numbers: set[int] = set()
        self._executed: list[Request] = []
        self._execution_counts: Counter[str] = Counter()
        self._frames: list[ReceivedFrame] = []
        self._handshakes: list[Handshake] = []
        self._violations: list[str] = []
        self._tls_failures: list[str] = []
        self._connection_ends: dict[int, str] = {}

    # For the test

    @property
    def requests(self) -> list[Request]:
        """Return every request except logins, in order of arrival."""
        with self.condition:
            return [request for request in self._requests if request.action != "login"]

    @property
    def logins(self) -> list[Request]:
        """Return every login request, accepted or not."""
        with self.condition:
            return [request for request in self._requests if request.action == "login"]

    @property
    def executed(self) -> list[Request]:
        """Return the executed requests, without logins."""
        with self.condition:
            return [request for request in self._executed if request.action != "login"]

    @property
    def frames(self) -> list[ReceivedFrame]:
        """Return every frame, in order of arrival."""
        with self.condition:
            return self._frames[:]

    @property
    def close_codes(self) -> list[int | None]:
        """Return the code of every close frame; None for an empty one."""
        return [frame.close_code for frame in self.frames if frame.opcode == Opcode.CLOSE]

    @property
    def handshakes(self) -> list[Handshake]:
        """Return the handshake request of each connection that sent one."""
        with self.condition:
            return self._handshakes[:]

    @property
    def violations(self) -> list[str]:
        """Return the client's violations of RFC 6455 or the envelope."""
        with self.condition:
            return self._violations[:]

    @property
    def tls_failures(self) -> list[str]:
        """Return the reasons of failed TLS handshakes."""
        with self.condition:
            return self._tls_failures[:]

    @property
    def connection_ends(self) -> dict[int, str]:
        """Return how connections ended: rst or fin by the server, reset or eof by the client."""
        with self.condition:
            return dict(self._connection_ends)

    def count(self, trigger: Trigger) -> int:
        """Count occurrences: of an action, of every action but login for "*", or of an event."""
        with self.condition:
            if trigger == "*":
                actions = [known for known in self._counts if isinstance(known, str)]
                return sum(self._counts[action] for action in actions if action != "login")
            return self._counts[trigger]

    def count_executed(self, action: str) -> int:
        """Count the requests of an action that were executed."""
        with self.condition:
            return self._execution_counts[action]

    def wait_for(
        self, condition: Trigger | Callable[[], object], count: int = 1, *, timeout: float = TIMEOUT
    ) -> None:
        """Wait for `count` occurrences of a trigger, or until a predicate is true.

        Raises AssertionError with the counts after the timeout.
        """
        try:
            super().wait_for(
                condition if callable(condition) else lambda: self.count(condition) >= count,
                timeout=timeout,
            )
        except AssertionError as error:
            seen = {str(key): times for key, times in self._counts.items()}
            raise AssertionError(f"{error}; seen: {seen}, ended: {self._connection_ends}") from None

    # For the connections

    def record_event(self, event: ConnectionEvent) -> None:
        """Count an event."""
        with self.condition:
            self._counts[event] += 1
            self.condition.notify_all()

    def record_request(self, request: Request, *, in_flight: int) -> None:
        """Record a request."""
        with self.condition:
            if self._keep_all or request.action == "login":
                self._requests.append(request)
            self._counts[request.action] += 1
            self.peak_in_flight = max(self.peak_in_flight, in_flight)
            self.condition.notify_all()

    def record_execution(self, request: Request) -> None:
        """Record the execution of a request, once."""
        with self.condition:
            if request.number not in self._executed_numbers:
                self._executed_numbers.add(request.number)
                self._execution_counts[request.action] += 1
                self._executed += [request] if self._keep_all else []
                self.condition.notify_all()

    def record_frame(self, frame: ReceivedFrame) -> None:
        """Record a frame."""
        with self.condition:
            if self._keep_all or frame.opcode >= Opcode.CLOSE:
                self._frames.append(frame)
            self.condition.notify_all()

    def next_request_number(self) -> int:
        """Return the number of the next request."""
        return next(self._request_numbers)

    def record_handshake(self, handshake: Handshake) -> None:
        """Record the handshake request of a connection."""
        with self.condition:
            self._handshakes.append(handshake)

    def record_tls_failure(self, reason: str) -> None:
        """Record the reason of a failed TLS handshake."""
        with self.condition:
            self._tls_failures.append(reason)
            self.condition.notify_all()

    def record_bytes(self, count: int) -> None:
        """Count received bytes; over TLS, the decrypted ones."""
        with self.condition:
            self.bytes_received += count

    def record_connection_end(self, number: int, actual_end: str) -> None:
        """Record how a connection ended."""
        with self.condition:
            self._connection_ends[number] = actual_end
            self.condition.notify_all()

    def record_violation(self, violation: str) -> None:
        """Record a violation by the client."""
        with self.condition:
            self._violations.append(violation)
            self.condition.notify_all()

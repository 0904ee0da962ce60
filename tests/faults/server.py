"""The fault server: what it was told to do, and what it saw."""

import socket
import ssl
from collections import Counter
from collections.abc import Callable
from types import TracebackType

from faults.answers import normal
from faults.connection import Connection
from faults.frames import Opcode
from faults.listener import PATIENCE, Listener, Over
from faults.records import Handshake, Moment, Received, Request
from faults.turns import Behaviour, Step, Turn, steps_of
from faults.waiting import Gate

PATH = "/v3.0/agent/rtm/ws"

Key = str | Moment


class Rule:
    """The behaviours for one key, an occurrence each; the last one stays."""

    def __init__(self, behaviours: tuple[Behaviour, ...]) -> None:
        self._steps = [steps_of(behaviour) for behaviour in behaviours]

    def next(self) -> tuple[Step, ...]:
        """Return the steps for this occurrence."""
        return self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]


class FaultServer(Listener):
    """An RTM server that does what a test tells it, and tells the test what it saw.

    Without a script it is sound: it upgrades, logs in, answers everything, pings and closes as it
    should. `strict` makes leaving the context fail where the client broke RFC 6455 or the envelope.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, strict: bool = True
    ) -> None:
        super().__init__(host=host)
        self.tls = tls
        self.done: list[Request] = []
        self.bytes_received = 0
        self.peak_in_flight = 0
        self._strict = strict
        self._rules: dict[tuple[Key, int | None], Rule] = {}
        self._live: dict[int, Connection] = {}
        self._counts: Counter[Key] = Counter()
        self._requests: list[Request] = []
        self._frames: list[Received] = []
        self._handshakes: list[Handshake] = []
        self._complaints: list[str] = []
        self._tls_failures: list[str] = []
        self._ended: dict[int, str] = {}

    # What it is to do

    def on(self, key: Key, *behaviours: Behaviour, connection: int | None = None) -> None:
        """Behave so when `key` occurs: an action, "*" for all but login and ping, or a Moment.

        Each behaviour, a step or a list of them, serves one occurrence; the last one stays.
        Without a behaviour the key is normal again. With `connection`, counted from 1, the rule
        holds there only, and goes before the others.
        """
        with self.changed:
            self._rules[key, connection] = Rule(behaviours or (normal(),))

    def play(self, *steps: Step, connection: int | None = None) -> None:
        """Take steps now, on this connection or the newest one; return when they are taken."""
        with self.changed:
            target = self._live[connection or max(self._live)]
        turn = Turn(target, normal())
        stream = target.stream
        assert stream.speaking.acquire(timeout=PATIENCE), "the server is stuck in a write"
        try:
            for step in steps:
                step.run(turn)
        except Over:
            pass
        finally:
            stream.speaking.release()
        self.wait_for(lambda: stream.ended or not stream.ending)

    def gate(self) -> Gate:
        """Return a closed gate, for the steps `after` and `stall`."""
        return Gate(self.changed)

    # What it saw

    @property
    def url(self) -> str:
        """Return the address to connect to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'wss' if self.tls else 'ws'}://{host}:{self.port}{PATH}"

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
            return [request for request in self.done if request.action != "login"]

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
    def live(self) -> list[int]:
        """Return the numbers of the connections that have not ended."""
        with self.changed:
            return sorted(self._live)

    @property
    def ended(self) -> dict[int, str]:
        """Return how connections ended: rst or fin by the server, reset or eof by the client."""
        with self.changed:
            return dict(self._ended)

    def count(self, key: Key) -> int:
        """Count what was on the wire: requests of an action, all but logins for "*", a Moment."""
        with self.changed:
            return len(self.requests) if key == "*" else self._counts[key]

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

    # What its connections tell it

    def welcome(self, client: socket.socket, number: int) -> Callable[[], None]:
        """Return what serves a connection."""
        connection = Connection(self, client, number, self.steps_for(Moment.CONNECT, number))
        with self.changed:
            self._live[number] = connection
        return connection.serve

    def steps_for(self, key: Key, number: int) -> tuple[Step, ...]:
        """Return the steps that a rule, or else soundness, wants for this occurrence."""
        keys: list[Key] = [key]
        if isinstance(key, str) and key not in {"login", "ping"}:
            keys.append("*")
        with self.changed:
            if isinstance(key, Moment):
                self._counts[key] += 1
                self.changed.notify_all()
            for known in keys:
                for where in (number, None):
                    if (known, where) in self._rules:
                        return self._rules[known, where].next()
        return (normal(),)

    def note_request(self, request: Request, *, in_flight: int) -> None:
        """Record a request."""
        with self.changed:
            self._requests.append(request)
            self._counts[request.action] += 1
            self.peak_in_flight = max(self.peak_in_flight, in_flight)
            self.changed.notify_all()

    def note_frame(self, frame: Received) -> None:
        """Record a frame."""
        with self.changed:
            self._frames.append(frame)
            self.changed.notify_all()

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
            self._live.pop(number, None)
            self._ended[number] = ended
            self.changed.notify_all()

    def complain(self, breach: str) -> None:
        """Record what the client did wrong."""
        with self.changed:
            self._complaints.append(breach)
            self.changed.notify_all()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End everything; where strict, fail for what the client did wrong."""
        super().__exit__(kind, error, traceback)
        if self._strict and error is None and self._complaints:
            raise AssertionError(f"the client broke the protocol: {self._complaints}")

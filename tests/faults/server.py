"""The fault server: what it was told to do."""

import socket
import ssl
from collections.abc import Callable
from types import TracebackType

from faults.answers import normal
from faults.connection import Connection
from faults.ledger import Key, Ledger
from faults.listener import PATIENCE, Over
from faults.records import Moment
from faults.turns import Behaviour, Step, Turn, steps_of
from faults.waiting import Gate, silence

PATH = "/v3.0/agent/rtm/ws"


class Rule:
    """The behaviours for one key, an occurrence each; the last one stays."""

    def __init__(self, behaviours: tuple[Behaviour, ...]) -> None:
        self._steps = [steps_of(behaviour) for behaviour in behaviours]

    def next(self) -> tuple[Step, ...]:
        """Return the steps for this occurrence."""
        return self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]


class FaultServer(Ledger):
    """An RTM server that does what a test tells it, and tells the test what it saw.

    Without a script it is sound: it upgrades, logs in, answers everything, pings and closes as it
    should. `strict` makes leaving the context fail where the client broke RFC 6455 or the envelope.
    Without `keep`, for millions of requests, it counts them and keeps only logins and control
    frames.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        strict: bool = True,
        keep: bool = True,
    ) -> None:
        super().__init__(host=host, keep=keep)
        self.tls = tls
        self._strict = strict
        self._rules: dict[tuple[Key, int | None], Rule] = {}
        self._live: dict[int, Connection] = {}

    @property
    def url(self) -> str:
        """Return the address to connect to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'wss' if self.tls else 'ws'}://{host}:{self.port}{PATH}"

    @property
    def live(self) -> list[int]:
        """Return the numbers of the connections that have not ended."""
        with self.changed:
            return sorted(self._live)

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
        turn = Turn(target, silence())
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

    def welcome(self, client: socket.socket, number: int) -> Callable[[], None]:
        """Return what serves a connection."""
        with self.changed:
            connection = Connection(self, client, number, self.steps_for(Moment.CONNECT, number))
            self._live[number] = connection
        return connection.serve

    def steps_for(self, key: Key, number: int) -> tuple[Step, ...]:
        """Return the steps that a rule, or else soundness, wants for this occurrence."""
        keys: list[Key] = [key]
        if isinstance(key, str) and key not in {"login", "ping"}:
            keys.append("*")
        with self.changed:
            if isinstance(key, Moment):
                self.note_moment(key)
            for known in keys:
                for where in (number, None):
                    if (known, where) in self._rules:
                        return self._rules[known, where].next()
        return (normal(),)

    def note_end(self, number: int, ended: str) -> None:
        """Record how a connection ended, and forget it."""
        with self.changed:
            self._live.pop(number, None)
            super().note_end(number, ended)

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

"""The fault server and its scripts."""

import socket
import ssl
from collections.abc import Callable
from types import TracebackType

from support.fault_server.connection import Connection
from support.fault_server.delays import Gate, ignore
from support.fault_server.listener import TIMEOUT, ConnectionEnded
from support.fault_server.recorder import Recorder, Trigger
from support.fault_server.records import ConnectionEvent
from support.fault_server.responses import normal
from support.fault_server.script import Behavior, Step, StepContext, to_steps

PATH = "/v3.0/agent/rtm/ws"


class BehaviorSequence:
    """The behaviors for one trigger, one per occurrence; the last one repeats."""

    def __init__(self, behaviors: tuple[Behavior, ...]) -> None:
        self._steps = [to_steps(behavior) for behavior in behaviors]

    def next_steps(self) -> tuple[Step, ...]:
        """Return the steps for the next occurrence."""
        return self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]


class FaultServer(Recorder):
    """An RTM server that a test scripts, and that records what it received.

    Without a script it behaves correctly: it upgrades, logs in, responds to every action, sends
    pongs and closes. If `strict`, leaving the context fails if the client violated RFC 6455 or the
    envelope. Without `keep_all`, for millions of requests, it counts them and keeps only logins and
    control frames.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        strict: bool = True,
        keep_all: bool = True,
    ) -> None:
        super().__init__(host=host, keep_all=keep_all)
        self.tls = tls
        self._strict = strict
        self._scripts: dict[tuple[Trigger, int | None], BehaviorSequence] = {}
        self._open_connections: dict[int, Connection] = {}

    @property
    def url(self) -> str:
        """Return the URL to connect to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'wss' if self.tls else 'ws'}://{host}:{self.port}{PATH}"

    @property
    def open_connections(self) -> list[int]:
        """Return the numbers of the connections that have not ended."""
        with self.condition:
            return sorted(self._open_connections)

    def on(self, trigger: Trigger, *behaviors: Behavior, connection: int | None = None) -> None:
        """Script a trigger: an action, "*" for all but login and ping, or a ConnectionEvent.

        Each behavior, a step or a list of steps, serves one occurrence; the last one repeats.
        Without a behavior the trigger is normal again. With `connection`, counted from 1, the
        script applies to that connection only and takes precedence.
        """
        with self.condition:
            self._scripts[trigger, connection] = BehaviorSequence(behaviors or (normal(),))

    def run_steps(self, *steps: Step, connection: int | None = None) -> None:
        """Run steps now, on this connection or the newest one; return when they are done."""
        with self.condition:
            target = self._open_connections[connection or max(self._open_connections)]
        context = StepContext(target, ignore())
        stream = target.stream
        assert stream.write_lock.acquire(timeout=TIMEOUT), "the server is blocked in a write"
        try:
            for step in steps:
                step.run(context)
        except ConnectionEnded:
            pass
        finally:
            stream.write_lock.release()
        self.wait_for(lambda: stream.actual_end or not stream.requested_end)

    def make_gate(self) -> Gate:
        """Return a closed gate for `wait_for_gate` and `pause_reading`."""
        return Gate(self.condition)

    def make_handler(self, client: socket.socket, number: int) -> Callable[[], None]:
        """Return the function that serves a connection."""
        with self.condition:
            connection = Connection(
                self, client, number, self.steps_for(ConnectionEvent.CONNECT, number)
            )
            self._open_connections[number] = connection
        return connection.serve

    def steps_for(self, trigger: Trigger, connection: int) -> tuple[Step, ...]:
        """Return the scripted steps for this occurrence, or the normal ones."""
        triggers: list[Trigger] = [trigger]
        if isinstance(trigger, str) and trigger not in {"login", "ping"}:
            triggers.append("*")
        with self.condition:
            if isinstance(trigger, ConnectionEvent):
                self.record_event(trigger)
            for known in triggers:
                for scope in (connection, None):
                    if (known, scope) in self._scripts:
                        return self._scripts[known, scope].next_steps()
        return (normal(),)

    def record_connection_end(self, number: int, actual_end: str) -> None:
        """Record how a connection ended, and remove it from the open ones."""
        with self.condition:
            self._open_connections.pop(number, None)
            super().record_connection_end(number, actual_end)

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End everything; if strict, fail on violations by the client."""
        super().__exit__(exc_type, exc, traceback)
        if self._strict and exc is None and self._violations:
            raise AssertionError(f"the client violated the protocol: {self._violations}")

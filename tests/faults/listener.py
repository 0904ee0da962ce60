"""A loopback listener that leaves nothing behind: the ground of server, shim and proxy."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

PATIENCE = 10.0  # seconds: what a test waits for comes sooner, or never


class Over(Exception):
    """The connection, or the whole server, is over."""


class Listener:
    """Serve each accepted socket in a thread of its own; leaving the context ends and joins all.

    `welcome` is asked in the order of the accepts; what it returns runs in the thread. Whatever
    changes, changes under the condition `changed` and notifies it. A thread that fails otherwise
    than by the network makes the context fail.
    """

    def __init__(self, *, host: str = "127.0.0.1") -> None:
        self.changed = threading.Condition(threading.RLock())
        self.closing = False
        self.accepted: list[float] = []
        self._failures: list[BaseException] = []
        self._threads: list[threading.Thread] = []
        self._sockets: set[socket.socket] = set()
        self.host = host
        with bound(host) as guess:
            self.port: int = guess.getsockname()[1]
            # Only a port that was asked for by number stays bound through `stop`.
            self._socket = bound(host, self.port)
        self._accepting: threading.Thread | None = None

    @property
    def connections(self) -> int:
        """Return how many TCP connections were accepted so far."""
        with self.changed:
            return len(self.accepted)

    def start(self) -> None:
        """Accept connections; until then, and after `stop`, the port refuses them."""
        self._socket.listen(128)
        self._accepting = self.spawn(self._accept)

    def stop(self) -> None:
        """Refuse new connections, keep the port and the connections there are."""
        if self._accepting:
            # On Linux a listening socket that is shut down refuses, stays bound, may listen again.
            self._socket.shutdown(socket.SHUT_RDWR)
            self._accepting.join(PATIENCE)
            self._accepting = None

    def welcome(self, client: socket.socket, number: int) -> Callable[[], None]:
        """Return what serves the connection with this `number`, from 1, and closes its socket."""
        raise NotImplementedError

    def wake(self) -> None:
        """End whatever waits; called once, when the context is left."""
        with self.changed:
            for held in self._sockets:
                shut(held, socket.SHUT_RDWR)

    def hold(self, held: socket.socket) -> None:
        """Remember a socket that the end must wake."""
        with self.changed:
            self._sockets.add(held)
            if self.closing:
                shut(held, socket.SHUT_RDWR)

    def release(self, held: socket.socket) -> None:
        """Close a socket and forget it."""
        with self.changed:
            self._sockets.discard(held)
            held.close()

    def spawn(self, run: Callable[[], None]) -> threading.Thread:
        """Run a function in a thread that the end joins."""
        thread = threading.Thread(target=self._guard, args=(run,), daemon=True)
        with self.changed:
            self._threads = [old for old in self._threads if old.is_alive()]
            thread.start()
            self._threads.append(thread)
        return thread

    def until(self, predicate: Callable[[], object], timeout: float | None = None) -> bool:
        """Wait inside a server thread; return whether `predicate` came true in time.

        Raises Over where the context is left meanwhile.
        """
        with self.changed:
            met = self.changed.wait_for(lambda: self.closing or predicate(), timeout)
            if self.closing:
                raise Over
            return bool(met)

    def wait_for(self, what: Callable[[], object], *, timeout: float = PATIENCE) -> None:
        """Wait, in the test, until a predicate is true; fail where that does not come in time."""
        with self.changed:
            assert self.changed.wait_for(what, timeout), f"not in {timeout} s"

    def __enter__(self) -> Self:
        """Listen."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End every connection, join every thread, and raise what went wrong in them."""
        with self.changed:
            self.closing = True
            self.changed.notify_all()
        self.stop()
        self.wake()
        self._join()
        self._socket.close()
        if self._failures and error is None:
            raise self._failures[0]

    def _join(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._threads:  # one that is ending may still start another
            with self.changed:
                thread = self._threads.pop()
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                self._failures.append(RuntimeError(f"{thread.name} did not end"))

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:  # `stop` shut it down
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.changed:
                self.accepted.append(time.monotonic())
                number = len(self.accepted)
                self.changed.notify_all()
            self.hold(client)
            self.spawn(self.welcome(client, number))

    def _guard(self, run: Callable[[], None]) -> None:
        try:
            run()
        except (Over, OSError):
            return
        except BaseException as failure:  # noqa: BLE001  (raised again by __exit__)
            self._failures.append(failure)


def bound(host: str, port: int = 0) -> socket.socket:
    """Return a socket that is bound and does not listen: its port refuses."""
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((host, port))
    return held


def shut(held: socket.socket, how: int) -> None:
    """Shut a socket down below TLS, whatever state it is in."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(held, how)


def reset_on_close(held: socket.socket) -> None:
    """Make the coming close send an RST in place of a FIN."""
    with contextlib.suppress(OSError):
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

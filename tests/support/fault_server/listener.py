"""A loopback listener that cleans up after itself: the base of server, TCP relay and proxy."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

TIMEOUT = 10.0  # seconds; longer than any expected wait


class ConnectionEnded(Exception):
    """The connection or the whole server has ended."""


class Listener:
    """Serve each accepted socket in a separate thread; leaving the context joins all threads.

    `make_handler` is called in the order of the accepts; its result runs in the thread. Every
    change of state holds `condition` and notifies it. If a thread fails with anything but a network
    error, leaving the context raises that error.
    """

    def __init__(self, *, host: str = "127.0.0.1") -> None:
        self.condition = threading.Condition(threading.RLock())
        self.closing = False
        self.accept_times: list[float] = []
        self._failures: list[BaseException] = []
        self._threads: list[threading.Thread] = []
        self._sockets: set[socket.socket] = set()
        self.host = host
        with bound_socket(host) as probe:
            self.port: int = probe.getsockname()[1]
            # Only a port that was bound by number stays bound after `stop_listening`.
            self._socket = bound_socket(host, self.port)
        self._accept_thread: threading.Thread | None = None

    @property
    def connection_count(self) -> int:
        """Return the number of TCP connections accepted so far."""
        with self.condition:
            return len(self.accept_times)

    def start_listening(self) -> None:
        """Accept connections; before that, and after `stop_listening`, the port refuses them."""
        self._socket.listen(128)
        self._accept_thread = self.start_thread(self._accept_loop)

    def stop_listening(self) -> None:
        """Refuse new connections; keep the port and the open connections."""
        if self._accept_thread:
            # On Linux a listening socket that is shut down refuses connections, stays bound, and
            # can listen again.
            self._socket.shutdown(socket.SHUT_RDWR)
            self._accept_thread.join(TIMEOUT)
            self._accept_thread = None

    def make_handler(self, client: socket.socket, number: int) -> Callable[[], None]:
        """Return a function that serves connection `number` (from 1) and closes its socket."""
        raise NotImplementedError

    def shut_down_connections(self) -> None:
        """Wake every thread that waits; called once, when the context is left."""
        with self.condition:
            for sock in self._sockets:
                shutdown_quietly(sock, socket.SHUT_RDWR)

    def track_socket(self, sock: socket.socket) -> None:
        """Register a socket to shut down at the end."""
        with self.condition:
            self._sockets.add(sock)
            if self.closing:
                shutdown_quietly(sock, socket.SHUT_RDWR)

    def close_socket(self, sock: socket.socket) -> None:
        """Close a socket and unregister it."""
        with self.condition:
            self._sockets.discard(sock)
            sock.close()

    def start_thread(self, target: Callable[[], None]) -> threading.Thread:
        """Run a function in a thread that is joined at the end."""
        thread = threading.Thread(target=self._run_guarded, args=(target,), daemon=True)
        with self.condition:
            self._threads = [old for old in self._threads if old.is_alive()]
            thread.start()
            self._threads.append(thread)
        return thread

    def wait_until(self, predicate: Callable[[], object], timeout: float | None = None) -> bool:
        """Wait inside a server thread; return whether `predicate` became true in time.

        Raises ConnectionEnded if the context is left meanwhile.
        """
        with self.condition:
            result = self.condition.wait_for(lambda: self.closing or predicate(), timeout)
            if self.closing:
                raise ConnectionEnded
            return bool(result)

    def wait_for(self, condition: Callable[[], object], *, timeout: float = TIMEOUT) -> None:
        """Wait, in the test, until `condition` is true; fail after the timeout."""
        with self.condition:
            assert self.condition.wait_for(condition, timeout), f"timed out after {timeout} s"

    def __enter__(self) -> Self:
        """Start listening."""
        self.start_listening()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End every connection, join every thread, and raise the first error of a thread."""
        with self.condition:
            self.closing = True
            self.condition.notify_all()
        self.stop_listening()
        self.shut_down_connections()
        self._join_threads()
        self._socket.close()
        if self._failures and exc is None:
            raise self._failures[0]

    def _join_threads(self) -> None:
        deadline = time.monotonic() + TIMEOUT
        while self._threads:  # a thread that is ending may still start another
            with self.condition:
                thread = self._threads.pop()
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                self._failures.append(RuntimeError(f"{thread.name} did not end"))

    def _accept_loop(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:  # `stop_listening` shut it down
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.condition:
                self.accept_times.append(time.monotonic())
                number = len(self.accept_times)
                self.condition.notify_all()
            self.track_socket(client)
            self.start_thread(self.make_handler(client, number))

    def _run_guarded(self, target: Callable[[], None]) -> None:
        try:
            target()
        except (ConnectionEnded, OSError):
            return
        except BaseException as failure:  # noqa: BLE001
            self._failures.append(failure)


def bound_socket(host: str, port: int = 0) -> socket.socket:
    """Return a socket that is bound but does not listen: its port refuses connections."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    return sock


def shutdown_quietly(sock: socket.socket, how: int) -> None:
    """Shut a socket down below TLS, in any state."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, how)


def reset_on_close(sock: socket.socket) -> None:
    """Make the next close send an RST instead of a FIN."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

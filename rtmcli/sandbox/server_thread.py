"""Run a sandbox server in a thread, for the command, tests and other programs."""

import asyncio
import errno
import logging
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TypeVar

from rtmcli.errors import os_error_text
from rtmcli.sandbox import versions
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server.dispatcher import RequestObserver
from rtmcli.sandbox.server.frame_log import FrameLog
from rtmcli.sandbox.server.loopback import create_listener, listener_url
from rtmcli.sandbox.server.options import DEFAULT, ServerOptions
from rtmcli.sandbox.server.server import Server, TokenObserver, TrafficObserver

T = TypeVar("T")
# Error numbers for which asyncio tries again after a second to accept a connection.
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_logger = logging.getLogger(__name__)


class Sandbox:
    """A server that runs in its own thread."""

    def __init__(
        self, server: Server, listener: socket.socket, on_warning: Callable[[str], None]
    ) -> None:
        """Prepare the thread; `run_sandbox` starts and stops it."""
        self._on_warning = on_warning
        self._reported: set[str] = set()
        self.urls = {  # version -> URL
            dialect.api.version: listener_url(listener, path)
            for path, dialect in server.dialects.items()
        }
        self.license = server.license
        self.token = server.license.tokens[0].token  # without the scheme
        self.error: BaseException | None = None  # ended the server
        self._server = server
        self._listener = listener
        self._stop_event = asyncio.Event()
        self._runner = asyncio.Runner(loop_factory=_create_loop)
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        """The URL of the first version."""
        return next(iter(self.urls.values()))

    def start(self) -> None:
        """Start the server and its thread; raise OSError if a resource is exhausted."""
        self._runner.get_loop().set_exception_handler(self._on_unexpected_error)
        with ExitStack() as on_failure:
            on_failure.callback(self._runner.close)
            self._runner.run(self._server.start(self._listener))
            try:
                self._thread.start()
            except RuntimeError as error:
                raise OSError(errno.EAGAIN, str(error)) from None
            on_failure.pop_all()

    def stop(self) -> None:
        """Close every connection and wait for the thread to end; idempotent."""
        if self.is_running:
            with suppress(RuntimeError):  # it ends by itself at this moment
                self._runner.get_loop().call_soon_threadsafe(self._stop_event.set)
        self._thread.join()

    @property
    def is_running(self) -> bool:
        """Return whether the server has not ended."""
        return self._thread.is_alive()

    def call_threadsafe(self, callback: Callable[[Server], T]) -> T:
        """Call a function in the server's thread, flush its output, and return its result."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(callback(self._server))
            except Exception as error:  # noqa: BLE001  # raised in the calling thread
                future.set_exception(error)
            self._server.flush_all()

        self._runner.get_loop().call_soon_threadsafe(run)
        return future.result()

    def _run(self) -> None:
        try:
            with self._runner:
                self._runner.run(self._server.serve(self._stop_event))
        except BaseException as error:  # noqa: BLE001  # raised by `run_sandbox`
            self.error = error

    def _on_unexpected_error(
        self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]
    ) -> None:
        """End the server after an exception in a callback, unless it is one of the system.

        asyncio repeats one a hundred times a second while there are no descriptors for a
        connection: each is reported once.
        """
        error = context.get("exception")
        if error is None:
            loop.default_exception_handler(context)
        elif isinstance(error, OSError):
            is_exhausted = error.errno in _EXHAUSTED
            problem = "new connections have to wait" if is_exhausted else context["message"]
            warning = f"{problem}: {os_error_text(error)}"
            if warning not in self._reported:
                self._reported.add(warning)
                self._on_warning(warning)
        elif not self._stop_event.is_set():  # after that, asyncio may still use the closed listener
            self.error = error
            self._stop_event.set()


def _create_loop() -> asyncio.AbstractEventLoop:
    """Create an event loop; raise OSError if there are not enough file descriptors.

    A loop that fails to create its pair of sockets would also print a traceback.
    """
    selector = selectors.DefaultSelector()
    for each in socket.socketpair():
        each.close()
    return asyncio.SelectorEventLoop(selector)


@contextmanager
def run_sandbox(
    license_: License | None = None,
    options: ServerOptions = DEFAULT,
    *,
    listener: socket.socket | None = None,
    frame_log: FrameLog | None = None,
    observer: RequestObserver | None = None,
    traffic_observer: TrafficObserver | None = None,
    token_observer: TokenObserver | None = None,
    on_warning: Callable[[str], None] = _logger.warning,
) -> Iterator[Sandbox]:
    """Serve a license, by default a new one, within the block."""
    server = Server(
        license_ or License(),
        versions.load_all(),
        options,
        frame_log,
        observer,
        traffic_observer=traffic_observer,
        token_observer=token_observer,
    )
    sandbox = Sandbox(server, listener or create_listener(), on_warning)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()
    if sandbox.error:
        raise sandbox.error

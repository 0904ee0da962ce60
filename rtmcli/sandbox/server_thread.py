"""Run a sandbox server in a thread, for the command, tests and other programs."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from rtmcli.sandbox.dispatcher import RequestObserver
from rtmcli.sandbox.frame_log import FrameLog
from rtmcli.sandbox.license import License
from rtmcli.sandbox.loopback import create_listener, listener_url
from rtmcli.sandbox.server import Server
from rtmcli.sandbox.server_options import DEFAULT, ServerOptions

T = TypeVar("T")


class Sandbox:
    """A server that runs in its own thread."""

    def __init__(self, server: Server, listener: socket.socket) -> None:
        """Create the thread; `run_sandbox` starts and stops it."""
        self.url = listener_url(listener)
        self.license = server.license
        self.token = server.license.tokens[0].token  # without the scheme
        self._server = server
        self._listener = listener
        self._stop_event = asyncio.Event()
        self._loop_future: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def start(self) -> None:
        """Start the thread and wait for its event loop."""
        self._thread.start()
        self._loop_future.result()

    def stop(self) -> None:
        """Close every connection and wait for the thread to end; idempotent."""
        if self._thread.is_alive():
            self._loop_future.result().call_soon_threadsafe(self._stop_event.set)
            self._thread.join()

    def call_threadsafe(self, callback: Callable[[Server], T]) -> T:
        """Call a function in the server's thread, flush its output, and return its result."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(callback(self._server))
            except Exception as error:  # noqa: BLE001  # raised in the calling thread
                future.set_exception(error)
            self._server.flush_all()

        self._loop_future.result().call_soon_threadsafe(run)
        return future.result()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop_future.set_result(asyncio.get_running_loop())
        await self._server.serve(self._listener, self._stop_event)


@contextmanager
def run_sandbox(
    license_: License | None = None,
    options: ServerOptions = DEFAULT,
    *,
    listener: socket.socket | None = None,
    frame_log: FrameLog | None = None,
    observer: RequestObserver | None = None,
) -> Iterator[Sandbox]:
    """Serve a license, by default a new one, within the block."""
    server = Server(license_ or License(), options, frame_log, observer)
    sandbox = Sandbox(server, listener or create_listener())
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()

"""Run a server beside the program that needs it: a test, an embedder, the command."""

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
    """A server that runs in a thread of its own."""

    def __init__(self, server: Server, listener: socket.socket) -> None:
        """Prepare the thread; `serving` starts and stops it."""
        self.url = listener_url(listener)
        self.license = server.license
        self.token = server.license.tokens[0].token  # without the scheme
        self._server = server
        self._listener = listener
        self._stop_event = asyncio.Event()
        self._loop_future: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def start(self) -> None:
        """Start to answer."""
        self._thread.start()
        self._loop_future.result()

    def stop(self) -> None:
        """Close every connection and wait for the end; it may have come already."""
        if self._thread.is_alive():
            self._loop_future.result().call_soon_threadsafe(self._stop_event.set)
            self._thread.join()

    def call_threadsafe(self, callback: Callable[[Server], T]) -> T:
        """Do something in the server's thread, write what it sent, and return its result."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(callback(self._server))
            except Exception as error:  # noqa: BLE001  # it is raised where it was asked for
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
    """Serve a licence, a new one by default, for as long as the block runs."""
    server = Server(license_ or License(), options, frame_log, observer)
    sandbox = Sandbox(server, listener or create_listener())
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()

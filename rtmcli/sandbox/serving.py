"""Run a server beside the program that needs it: a test, an embedder, the command."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from rtmcli.sandbox.conduct import FAITHFUL, Conduct
from rtmcli.sandbox.desk import Watch
from rtmcli.sandbox.endpoint import listen, url_of
from rtmcli.sandbox.framelog import FrameLog
from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.server import Server

T = TypeVar("T")


class Sandbox:
    """A server that runs in a thread of its own."""

    def __init__(self, server: Server, listener: socket.socket) -> None:
        """Prepare the thread; `serving` starts and stops it."""
        self.url = url_of(listener)
        self.licence = server.licence
        self.token = server.licence.tokens[0].token  # without the scheme
        self._server = server
        self._listener = listener
        self._stop = asyncio.Event()
        self._loop: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def start(self) -> None:
        """Start to answer."""
        self._thread.start()
        self._loop.result()

    def stop(self) -> None:
        """Close every connection and wait for the end; it may have come already."""
        if self._thread.is_alive():
            self._loop.result().call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def call(self, act: Callable[[Server], T]) -> T:
        """Do something in the server's thread, write what it sent, and return its result."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(act(self._server))
            except Exception as error:  # noqa: BLE001  # it is raised where it was asked for
                done.set_exception(error)
            self._server.turn_ended()

        self._loop.result().call_soon_threadsafe(run)
        return done.result()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop.set_result(asyncio.get_running_loop())
        await self._server.serve(self._listener, self._stop)


@contextmanager
def serving(
    licence: Licence | None = None,
    conduct: Conduct = FAITHFUL,
    *,
    listener: socket.socket | None = None,
    log: FrameLog | None = None,
    watch: Watch | None = None,
) -> Iterator[Sandbox]:
    """Serve a licence, a new one by default, for as long as the block runs."""
    server = Server(licence or Licence(), conduct, log, watch)
    sandbox = Sandbox(server, listener or listen())
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()

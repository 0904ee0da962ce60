"""A bad line: a TCP shim between a client and any server, switched by the test at run time."""

import socket
from collections.abc import Callable
from typing import Literal

from faults.listener import Listener, reset_on_close
from faults.relay import Line, Relay


class Shim(Listener):
    """Carry every connection to `upstream`, a port of the loopback, and spoil it when told.

    `Shim(server.port)`; then `shim.url(server.url)` is the server's address by way of the shim.
    """

    def __init__(self, upstream: int, *, host: str = "127.0.0.1") -> None:
        super().__init__(host=host)
        self._upstream = upstream
        self._line = Line()
        self._relays: set[Relay] = set()
        self._carried = {"up": 0, "down": 0}

    @property
    def live(self) -> int:
        """Return how many connections it carries now."""
        with self.changed:
            return len(self._relays)

    @property
    def carried(self) -> dict[str, int]:
        """Return the bytes carried so far, "up" to the server and "down" to the client."""
        with self.changed:
            ways = [way for relay in self._relays for way in (relay.up, relay.down)]
            return {
                name: past + sum(way.sent for way in ways if way.name == name)
                for name, past in self._carried.items()
            }

    def url(self, upstream: str) -> str:
        """Return an address of the upstream server, with this port in place of its own."""
        return upstream.replace(f":{self._upstream}", f":{self.port}", 1)

    def latency(self, seconds: float) -> None:
        """Keep what comes from now on back for so long, each way."""
        self._change(lambda: setattr(self._line, "latency", seconds))

    def bandwidth(self, rate: float | None) -> None:
        """Carry so many bytes a second each way, or as fast as it goes."""
        self._change(lambda: setattr(self._line, "bandwidth", rate))

    def slices(self, size: int | None) -> None:
        """Write no more than so many bytes at once, each in a segment of its own."""
        self._change(lambda: setattr(self._line, "segment", size))

    def silence(self) -> None:
        """Carry nothing more, in no direction, and close nothing: a partition without FIN."""
        self._change(lambda: setattr(self._line, "silent", True))

    def heal(self) -> None:
        """Undo the silence; what was held back arrives, as TCP would send it again."""
        self._change(lambda: setattr(self._line, "silent", False))

    def reset_after(self, way: Literal["up", "down"], size: int | None) -> None:
        """Reset each connection once so many of its bytes went that way; None never does."""
        limits = {} if size is None else {way: size}
        self._change(lambda: setattr(self._line, "limits", limits))

    def reset(self) -> None:
        """Reset every connection, on both sides, and wait until that is done."""
        self._order_all(lambda relay: relay.reset)
        self.wait_for(lambda: not self._relays)

    def half_close(self, way: Literal["up", "down"]) -> None:
        """End one direction by a FIN, the other goes on: "down" ends what the client hears."""
        self._order_all(lambda relay: relay.up.finish if way == "up" else relay.down.finish)

    def welcome(self, client: socket.socket, number: int) -> Callable[[], None]:  # noqa: ARG002  (all are carried alike)
        """Return what carries a connection."""
        return lambda: self._serve(client)

    def wake(self) -> None:
        """End every connection."""
        self._order_all(lambda relay: relay.stop)
        super().wake()

    def _serve(self, client: socket.socket) -> None:
        server: socket.socket | None = None
        try:
            self.until(lambda: not self._line.silent)
            server = socket.create_connection((self.host, self._upstream))
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.hold(server)
            self._carry(Relay(client, server, self._line))
        except OSError:
            reset_on_close(client)
        finally:
            self.release(client)
            if server:
                self.release(server)

    def _carry(self, relay: Relay) -> None:
        with self.changed:
            self._relays.add(relay)
            self.changed.notify_all()
            if self.closing:
                relay.stop()
        try:
            relay.run()
        finally:
            with self.changed:
                self._relays.discard(relay)
                for way in (relay.up, relay.down):
                    self._carried[way.name] += way.sent
                self.changed.notify_all()

    def _change(self, act: Callable[[], None]) -> None:
        with self.changed:
            act()
            self.changed.notify_all()
        self._order_all(lambda _: _nothing)

    def _order_all(self, choose: Callable[[Relay], Callable[[], None]]) -> None:
        with self.changed:
            for relay in self._relays:
                relay.order(choose(relay))


def _nothing() -> None:
    """Be an order that only makes the relay look at the line."""

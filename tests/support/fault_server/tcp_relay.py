"""A bad line: a TCP shim between a client and any server, switched by the test at run time."""

import socket
from collections.abc import Callable
from typing import Literal

from support.fault_server.listener import Listener, reset_on_close
from support.fault_server.relayed_connection import NetworkConditions, RelayedConnection


class TcpRelay(Listener):
    """Carry every connection to `upstream`, a port of the loopback, and spoil it when told.

    `Shim(server.port)`; then `shim.url(server.url)` is the server's address by way of the shim.
    """

    def __init__(self, upstream: int, *, host: str = "127.0.0.1") -> None:
        super().__init__(host=host)
        self._upstream = upstream
        self._conditions = NetworkConditions()
        self._connections: set[RelayedConnection] = set()
        self._finished_bytes = {"up": 0, "down": 0}

    @property
    def open_count(self) -> int:
        """Return how many connections it carries now."""
        with self.condition:
            return len(self._connections)

    @property
    def bytes_relayed(self) -> dict[str, int]:
        """Return the bytes carried so far, "up" to the server and "down" to the client."""
        with self.condition:
            directions = [way for relay in self._connections for way in (relay.up, relay.down)]
            return {
                name: past + sum(way.bytes_sent for way in directions if way.name == name)
                for name, past in self._finished_bytes.items()
            }

    def url(self, upstream: str) -> str:
        """Return an address of the upstream server, with this port in place of its own."""
        return upstream.replace(f":{self._upstream}", f":{self.port}", 1)

    def set_latency(self, seconds: float) -> None:
        """Keep what comes from now on back for so long, each way."""
        self._update(lambda: setattr(self._conditions, "latency", seconds))

    def set_bandwidth(self, rate: float | None) -> None:
        """Carry so many bytes a second each way, or as fast as it goes."""
        self._update(lambda: setattr(self._conditions, "bandwidth", rate))

    def set_segment_size(self, size: int | None) -> None:
        """Write no more than so many bytes at once, each in a segment of its own."""
        self._update(lambda: setattr(self._conditions, "segment_size", size))

    def partition(self) -> None:
        """Carry nothing more, in no direction, and close nothing: a partition without FIN."""
        self._update(lambda: setattr(self._conditions, "partitioned", True))

    def heal(self) -> None:
        """Undo the silence; what was held back arrives, as TCP would send it again."""
        self._update(lambda: setattr(self._conditions, "partitioned", False))

    def reset_after(self, direction: Literal["up", "down"], size: int | None) -> None:
        """Reset each connection once so many of its bytes went that way; None never does."""
        limits = {} if size is None else {direction: size}
        self._update(lambda: setattr(self._conditions, "byte_limits", limits))

    def reset_connections(self) -> None:
        """Reset every connection, on both sides, and wait until that is done."""
        self._call_soon_on_all(lambda relay: relay.reset)
        self.wait_for(lambda: not self._connections)

    def half_close(self, direction: Literal["up", "down"]) -> None:
        """End one direction by a FIN, the other goes on: "down" ends what the client hears."""
        self._call_soon_on_all(
            lambda relay: relay.up.send_fin if direction == "up" else relay.down.send_fin
        )

    def make_handler(self, client: socket.socket, number: int) -> Callable[[], None]:  # noqa: ARG002
        """Return what carries a connection."""
        return lambda: self._serve(client)

    def shut_down_connections(self) -> None:
        """End every connection."""
        self._call_soon_on_all(lambda relay: relay.stop)
        super().shut_down_connections()

    def _serve(self, client: socket.socket) -> None:
        server: socket.socket | None = None
        try:
            self.wait_until(lambda: not self._conditions.partitioned)
            server = socket.create_connection((self.host, self._upstream))
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.track_socket(server)
            self._run_relay(RelayedConnection(client, server, self._conditions))
        except OSError:
            reset_on_close(client)
        finally:
            self.close_socket(client)
            if server:
                self.close_socket(server)

    def _run_relay(self, relay: RelayedConnection) -> None:
        with self.condition:
            self._connections.add(relay)
            self.condition.notify_all()
            if self.closing:
                relay.stop()
        try:
            relay.run()
        finally:
            with self.condition:
                self._connections.discard(relay)
                for direction in (relay.up, relay.down):
                    self._finished_bytes[direction.name] += direction.bytes_sent
                self.condition.notify_all()

    def _update(self, change: Callable[[], None]) -> None:
        with self.condition:
            change()
            self.condition.notify_all()
        self._call_soon_on_all(lambda _: _noop)

    def _call_soon_on_all(self, choose: Callable[[RelayedConnection], Callable[[], None]]) -> None:
        with self.condition:
            for relay in self._connections:
                relay.call_soon(choose(relay))


def _noop() -> None:
    """Be an order that only makes the relay look at the line."""

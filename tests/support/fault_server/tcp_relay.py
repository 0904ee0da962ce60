"""A TCP relay that simulates a bad network between a client and any server."""

import socket
from collections.abc import Callable
from typing import Literal

from support.fault_server.listener import Listener, reset_on_close
from support.fault_server.relayed_connection import NetworkConditions, RelayedConnection


class TcpRelay(Listener):
    """Relay every connection to `upstream`, a loopback port, with faults set at run time.

    `relay = TcpRelay(server.port)`; then `relay.url(server.url)` is the server's URL through the
    relay.
    """

    def __init__(self, upstream: int, *, host: str = "127.0.0.1") -> None:
        super().__init__(host=host)
        self._upstream = upstream
        self._conditions = NetworkConditions()
        self._connections: set[RelayedConnection] = set()
        self._finished_bytes = {"up": 0, "down": 0}

    @property
    def open_count(self) -> int:
        """Return the number of open connections."""
        with self.condition:
            return len(self._connections)

    @property
    def bytes_relayed(self) -> dict[str, int]:
        """Return the bytes relayed so far, "up" to the server and "down" to the client."""
        with self.condition:
            directions = [each for relay in self._connections for each in (relay.up, relay.down)]
            return {
                name: past + sum(each.bytes_sent for each in directions if each.name == name)
                for name, past in self._finished_bytes.items()
            }

    def url(self, upstream: str) -> str:
        """Return the URL of the upstream server with the relay's port."""
        return upstream.replace(f":{self._upstream}", f":{self.port}", 1)

    def set_latency(self, seconds: float) -> None:
        """Delay bytes by `seconds` each way from now on."""
        self._update(lambda: setattr(self._conditions, "latency", seconds))

    def set_bandwidth(self, rate: float | None) -> None:
        """Limit each direction to `rate` bytes per second; None removes the limit."""
        self._update(lambda: setattr(self._conditions, "bandwidth", rate))

    def set_segment_size(self, size: int | None) -> None:
        """Write at most `size` bytes at once, each in a separate TCP segment."""
        self._update(lambda: setattr(self._conditions, "segment_size", size))

    def partition(self) -> None:
        """Relay nothing in either direction and close nothing: a partition without a FIN."""
        self._update(lambda: setattr(self._conditions, "partitioned", True))

    def heal(self) -> None:
        """End the partition; the bytes held back arrive, as TCP would resend them."""
        self._update(lambda: setattr(self._conditions, "partitioned", False))

    def reset_after(self, direction: Literal["up", "down"], size: int | None) -> None:
        """Reset each connection after `size` bytes in that direction; None removes the limit."""
        limits = {} if size is None else {direction: size}
        self._update(lambda: setattr(self._conditions, "byte_limits", limits))

    def reset_connections(self) -> None:
        """Reset every connection on both sides, and wait until that is done."""
        self._call_soon_on_all(lambda relay: relay.reset)
        self.wait_for(lambda: not self._connections)

    def half_close(self, direction: Literal["up", "down"]) -> None:
        """End one direction by a FIN; the other continues."""
        self._call_soon_on_all(
            lambda relay: relay.up.send_fin if direction == "up" else relay.down.send_fin
        )

    def make_handler(self, client: socket.socket, number: int) -> Callable[[], None]:  # noqa: ARG002
        """Return the function that relays a connection."""
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
    """Do nothing: waking the relay makes it check the conditions."""

"""An HTTP proxy for CONNECT that tunnels only to loopback ports."""

import base64
import socket
from collections.abc import Callable, Mapping
from typing import NamedTuple

from support.fault_server.handshake import response_head
from support.fault_server.listener import Listener
from support.fault_server.relayed_connection import NetworkConditions, RelayedConnection


class ProxyRequest(NamedTuple):
    """A request to the proxy; header names are in lower case."""

    connection: int
    request_line: str
    headers: dict[str, str]


class Proxy(Listener):
    """Tunnel to the ports of `routes`, keyed by the client's "host:port"; respond 502 to others.

    `credentials`, "user:password", are required by a 407; `forced_status` is the response to every
    request.
    """

    def __init__(
        self,
        routes: Mapping[str, int],
        *,
        host: str = "127.0.0.1",
        credentials: str | None = None,
        forced_status: int | None = None,
    ) -> None:
        super().__init__(host=host)
        self._routes = dict(routes)
        self._forced_status = forced_status
        self._credentials = credentials
        self._requests: list[ProxyRequest] = []
        self._relays: set[RelayedConnection] = set()

    @property
    def url(self) -> str:
        """Return the proxy's URL, without credentials."""
        return f"http://{self.host}:{self.port}"

    @property
    def requests(self) -> list[ProxyRequest]:
        """Return the requests so far."""
        with self.condition:
            return self._requests[:]

    def make_handler(self, client: socket.socket, number: int) -> Callable[[], None]:
        """Return a function that responds to one request, then relays the tunnel to its end."""
        return lambda: self._serve(client, number)

    def shut_down_connections(self) -> None:
        """End every tunnel."""
        with self.condition:
            for relay in self._relays:
                relay.call_soon(relay.stop)
        super().shut_down_connections()

    def _serve(self, client: socket.socket, number: int) -> None:
        upstream: socket.socket | None = None
        try:
            request = _read_request(client, number)
            with self.condition:
                self._requests.append(request)
                self.condition.notify_all()
            status_code = self._status_for(request)
            if status_code == 200:
                upstream = self._connect_upstream(request)
            challenge = (
                [("Proxy-Authenticate", 'Basic realm="proxy"')] if status_code == 407 else []
            )
            client.sendall(response_head(status_code, challenge))
            if upstream:
                self._run_relay(RelayedConnection(client, upstream, NetworkConditions()))
        finally:
            self.close_socket(client)
            if upstream:
                self.close_socket(upstream)

    def _status_for(self, request: ProxyRequest) -> int:
        method, target, *_ = request.request_line.split(" ")
        if self._forced_status:
            return self._forced_status
        if method != "CONNECT":
            return 405
        if self._credentials:
            basic = base64.b64encode(self._credentials.encode()).decode("ascii")
            if request.headers.get("proxy-authorization") != f"Basic {basic}":
                return 407
        return 200 if target in self._routes else 502

    def _connect_upstream(self, request: ProxyRequest) -> socket.socket:
        port = self._routes[request.request_line.split(" ")[1]]
        upstream = socket.create_connection((self.host, port))
        upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.track_socket(upstream)
        return upstream

    def _run_relay(self, relay: RelayedConnection) -> None:
        with self.condition:
            self._relays.add(relay)
            if self.closing:
                relay.stop()
        try:
            relay.run()
        finally:
            with self.condition:
                self._relays.discard(relay)


def _read_request(client: socket.socket, number: int) -> ProxyRequest:
    data = b""
    while not data.endswith(b"\r\n\r\n"):  # a client sends nothing more before the response
        chunk = client.recv(1 << 16)
        if not chunk:
            raise ConnectionAbortedError
        data += chunk
    first, *rest = data[:-4].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in rest)
    return ProxyRequest(number, first, {name.lower(): value.strip() for name, _, value in pairs})

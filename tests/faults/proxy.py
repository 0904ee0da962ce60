"""An HTTP proxy for CONNECT, which leads nowhere but to the loopback."""

import base64
import socket
from collections.abc import Callable, Mapping
from typing import NamedTuple

from faults.handshakes import head
from faults.listener import Listener
from faults.relay import Line, Relay


class ProxyRequest(NamedTuple):
    """What a client asked of the proxy; the names of the headers are in lower case."""

    connection: int
    line: str
    headers: dict[str, str]


class Proxy(Listener):
    """Tunnel to the ports of `routes`, by "host:port" as the client names it; 502 for the rest.

    `credentials`, "user:password", are demanded by a 407; `status` is replied to every request.
    """

    def __init__(
        self,
        routes: Mapping[str, int],
        *,
        host: str = "127.0.0.1",
        credentials: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(host=host)
        self._routes = dict(routes)
        self._status = status
        self._credentials = credentials
        self._requests: list[ProxyRequest] = []
        self._relays: set[Relay] = set()

    @property
    def url(self) -> str:
        """Return the proxy's address, without credentials."""
        return f"http://{self.host}:{self.port}"

    @property
    def requests(self) -> list[ProxyRequest]:
        """Return what was asked so far."""
        with self.changed:
            return self._requests[:]

    def welcome(self, client: socket.socket, number: int) -> Callable[[], None]:
        """Return what replies to one request, then carries the tunnel to its end."""
        return lambda: self._serve(client, number)

    def wake(self) -> None:
        """End every tunnel."""
        with self.changed:
            for relay in self._relays:
                relay.order(relay.stop)
        super().wake()

    def _serve(self, client: socket.socket, number: int) -> None:
        upstream: socket.socket | None = None
        try:
            request = _read(client, number)
            with self.changed:
                self._requests.append(request)
                self.changed.notify_all()
            verdict = self._verdict(request)
            if verdict == 200:
                upstream = self._dial(request)
            challenge = [("Proxy-Authenticate", 'Basic realm="proxy"')] if verdict == 407 else []
            client.sendall(head(verdict, challenge))
            if upstream:
                self._tunnel(Relay(client, upstream, Line()))
        finally:
            self.release(client)
            if upstream:
                self.release(upstream)

    def _verdict(self, request: ProxyRequest) -> int:
        method, target, *_ = request.line.split(" ")
        if self._status:
            return self._status
        if method != "CONNECT":
            return 405
        if self._credentials:
            basic = base64.b64encode(self._credentials.encode()).decode("ascii")
            if request.headers.get("proxy-authorization") != f"Basic {basic}":
                return 407
        return 200 if target in self._routes else 502

    def _dial(self, request: ProxyRequest) -> socket.socket:
        port = self._routes[request.line.split(" ")[1]]
        upstream = socket.create_connection((self.host, port))
        upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.hold(upstream)
        return upstream

    def _tunnel(self, relay: Relay) -> None:
        with self.changed:
            self._relays.add(relay)
            if self.closing:
                relay.stop()
        try:
            relay.run()
        finally:
            with self.changed:
                self._relays.discard(relay)


def _read(client: socket.socket, number: int) -> ProxyRequest:
    data = b""
    while not data.endswith(b"\r\n\r\n"):  # a client says nothing more before the reply
        piece = client.recv(1 << 16)
        if not piece:
            raise ConnectionAbortedError
        data += piece
    first, *rest = data[:-4].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in rest)
    return ProxyRequest(number, first, {name.lower(): value.strip() for name, _, value in pairs})

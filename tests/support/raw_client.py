"""Clients that test the fault server: a raw one, which shows every byte, and `websockets`."""

import contextlib
import json
import socket
import ssl
from collections.abc import Iterator
from typing import Any, Self

from support.fault_server import FaultServer, Frame, Opcode, frames
from websockets.sync.client import ClientConnection, connect

MASK = b"mask"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


class RawClient:
    """A WebSocket client that shows every byte and enforces no rule."""

    def __init__(self, server: FaultServer, tls: ssl.SSLContext | None = None) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.reader = self.socket.makefile("rb")

    def upgrade(self) -> str:
        """Perform the handshake; return the head of the response."""
        lines = ["GET /v3.0/agent/rtm/ws HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket"]
        lines += ["Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}"]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        return b"".join(iter(self.reader.readline, b"\r\n")).decode()

    def send(self, opcode: int, payload: bytes = b"") -> None:
        """Send a masked frame."""
        self.socket.sendall(frames.encode(opcode, payload, mask=MASK))

    def send_request(self, action: str, request_id: str = "1") -> None:
        """Send a request."""
        request = {"action": action, "request_id": request_id, "payload": {}}
        self.send(Opcode.TEXT, json.dumps(request).encode())

    def read_exactly(self, count: int) -> bytes:
        """Read exactly `count` bytes; raise EOFError if the connection ends before."""
        data = self.reader.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def read_frame(self) -> Frame:
        """Read a frame."""
        return frames.read(self.read_exactly)

    def read_message(self) -> Any:
        """Read a JSON message of one frame."""
        return json.loads(self.read_frame().payload)

    def __enter__(self) -> Self:
        """Perform the handshake and log in."""
        self.upgrade()
        self.send_request("login", "login")
        self.read_message()
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection without a close frame."""
        self.reader.close()
        self.socket.close()


@contextlib.contextmanager
def logged_in_client(server: FaultServer, **options: Any) -> Iterator[ClientConnection]:
    """Log in with the websockets library."""
    with connect(server.url, proxy=None, **options) as client:
        send_request(client, "login", "login")
        client.recv()
        yield client


def send_request(client: ClientConnection, action: str, request_id: str = "1") -> None:
    """Send a request."""
    client.send(json.dumps({"action": action, "request_id": request_id, "payload": {}}))


def receive_message(client: ClientConnection) -> Any:
    """Receive a JSON message."""
    return json.loads(client.recv(timeout=10))


def response(action: str, request_id: object = "1", **fields: object) -> dict[str, object]:
    """Return the envelope of a successful response."""
    defaults = {"request_id": request_id, "action": action, "type": "response", "success": True}
    return {**defaults, "payload": {}, **fields}

"""A client of the RTM API, written from the documents only.

It imports nothing from the project, so that it checks the sandbox against the documents.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

Message = dict[str, Any]
TIMEOUT = 10.0  # seconds


class Client:
    """A connection, and the pushes received while waiting for something else."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.pushes: list[Message] = []
        self._ids = itertools.count(1)

    def login(self, token: str) -> Message:
        """Log in with an access token."""
        return self.call("login", {"token": f"Bearer {token}"})

    def send(self, message: Any) -> None:
        """Send a message; text and bytes are sent unchanged, other values as JSON."""
        self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def send_request(
        self, action: str, payload: Mapping[str, Any] | None = None, **envelope: Any
    ) -> str:
        """Send a request and return its id."""
        request_id = f"independent-{next(self._ids)}"
        self.send(
            {"action": action, "request_id": request_id, "payload": payload or {}, **envelope}
        )
        return request_id

    def receive(self) -> Message:
        """Wait for the next message of any kind."""
        message = json.loads(self.connection.recv(TIMEOUT))
        assert isinstance(message, dict)
        return message

    def wait_for_response(self, request_id: str) -> Message:
        """Wait for the response to a request; keep the pushes that come before it."""
        while True:
            message = self.receive()
            if message["type"] == "response" and message.get("request_id") == request_id:
                return message
            self.pushes.append(message)

    def call(
        self, action: str, payload: Mapping[str, Any] | None = None, **envelope: Any
    ) -> Message:
        """Send a request and wait for its response."""
        return self.wait_for_response(self.send_request(action, payload, **envelope))

    def result(self, action: str, **payload: Any) -> Any:
        """Send a request that must succeed; return the payload of its response."""
        response = self.call(action, payload)
        assert response["success"], response
        return response["payload"]

    def error_type(self, action: str, **payload: Any) -> str:
        """Send a request that must fail; return the type of the error."""
        response = self.call(action, payload)
        assert not response["success"], response
        return str(response["payload"]["error"]["type"])

    def drain(self) -> list[tuple[str, Any]]:
        """Return the name and payload of each push that has been sent up to now."""
        self.call("ping")
        pushes, self.pushes = self.pushes, []
        return [(push["action"], push["payload"]) for push in pushes]

    def pushes_of(self, action: str, **payload: Any) -> list[tuple[str, Any]]:
        """Send a request that must succeed; return the pushes that it causes."""
        self.drain()
        self.result(action, **payload)
        return self.drain()

    def push_names(self, action: str, **payload: Any) -> list[str]:
        """Send a request that must succeed; return the names of the pushes that it causes."""
        return [name for name, _ in self.pushes_of(action, **payload)]

    def wait_for_push(self, name: str) -> Message:
        """Return the next push of that name; drop the pushes before it."""
        while True:
            message = self.pushes.pop(0) if self.pushes else self.receive()
            if message["type"] == "push" and message["action"] == name:
                return message

    def read_until_closed(self) -> tuple[list[Message], int | None]:
        """Read until the connection ends; return the messages and the close code, if any."""
        messages = self.pushes
        try:
            while True:
                messages.append(self.receive())
        except ConnectionClosed as error:
            return messages, error.rcvd.code if error.rcvd else None


@contextmanager
def connected_client(
    url: str, token: str | None = None, *, slow_reader: bool = False
) -> Iterator[Client]:
    """Connect for the duration of the block; log in if a token is given.

    A slow reader reads from the socket only what the test asks for.
    """
    with connect(
        url,
        proxy=None,
        max_size=None,
        compression=None,
        ping_interval=None,  # only the test sends pings
        max_queue=1 if slow_reader else None,
    ) as connection:
        client = Client(connection)
        if token is not None:
            response = client.login(token)
            assert response["success"], response
        yield client

"""Steps for the handshake: the upgrade, sound or not, and HTTP replies in its place."""

import http
from collections.abc import Iterable

from faults import frames
from faults.turns import Step, Turn

Headers = Iterable[tuple[str, str]]


def upgrade(*, accept: str | None = None, headers: Headers = (), deflate: bool = False) -> Step:
    """Reply 101; `accept` replaces the proof of the key, `deflate` takes up compression if offered.

    A client that compresses is read only without context takeover, so the reply demands that.
    """
    extra = tuple(headers)

    def run(turn: Turn) -> None:
        connection = turn.connection
        asked = connection.handshake.headers
        proof = accept or frames.accept_key(asked.get("sec-websocket-key", ""))
        lines = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
        lines += [("Sec-WebSocket-Accept", proof), *extra]
        if deflate and "permessage-deflate" in asked.get("sec-websocket-extensions", ""):
            connection.deflate = True
            terms = "permessage-deflate; client_no_context_takeover; server_no_context_takeover"
            lines.append(("Sec-WebSocket-Extensions", terms))
        turn.write(head(101, lines))
        connection.upgraded = True

    return Step("upgrade", run)


def status(code: int, *, headers: Headers = (), body: str = "") -> Step:
    """Reply with an HTTP status in place of the upgrade, and end: `status(503)`."""
    content = body.encode()
    lines = [("Content-Length", str(len(content))), ("Connection", "close"), *headers]

    def run(turn: Turn) -> None:
        turn.write(head(code, lines) + content)
        turn.connection.stream.end("fin")

    return Step(f"status {code}", run)


def head(code: int, headers: Headers) -> bytes:
    """Write the head of an HTTP reply, up to the empty line."""
    first = f"HTTP/1.1 {code} {http.HTTPStatus(code).phrase}"
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")

"""Steps for the handshake: the upgrade, valid or not, and other HTTP responses."""

import http
from collections.abc import Iterable

from support.fault_server import frames
from support.fault_server.script import Step, StepContext

Headers = Iterable[tuple[str, str]]


def upgrade(*, accept: str | None = None, headers: Headers = (), deflate: bool = False) -> Step:
    """Respond with 101; `accept` replaces the value of Sec-WebSocket-Accept.

    `deflate` accepts compression if the client offers it, without context takeover: `frames` cannot
    decompress other messages.
    """
    extra = tuple(headers)

    def run(context: StepContext) -> None:
        connection = context.connection
        request_headers = connection.handshake.headers
        accept_value = accept or frames.accept_key(request_headers.get("sec-websocket-key", ""))
        lines = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
        lines += [("Sec-WebSocket-Accept", accept_value), *extra]
        if deflate and "permessage-deflate" in request_headers.get("sec-websocket-extensions", ""):
            connection.deflate = True
            extension = "permessage-deflate; client_no_context_takeover; server_no_context_takeover"
            lines.append(("Sec-WebSocket-Extensions", extension))
        context.write(response_head(101, lines))
        connection.upgraded = True

    return Step("upgrade", run)


def http_response(status_code: int, *, headers: Headers = (), body: str = "") -> Step:
    """Respond with an HTTP status instead of the upgrade, and close: `http_response(503)`."""
    content = body.encode()
    lines = [("Content-Length", str(len(content))), ("Connection", "close"), *headers]

    def run(context: StepContext) -> None:
        context.write(response_head(status_code, lines) + content)
        context.connection.stream.request_end("fin")

    return Step(f"status {status_code}", run)


def response_head(status_code: int, headers: Headers) -> bytes:
    """Return the head of an HTTP response, up to the empty line."""
    first = f"HTTP/1.1 {status_code} {http.HTTPStatus(status_code).phrase}"
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")

"""The opening handshake of a WebSocket: a request, and the one reply that is plainly a yes.

Nearly every reply is the plain yes that RFC 6455 (4.2.2) shows, and to see that takes a few lines.
One with another status than 101 is a no, whatever body it may have. Any other is judged by
`websockets`, which is loaded for that alone: it takes longer to load than a whole call lasts.
"""

import binascii
import os
import re
from typing import TYPE_CHECKING

try:
    from _sha1 import sha1  # type: ignore[import-not-found]  # without OpenSSL: 4 ms to load
except ImportError:  # another Python
    from hashlib import sha1

from rtmcli import __version__
from rtmcli.errors import AuthError
from rtmcli.session.endpoint import Endpoint
from rtmcli.session.failure import Failed

if TYPE_CHECKING:
    from websockets.client import ClientProtocol

HTTP_REPLY = rb"HTTP/1\.[01] ([0-9]{3})[ \r]"  # begins so
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HTTP = b"HTTP/1."
_YES = b"HTTP/1.1 101 "
_SWITCHING_PROTOCOLS = 101
_END = b"\r\n\r\n"
_LIMIT = 16 * 1024  # bytes of a head that is looked at here
_MOST = 100  # headers of it
_EXPECTED = {b"upgrade": b"websocket", b"connection": b"upgrade"}
_UNWANTED = (b"sec-websocket-extensions", b"sec-websocket-protocol")
_UNAUTHORIZED = (401, 403)
_PASSING = (429, 500, 502, 503, 504)


class Handshake:
    """One opening handshake; `request` is to be sent, `rest` is what came behind the yes."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.rest = b""
        self._endpoint = endpoint
        self._key = binascii.b2a_base64(os.urandom(16), newline=False)
        self._reply = b""
        self._judge: ClientProtocol | None = None
        host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
        port = "" if endpoint.port == (443 if endpoint.secure else 80) else f":{endpoint.port}"
        self.request = (
            f"GET {endpoint.resource} HTTP/1.1\r\nHost: {host}{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {self._key.decode()}\r\nUser-Agent: rtm/{__version__}\r\n\r\n"
        ).encode()

    def feed(self, data: bytes) -> bool:
        """Take what has come, b"" at the end of the stream; tell whether the server agreed.

        Raises:
            Failed: the server refused.
            AuthError: it refused for the lack of an authorization.

        """
        if not self._judge:
            self._reply += data
            head, end, rest = self._reply.partition(_END)
            if end and self._is_plain_yes(head):
                self.rest = rest
                return True
            if end:
                self._heed_status(head)
            elif data and self._may_be_a_head():
                return False
            self._judge = self._make_judge()
            self._show(self._judge, self._reply)
        elif data:
            self._show(self._judge, data)
        if not data:
            self._judge.receive_eof()
        if self._judge.handshake_exc:
            raise _refusal(self._endpoint.address, self._judge.handshake_exc)
        return bool(self._judge.events_received())

    def _is_plain_yes(self, head: bytes) -> bool:
        status, *lines = head.split(b"\r\n")
        headers = {}
        for line in lines:
            name, colon, value = line.partition(b":")
            headers[name.lower()] = value.strip(b" \t")
            if not colon or not name.replace(b"-", b"").isalnum():
                return False
        accept = sha1(self._key + _GUID, usedforsecurity=False).digest()
        return (
            status.startswith(_YES)
            and len(lines) <= _MOST
            and len(headers) == len(lines)  # none twice
            and all(headers.get(name, b"").lower() == word for name, word in _EXPECTED.items())
            and headers.get(b"sec-websocket-accept") == binascii.b2a_base64(accept, newline=False)
            and not any(name in headers for name in _UNWANTED)
        )

    def _heed_status(self, head: bytes) -> None:
        """Raise what a reply means that is no 101; its body may never end, and is not awaited."""
        found = re.match(HTTP_REPLY, head + _END)
        if found and int(found[1]) != _SWITCHING_PROTOCOLS:
            raise _refused(self._endpoint.address, int(found[1]))

    def _may_be_a_head(self) -> bool:
        begins = self._reply.startswith(_HTTP) or _HTTP.startswith(self._reply)
        return begins and len(self._reply) < _LIMIT

    def _make_judge(self) -> "ClientProtocol":
        from websockets.client import ClientProtocol  # noqa: PLC0415  # see the top of this file
        from websockets.uri import WebSocketURI  # noqa: PLC0415

        path, _, query = self._endpoint.resource.partition("?")
        endpoint = self._endpoint
        judge = ClientProtocol(
            WebSocketURI(endpoint.secure, endpoint.host, endpoint.port, path, query)
        )
        judge.key = self._key.decode()
        judge.send_request(judge.connect())
        return judge

    def _show(self, judge: "ClientProtocol", data: bytes) -> None:
        """Show data line by line, so that no frame behind the yes goes to the judge."""
        for line in data.splitlines(keepends=True):
            if judge.events:
                self.rest += line
            else:
                judge.receive_data(line)


def _refused(address: str, code: int) -> Exception:
    what = f"{address} refused the connection with HTTP {code}"
    return AuthError(what) if code in _UNAUTHORIZED else Failed(what, passing=code in _PASSING)


def _refusal(address: str, error: Exception) -> Exception:
    from websockets.exceptions import InvalidHandshake, InvalidStatus  # noqa: PLC0415  # as above

    if isinstance(error, InvalidStatus):
        return _refused(address, error.response.status_code)
    if isinstance(error.__cause__, EOFError):
        return Failed(f"{address} closed the connection during the handshake", passing=True)
    what = type(error).__name__ if isinstance(error, InvalidHandshake) else "no WebSocket"
    return Failed(f"{address} is no WebSocket server ({what})", passing=False)

"""The opening handshake of a WebSocket connection (RFC 6455, 4.2.2).

The usual response with status 101 is checked here, in a few lines, and so is any other status,
whatever its body. `websockets` checks the rest; it is loaded only then, because loading it takes
longer than a whole call.
"""

import binascii
import os
import re
import time
from typing import TYPE_CHECKING

try:
    from _sha1 import sha1  # type: ignore[import-not-found]  # without OpenSSL: 4 ms to load
except ImportError:  # another Python
    from hashlib import sha1

from rtmcli import __version__
from rtmcli.errors import ConnectFailed

if TYPE_CHECKING:
    from websockets.client import ClientProtocol

_RETRY_AFTER = rb"(?im)^retry-after:[ \t]*([^\r\n]*?)[ \t]*\r?$"
HTTP_STATUS_LINE = rb"HTTP/1\.[01] ([0-9]{3})[ \r]"  # its beginning
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HTTP_PREFIX = b"HTTP/1."
_STATUS_101_PREFIX = b"HTTP/1.1 101 "
_SWITCHING_PROTOCOLS = 101
_HEAD_END = b"\r\n\r\n"
_MAX_HEAD_SIZE = 16 * 1024  # bytes of the status line and headers
_MAX_HEADERS = 100
_REQUIRED_HEADERS = {b"upgrade": b"websocket", b"connection": b"upgrade"}
_FORBIDDEN_HEADERS = (b"sec-websocket-extensions", b"sec-websocket-protocol")
NOT_SERVED_STATUSES = (404, 410)  # the server has no such version of the API
# RFC 9745, and the vendor's own: the day from which the version is not supported, or not served
_LIFECYCLE_HEADER = rb"(?im)^(deprecation|legacy):[ \t]*([ -~]{1,100}?)[ \t]*\r?$"
# 401 and 403 come from a proxy or a gateway: the handshake carries no token, the login does.
_TRANSIENT_STATUSES = (401, 403, 429, 500, 502, 503, 504)


class Handshake:
    """One opening handshake: send `request`, then `feed` the response.

    `resource` is a path and query; `address` names the server in errors. `trailing_data` is what
    follows the response.
    """

    def __init__(self, resource: str, host: str, address: str) -> None:
        self.trailing_data = b""
        self.lifecycle: dict[str, str] = {}  # header that announces the version's end -> its value
        self._address = address
        self._key = binascii.b2a_base64(os.urandom(16), newline=False)
        self._buffer = b""
        self._fallback: ClientProtocol | None = None
        self.request = (
            f"GET {resource} HTTP/1.1\r\nHost: {host}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {self._key.decode()}\r\nUser-Agent: rtm/{__version__}\r\n\r\n"
        ).encode()

    def feed(self, data: bytes) -> bool:
        """Parse received data, b"" at the end of the stream; return True if the server accepted.

        Raises:
            ConnectFailed: the server refused.

        """
        if not self._fallback:
            self._buffer += data
            head, end, trailing = self._buffer.partition(_HEAD_END)
            if end and self._is_plain_upgrade(head):
                self.trailing_data = trailing
                self.lifecycle = {
                    name.decode().lower(): value.decode()
                    for name, value in re.findall(_LIFECYCLE_HEADER, head)
                }
                return True
            if end:
                self._raise_for_status(head)
            elif data and self._may_be_http():
                return False
            self._fallback = self._create_fallback()
            self._feed_fallback(self._fallback, self._buffer)
        elif data:
            self._feed_fallback(self._fallback, data)
        if not data:
            self._fallback.receive_eof()
        if self._fallback.handshake_exc:
            raise _handshake_error(self._address, self._fallback.handshake_exc)
        return bool(self._fallback.events_received())

    def _is_plain_upgrade(self, head: bytes) -> bool:
        status, *lines = head.split(b"\r\n")
        headers = {}
        for line in lines:
            name, colon, value = line.partition(b":")
            headers[name.lower()] = value.strip(b" \t")
            if not colon or not name.replace(b"-", b"").isalnum():
                return False
        accept = sha1(self._key + _GUID, usedforsecurity=False).digest()
        return (
            status.startswith(_STATUS_101_PREFIX)
            and len(lines) <= _MAX_HEADERS
            and len(headers) == len(lines)  # no duplicates
            and all(
                headers.get(name, b"").lower() == word for name, word in _REQUIRED_HEADERS.items()
            )
            and headers.get(b"sec-websocket-accept") == binascii.b2a_base64(accept, newline=False)
            and not any(name in headers for name in _FORBIDDEN_HEADERS)
        )

    def _raise_for_status(self, head: bytes) -> None:
        """Raise an error for any status but 101, without waiting for the body."""
        match = re.match(HTTP_STATUS_LINE, head + _HEAD_END)
        if match and int(match[1]) != _SWITCHING_PROTOCOLS:
            raise _status_error(self._address, int(match[1]), retry_after(head))

    def _may_be_http(self) -> bool:
        has_prefix = self._buffer.startswith(_HTTP_PREFIX) or _HTTP_PREFIX.startswith(self._buffer)
        return has_prefix and len(self._buffer) < _MAX_HEAD_SIZE

    def _create_fallback(self) -> "ClientProtocol":
        from websockets.client import ClientProtocol  # see the module docstring
        from websockets.uri import WebSocketURI

        protocol = ClientProtocol(WebSocketURI(secure=False, host="", port=0, path="", query=""))
        protocol.key = self._key.decode()
        protocol.send_request(protocol.connect())
        return protocol

    def _feed_fallback(self, protocol: "ClientProtocol", data: bytes) -> None:
        """Feed data line by line, so that frames after the response are not parsed as HTTP."""
        for line in data.splitlines(keepends=True):
            if protocol.events:
                self.trailing_data += line
            else:
                protocol.receive_data(line)


def retry_after(head: bytes) -> float:
    """Return the seconds that the header `Retry-After` of an HTTP response asks for, or 0."""
    match = re.search(_RETRY_AFTER, head)
    value = match[1].decode("ascii", "replace") if match else ""
    if re.fullmatch("[0-9]{1,9}", value):
        return float(value)
    return max(0.0, _http_date(value) - time.time()) if value else 0.0


def _http_date(text: str) -> float:
    from email.utils import parsedate_to_datetime  # rarely needed

    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _status_error(address: str, status: int, min_delay: float = 0.0) -> Exception:
    message = f"{address} refused the connection with HTTP {status}"
    if min_delay:
        message += f" (Retry-After: {min_delay:.0f} s)"
    error = ConnectFailed(message, transient=status in _TRANSIENT_STATUSES, min_delay=min_delay)
    error.http_status = status
    return error


def _handshake_error(address: str, error: Exception) -> Exception:
    from websockets.exceptions import InvalidHandshake, InvalidStatus  # loaded already

    if isinstance(error, InvalidStatus):
        return _status_error(address, error.response.status_code)
    if isinstance(error.__cause__, EOFError):
        return ConnectFailed(
            f"{address} closed the connection during the handshake", transient=True
        )
    detail = type(error).__name__ if isinstance(error, InvalidHandshake) else "unexpected response"
    return ConnectFailed(f"{address} is not a WebSocket server ({detail})", transient=False)

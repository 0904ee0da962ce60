"""The frame log: a JSON line for each frame, with tokens redacted."""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from websockets.frames import Opcode

from rtmcli.protocol import escaping, json_codec
from rtmcli.protocol.redaction import Redactor
from rtmcli.sandbox.server.member_redaction import redact_invalid_json, redact_members

_FIN, _OPCODE = 0x80, 0x0F  # RFC 6455, 5.2
_HEADER_SIZES = {126: 4, 127: 10}  # bytes of a frame's header, by its first length


class FrameLog:
    """A log of received and sent frames, in order."""

    def __init__(
        self,
        file: BinaryIO,
        tokens: Iterable[str],
        clock: Callable[[], float] = time.time,
        on_error: Callable[[OSError], None] = lambda _: None,
    ) -> None:
        """Write to an open file and redact `tokens` wherever they occur in a frame.

        If a line cannot be written, `on_error` is called once and logging stops; the log then ends
        with the last complete line.
        """
        self._file: BinaryIO | None = file
        self._on_error = on_error
        self._redactor = Redactor(tokens)
        self._clock = clock

    def redact(self, tokens: Iterable[str]) -> None:
        """Redact these tokens from now on, in place of the others."""
        self._redactor = Redactor(tokens)

    def log_received(self, connection_id: int, opcode: Opcode, data: bytes, *, fin: bool) -> None:
        """Log a frame from the client; for the last fragment, `data` is the whole message."""
        self._write_record(connection_id, "in", opcode, data, fin=fin)

    def log_sent(self, connection_id: int, frames: Iterable[bytes]) -> None:
        """Log encoded frames from the server; skip other data, such as the handshake."""
        for frame in frames:
            if frame and frame[0] & _FIN:
                data = frame[_HEADER_SIZES.get(frame[1], 2) :]
                self._write_record(connection_id, "out", Opcode(frame[0] & _OPCODE), data, fin=True)

    def _write_record(
        self, connection_id: int, direction: str, opcode: Opcode, data: bytes, *, fin: bool
    ) -> None:
        if self._file is None:
            return
        record: dict[str, Any] = {
            "time": round(self._clock(), 6),
            "connection": connection_id,
            "direction": direction,
            "opcode": opcode.name.lower(),
        }
        if not fin:
            # A token split between fragments could not be redacted.
            record |= {"fin": fin, "bytes": len(data)}
        else:
            record |= _describe_content(opcode, data)
        line = self._redactor.redact_json(escaping.escape_json(json_codec.dumps(record))) + b"\n"
        rest = line
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            _remove_last_bytes(self._file, len(line) - len(rest))
            self._file = None
            self._on_error(error)


def _remove_last_bytes(file: BinaryIO, count: int) -> None:
    """Remove the beginning of a line that did not fit, unless another process appended to it."""
    with suppress(OSError):  # not a regular file, or one that can no longer be accessed
        end = file.tell()
        if end == os.fstat(file.fileno()).st_size:
            file.truncate(end - count)


def _describe_content(opcode: Opcode, data: bytes) -> dict[str, Any]:
    if opcode is Opcode.CLOSE:
        return {"code": int.from_bytes(data[:2])} if data else {}
    try:
        return {"message": redact_members(json_codec.loads(data))}
    except (json_codec.JSONError, UnicodeDecodeError):
        text = data.decode("utf-8", "backslashreplace")
        return {"text": redact_invalid_json(text)} if text else {}


def open_log(path: Path) -> BinaryIO:
    """Open a log for unbuffered appending; create it with mode 0600. Raise OSError."""
    path.touch(mode=0o600)
    return path.open("ab", buffering=0)

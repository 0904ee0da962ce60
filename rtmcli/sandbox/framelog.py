"""The log of frames: one JSON line each, without any token."""

import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from websockets.frames import Opcode

from rtmcli.catalogue import API
from rtmcli.protocol import escaping, values
from rtmcli.protocol.masking import MASK, Mask

HIDDEN = MASK.decode()
_SECRETS = frozenset(
    param.path.rpartition(".")[2]
    for method in API.methods.values()
    for param in method.params
    if param.secret
)
_FIN, _OPCODE = 0x80, 0x0F  # RFC 6455, 5.2
_HEADERS = {126: 4, 127: 10}  # bytes of a frame's header, by its first length
_IN_TEXT = re.compile(
    rf'("(?:{"|".join(_SECRETS)})"\s*:\s*)"(?:[^"\\]|\\.)*"?|\b(Bearer|Basic)\s+[^\s"\\]+',
    re.DOTALL,
)


class FrameLog:
    """A file of frames, in the order in which they came and went."""

    def __init__(
        self,
        file: BinaryIO,
        tokens: Iterable[str],
        clock: Callable[[], float] = time.time,
        failed: Callable[[OSError], None] = lambda _: None,
    ) -> None:
        """Write to an open file; `tokens` appear nowhere in it, whatever a frame holds.

        The log ends where a line cannot be written: then `failed` is told why.
        """
        self._file: BinaryIO | None = file
        self._failed = failed
        self._mask = Mask(tokens)
        self._clock = clock

    def came(self, connection: int, opcode: Opcode, content: bytes, *, fin: bool) -> None:
        """Note a frame of the client; that of a last fragment is shown with the whole message."""
        self._note(connection, "in", opcode, content, fin=fin)

    def went(self, connection: int, writes: Iterable[bytes]) -> None:
        """Note frames of the server, as they are on the wire; what is no frame is left out."""
        for write in writes:
            if write and write[0] & _FIN:
                content = write[_HEADERS.get(write[1], 2) :]
                self._note(connection, "out", Opcode(write[0] & _OPCODE), content, fin=True)

    def _note(
        self, connection: int, direction: str, opcode: Opcode, content: bytes, *, fin: bool
    ) -> None:
        if self._file is None:
            return
        line: dict[str, Any] = {
            "time": round(self._clock(), 6),
            "connection": connection,
            "direction": direction,
            "opcode": opcode.name.lower(),
        }
        if not fin:
            line |= {"fin": fin, "bytes": len(content)}  # in a part, a token could not be told
        else:
            line |= _readable(opcode, content)
        data = self._mask.hide(escaping.in_json(values.dump(line))) + b"\n"
        try:
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            self._file = None
            self._failed(error)


def _readable(opcode: Opcode, content: bytes) -> dict[str, Any]:
    if opcode is Opcode.CLOSE:
        return {"code": int.from_bytes(content[:2])} if content else {}
    try:
        return {"message": _masked(values.load(content))}
    except (values.BadJson, UnicodeDecodeError):
        text = content.decode("utf-8", "backslashreplace")
        return {"text": _IN_TEXT.sub(_hide, text)} if text else {}


def _hide(found: re.Match[str]) -> str:
    return f'{found[1]}"{HIDDEN}"' if found[1] else f"{found[2]} {HIDDEN}"


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: HIDDEN if key in _SECRETS else _masked(item) for key, item in value.items()}


def open_log(path: Path) -> BinaryIO:
    """Open a log to append to, a new one readable only by its owner; lines are written at once.

    Raises OSError.
    """
    path.touch(mode=0o600)
    return path.open("ab", buffering=0)

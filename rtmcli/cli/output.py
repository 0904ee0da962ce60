"""Standard output: JSON values and nothing else, whole or not at all."""

import io
import os
import re
import select
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from rtmcli.cli.report import HIDDEN
from rtmcli.errors import NotWritten, UsageError
from rtmcli.protocol import escaping

STDOUT = 1
_TOKENS = rb'("(?:[^"\\]|\\.)*")(\s*:)?|(-?[0-9][0-9.eE+-]*)|(true|false|null)'
_KEY, _STRING, _NUMBER, _WORD, _END = (
    b"\x1b[34;1m",
    b"\x1b[32m",
    b"\x1b[36m",
    b"\x1b[35m",
    b"\x1b[0m",
)


class ClosedPipe(Exception):
    """Whoever read standard output is gone; there is nobody to tell."""


class Output:
    """Where results go, and how they look."""

    def __init__(self, options: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        """Read the options of the group `OUTPUT`."""
        terminal = os.isatty(STDOUT)
        if options.get("compact") and options.get("pretty"):
            raise UsageError("--compact and --pretty exclude each other")
        self.pretty = bool(options.get("pretty") or (terminal and not options.get("compact")))
        sees = terminal and self.pretty
        self.color = wants_color(options.get("color"), environ, terminal=sees)
        self.quiet = bool(options.get("quiet"))
        self._indented_items = bool(options.get("pretty"))

    def value(self, value: Any, *, done: str = "") -> None:
        """Print one value; `done` says what has happened already, should this fail."""
        if self.quiet:
            return
        write(self._text(value, indented=self.pretty), done=done)

    def items(self, items: Iterable[Any]) -> None:
        """Print many values at once, one line each, even on a terminal; `--pretty` indents them."""
        if not self.quiet:
            write(b"".join(self._text(item, indented=self._indented_items) for item in items))

    def _text(self, value: Any, *, indented: bool) -> bytes:
        from rtmcli.protocol import values  # noqa: PLC0415  # loads orjson

        text = values.dump_indented(value) if indented else values.dump(value)
        text = HIDDEN.hide(escaping.in_json(text))
        return (colored(text) if self.color else text) + b"\n"


def write(data: bytes, *, done: str = "") -> None:
    """Write bytes to standard output, all of them.

    Raises:
        ClosedPipe: nobody reads them.
        NotWritten: they cannot be written; the message begins with `done`.

    """
    check_open()
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(STDOUT, view) :]
        except BlockingIOError:  # somebody else made it so; it takes more later
            select.select([], [STDOUT], [])
        except BrokenPipeError:
            raise ClosedPipe from None
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise NotWritten(f"{done}standard output not written: {why}") from None


class Text(io.RawIOBase):
    """Standard output for those who print text: it fails as `write` does."""

    name = "<stdout>"

    def writable(self) -> bool:
        """Say yes."""
        return True

    def isatty(self) -> bool:
        """Tell whether a person looks on."""
        return os.isatty(STDOUT)

    def write(self, data: Any) -> int:
        """Write bytes, all of them."""
        write(bytes(data))
        return len(data)


def text_stream() -> io.TextIOWrapper:
    """Return what takes the place of `sys.stdout`; it is UTF-8 whatever the locale."""
    return io.TextIOWrapper(Text(), "utf-8", write_through=True)


def check_open() -> None:
    """Raise `NotWritten` where standard output was closed before the start."""
    if sys.__stdout__ is None:
        raise NotWritten("standard output is closed, so nothing was sent")


def wants_color(choice: str | None, environ: Mapping[str, str], *, terminal: bool) -> bool:
    """Decide on colours; `NO_COLOR` counts unless `--color always` is given."""
    if choice in ("always", "never"):
        return choice == "always"
    return terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def colored(text: bytes) -> bytes:
    """Colour JSON."""

    def paint(found: re.Match[bytes]) -> bytes:
        string, colon, number, word = found.groups()
        if string and colon:
            return _KEY + string + _END + colon
        style = _STRING if string else _NUMBER if number else _WORD
        return style + (string or number or word) + _END

    return re.sub(_TOKENS, paint, text)

"""Standard output: JSON values and nothing else, whole or not at all."""

import io
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from rtmcli.cli.io.stderr import redactor
from rtmcli.cli.io.writer import STDOUT, StdoutWriter
from rtmcli.errors import NotWritten, UsageError
from rtmcli.protocol import escaping

_JSON_TOKEN = rb'("(?:[^"\\]|\\.)*")(\s*:)?|(-?[0-9][0-9.eE+-]*)|(true|false|null)'
_KEY_COLOR, _STRING_COLOR, _NUMBER_COLOR, _LITERAL_COLOR, _RESET = (
    b"\x1b[34;1m",
    b"\x1b[32m",
    b"\x1b[36m",
    b"\x1b[35m",
    b"\x1b[0m",
)


class ResultPrinter:
    """Where results go, and how they look."""

    def __init__(self, options: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        """Read the options of the group `OUTPUT`."""
        is_tty = os.isatty(STDOUT)
        if options.get("compact") and options.get("pretty"):
            raise UsageError("--compact and --pretty exclude each other")
        self.pretty = bool(options.get("pretty") or (is_tty and not options.get("compact")))
        is_pretty_tty = is_tty and self.pretty
        self.color = use_color(options.get("color"), environ, is_tty=is_pretty_tty)
        self.quiet = bool(options.get("quiet"))
        self._pretty_items = bool(options.get("pretty"))

    def print_value(self, value: Any, *, error_prefix: str = "") -> None:
        """Print one value; `done` says what has happened already, should this fail."""
        if self.quiet:
            return
        write(self._format(value, pretty=self.pretty), error_prefix=error_prefix)

    def print_items(self, items: Iterable[Any]) -> None:
        """Print many values at once, one line each, even on a terminal; `--pretty` indents them."""
        if not self.quiet:
            write(b"".join(self._format(item, pretty=self._pretty_items) for item in items))

    def _format(self, value: Any, *, pretty: bool) -> bytes:
        from rtmcli.protocol import json_codec  # loads orjson

        text = json_codec.dumps_pretty(value) if pretty else json_codec.dumps(value)
        text = redactor.redact_json(escaping.escape_json(text))
        return (colorize(text) if self.color else text) + b"\n"


def write(data: bytes, *, error_prefix: str = "") -> None:
    """Write bytes to standard output, all of them.

    Raises:
        ReaderGone: the reader is gone.
        NotWritten: they cannot be written; `error_prefix` begins the message.

    """
    check_stdout_open()
    try:
        with StdoutWriter(STDOUT) as writer:
            writer.write(data)
    except NotWritten as error:
        raise NotWritten(error_prefix + error.message) from None


class RawStdout(io.RawIOBase):
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


def make_text_stdout() -> io.TextIOWrapper:
    """Return what takes the place of `sys.stdout`; it is UTF-8 whatever the locale."""
    return io.TextIOWrapper(RawStdout(), "utf-8", write_through=True)


def check_stdout_open() -> None:
    """Raise `NotWritten` where standard output was closed before the start."""
    if sys.__stdout__ is None:
        raise NotWritten("standard output is closed, so nothing was sent")


def use_color(choice: str | None, environ: Mapping[str, str], *, is_tty: bool) -> bool:
    """Decide on colours; `NO_COLOR` counts unless `--color always` is given."""
    if choice in ("always", "never"):
        return choice == "always"
    return is_tty and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def colorize(text: bytes) -> bytes:
    """Colour JSON."""

    def colorize_token(match: re.Match[bytes]) -> bytes:
        string, colon, number, literal = match.groups()
        if string and colon:
            return _KEY_COLOR + string + _RESET + colon
        color = _STRING_COLOR if string else _NUMBER_COLOR if number else _LITERAL_COLOR
        return color + (string or number or literal) + _RESET

    return re.sub(_JSON_TOKEN, colorize_token, text)

"""Results on standard output: how JSON values are formatted and colored."""

import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from rtmcli.cli.io.stderr import redactor
from rtmcli.cli.io.terminal import RESET, use_color
from rtmcli.cli.io.writer import STDOUT, StdoutWriter
from rtmcli.errors import NotWritten, UsageError
from rtmcli.protocol import escaping

_JSON_TOKEN = rb'("(?:[^"\\]|\\.)*")(\s*:)?|(-?[0-9][0-9.eE+-]*)|(true|false|null)'
_KEY_COLOR = b"\x1b[34;1m"
_STRING_COLOR = b"\x1b[32m"
_NUMBER_COLOR = b"\x1b[36m"
_LITERAL_COLOR = b"\x1b[35m"
_RESET = RESET.encode()


class OutputFormat(NamedTuple):
    """How results are formatted, if not as JSON."""

    format_response: Callable[[Any], bytes]  # takes the payload
    format_items: Callable[[Iterable[Any]], bytes] | None = None  # takes a page of a list


class ResultPrinter:
    """Prints results, formatted as the options say; as JSON unless it has another format."""

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
        self.output_format: OutputFormat | None = None

    def print_value(self, value: Any, *, error_prefix: str = "") -> None:
        """Print one value; `error_prefix` begins the message if that fails."""
        if self.quiet:
            return
        data = (
            self.output_format.format_response(value)
            if self.output_format
            else self._format(value, pretty=self.pretty)
        )
        write(data, error_prefix=error_prefix)

    def print_items(self, items: Iterable[Any]) -> None:
        """Print many values, one line each; only `--pretty` indents them, not a terminal."""
        if self.quiet:
            return
        if self.output_format and self.output_format.format_items:
            write(self.output_format.format_items(items))
        else:
            write(b"".join(self._format(item, pretty=self._pretty_items) for item in items))

    def _format(self, value: Any, *, pretty: bool) -> bytes:
        from rtmcli.protocol import json_codec  # loads orjson

        text = json_codec.dumps_pretty(value) if pretty else json_codec.dumps(value)
        text = redactor.redact_json(escaping.escape_json(text))
        return (colorize(text) if self.color else text) + b"\n"


def write(data: bytes, *, error_prefix: str = "") -> None:
    """Write all bytes to standard output, as fast as they are read.

    Raises:
        ReaderGone: the reader is gone.
        NotWritten: they cannot be written; `error_prefix` begins the message.

    """
    check_stdout_open()
    writer = StdoutWriter(STDOUT)
    try:
        writer.write(data)
        writer.drain_within_limit()
    except NotWritten as error:
        raise NotWritten(error_prefix + error.message) from None
    finally:
        writer.close()


class RawStdout(io.RawIOBase):
    """Standard output for code that prints text: it raises what `write` raises."""

    name = "<stdout>"

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return whether standard output is a terminal."""
        return os.isatty(STDOUT)

    def write(self, data: Any) -> int:
        """Write all bytes."""
        write(bytes(data))
        return len(data)


def make_text_stdout() -> io.TextIOWrapper:
    """Return a replacement for `sys.stdout`, in UTF-8 whatever the locale."""
    return io.TextIOWrapper(RawStdout(), "utf-8", write_through=True)


def check_stdout_open() -> None:
    """Raise `NotWritten` if standard output was closed before the process started."""
    if sys.__stdout__ is None:
        raise NotWritten("standard output is closed, so nothing was sent")


def colorize(text: bytes) -> bytes:
    """Add color sequences to JSON text."""

    def colorize_token(match: re.Match[bytes]) -> bytes:
        string, colon, number, literal = match.groups()
        if string and colon:
            return _KEY_COLOR + string + _RESET + colon
        color = _STRING_COLOR if string else _NUMBER_COLOR if number else _LITERAL_COLOR
        return color + (string or number or literal) + _RESET

    return re.sub(_JSON_TOKEN, colorize_token, text)

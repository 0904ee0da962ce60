"""Read payloads from the command line: JSON text, `@FILE`, or `-` for standard input."""

import fcntl
import os
import stat
import sys
import termios
from contextlib import suppress
from typing import Any

from rtmcli import files
from rtmcli.cli.io import stderr
from rtmcli.errors import UsageError, os_error_text
from rtmcli.protocol import json_codec

STDIN = 0
_LOCAL_FLAGS = 3  # index in what `tcgetattr` returns
_claims: list[str] = []  # what reads standard input, in this process
_MAX_BYTES = 64 * 1024 * 1024  # bytes of one payload


def read_value(text: str | None) -> Any:
    """Read one payload: `-` or `@-`, `@FILE` or JSON text; None is an empty object."""
    if text is None:
        return {}
    if text == "-":
        return parse_json(_read_stdin("the payload"), "standard input")
    if text.startswith("@"):
        source = "standard input" if text == "@-" else text[1:]
        return parse_json(read_file(text[1:]), source)
    return parse_json(text.encode("utf-8", "surrogateescape"), "PAYLOAD")


def parse_json(data: bytes, source: str) -> Any:
    """Parse one JSON value of the user; raise `UsageError`, which names the source."""
    try:
        return json_codec.loads_strict(data)
    except json_codec.JSONError as error:
        raise UsageError(f"{source} is not valid JSON: {error}") from None


def array_hint(value: Any) -> str:
    """Return what to do with an array in the place of a stream of objects."""
    if not isinstance(value, list):
        return ""
    return "; to make a call for each item of an array, pipe it through jq -c '.[]'"


def expand_file(text: str) -> str:
    """Replace `@FILE` by the contents of the file; return other text unchanged."""
    if not text.startswith("@"):
        return text
    return read_file(text[1:]).decode("utf-8", "surrogateescape")


def read_file(path: str) -> bytes:
    """Read a file that the command line names; raise `UsageError` if that fails."""
    if not path:
        raise UsageError("@ needs a file name: @FILE")
    if path == "-":
        return _read_stdin(_FLAG_VALUE)
    try:
        return files.read_file(path, _MAX_BYTES).data
    except OSError as error:
        raise UsageError(f"{path}: {os_error_text(error)}") from None


def read_text_file(path: str) -> str:
    """Read a text from a file, `-` for standard input, without one final line end.

    An empty text is refused: it is what a command leaves in a pipe that failed.
    """
    source = "standard input" if path == "-" else path
    data = _read_stdin("the text", "text") if path == "-" else read_file(path)
    if json_codec.is_utf_16(data) or b"\0" in data[:2]:
        raise UsageError(f"{source}: {json_codec.UTF_16_ERROR}")
    try:
        text = data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is not UTF-8: byte {error.start + 1}") from None
    if text.endswith("\n"):
        text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise UsageError(f"{source} is empty, so there is no text to send")
    return text


def stdin_is_piped() -> bool:
    """Return whether standard input is a pipe or a file."""
    try:
        mode = os.fstat(STDIN).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def prompt_if_tty(name: str = "JSON") -> None:
    """Say on a terminal that standard input is being read; `name` says what it should be."""
    if os.isatty(STDIN) and os.isatty(stderr.STDERR):
        stderr.write_line(
            f"rtm: reading {name} from the terminal; press Ctrl-D on an empty line to end it"
        )


_FLAG_VALUE = "a value (@-)"


def claim_stdin(user: str) -> None:
    """Raise `UsageError` if something else reads standard input already."""
    if _claims and (user != _claims[0] or user == _FLAG_VALUE):
        raise UsageError(f"standard input cannot be both {_claims[0]} and {user}")
    _claims.append(user)


def has_waiting_input() -> bool:
    """Return whether standard input is a pipe with data that nothing has read yet."""
    try:
        if not stat.S_ISFIFO(os.fstat(STDIN).st_mode):
            return False
        count = fcntl.ioctl(STDIN, termios.FIONREAD, bytes(4))
    except OSError:
        return False
    return any(count)


def _read_stdin(user: str, name: str = "JSON") -> bytes:
    claim_stdin(user)
    if sys.stdin is None:
        raise UsageError("standard input is closed; - cannot read it")
    prompt_if_tty(name)
    try:
        return files.read_descriptor(STDIN, _MAX_BYTES)
    except OSError as error:
        raise UsageError(f"standard input: {os_error_text(error)}") from None


def read_hidden_line(prompt: bytes) -> bytes:
    """Ask on the terminal for a line without showing it; return b"" at the end of input."""
    try:
        fd = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # standard input is a terminal that does not control this process
        fd = os.dup(STDIN)
    try:
        original = termios.tcgetattr(fd)
        hidden = [*original]
        hidden[_LOCAL_FLAGS] &= ~termios.ECHO
        termios.tcflush(fd, termios.TCIFLUSH)
        termios.tcsetattr(fd, termios.TCSANOW, hidden)
        try:
            with suppress(OSError):
                os.write(fd, prompt)
            line = b""
            while not line.endswith(b"\n") and (chunk := files.read_chunk(fd)):
                line += chunk
        finally:
            with suppress(termios.error, OSError):  # the terminal hung up
                termios.tcsetattr(fd, termios.TCSANOW, original)
                os.write(fd, b"\n")
    except (termios.error, OSError) as error:
        raise UsageError(f"the terminal: {os_error_text(OSError(*error.args))}") from None
    finally:
        os.close(fd)
    return line

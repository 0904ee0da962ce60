"""Payloads from the command line: JSON text, `@FILE`, or standard input where `-` asks for it."""

import os
import select
import stat
import sys
from pathlib import Path
from typing import Any

from rtmcli.cli.io import stderr
from rtmcli.errors import UsageError
from rtmcli.protocol import json_codec

STDIN = 0
_MAX_BYTES = 64 * 1024 * 1024  # bytes of one payload


def read_value(text: str | None) -> Any:
    """Read one payload: `-`, `@FILE` or JSON text; an absent one is an empty object."""
    if text is None:
        return {}
    if text == "-":
        return parse_json(_read_stdin(), "standard input")
    if text.startswith("@"):
        return parse_json(read_file(text[1:]), text[1:])
    return parse_json(text.encode("utf-8", "surrogateescape"), "PAYLOAD")


def parse_json(data: bytes, source: str) -> Any:
    """Read one JSON value that a user wrote; raise `UsageError` with its source."""
    try:
        return json_codec.loads_strict(data)
    except json_codec.JSONError as error:
        raise UsageError(f"{source} is no JSON: {error}") from None


def expand_file(text: str) -> str:
    """Replace `@FILE` by what the file holds; other text stays."""
    if not text.startswith("@"):
        return text
    return read_file(text[1:]).decode("utf-8", "surrogateescape")


def read_file(path: str) -> bytes:
    """Read a file that the command line names; raise `UsageError` where that fails."""
    if not path:
        raise UsageError("a lone @ names no file: @FILE")
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        error_text = getattr(error, "strerror", None) or "cannot be read"
        raise UsageError(f"{path}: {error_text.lower()}") from None
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{path} is larger than 64 MiB")
    return data


def stdin_is_piped() -> bool:
    """Tell whether standard input is a pipe or a file that nobody asked to read."""
    try:
        mode = os.fstat(STDIN).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def prompt_if_tty() -> None:
    """Tell whoever sits at the terminal that their typing is awaited."""
    if os.isatty(STDIN) and os.isatty(stderr.STDERR):
        stderr.write_line(
            "rtm: reading JSON from the terminal; Ctrl-D on a line of its own ends it"
        )


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise UsageError("standard input is closed, and - wants to read it")
    prompt_if_tty()
    chunks = []
    size = 0
    while chunk := _read_chunk():
        chunks.append(chunk)
        size += len(chunk)
        if size > _MAX_BYTES:
            raise UsageError("standard input holds a payload larger than 64 MiB")
    return b"".join(chunks)


def _read_chunk() -> bytes:
    while True:
        try:
            return os.read(STDIN, 1 << 16)
        except BlockingIOError:  # somebody else made it so; more comes later
            select.select([STDIN], [], [])
        except OSError as error:
            raise UsageError(f"standard input: {(error.strerror or str(error)).lower()}") from None

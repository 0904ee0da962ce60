"""The command: its help, and what it prints on standard output and standard error."""

import contextlib
import json
import os
from typing import Any

import pytest
from support.process import run

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.commands.listen import ListenPrinter, command
from rtmcli.cli.io.systemd import ServiceNotifier
from rtmcli.cli.io.writer import StdoutWriter
from rtmcli.cli.options import Option
from rtmcli.errors import UsageError
from rtmcli.flows.listen.items import Gap, Notice

GAP = Gap(0.0, 1.0, "lost\x1b[2J", 3)


def printed_bytes(*items: Any, **options: Any) -> bytes:
    """Return what a printer puts on standard output."""
    read_end, write_end = os.pipe()
    with StdoutWriter(write_end) as writer:
        options = {"markers": None, "error_format": None, **options}
        printer = ListenPrinter(writer, options, 1 << 20, ServiceNotifier({}))
        for item in items:
            printer.print(item)
        printer.flush()
    os.close(write_end)
    with os.fdopen(read_end, "rb") as file:
        return file.read()


def test_the_help_shows_all_but_hidden_options() -> None:
    """Hidden are timers that only tests and rare problems need."""
    page = run("listen", "--help").stdout.replace("[no-]", "")
    flags = {
        row.flags[0].split("/")[0]: row.hidden
        for row in command(API).cli_params
        if isinstance(row, Option)
    }
    shown = {flag for flag in flags if f"{flag} " in page or f"{flag}/" in page}
    assert shown == {flag for flag, hidden in flags.items() if not hidden}
    assert page.startswith("Example:\n  rtm listen ")


def test_pushes_and_gaps_are_lines_in_order() -> None:
    """A gap is escaped like everything that is printed."""
    first, gap, last = printed_bytes([b'{"n":1}'], GAP, [b'{"n":2}']).splitlines()
    assert (first, last) == (b'{"n":1}', b'{"n":2}')
    assert json.loads(gap) == GAP.to_record()
    assert b"\x1b" not in gap


def test_without_markers_only_pushes_are_printed() -> None:
    """Gaps are left out."""
    assert printed_bytes([b"{}"], GAP, markers=False) == b"{}\n"


@pytest.mark.parametrize(
    ("error_format", "line"),
    [
        (None, "rtm: listen: not connected: why\\u001b\n"),
        ("json", '{"notice":{"type":"not_connected","message":"why\\u001b"}}\n'),
    ],
)
def test_a_notice_is_one_escaped_line_on_standard_error(
    error_format: str | None, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """As text or JSON; nothing goes to standard output."""
    assert printed_bytes(Notice("not_connected", "why\x1b"), error_format=error_format) == b""
    assert capfd.readouterr().err == line


def test_a_notice_that_would_block_is_left_out() -> None:
    """If standard error is not being read, the connection is served all the same."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(write, b"x" * 4096)
    os.set_blocking(write, True)
    kept = os.dup(2)
    os.dup2(write, 2)
    try:
        assert printed_bytes(Notice("disconnected", "why")) == b""
    finally:
        os.dup2(kept, 2)
        for fd in (kept, read, write):
            os.close(fd)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--chat-id", "A", "--chat-id", "B"), "--chat-id is given twice; it takes one value"),
        (("--chat-id", "A\r"), "--chat-id must not end in a line end"),
    ],
)
def test_a_listener_follows_one_chat(words: tuple[str, ...], message: str) -> None:
    """T142: of two chats, one would be silent; an id with CR matches nothing."""
    with pytest.raises(UsageError, match=message):
        command(API).main([*words], standalone_mode=False)

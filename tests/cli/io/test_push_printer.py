"""What `listen` prints on standard output and standard error."""

import contextlib
import json
import os
import re
from typing import Any

import pytest
from support.fds import replaced_fd, terminal_at

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.io.push_printer import PushPrinter
from rtmcli.cli.io.text_view import TextView
from rtmcli.cli.io.writer import StdoutWriter
from rtmcli.flows.listen.items import Gap, Notice

GAP = Gap(0.0, 1.0, "lost\x1b[2J", 3)
LOGIN = {"license": {"id": 1}, "my_profile": {"id": "a@b.c", "name": "Agent One"}}
PUSH = b'{"action":"agent_updated","type":"push","payload":{"agent_id":"a@b.c"}}'


def printed_bytes(*items: Any, view: TextView | None = None, **options: Any) -> bytes:
    """Return what a printer puts on standard output."""
    read_end, write_end = os.pipe()
    with StdoutWriter(write_end) as writer:
        printer = PushPrinter(API, writer, view, **options)
        printer.on_login(LOGIN)
        for item in items:
            printer.print(item)
        printer.flush()
    os.close(write_end)
    with os.fdopen(read_end, "rb") as file:
        return file.read()


def test_pushes_and_gaps_are_lines_in_order() -> None:
    """A gap is escaped like everything that is printed."""
    first, gap, last = printed_bytes([b'{"n":1}'], GAP, [b'{"n":2}']).splitlines()
    assert (first, last) == (b'{"n":1}', b'{"n":2}')
    assert json.loads(gap) == GAP.to_record()
    assert b"\x1b" not in gap


def test_without_markers_only_pushes_are_printed() -> None:
    """Gaps are left out."""
    assert printed_bytes([b"{}"], GAP, prints_gaps=False) == b"{}\n"


@pytest.mark.parametrize(
    ("json_notices", "line"),
    [
        (False, "rtm: listen: not connected: why\\u001b\n"),
        (True, '{"notice":{"type":"not_connected","message":"why\\u001b"}}\n'),
    ],
)
def test_a_notice_is_one_escaped_line_on_standard_error(
    *, json_notices: bool, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """As text or JSON; nothing goes to standard output."""
    assert printed_bytes(Notice("not_connected", "why\x1b"), json_notices=json_notices) == b""
    assert capfd.readouterr().err == line


def test_a_notice_that_would_block_is_left_out() -> None:
    """If standard error is not being read, the connection is served all the same."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(write, b"x" * 4096)
    os.set_blocking(write, True)
    with replaced_fd(2, write):
        assert printed_bytes(Notice("disconnected", "why")) == b""
    for fd in (read, write):
        os.close(fd)


def test_the_view_shows_names_that_the_login_named() -> None:
    """And a gap with the number of lost pushes."""
    view = TextView(API, use_color=False)
    push, gap = printed_bytes([PUSH], GAP, view=view).decode().splitlines()
    assert push[8:] == "  agent_updated  Agent One"
    assert gap[8:].startswith("  gap  1970-01-01 ")
    assert gap.endswith(", pushes may be missing: 3 lost, lost\\u001b[2J")


def printed_on_a_terminal(*items: Any, **options: Any) -> str:
    """Return what a printer puts on a terminal, without the times."""
    with terminal_at(1, 2) as terminal:
        with StdoutWriter(1) as writer:
            printer = PushPrinter(API, writer, **options)
            for _ in range(2):
                printer.on_login(LOGIN)
            for item in items:
                printer.print(item)
        os.write(2, b"END")
        shown = b""
        while not shown.endswith(b"END"):
            shown += os.read(terminal, 65536)
    shown_text = shown.decode().removesuffix("END").replace("\r\n", "\n")
    return re.sub("[0-9]{2}:[0-9]{2}:[0-9]{2}", "TIME", shown_text)


CONNECTED = "connected to license 1 as a@b.c (API 3.0); Ctrl-C stops\n"


def test_a_terminal_shows_what_it_is_connected_to_and_colored_notices() -> None:
    """The first line comes once; a reconnection has its own color, and its name once."""
    notices = [Notice("not_connected", "why\x1b"), Notice("reconnected", "reconnected after 2 s")]
    assert printed_on_a_terminal(*notices, view=TextView(API, use_color=True)) == (
        CONNECTED + "\x1b[2mTIME  \x1b[0m\x1b[33mnot connected  why\\u001b\x1b[0m\n"
        "\x1b[2mTIME  \x1b[0m\x1b[32mreconnected after 2 s\x1b[0m\n"
    )


def test_json_on_a_terminal_has_plain_notices() -> None:
    """As in a pipe."""
    notice = Notice("disconnected", "why")
    assert (
        printed_on_a_terminal(notice, view=None) == CONNECTED + "rtm: listen: disconnected: why\n"
    )


def test_json_notices_have_no_first_line() -> None:
    """Every line of standard error is JSON."""
    assert printed_on_a_terminal(view=None, json_notices=True) == ""


def test_each_notice_is_a_status_too() -> None:
    """For systemd."""
    statuses: list[str] = []
    printed_bytes(Notice("disconnected", "why"), report_status=statuses.append)
    assert statuses == ["why"]

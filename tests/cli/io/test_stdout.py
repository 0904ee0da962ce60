"""Results on standard output: their format, and what happens if they cannot be written."""

import contextlib
import json
import os
import pty
import re
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.cli.io import stdout
from rtmcli.cli.io.stdout import (
    ResultPrinter,
    check_stdout_open,
    colorize,
    make_text_stdout,
    write,
)
from rtmcli.cli.io.writer import ReaderGone
from rtmcli.errors import NotWritten, UsageError
from rtmcli.protocol import json_codec
from rtmcli.protocol.redaction import Redactor

Output = pytest.CaptureFixture[bytes]
VALUE = {"a": [1, "\x9b"], "b": None}
COMPACT = b'{"a":[1,"\\u009b"],"b":null}\n'
PRETTY = b'{\n  "a": [\n    1,\n    "\\u009b"\n  ],\n  "b": null\n}\n'


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Make a pipe standard output; yield its two ends."""
    ends = os.pipe()
    monkeypatch.setattr(stdout, "STDOUT", ends[1])
    yield ends
    for end in ends:
        with contextlib.suppress(OSError):  # closed by the test
            os.close(end)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make a terminal standard output."""
    controller, tty = pty.openpty()
    monkeypatch.setattr(stdout, "STDOUT", tty)
    yield
    os.close(controller)
    os.close(tty)


# --- format ---


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, COMPACT),
        ({"compact": True}, COMPACT),
        ({"pretty": True}, PRETTY),
        ({"quiet": True}, b""),
        ({"quiet": True, "pretty": True}, b""),
    ],
)
def test_a_value_is_one_line_if_standard_output_is_not_a_terminal(
    options: dict[str, Any], text: bytes, capfdbinary: Output
) -> None:
    """Compact, escaped and with a line end, unless --pretty or --quiet is given."""
    ResultPrinter(options, {}).print_value(VALUE)
    assert capfdbinary.readouterr() == (text, b"")


@pytest.mark.parametrize(
    ("options", "pretty", "color"),
    [
        ({}, True, True),
        ({"compact": True}, False, False),
        ({"pretty": True}, True, True),
        ({"color": "never"}, True, False),
        ({"compact": True, "color": "always"}, False, True),
    ],
)
@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_indented_and_colored_json(
    options: dict[str, Any], pretty: bool, color: bool
) -> None:
    """Unless the options say otherwise."""
    printer = ResultPrinter(options, {})
    assert (printer.pretty, printer.color) == (pretty, color)


def test_color_always_colors_a_pipe(capfdbinary: Output) -> None:
    """As for `| less -R`; the value stays on one line."""
    ResultPrinter({"color": "always"}, {}).print_value({"a": 1})
    assert capfdbinary.readouterr().out == b'{\x1b[34;1m"a"\x1b[0m:\x1b[36m1\x1b[0m}\n'


def test_compact_and_pretty_exclude_each_other() -> None:
    """Status 2."""
    with pytest.raises(UsageError, match="exclude each other"):
        ResultPrinter({"compact": True, "pretty": True}, {})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-99, 99) | st.floats(0, 1) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_colors_change_nothing_else(value: Any) -> None:
    """Without its color sequences the text is the same, compact and indented."""
    for text in (json_codec.dumps(value), json_codec.dumps_pretty(value)):
        assert re.sub(rb"\x1b\[[0-9;]*m", b"", colorize(text)) == text


def test_keys_strings_numbers_and_literals_have_different_colors() -> None:
    """Text in a string that looks like another token has the color of the string."""
    tokens = re.findall(
        rb"\x1b\[([0-9;]+)m(.*?)\x1b\[0m", colorize(b'{"k": ["s: 1", -1.5e+9, true]}')
    )
    assert tokens == [
        (b"34;1", b'"k"'),
        (b"32", b'"s: 1"'),
        (b"36", b"-1.5e+9"),
        (b"35", b"true"),
    ]


def test_items_are_one_line_each(capfdbinary: Output) -> None:
    """--pretty indents them, --quiet prints nothing."""
    ResultPrinter({}, {}).print_items([VALUE, VALUE])
    assert capfdbinary.readouterr().out == COMPACT * 2
    ResultPrinter({"pretty": True}, {}).print_items([VALUE])
    assert capfdbinary.readouterr().out == PRETTY
    ResultPrinter({"quiet": True}, {}).print_items([VALUE])
    assert capfdbinary.readouterr().out == b""


def test_a_secret_is_redacted_in_results(
    capfdbinary: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the server echoes the token, it is not printed; the output stays valid JSON."""
    monkeypatch.setattr(stdout, "redactor", Redactor(["dal:sesame-open"]))
    ResultPrinter({}, {}).print_value({"echo": "Bearer dal:sesame-open"})
    assert json.loads(capfdbinary.readouterr().out) == {"echo": "Bearer ***"}


# --- writing ---


def test_everything_is_written_however_slowly_it_is_read(pipe: tuple[int, int]) -> None:
    """`write` returns when the reader has room for the rest."""
    read_end, _ = pipe
    data = bytes(range(256)) * 8_000
    read = bytearray()

    def read_slowly() -> None:
        while len(read) < len(data) and (chunk := os.read(read_end, 10_000)):
            read.extend(chunk)

    thread = threading.Thread(target=read_slowly)
    thread.start()
    write(data)
    thread.join(10)
    assert bytes(read) == data


def test_a_reader_that_is_gone_is_not_an_error_to_report(pipe: tuple[int, int]) -> None:
    """`| head -1` ends the command without a message."""
    os.close(pipe[0])
    with pytest.raises(ReaderGone):
        write(b"x")
    with pytest.raises(ReaderGone):
        ResultPrinter({}, {}).print_value(1)


@pytest.mark.parametrize(
    ("error_prefix", "message"),
    [
        ("", "standard output not written: no space left on device"),
        ("it was sent: ", "it was sent: standard output not written: no space left on device"),
    ],
)
def test_a_full_disk_is_reported_with_what_was_done_before(
    error_prefix: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T89: a call that was executed says so."""
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(stdout, "STDOUT", full)
    with pytest.raises(NotWritten) as raised:
        ResultPrinter({}, {}).print_value(1, error_prefix=error_prefix)
    assert raised.value.message == message
    os.close(full)


@pytest.mark.parametrize(
    "action", [check_stdout_open, lambda: write(b"x"), lambda: ResultPrinter({}, {}).print_value(1)]
)
def test_a_closed_standard_output_is_an_error(
    action: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T91: `sys.__stdout__` is None then."""
    monkeypatch.setattr(sys, "__stdout__", None)
    with pytest.raises(NotWritten, match="standard output is closed, so nothing was sent"):
        action()


def test_text_is_written_the_same_way(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As UTF-8 whatever the locale, at once, and with the same errors."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    stream = make_text_stdout()
    assert (stream.isatty(), stream.writable()) == (False, True)
    print("é 😀", file=stream)
    assert os.read(pipe[0], 100) == "é 😀\n".encode()
    os.close(pipe[0])
    with pytest.raises(ReaderGone):
        print("lost", file=stream)


@pytest.mark.usefixtures("terminal")
def test_the_text_stream_reports_a_terminal() -> None:
    """`isatty` is that of standard output."""
    assert make_text_stdout().isatty()

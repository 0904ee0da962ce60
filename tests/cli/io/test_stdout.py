"""Standard output: results whole or not at all, and harmless on a terminal."""

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
    ReaderGone,
    ResultPrinter,
    check_stdout_open,
    colorize,
    make_text_stdout,
    use_color,
    write,
)
from rtmcli.errors import NotWritten, UsageError
from rtmcli.protocol import json_codec
from rtmcli.protocol.redaction import Redactor

Shown = pytest.CaptureFixture[bytes]
VALUE = {"a": [1, "\x9b"], "b": None}
COMPACT = b'{"a":[1,"\\u009b"],"b":null}\n'
PRETTY = b'{\n  "a": [\n    1,\n    "\\u009b"\n  ],\n  "b": null\n}\n'


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Let a pipe be standard output; yield its two ends."""
    ends = os.pipe()
    monkeypatch.setattr(stdout, "STDOUT", ends[1])
    yield ends
    for end in ends:
        with contextlib.suppress(OSError):  # closed by the test
            os.close(end)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a terminal be standard output."""
    controller, tty = pty.openpty()
    monkeypatch.setattr(stdout, "STDOUT", tty)
    yield
    os.close(controller)
    os.close(tty)


# --- how it looks ---


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
def test_a_value_is_one_line_off_a_terminal(
    options: dict[str, Any], text: bytes, capfdbinary: Shown
) -> None:
    """Compact, escaped and ended by a line end; --pretty and --quiet say otherwise."""
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
def test_on_a_terminal_a_person_reads(options: dict[str, Any], pretty: bool, color: bool) -> None:
    """Indented and coloured, unless the options say otherwise."""
    chosen = ResultPrinter(options, {})
    assert (chosen.pretty, chosen.color) == (pretty, color)


@pytest.mark.parametrize(
    ("choice", "environ", "terminal", "wanted"),
    [
        (None, {}, True, True),
        (None, {}, False, False),
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {}, True, False),
        (None, {"NO_COLOR": "1"}, True, False),
        (None, {"NO_COLOR": ""}, True, True),
        ("auto", {"NO_COLOR": "1"}, True, False),
        (None, {"TERM": "dumb"}, True, False),
        (None, {"TERM": "xterm"}, True, True),
    ],
)
def test_colours_are_for_those_who_can_see_them(
    choice: str | None, environ: dict[str, str], terminal: bool, wanted: bool
) -> None:
    """The option, then NO_COLOR and the kind of terminal."""
    assert use_color(choice, environ, is_tty=terminal) == wanted


def test_always_means_off_a_terminal_too(capfdbinary: Shown) -> None:
    """`--color always | less -R` is coloured, on one line."""
    ResultPrinter({"color": "always"}, {}).print_value({"a": 1})
    assert capfdbinary.readouterr().out == b'{\x1b[34;1m"a"\x1b[0m:\x1b[36m1\x1b[0m}\n'


def test_two_layouts_exclude_each_other() -> None:
    """--compact and --pretty."""
    with pytest.raises(UsageError, match="exclude each other"):
        ResultPrinter({"compact": True, "pretty": True}, {})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-99, 99) | st.floats(0, 1) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_colours_change_nothing_else(value: Any) -> None:
    """Without the colours the text is the same, compact and indented."""
    for text in (json_codec.dumps(value), json_codec.dumps_pretty(value)):
        assert re.sub(rb"\x1b\[[0-9;]*m", b"", colorize(text)) == text


def test_keys_strings_numbers_and_words_have_colours_of_their_own() -> None:
    """Each kind of token is told apart; what looks like one within a string is not."""
    tokens = re.findall(
        rb"\x1b\[([0-9;]+)m(.*?)\x1b\[0m", colorize(b'{"k": ["s: 1", -1.5e+9, true]}')
    )
    assert tokens == [
        (b"34;1", b'"k"'),
        (b"32", b'"s: 1"'),
        (b"36", b"-1.5e+9"),
        (b"35", b"true"),
    ]


def test_items_are_lines_even_for_a_person(capfdbinary: Shown) -> None:
    """Many values are one line each; --pretty indents them, --quiet drops them."""
    ResultPrinter({}, {}).print_items([VALUE, VALUE])
    assert capfdbinary.readouterr().out == COMPACT * 2
    ResultPrinter({"pretty": True}, {}).print_items([VALUE])
    assert capfdbinary.readouterr().out == PRETTY
    ResultPrinter({"quiet": True}, {}).print_items([VALUE])
    assert capfdbinary.readouterr().out == b""


def test_a_secret_is_hidden_in_results(capfdbinary: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that echoes the token does not get it on the screen; JSON stays JSON."""
    monkeypatch.setattr(stdout, "redactor", Redactor(["dal:sesame-open"]))
    ResultPrinter({}, {}).print_value({"echo": "Bearer dal:sesame-open"})
    assert json.loads(capfdbinary.readouterr().out) == {"echo": "Bearer ***"}


# --- whole or not at all ---


@pytest.mark.parametrize("blocking", [True, False])
def test_all_is_written_however_slowly_it_is_read(pipe: tuple[int, int], blocking: bool) -> None:
    """A pipe takes some at once, also where somebody else made it non-blocking."""
    reader, writer = pipe
    os.set_blocking(writer, blocking)
    data = bytes(range(256)) * 8_000
    read = bytearray()

    def drain() -> None:
        while len(read) < len(data) and (chunk := os.read(reader, 10_000)):
            read.extend(chunk)

    thread = threading.Thread(target=drain)
    thread.start()
    write(data)
    thread.join(10)
    assert bytes(read) == data


def test_a_reader_that_is_gone_is_no_failure_to_tell(pipe: tuple[int, int]) -> None:
    """T9x: a closed pipe is silent."""
    os.close(pipe[0])
    with pytest.raises(ReaderGone):
        write(b"x")
    with pytest.raises(ReaderGone):
        ResultPrinter({}, {}).print_value(1)


@pytest.mark.parametrize(
    ("done", "message"),
    [
        ("", "standard output not written: no space left on device"),
        ("it was sent: ", "it was sent: standard output not written: no space left on device"),
    ],
)
def test_a_full_disk_is_told_with_what_has_happened(
    done: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T89: who wrote nothing says what was done before."""
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(stdout, "STDOUT", full)
    with pytest.raises(NotWritten) as raised:
        ResultPrinter({}, {}).print_value(1, error_prefix=done)
    assert raised.value.message == message
    os.close(full)


@pytest.mark.parametrize(
    "act", [check_stdout_open, lambda: write(b"x"), lambda: ResultPrinter({}, {}).print_value(1)]
)
def test_a_standard_output_that_was_closed_is_told_at_once(
    act: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T91: Python says so by having none."""
    monkeypatch.setattr(sys, "__stdout__", None)
    with pytest.raises(NotWritten, match="standard output is closed, so nothing was sent"):
        act()


def test_who_prints_text_writes_the_same_way(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text is UTF-8 whatever the locale, arrives at once, and fails like results do."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    stream = make_text_stdout()
    assert (stream.isatty(), stream.writable()) == (False, True)
    print("é 😀", file=stream)
    assert os.read(pipe[0], 100) == "é 😀\n".encode()
    os.close(pipe[0])
    with pytest.raises(ReaderGone):
        print("lost", file=stream)


@pytest.mark.usefixtures("terminal")
def test_text_knows_its_terminal() -> None:
    """Whoever asks whether a person looks on gets an answer."""
    assert make_text_stdout().isatty()

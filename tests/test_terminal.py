"""On a terminal: indented and coloured JSON, hints for whoever types, help in its width."""

import json
import os
import pty
import re
import subprocess
from collections.abc import Mapping

import pytest
from faults import FaultServer, answer
from running import PATIENCE, RTM, environment

from rtmcli.cli.help import help_of

COLOR = re.compile(r"\x1b\[[0-9;]*m")
DRY = ("ban-customer", "--customer-id", "A", "--ban-days", "5", "--dry-run")
REQUEST = {"action": "ban_customer", "payload": {"customer_id": "A", "ban": {"days": 5}}}


def on_terminal(
    *arguments: str,
    typed: str = "",
    until: str = "",
    url: str | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run `rtm` with all three streams on a terminal; return what it shows.

    What is `typed` goes in at once, and Ctrl-D as soon as it shows `until`, as a person would.
    """
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [RTM, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment(url, extra={"TERM": "xterm", **(env or {})}),
        start_new_session=True,
    )
    os.close(slave)
    os.write(master, typed.encode())
    shown = b""
    try:
        while data := os.read(master, 4096):
            shown += data
            if until and until in shown.decode(errors="replace"):
                os.write(master, b"\x04")
                until = ""
    except OSError:  # the other end is closed
        pass
    process.wait(PATIENCE)
    os.close(master)
    return shown.decode().replace("\r\n", "\n")


def test_json_is_indented_and_coloured() -> None:
    """What a person sees is the same value as what a pipe gets."""
    shown = on_terminal(*DRY)
    assert COLOR.search(shown)
    bare = COLOR.sub("", shown)
    assert json.loads(bare) == REQUEST
    assert bare == json.dumps(REQUEST, indent=2) + "\n"


@pytest.mark.parametrize(
    ("options", "env"),
    [
        ((), {"NO_COLOR": "1"}),
        ((), {"TERM": "dumb"}),
        (("--color", "never"), {}),
        (("--color=never",), {"NO_COLOR": ""}),
    ],
)
def test_colours_can_be_had_off(options: tuple[str, ...], env: dict[str, str]) -> None:
    """By NO_COLOR, a dumb terminal or --color never; the layout stays."""
    assert on_terminal(*DRY, *options, env=env) == json.dumps(REQUEST, indent=2) + "\n"


def test_who_asks_for_colours_gets_them() -> None:
    """--color always counts more than NO_COLOR."""
    assert COLOR.search(on_terminal(*DRY, "--color", "always", env={"NO_COLOR": "1"}))


def test_one_line_can_be_had_on_a_terminal_too() -> None:
    """--compact prints the line that a pipe would get."""
    shown = COLOR.sub("", on_terminal(*DRY, "--compact"))
    assert shown == json.dumps(REQUEST, separators=(",", ":")) + "\n"


def test_the_items_of_a_list_stay_lines() -> None:
    """--all prints one line for each item, coloured, also on a terminal."""
    with FaultServer() as server:
        server.on("get_customers", answer({"customers": [{"n": 1}, {"n": 2}]}))
        shown = on_terminal("get-customers", "--all", url=server.url)
    assert COLOR.search(shown)
    assert COLOR.sub("", shown) == '{"n":1}\n{"n":2}\n'


def test_the_text_of_values_is_not_taken_for_json() -> None:
    """Quotes, colons and words within strings get the colour of their string."""
    text = 'a "quoted": true, 5 \\ end'
    words = ("send-event", "--chat-id", "A", "--text", text, "--dry-run")
    shown = json.loads(COLOR.sub("", on_terminal(*words)))
    assert shown["payload"]["event"]["text"] == text


@pytest.mark.parametrize("command", ["ban-customer", "get-customers"])
def test_help_on_a_terminal_is_the_same_plain_text(command: str) -> None:
    """Without colours or panels."""
    assert on_terminal(command, "--help", env={"COLUMNS": "80"}) == help_of(command)


def test_a_hint_tells_that_typing_is_awaited() -> None:
    """With - on a terminal one line says what goes on, and Ctrl-D ends it."""
    words = ("ban-customer", "-", "--ban-days", "5", "--dry-run")
    shown = on_terminal(*words, typed='{"customer_id": "A"}\n', until="ban_customer")
    assert "rtm: reading JSON from the terminal; Ctrl-D on a line of its own ends it\n" in shown
    assert json.dumps(REQUEST, separators=(",", ":")) in COLOR.sub("", shown)

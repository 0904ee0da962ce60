"""On a terminal: indented and coloured JSON, hints for whoever types, help in its width."""

import json
import re
from collections.abc import Mapping

import pytest
from faults import FaultServer, Step, answer, close, refuse
from running import PATIENCE, RTM, environment
from terminals import Terminal

from rtmcli.cli.help import help_of

HOSTILE = "\x1b]0;title\x07 \x1b[2J \x9b2J \r \x7f \u202e [/b]"
OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f\u202e]")
COLOR = re.compile(r"\x1b\[[0-9;]*m")
DRY = ("ban-customer", "--customer-id", "A", "--ban-days", "5", "--dry-run")
REQUEST = {"action": "ban_customer", "payload": {"customer_id": "A", "ban": {"days": 5}}}


def on_terminal(
    *arguments: str,
    typed: str = "",
    url: str | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run `rtm` with all three streams on a terminal, type ahead, and return what it shows."""
    around = environment(url, extra={"TERM": "xterm", **(env or {})})
    with Terminal() as terminal:
        process = terminal.run(RTM, *arguments, env=around)
        terminal.press(typed)
        shown = terminal.rest()
        process.wait(PATIENCE)
    return shown


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


@pytest.mark.parametrize(
    "fault", [refuse("validation", HOSTILE), close(4001, HOSTILE)], ids=["refusal", "close"]
)
def test_the_servers_words_are_harmless_on_a_terminal(fault: Step) -> None:
    """T78: in an error and in the reason of a close nothing is left that it obeys."""
    with FaultServer() as server:
        server.on("ban_customer", fault)
        shown = on_terminal(*DRY[:-1], url=server.url)
    assert "\\u001b]0;title\\u0007" in shown
    assert OBEYED.findall(shown) == ["\n"]


def test_a_result_is_harmless_on_a_terminal() -> None:
    """T79: everything that it obeys is escaped, and the value is the same."""
    with FaultServer() as server:
        server.on("ban_customer", answer({"text": HOSTILE}))
        shown = on_terminal(*DRY[:-1], url=server.url, env={"NO_COLOR": "1"})
    assert json.loads(shown) == {"text": HOSTILE}
    assert set(OBEYED.findall(shown)) == {"\n"}


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
    """With - on a terminal one line says what goes on, and Ctrl-D ends it, also typed ahead."""
    words = ("ban-customer", "-", "--ban-days", "5", "--dry-run")
    shown = on_terminal(*words, typed='{"customer_id": "A"}\n\x04')
    assert "rtm: reading JSON from the terminal; Ctrl-D on a line of its own ends it\n" in shown
    assert json.dumps(REQUEST, separators=(",", ":")) in COLOR.sub("", shown)


@pytest.mark.parametrize("typed", ["\x04", "{}\n\x04", "{}\x04\x04"])
def test_an_end_that_was_typed_ahead_ends_a_stream_of_calls(typed: str) -> None:
    """Ctrl-D before anybody reads counts, alone, behind a line, and twice within one."""
    with FaultServer() as server:
        shown = on_terminal("get-customers", "-", typed=typed, url=server.url)
        assert server.count("get_customers") == typed.count("{}")
    assert shown.count("{}\n") == typed.count("{}\n") + typed.count("{}")  # echoes, answers

"""On a terminal: indented and colored JSON, hints for typed input, help."""

import json
import re
from collections.abc import Mapping

import pytest
from support.fault_server import FaultServer, Step, close, respond, respond_error
from support.process import RTM, TIMEOUT, environment
from support.terminal import Terminal

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.commands.help import help_for
from rtmcli.cli.help.layout import Layout

HOSTILE_TEXT = "\x1b]0;title\x07 \x1b[2J \x9b2J \r \x7f \u202e [/b]"
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202e]")
COLOR = re.compile(r"\x1b\[[0-9;]*m")
DRY_RUN = ("ban-customer", "--customer-id", "A", "--ban-days", "5", "--dry-run")
REQUEST = {"action": "ban_customer", "payload": {"customer_id": "A", "ban": {"days": 5}}}


def run_on_terminal(
    *arguments: str,
    typed: str = "",
    url: str | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run `rtm` with all three streams on a terminal, type ahead, and return what is shown."""
    process_env = environment(url, overrides={"TERM": "xterm", **(env or {})})
    with Terminal() as terminal:
        process = terminal.run(RTM, *arguments, env=process_env)
        terminal.send_keys(typed)
        shown = terminal.read_to_end()
        process.wait(TIMEOUT)
    return shown


def test_json_is_indented_and_colored() -> None:
    """The value is the same that a pipe gets."""
    shown = run_on_terminal(*DRY_RUN)
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
def test_colors_can_be_turned_off(options: tuple[str, ...], env: dict[str, str]) -> None:
    """By NO_COLOR, a dumb terminal or --color never; the text stays indented."""
    assert run_on_terminal(*DRY_RUN, *options, env=env) == json.dumps(REQUEST, indent=2) + "\n"


def test_color_always_overrides_no_color() -> None:
    """The option is more specific than the variable."""
    assert COLOR.search(run_on_terminal(*DRY_RUN, "--color", "always", env={"NO_COLOR": "1"}))


def test_compact_prints_one_line_on_a_terminal() -> None:
    """The line that a pipe would get."""
    shown = COLOR.sub("", run_on_terminal(*DRY_RUN, "--compact"))
    assert shown == json.dumps(REQUEST, separators=(",", ":")) + "\n"


@pytest.mark.parametrize(
    "fault",
    [respond_error("validation", HOSTILE_TEXT), close(4001, HOSTILE_TEXT)],
    ids=["refusal", "close"],
)
def test_the_servers_messages_are_escaped_on_a_terminal(fault: Step) -> None:
    """T78: an error message and the reason of a close contain no control character."""
    with FaultServer() as server:
        server.on("ban_customer", fault)
        shown = run_on_terminal(*DRY_RUN[:-1], url=server.url)
    assert "\\u001b]0;title\\u0007" in shown
    assert CONTROL_CHARACTERS.findall(COLOR.sub("", shown)) == ["\n"]


@pytest.mark.parametrize(
    ("event_type", "color"), [("message", "31"), ("unknown", "33")], ids=["error", "warning"]
)
def test_the_prefix_of_an_error_or_a_warning_is_colored(event_type: str, color: str) -> None:
    """Red or yellow; the rest of the line is not."""
    words = ("send-event", *("--chat-id", "A"), *("--event-type", event_type))
    options = ("--dry-run", "--color", "never") if event_type == "unknown" else ("--rate", "0")
    shown = run_on_terminal(*words, *options)
    assert f"\x1b[{color}mrtm:\x1b[0m send_event: " in shown
    assert len(COLOR.findall(shown)) == 2
    assert run_on_terminal(*words, *options, env={"CLICOLOR": "0"}) == COLOR.sub("", shown)


def test_a_result_is_escaped_on_a_terminal() -> None:
    """T79: control characters are escaped, and the value is the same."""
    with FaultServer() as server:
        server.on("ban_customer", respond({"text": HOSTILE_TEXT}))
        shown = run_on_terminal(*DRY_RUN[:-1], url=server.url, env={"NO_COLOR": "1"})
    assert json.loads(shown) == {"text": HOSTILE_TEXT}
    assert set(CONTROL_CHARACTERS.findall(shown)) == {"\n"}


def test_the_items_of_a_list_are_one_line_each() -> None:
    """--all prints colored lines on a terminal, not indented ones."""
    with FaultServer() as server:
        server.on("get_customers", respond({"customers": [{"n": 1}, {"n": 2}]}))
        shown = run_on_terminal("get-customers", "--all", url=server.url)
    assert COLOR.search(shown)
    assert COLOR.sub("", shown) == '{"n":1}\n{"n":2}\n'


def test_text_in_strings_is_not_colored_as_json() -> None:
    """Quotes, colons and literals in a string have the color of the string."""
    text = 'a "quoted": true, 5 \\ end'
    words = ("send-event", "--chat-id", "A", "--text", text, "--dry-run")
    shown = json.loads(COLOR.sub("", run_on_terminal(*words)))
    assert shown["payload"]["event"]["text"] == text


@pytest.mark.parametrize("words", [("ban-customer", "--help"), ("help", "tokens"), ("--help",)])
def test_help_on_a_terminal_is_the_same_text_with_colored_headings(words: tuple[str, ...]) -> None:
    """Without panels, and without colors if NO_COLOR is set."""
    name = next((word for word in words if word not in ("help", "--help")), None)
    shown = run_on_terminal(*words)
    assert COLOR.sub("", shown) == help_for(API, name)
    assert shown == help_for(API, name, Layout(80, use_color=True))
    assert run_on_terminal(*words, env={"NO_COLOR": "1"}) == help_for(API, name)


def test_a_hint_says_that_standard_input_is_read() -> None:
    """With - on a terminal; Ctrl-D ends the input, also if it was typed ahead."""
    words = ("ban-customer", "-", "--ban-days", "5", "--dry-run")
    shown = run_on_terminal(*words, typed='{"customer_id": "A"}\n\x04')
    assert "rtm: reading JSON from the terminal; press Ctrl-D on an empty line to end it\n" in shown
    assert json.dumps(REQUEST, separators=(",", ":")) in COLOR.sub("", shown)


@pytest.mark.parametrize("typed", ["\x04", "{}\n\x04", "{}\x04\x04"])
def test_an_end_that_was_typed_ahead_ends_a_stream_of_calls(typed: str) -> None:
    """Ctrl-D before the input is read: alone, after a line, and twice within a line."""
    with FaultServer() as server:
        shown = run_on_terminal("get-customers", "-", typed=typed, url=server.url)
        assert server.count("get_customers") == typed.count("{}")
    assert shown.count("{}\n") == typed.count("{}\n") + typed.count("{}")  # echoes, answers

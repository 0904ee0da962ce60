"""`rtm listen` for people: what a terminal shows, and when."""

import re

import pytest
from support.fault_server import FaultServer, close, normal, push, respond
from support.listen_process import FAST_RETRIES
from support.process import RTM, environment, run
from support.terminal import Terminal

from rtmcli.catalogue.versions import VERSIONS

LOGIN = {
    "license": {"id": "104130623"},
    "my_profile": {"id": "agent1@example.com", "name": "Agent One"},
}
EVENT = {"type": "message", "author_id": "agent1@example.com", "text": "Hello\x1b[2J\nyou"}
PUSH = push("incoming_event", {"chat_id": "PJ0MRSHTDG", "thread_id": "T", "event": EVENT})


def shown_without_times(*arguments: str, columns: int = 80, version: str = "3.0") -> str:
    """Return what a terminal shows of a session with a gap and two pushes."""
    command = ("listen", "--count", "2", *FAST_RETRIES, *arguments)
    with FaultServer() as server, Terminal(columns) as terminal:
        server.on("login", [respond(LOGIN), PUSH, close(1012)], [respond(LOGIN), PUSH])
        env = {"TERM": "xterm", "RTM_API": version}
        terminal.run(RTM, *command, env=environment(server.url, overrides=env))
        shown = terminal.read_to_end()
    return re.sub("[0-9]{2}:[0-9]{2}:[0-9]{2}", "TIME", re.sub(r"[0-9]\.[0-9] s", "N s", shown))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_terminal_shows_pushes_gaps_and_the_connection(version: str) -> None:
    """A line each, in order, and who is connected to what in front of them."""
    shown = shown_without_times(version=version)
    dim, off = "\x1b[2mTIME  \x1b[0m", "\x1b[0m"
    event = f"{dim}\x1b[36mincoming_event{off}  PJ0MRSHTDG  Agent One: Hello\\u001b[2J you"
    reason = "the server closed the connection with code 1012"
    assert shown.splitlines() == [
        f"connected to license 104130623 as agent1@example.com (API {version}); Ctrl-C stops",
        event,
        f"{dim}\x1b[33mdisconnected  {reason}; trying again in N s{off}",
        f"{dim}\x1b[31mgap  TIME to TIME, pushes may be missing: {reason}{off}",
        f"{dim}\x1b[32mreconnected after N s{off}",
        event,
    ]


def test_lines_are_cut_to_the_terminal() -> None:
    """Those of pushes."""
    lines = shown_without_times(columns=40).splitlines()
    assert lines[1].endswith("incoming_event\x1b[0m  PJ0MRSHTDG  A…")


def test_json_can_be_chosen_on_a_terminal() -> None:
    """As `docker run -t` may need."""
    lines = shown_without_times("--output", "json").splitlines()
    assert '"action":"incoming_event"' in lines[1].replace(" ", "")
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("options", [(), ("--output", "json"), ("--output", "text")])
def test_text_can_be_chosen_for_a_pipe(options: tuple[str, ...]) -> None:
    """JSON is the default there; text has no colors, and is not cut."""
    with FaultServer() as server:
        server.on("login", [normal(), PUSH])
        result = run("listen", "--count", "1", *options, url=server.url)
    is_text = "text" in options
    assert result.stdout.startswith("{") is not is_text
    assert result.stdout.endswith("Hello\\u001b[2J you\n") is is_text
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_form_of_other_commands_is_ignored() -> None:
    """RTM_OUTPUT and profiles hold for the commands that have the format."""
    with FaultServer() as server:
        server.on("login", [normal(), PUSH])
        result = run("listen", "--count", "1", env={"RTM_OUTPUT": "csv"}, url=server.url)
    assert (result.exit_code, result.stdout[:1], result.stderr) == (0, "{", "")


def test_another_format_is_an_error() -> None:
    """With the source of the value."""
    result = run("listen", env={"RTM_OUTPUT": "xml"})
    assert (result.exit_code, result.stderr) == (
        2,
        "rtm: listen: usage: RTM_OUTPUT must be json, text, table or csv\n",
    )

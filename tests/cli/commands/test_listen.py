"""The command: its help."""

import pytest

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.commands.listen import command
from rtmcli.cli.options import Option
from rtmcli.errors import UsageError


def test_the_help_shows_all_but_hidden_options() -> None:
    """Hidden are timers that only tests and rare problems need."""
    page = command(API).render_help(folded=False).replace("[no-]", "")
    flags = {
        row.flags[0].split("/")[0]: row.hidden
        for row in command(API).cli_params
        if isinstance(row, Option)
    }
    shown = {flag for flag in flags if f"{flag} " in page or f"{flag}/" in page}
    assert shown == {flag for flag, hidden in flags.items() if not hidden}
    assert page.startswith("Example:\n  rtm listen ")


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

"""The command: its help."""

from support.process import run

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.commands.listen import command
from rtmcli.cli.options import Option


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

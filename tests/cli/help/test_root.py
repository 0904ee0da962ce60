"""The help of `rtm` itself."""

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.help.formatting import HelpEntry
from rtmcli.cli.help.root import format_root_help


def test_every_command_has_one_line() -> None:
    """With its summary, however long its name."""
    text = format_root_help(API, [HelpEntry("other", "Another command.")], {"topic": "A topic."})
    lines = [line.split(None, 1) for line in text.splitlines()]
    for method in API.methods.values():
        assert [method.command, method.summary] in lines
    assert ["other", "Another command."] in lines
    assert ["topic", "A topic."] in lines

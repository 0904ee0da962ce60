"""`rtm help connection`: the options of every command that connects."""

from collections.abc import Iterator

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, code_block, option_table, paragraph, table
from rtmcli.cli.options import CONNECTION_OPTIONS, known_options
from rtmcli.settings.definitions import SETTINGS


def blocks(api: Api) -> Iterator[Block]:
    """Yield the blocks of the topic."""
    yield paragraph("""
        Every command that connects to the server takes these options. The value of each comes from
        its flag, else its variable, else the profile, where it has the name of the flag with
        underscores, else it is the default. If --profile is given as a flag, the profile comes
        before the variables. rtm config list shows each value and its source, and rtm doctor
        tests them.
    """)
    yield code_block(
        "rtm config set timeout 30s --profile work",
        "rtm doctor --profile work",
        "RTM_REGION=fra rtm config list",
    )
    yield option_table("Options", known_options(api, CONNECTION_OPTIONS))
    without_flag = [
        setting
        for setting in SETTINGS
        if not (setting.has_flag or setting.hidden) and setting.name != "verbose"
    ]
    yield table(
        "Variables and settings of a profile without a flag",
        30,
        *((f"{each.envvar}, {each.name}", each.help) for each in without_flag),
    )
    yield paragraph("""
        url and region are one setting, and so are token, token_file and token_command: the first
        source that has any of them overrides the others. An unencrypted URL (ws://) is accepted for
        this machine only. Durations are written 500ms, 10s, 5m or 1h; a bare number is in seconds.
    """)
    yield paragraph("""
        --timeout limits one response, --max-time the whole command. Without a response in time, a
        call that may have been executed ends with exit status 7; one that was not sent, with 5.
    """)
    yield paragraph("""
        See also rtm help tokens, rtm help environment, and rtm config --help for the file.
    """)

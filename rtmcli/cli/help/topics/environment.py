"""`rtm help environment`."""

from collections.abc import Iterator

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, paragraph, table
from rtmcli.cli.help.formatting import with_notes
from rtmcli.settings.definitions import SETTINGS, Setting


def blocks(_: Api) -> Iterator[Block]:
    """Yield the blocks of the topic."""
    yield paragraph("""
        A setting comes from its flag, else its variable, else the profile, else its default. If
        --profile is given as a flag, the profile comes before the variables. rtm config list shows
        each value and its source.
    """)
    yield table(
        "Variables",
        26,
        ("RTM_CONFIG", "The configuration file."),
        ("RTM_SANDBOX", "1: read no profile; set by rtm sandbox -- COMMAND."),
        ("RTM_ERROR_FORMAT", "json: print errors as JSON lines."),
        *(
            (setting.envvar, with_notes(setting.help, _default_note(setting)))
            for setting in SETTINGS
            if not setting.hidden
        ),
        ("NO_COLOR, CLICOLOR=0", "Disable colors."),
        ("CLICOLOR_FORCE", "Color help and errors even if they do not go to a terminal."),
        ("COLUMNS", "The width of help, from 60 to 100; else that of the terminal."),
        ("HTTPS_PROXY, ALL_PROXY", "The HTTP proxy, unless --proxy or its variable is set."),
        ("SSL_CERT_FILE", "CA certificates to trust (PEM), unless --ca-file is given."),
    )
    yield paragraph("""
        Durations are written 500ms, 10s, 5m or 1h; a bare number is in seconds. Booleans are true
        or false.
    """)


def _default_note(setting: Setting) -> list[str]:
    return [f"default: {setting.default_text}"] if setting.default_text else []

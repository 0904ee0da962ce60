"""What can be set, where: one row a setting.

The value of a setting comes from its flag, else its variable, else the profile, else its default.
"""

from enum import Enum
from typing import Any, NamedTuple

from rtmcli.catalogue import API
from rtmcli.settings import types
from rtmcli.settings.types import SettingType


class Group(Enum):
    """What a setting is about, and so which commands have its flag."""

    CONNECTION = "connection"
    CALL = "call"
    STREAM = "stream"


class Setting(NamedTuple):
    """One setting: its name in a profile, and what follows from it."""

    name: str
    type: SettingType
    help: str
    metavar: str = ""  # empty: a switch
    default: Any = None
    has_flag: bool = True  # whether it has one
    multiple: bool = False  # whether the flag may be repeated
    group: Group = Group.CONNECTION
    hidden: bool = False  # not in the help: for tests and rare troubles
    in_profile: bool = True
    choices: tuple[str, ...] = ()  # what its value may be

    @property
    def option(self) -> str:
        """Spell the flag; a switch has two."""
        flag = "--" + self.name.replace("_", "-")
        return flag if self.metavar else f"{flag}/--no-{flag[2:]}"

    @property
    def envvar(self) -> str:
        """Spell the environment variable."""
        return "RTM_" + self.name.upper()


def _hidden(
    name: str,
    type_: SettingType,
    help_: str,
    metavar: str,
    default: Any = None,
    *,
    multiple: bool = False,
) -> Setting:
    return Setting(
        name, type_, help_, metavar, default, multiple=multiple, hidden=True, in_profile=False
    )


SETTINGS = (
    Setting("profile", types.STRING, "The profile to use.", "NAME", in_profile=False),
    Setting("url", types.URL, "The server's URL.", "URL"),
    Setting("region", types.REGION, "The licence's region.", "REGION", choices=tuple(API.regions)),
    _hidden("region_url", types.REGION_URLS, "Where a region is.", "REGION=URL", multiple=True),
    Setting("token", types.SECRET, "The access token.", "TOKEN", has_flag=False),
    Setting("token_file", types.PATH, "The file that holds the access token.", "PATH"),
    Setting(
        "token_command",
        types.COMMAND,
        "The command that prints the access token.",
        "COMMAND",
        has_flag=False,
    ),
    Setting("author_id", types.STRING, "The bot to act as.", "ID", group=Group.CALL),
    Setting("timezone", types.STRING, "The agent's time zone at login.", "NAME", has_flag=False),
    Setting(
        "reconnect",
        types.BOOLEAN,
        "Keep the routing status at login. [default]",
        default=True,
    ),
    Setting("timeout", types.DURATION, "The limit of one answer. [default: 20s]", "DURATION", 20.0),
    Setting(
        "max_time",
        types.DURATION,
        "The limit of the whole command. [default: 60s; none for streams]",
        "DURATION",
        60.0,
    ),
    Setting(
        "window",
        types.WINDOW,
        f"Calls in flight at once, at most {API.max_pending_requests}. [default: 8]",
        "N",
        8,
        group=Group.STREAM,
    ),
    Setting("rate", types.RATE, "Calls a second at most.", "N", group=Group.STREAM),
    Setting("ca_file", types.PATH, "The authorities to trust, in PEM.", "PATH"),
    Setting("proxy", types.PROXY, "The HTTP proxy, or none.", "URL"),
    Setting(
        "retry_idempotent",
        types.BOOLEAN,
        "Send an idempotent call again when its outcome is unknown.",
        default=False,
        group=Group.CALL,
    ),
    Setting(
        "verbose",
        types.INTEGER,
        "Tell on standard error what happens: 1, or 2 for more.",
        "N",
        0,
        has_flag=False,  # -v counts, and so stands apart
    ),
    _hidden("close_timeout", types.DURATION, "How long a goodbye may take.", "DURATION", 2.0),
    _hidden("ping_interval", types.DURATION, "How often to ping.", "DURATION", 10.0),
    _hidden("pong_timeout", types.DURATION, "How long a pong may take.", "DURATION", 10.0),
    _hidden("backoff", types.DURATION, "The first pause between tries.", "DURATION", 0.5),
    _hidden("backoff_cap", types.DURATION, "The longest pause.", "DURATION", 20.0),
    _hidden(
        "max_message_size",
        types.INTEGER,
        "The largest message that is read.",
        "BYTES",
        64 * 1024 * 1024,
    ),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}
TOKEN_ENVVAR = BY_NAME["token"].envvar

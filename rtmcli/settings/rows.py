"""What can be set, where: one row a setting.

The value of a setting comes from its flag, else its variable, else the profile, else its default.
"""

from enum import Enum
from typing import Any

from rtmcli.catalogue import API
from rtmcli.row import Row
from rtmcli.settings import kinds
from rtmcli.settings.kinds import Kind


class About(Enum):
    """What a setting is about, and so which commands have its flag."""

    CONNECTION = "connection"
    CALL = "call"
    STREAM = "stream"


class Setting(Row):
    """One setting: its name in a profile, and what follows from it."""

    name: str
    kind: Kind
    help: str
    metavar: str = ""  # empty: a switch
    default: Any = None
    flag: bool = True  # whether it has one
    many: bool = False  # whether the flag may be repeated
    about: About = About.CONNECTION
    hidden: bool = False  # not in the help: for tests and rare troubles
    in_profile: bool = True
    choices: tuple[str, ...] = ()  # what its value may be

    @property
    def option(self) -> str:
        """Spell the flag; a switch has two."""
        flag = "--" + self.name.replace("_", "-")
        return flag if self.metavar else f"{flag}/--no-{flag[2:]}"

    @property
    def variable(self) -> str:
        """Spell the environment variable."""
        return "RTM_" + self.name.upper()


def _rare(
    name: str, kind: Kind, help_: str, metavar: str, default: Any = None, *, many: bool = False
) -> Setting:
    return Setting(name, kind, help_, metavar, default, many=many, hidden=True, in_profile=False)


SETTINGS = (
    Setting("profile", kinds.TEXT, "The profile to use.", "NAME", in_profile=False),
    Setting("url", kinds.URL, "The server's URL.", "URL"),
    Setting("region", kinds.REGION, "The licence's region.", "REGION", choices=tuple(API.regions)),
    _rare("region_url", kinds.REGION_URLS, "Where a region is.", "REGION=URL", many=True),
    Setting("token", kinds.SECRET, "The access token.", "TOKEN", flag=False),
    Setting("token_file", kinds.PATH, "The file that holds the access token.", "PATH"),
    Setting(
        "token_command",
        kinds.COMMAND,
        "The command that prints the access token.",
        "COMMAND",
        flag=False,
    ),
    Setting("author_id", kinds.TEXT, "The bot to act as.", "ID", about=About.CALL),
    Setting("timezone", kinds.TEXT, "The agent's time zone at login.", "NAME", flag=False),
    Setting(
        "reconnect",
        kinds.SWITCH,
        "Keep the routing status at login. [default]",
        default=True,
    ),
    Setting("timeout", kinds.DURATION, "The limit of one answer. [default: 20s]", "DURATION", 20.0),
    Setting(
        "max_time",
        kinds.DURATION,
        "The limit of the whole command. [default: 60s; none for streams]",
        "DURATION",
        60.0,
    ),
    Setting(
        "window",
        kinds.WINDOW,
        f"Calls in flight at once, at most {API.in_flight}. [default: 8]",
        "N",
        8,
        about=About.STREAM,
    ),
    Setting("rate", kinds.RATE, "Calls a second at most.", "N", about=About.STREAM),
    Setting("ca_file", kinds.PATH, "The authorities to trust, in PEM.", "PATH"),
    Setting("proxy", kinds.PROXY, "The HTTP proxy, or none.", "URL"),
    Setting(
        "retry_idempotent",
        kinds.SWITCH,
        "Send an idempotent call again when its outcome is unknown.",
        default=False,
        about=About.CALL,
    ),
    Setting(
        "verbose",
        kinds.WHOLE,
        "Tell on standard error what happens: 1, or 2 for more.",
        "N",
        0,
        flag=False,  # -v counts, and so stands apart
    ),
    _rare("close_timeout", kinds.DURATION, "How long a goodbye may take.", "DURATION", 2.0),
    _rare("ping_interval", kinds.DURATION, "How often to ping.", "DURATION", 10.0),
    _rare("pong_timeout", kinds.DURATION, "How long a pong may take.", "DURATION", 10.0),
    _rare("backoff", kinds.DURATION, "The first pause between tries.", "DURATION", 0.5),
    _rare("backoff_cap", kinds.DURATION, "The longest pause.", "DURATION", 20.0),
    _rare(
        "max_message_size",
        kinds.WHOLE,
        "The largest message that is read.",
        "BYTES",
        64 * 1024 * 1024,
    ),
)

NAMES = {setting.name: setting for setting in SETTINGS}
TOKEN = NAMES["token"].variable

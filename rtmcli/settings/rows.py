"""What can be set, where: one row a setting.

The value of a setting comes from its flag, else its variable, else the profile, else its default.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from rtmcli.catalogue import API
from rtmcli.errors import UsageError
from rtmcli.settings.durations import seconds


def _text(text: str, _: str) -> str:
    return text


def _bool(text: str, name: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off", ""):
        return False
    raise UsageError(f"{name} must be true or false")


def _seconds(text: str, name: str) -> float:
    value = seconds(text, name)
    if value == 0:
        raise UsageError(f"{name} must be more than zero")
    return value


class Setting(NamedTuple):
    """One setting: its name in a profile, and what follows from it."""

    name: str
    help: str
    metavar: str = ""  # empty: a switch
    read: Callable[[str, str], Any] = _text  # from text, and the name to blame
    default: Any = None
    flag: bool = True  # whether it has one
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


SETTINGS = (
    Setting("profile", "The profile to use.", "NAME", in_profile=False),
    Setting("url", "The server's URL.", "URL"),
    Setting("region", "The licence's region.", "REGION", choices=tuple(API.regions)),
    Setting("token_file", "The file that holds the access token.", "PATH"),
    Setting("author_id", "The bot to act as.", "ID"),
    Setting(
        "timeout", "The limit of one answer. [default: 20s]", "DURATION", _seconds, 20.0
    ),
    Setting(
        "max_time",
        "The limit of the whole command. [default: 60s]",
        "DURATION",
        _seconds,
        60.0,
    ),
    Setting("ca_file", "The authorities to trust, in PEM.", "PATH"),
    Setting("proxy", "The HTTP proxy, or none.", "URL"),
    Setting("reconnect", "Keep the agent's routing status at login. [default]", "", _bool, True),
    Setting("timezone", "The agent's time zone at login.", "NAME", flag=False),
    Setting(
        "retry_idempotent",
        "Send an idempotent call again when its outcome is unknown.",
        "",
        _bool,
        False,
    ),
    Setting(
        "close_timeout", "How long a goodbye may take.", "DURATION", _seconds, 2.0, hidden=True
    ),
    Setting("ping_interval", "How often to ping.", "DURATION", _seconds, 10.0, hidden=True),
    Setting("pong_timeout", "How long a pong may take.", "DURATION", _seconds, 10.0, hidden=True),
    Setting("backoff", "The first pause between tries.", "DURATION", _seconds, 0.5, hidden=True),
    Setting("backoff_cap", "The longest pause.", "DURATION", _seconds, 20.0, hidden=True),
)

NAMES = {setting.name: setting for setting in SETTINGS}

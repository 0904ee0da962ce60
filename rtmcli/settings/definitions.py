"""The settings: one row for each.

The value of a setting comes from its flag, else its variable, else the profile, else its default.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.service import DEFAULT_REGION, MAX_PENDING_REQUESTS
from rtmcli.catalogue.versions import DEFAULT_VERSION
from rtmcli.settings import types
from rtmcli.settings.types import ValueType

OUTPUT_FORMATS = ("json", "text", "table", "csv")


class Group(Enum):
    """The subject of a setting, which decides which commands have its flag."""

    ANY = "any command"
    CONNECTION = "connection"
    LISTEN = "listen"
    OUTPUT = "output"  # each command has its own formats, so each makes its own flag
    CALL = "call"
    STREAM = "stream"


def _always(_: Api) -> bool:
    return True


class Setting(NamedTuple):
    """One setting; its flag and its variable follow from its name."""

    name: str  # as a profile has it
    type: ValueType
    help: str
    default: Any = None
    has_flag: bool = True
    multiple: bool = False  # whether the flag may be repeated
    group: Group = Group.CONNECTION
    hidden: bool = False  # not in the help: for tests and rare needs
    in_profile: bool = True
    is_known_to: Callable[[Api], bool] = _always  # other versions ignore variable and profile
    default_note: str = ""  # in words, if the default is not one value

    @property
    def option(self) -> str:
        """Return the flag; a switch has two, as `--x/--no-x`."""
        flag = "--" + self.name.replace("_", "-")
        return flag if self.type.metavar else f"{flag}/--no-{flag[2:]}"

    @property
    def envvar(self) -> str:
        """Return the name of the environment variable."""
        return "RTM_" + self.name.upper()

    @property
    def default_text(self) -> str:
        """Return the default in words; empty if there is none."""
        if self.default_note or self.default is None:
            return self.default_note
        return self.type.format(self.default)


def _hidden(
    name: str, type_: ValueType, help_: str, default: Any = None, *, multiple: bool = False
) -> Setting:
    return Setting(name, type_, help_, default, multiple=multiple, hidden=True, in_profile=False)


SETTINGS = (
    Setting(
        "api",
        types.API_VERSION,
        "The version of the API.",
        group=Group.ANY,
        default_note=f"that of the URL, else {DEFAULT_VERSION}",
    ),
    Setting(
        "profile",
        types.PROFILE_NAME,
        "The profile to use.",
        in_profile=False,
        default_note="default_profile of the file, else the one called default",
    ),
    Setting("url", types.URL, "The server's URL.", default_note="that of the region and version"),
    Setting(
        "region",
        types.REGION,
        "The license's region.",
        default_note=f"that of the token, else {DEFAULT_REGION}",
    ),
    _hidden("region_url", types.REGION_URLS, "The URL of a region.", multiple=True),
    Setting("token", types.SECRET, "The access token.", has_flag=False),
    Setting("token_file", types.PATH, "The file that holds the access token."),
    Setting(
        "token_command", types.COMMAND, "The command that prints the access token.", has_flag=False
    ),
    Setting(
        "organization_id",
        types.identifier("ID"),
        "The organization of the license.",
        is_known_to=lambda api: "organization_id" in api.query_params,
    ),
    Setting(
        "author_id",
        types.identifier("ID"),
        "The bot to act as.",
        group=Group.CALL,
        is_known_to=lambda api: "author_id" in api.request_fields,
    ),
    Setting(
        "account_id",
        types.string("ID"),
        "The account of a personal access token.",
        has_flag=False,
    ),
    Setting("timezone", types.string("NAME"), "The agent's time zone at login.", has_flag=False),
    Setting("reconnect", types.BOOLEAN, "Keep the routing status at login.", default=True),
    Setting(
        "away",
        types.BOOLEAN,
        "Do not draw chats to the agent.",
        default=True,
        is_known_to=lambda api: bool(api.login_spec.away_param),
    ),
    Setting(
        "customer_monitoring_level",
        types.any_text("LEVEL"),
        "The customers whose pushes to receive; it changes the agent's level everywhere.",
        group=Group.LISTEN,
        is_known_to=lambda api: bool(api.login_spec.monitoring_param),
    ),
    Setting(
        "output",
        types.choice(OUTPUT_FORMATS, "FORMAT"),
        "The output format, if the command has it.",
        group=Group.OUTPUT,
        default_note="json; text for listen on a terminal",
    ),
    Setting("timeout", types.DURATION, "How long to wait for each response.", 20.0),
    Setting(
        "max_time",
        types.DURATION,
        "How long the command may take.",
        60.0,
        default_note="60s; none for streams",
    ),
    Setting(
        "window",
        types.integer("N", 1, MAX_PENDING_REQUESTS),
        f"Calls in flight at once, at most {MAX_PENDING_REQUESTS}.",
        8,
        group=Group.STREAM,
    ),
    Setting(
        "rate",
        types.rate("N"),
        "Calls per second at most.",
        group=Group.STREAM,
        default_note="no limit",
    ),
    Setting(
        "ca_file",
        types.PATH,
        "CA certificates to trust (PEM).",
        default_note="SSL_CERT_FILE, else those of the system",
    ),
    Setting(
        "proxy",
        types.PROXY,
        f"The HTTP proxy, or {types.NO_PROXY}.",
        default_note=f"HTTPS_PROXY or ALL_PROXY, else {types.NO_PROXY}",
    ),
    Setting(
        "retry_idempotent",
        types.BOOLEAN,
        "Resend an idempotent call if its outcome is unknown.",
        default=False,
        group=Group.CALL,
    ),
    Setting(
        "verbose",
        types.VERBOSITY,
        "Log to standard error: 1 or true, or 2 for more.",
        0,
        has_flag=False,  # -v is counted, so it has its own option
    ),
    _hidden("close_timeout", types.DURATION, "How long the closing handshake may take.", 2.0),
    _hidden("ping_interval", types.DURATION, "How often to ping.", 10.0),
    _hidden("pong_timeout", types.DURATION, "How long a pong may take.", 10.0),
    _hidden("backoff", types.DURATION, "The first delay between attempts.", 0.5),
    _hidden("backoff_cap", types.DURATION, "The longest delay between attempts.", 20.0),
    _hidden(
        "max_message_size",
        types.integer("BYTES"),
        "The largest message to accept.",
        64 * 1024 * 1024,
    ),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}
TOKEN_ENVVAR = BY_NAME["token"].envvar

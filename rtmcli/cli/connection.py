"""Resolve the settings of a command line, and make the `Connector` for them."""

import os
from collections.abc import Callable, Mapping
from math import inf
from typing import TYPE_CHECKING, Any

from rtmcli import time_limit
from rtmcli.catalogue.api import Api
from rtmcli.cli.io import stderr, stdin
from rtmcli.cli.io.stderr import redactor
from rtmcli.errors import UsageError
from rtmcli.settings import resolve
from rtmcli.settings.resolve import Resolved

if TYPE_CHECKING:
    from rtmcli.session.connector import Connector
    from rtmcli.session.options import ConnectOptions
    from rtmcli.settings.connect_options import Callbacks

_STDIN_ARGUMENT = "-"
_STDIN_OPTIONS = ("payload", "action")  # arguments that may read standard input


def settings_from_options(
    api: Api, options: Mapping[str, Any], *, is_unlimited: bool = False
) -> dict[str, Resolved]:
    """Resolve every setting for this command line, and start the time limit.

    Set `is_unlimited` for a command whose time only flags limit: `length`, which does not limit
    how long its output takes, and `max_time`.
    """
    option_values = {**options, "verbose": options.get("verbose") or None}  # 0: not given
    limit = resolve.from_flag_or_envvar("max_time", option_values, os.environ)
    # A profile that a flag names comes before the variable.
    variable_counts = not is_unlimited and not options.get("profile")
    if limit and limit.origin != resolve.FLAG and not variable_counts:
        limit = None
    max_time, length = limit.value if limit else inf, options.get("length") or inf
    if min(max_time, length) != inf:  # before the configuration is read, which may be a pipe
        source_name = limit.source_name if limit else "--for"
        time_limit.start(min(max_time, length), max_time, source_name)
    ignored: list[str] = []
    settings = resolve.load_settings(api, option_values, os.environ, ignored.append)
    if settings["verbose"].value:
        for message in ignored:
            log_status(message)
    if not limit and not is_unlimited:
        _start_time_limit(settings, options)
    if settings["token_file"].value == _STDIN_ARGUMENT:
        if settings["token_file"].origin != resolve.FLAG:
            raise UsageError(
                f"{settings['token_file'].source_name}: only --token-file can be - (standard input)"
            )
        stdin.claim_stdin("the token")
    redactor.add(settings["token"].value or "")
    return settings


def _start_time_limit(settings: Mapping[str, Resolved], options: Mapping[str, Any]) -> None:
    """Start the time limit of a profile, or the default, which a stream does not have."""
    max_time = settings["max_time"]
    is_default = max_time.origin == resolve.DEFAULT
    is_stream = _STDIN_ARGUMENT in [options.get(name) for name in _STDIN_OPTIONS]
    if not (is_default and is_stream):
        output_limit = inf if is_default else max_time.value
        source_name = resolve.describe_source(settings, "max_time")
        time_limit.start(max_time.value, output_limit, source_name)


def make_connector(
    api: Api, settings: Mapping[str, Resolved], login_fields: Mapping[str, Any] | None = None
) -> "Connector":
    """Make the connector; `login_fields` are added to the payload of its logins."""
    from rtmcli.session.connector import Connector  # only to connect
    from rtmcli.settings.connect_options import make_connect_options  # only to connect

    connect_options = make_connect_options(api, settings, os.environ, make_callbacks(settings))
    if login_fields:
        merged_fields = {**connect_options.credentials.login_fields, **login_fields}
        connect_options = connect_options._replace(
            credentials=connect_options.credentials._replace(login_fields=merged_fields)
        )
    if settings["verbose"].value > 1:
        connect_options = connect_options._replace(
            route=connect_options.route._replace(on_step=_step_logger(connect_options))
        )
    return Connector(connect_options)


def _step_logger(connect_options: "ConnectOptions") -> Callable[[str, Any], None]:
    """Return a callback that logs each step of connecting."""
    from rtmcli.cli.settings_table import join_details  # only for -vv
    from rtmcli.flows.doctor import step_details  # only for -vv

    return lambda name, found: log_status(
        f"{name}: {join_details(step_details(name, found, connect_options)) or 'done'}"
    )


def make_callbacks(settings: Mapping[str, Resolved]) -> "Callbacks":
    """Return callbacks that print warnings, redact secrets, and log with `-v`."""
    from rtmcli.session.dial import noop  # only to connect
    from rtmcli.settings.connect_options import Callbacks  # only to connect

    on_status = log_status if settings["verbose"].value else noop
    return Callbacks(stderr.write_warning, redactor.add, on_status)


def log_status(message: str) -> None:
    """Log one line to standard error, for `-v`."""
    stderr.write_line(f"rtm: {message}")

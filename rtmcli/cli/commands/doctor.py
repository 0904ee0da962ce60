"""`rtm doctor`: the settings and their origins, then each step of connecting."""

import os
import platform
from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from rtmcli import __version__, time_limit
from rtmcli.catalogue.api import Api
from rtmcli.cli import connection
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.help.formatting import HelpText
from rtmcli.cli.io import stdout
from rtmcli.cli.io.stderr import error_record
from rtmcli.cli.options import (
    CONNECT_ONLY_OPTIONS,
    JSON_OPTION,
    STYLE_OPTIONS,
    known_options,
)
from rtmcli.cli.settings_table import (
    align_columns,
    encode_lines,
    format_table,
    join_details,
    settings_as_json,
)
from rtmcli.errors import ConnectFailed, RtmError
from rtmcli.settings import profiles
from rtmcli.settings.resolve import Resolved
from rtmcli.settings.token_schemes import describe_kind
from rtmcli.settings.tokens import find_token_source
from rtmcli.settings.types import SECRET

if TYPE_CHECKING:
    from rtmcli.flows.doctor import Step

_ADVICE = {
    "configuration": "see rtm config --help for what the file may hold",
    "token": "see rtm help tokens for where a token may come from",
    "authorities": "set the CA certificates to trust with --ca-file or SSL_CERT_FILE",
    "dns": "is the host right? if only a proxy can resolve hosts, set --proxy",
    "tcp": "does a firewall block it? if you need a proxy, set --proxy",
    "proxy": "is the proxy right? --proxy sets another one, --proxy none uses none",
    "tls": "if the server or a proxy has a private CA, set --ca-file",
    "websocket": "is the URL right, and does a proxy let WebSockets through?",
    "login": "is the token valid, and for this license? see rtm help tokens",
    "ping": "does a proxy close connections?",
}


def command(api: Api) -> Command:
    """Make the command."""
    return make_command(
        api,
        "doctor",
        (JSON_OPTION, *STYLE_OPTIONS, *known_options(api, CONNECT_ONLY_OPTIONS)),
        run,
        _help_text,
    )


def _help_text() -> HelpText:
    return HelpText(
        ("rtm doctor", "--timeout 5s"),
        "Logs in as every command does, makes no call and changes nothing. The exit status is that"
        " of a call that fails at the same step.",
    )


def run(api: Api, options: Mapping[str, Any]) -> None:
    """Run every step and print it; raise the error of the first step that failed."""
    report = DoctorReport(options)
    error = diagnose(api, options, report)
    report.finish(error)
    if error:
        raise error


def diagnose(api: Api, options: Mapping[str, Any], report: "DoctorReport") -> RtmError | None:
    """Run every step; return the first error, or None."""
    from rtmcli.flows.doctor import Diagnosis, Step  # only to connect
    from rtmcli.session.deadline import Deadline  # only to connect
    from rtmcli.session.options import Credentials  # only to connect
    from rtmcli.settings.connect_options import connect_options_for, make_credentials, make_route

    started = monotonic()
    try:
        settings = connection.settings_from_options(api, options)
        make_route(api, settings, os.environ)
    except RtmError as error:
        report.add_step(Step("configuration", monotonic() - started, {}, error))
        return error
    report.add_settings(settings, monotonic() - started)
    callbacks, deadline = connection.make_callbacks(settings), Deadline(time_limit.end())
    token_error, credentials, started = None, Credentials(""), monotonic()
    try:
        credentials = make_credentials(api, settings, os.environ, callbacks)
    except RtmError as error:
        token_error = error
    details = {} if token_error else _token_details(settings, credentials.token)
    report.add_step(Step("token", monotonic() - started, details, token_error))
    connect_options = connect_options_for(api, settings, os.environ, credentials, callbacks)
    diagnosis_error = Diagnosis(connect_options, report.add_step, log_in=not token_error).run(
        deadline
    )
    return token_error or diagnosis_error


def _token_details(settings: Mapping[str, Resolved], token: str) -> dict[str, str]:
    source = find_token_source(settings, os.environ)
    return {"source": source.name, "token": SECRET.format(token), "kind": describe_kind(token)}


class DoctorReport:
    """The output: text, step by step, or one JSON value at the end."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Print the versions of the program, Python and the system."""
        self._options = options
        path = profiles.config_path(os.environ)
        environment = {
            "version": __version__,
            "python": platform.python_version(),
            "system": platform.platform(terse=True),
            "configuration": str(path) if path and path.exists() else None,
        }
        self._steps: list[dict[str, Any]] = []
        self._record: dict[str, Any] = {**environment, "settings": {}, "steps": self._steps}
        self._print_lines(
            *align_columns([(name, value or "none") for name, value in environment.items()]), ""
        )

    def add_settings(self, settings: Mapping[str, Resolved], seconds: float) -> None:
        """Print the settings that are not defaults."""
        self._record["settings"] = settings_as_json(settings)
        self._print_lines(*format_table(settings, only_set=True), "")
        self._add("configuration", seconds, {"profile": settings["profile"].value}, None)

    def add_step(self, step: "Step") -> None:
        """Print a step, and advice if it failed."""
        self._add(step.name, step.seconds, step.details, step.error)

    def finish(self, error: RtmError | None) -> None:
        """Print the JSON value, with --json."""
        self._record["exit"] = error.exit_code if error else 0
        if self._options["json"]:
            stdout.ResultPrinter(self._options, os.environ).print_value(self._record)

    def _add(
        self, name: str, seconds: float, details: Mapping[str, Any], error: RtmError | None
    ) -> None:
        record: dict[str, Any] = {"step": name, "ok": error is None}
        record |= {"ms": round(seconds * 1000, 1), **details}
        message = error.message if error else join_details(details)
        outcome = "failed" if error else "ok"
        self._print_lines(f"{outcome:<8}{name:<14}{record['ms']:>8.1f} ms  {message}".rstrip())
        if error:
            advice = (isinstance(error, ConnectFailed) and error.advice) or _ADVICE[name]
            record |= {"error": error_record(error)["error"], "advice": advice}
            self._print_lines(f"{'':8}{'':14}{'':8}     {advice}")
        self._steps.append(record)

    def _print_lines(self, *text_lines: str) -> None:
        if not self._options["json"]:
            stdout.write(encode_lines(text_lines))

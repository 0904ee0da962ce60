"""`rtm doctor`: what is configured and from where, then each step of the way to the server."""

import os
import platform
from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from rtmcli import __version__
from rtmcli.cli import connection
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.help.formatting import HelpText
from rtmcli.cli.io import stdout
from rtmcli.cli.io.stderr import error_record as report_of
from rtmcli.cli.options import (
    CONNECT_ONLY_OPTIONS,
    JSON_OPTION,
    STYLE_OPTIONS,
    Argument,
    Option,
)
from rtmcli.cli.settings_table import (
    align_columns,
    encode_lines,
    format_table,
    join_details,
    settings_as_json,
)
from rtmcli.errors import RtmError
from rtmcli.settings import profiles
from rtmcli.settings.resolve import Resolved
from rtmcli.settings.tokens import find_token_source
from rtmcli.settings.types import SECRET

if TYPE_CHECKING:
    from rtmcli.flows.doctor import Step

CLI_PARAMS: tuple[Option | Argument, ...] = (JSON_OPTION, *STYLE_OPTIONS, *CONNECT_ONLY_OPTIONS)
_ADVICE = {
    "configuration": "rtm config --help tells what the file may hold",
    "token": "rtm help tokens tells where a token may come from",
    "authorities": "name the authorities to trust with --ca-file, or SSL_CERT_FILE",
    "dns": "is the host right? where only a proxy finds hosts, name it with --proxy",
    "tcp": "is a firewall in between? where only a proxy leads out, name it with --proxy",
    "proxy": "is the proxy right? --proxy names another one, --proxy none does without",
    "tls": "where the server or a proxy has an authority of its own, name it with --ca-file",
    "websocket": "is the URL right, and does a proxy let WebSockets through?",
    "login": "is the token of this licence, and still valid? see rtm help tokens",
    "ping": "does a proxy cut connections off?",
}


def command() -> Command:
    """Make the command."""
    return make_command("doctor", CLI_PARAMS, run, _help_text)


def _help_text() -> HelpText:
    return HelpText(
        ("rtm doctor", "--timeout 5s"),
        "It logs in as every command does, sends no call and changes nothing. The exit status is"
        " that of a call which fails at the same step.",
    )


def run(options: Mapping[str, Any]) -> None:
    """Examine and report; raise what the first failing step raised."""
    report = DoctorReport(options)
    error = diagnose(options, report)
    report.finish(error)
    if error:
        raise error


def diagnose(options: Mapping[str, Any], report: "DoctorReport") -> RtmError | None:
    """Take every step; return what went wrong, None where nothing did."""
    from rtmcli.flows.doctor import Diagnosis, Step  # only who connects
    from rtmcli.session.deadline import Deadline  # only who connects
    from rtmcli.session.options import Credentials  # only who connects
    from rtmcli.settings.connect_options import connect_options_for, make_credentials, make_route

    callbacks, started = connection.make_callbacks(), monotonic()
    try:
        settings = connection.settings_from_options(options)
        make_route(settings, os.environ)
    except RtmError as error:
        report.add_step(Step("configuration", monotonic() - started, {}, error))
        return error
    report.add_settings(settings, monotonic() - started)
    deadline = Deadline.after(settings["max_time"].value)
    token_error, credentials, started = None, Credentials(""), monotonic()
    try:
        credentials = make_credentials(settings, os.environ, callbacks)
    except RtmError as error:
        token_error = error
    details = {} if token_error else _token_details(settings, credentials.token)
    report.add_step(Step("token", monotonic() - started, details, token_error))
    connect_options = connect_options_for(settings, os.environ, credentials, callbacks)
    diagnosis_error = Diagnosis(connect_options, report.add_step, log_in=not token_error).run(
        deadline
    )
    return token_error or diagnosis_error


def _token_details(settings: Mapping[str, Resolved], token: str) -> dict[str, str]:
    source = find_token_source(settings, os.environ)
    return {"source": source.name, "token": SECRET.format(token)}


class DoctorReport:
    """What is found: as text at once, step by step, or as one JSON value at the end."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Begin with what is known of the program itself."""
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
        """Show the settings that are not the defaults."""
        self._record["settings"] = settings_as_json(settings)
        self._print_lines(*format_table(settings, only_set=True), "")
        self._add("configuration", seconds, {"profile": settings["profile"].value}, None)

    def add_step(self, step: "Step") -> None:
        """Show a step, and what to do where it failed."""
        self._add(step.name, step.seconds, step.details, step.error)

    def finish(self, error: RtmError | None) -> None:
        """Print the JSON, where that is wanted."""
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
            record |= {"error": report_of(error)["error"], "advice": _ADVICE[name]}
            self._print_lines(f"{'':8}{'':14}{'':8}     {_ADVICE[name]}")
        self._steps.append(record)

    def _print_lines(self, *text_lines: str) -> None:
        if not self._options["json"]:
            stdout.write(encode_lines(text_lines))

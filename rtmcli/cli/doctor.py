"""`rtm doctor`: what is configured and from where, then each step of the way to the server."""

import os
import platform
from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from rtmcli import __version__
from rtmcli.cli import connection, output
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.config import JSON, STYLE
from rtmcli.cli.options import BARE_CONNECTION, Argument, Option
from rtmcli.cli.origins import columns, lines, listed, records, table
from rtmcli.cli.page import Guide
from rtmcli.cli.report import record as report_of
from rtmcli.errors import RtmError
from rtmcli.settings import profiles
from rtmcli.settings.kinds import SECRET
from rtmcli.settings.resolve import Value
from rtmcli.settings.tokens import find_source

if TYPE_CHECKING:
    from rtmcli.flows.doctor import Step

ROWS: tuple[Option | Argument, ...] = (JSON, *STYLE, *BARE_CONNECTION)
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
    return make_command("doctor", ROWS, run, _guide)


def _guide() -> Guide:
    return Guide(
        ("rtm doctor", "--timeout 5s"),
        "It logs in as every command does, sends no call and changes nothing. The exit status is"
        " that of a call which fails at the same step.",
    )


def run(options: Mapping[str, Any]) -> None:
    """Examine and report; raise what the first failing step raised."""
    report = Report(options)
    error = examine(options, report)
    report.end(error)
    if error:
        raise error


def examine(options: Mapping[str, Any], report: "Report") -> RtmError | None:
    """Take every step; return what went wrong, None where nothing did."""
    from rtmcli.flows.doctor import Examination, Step  # noqa: PLC0415  # only who connects
    from rtmcli.session.access import Identity  # noqa: PLC0415  # only who connects
    from rtmcli.session.deadline import Deadline  # noqa: PLC0415  # only who connects
    from rtmcli.settings.access import access_of, make_identity, make_route  # noqa: PLC0415

    listeners, started = connection.listeners(), monotonic()
    try:
        settings = connection.settings_of(options)
        make_route(settings, os.environ)
    except RtmError as error:
        report.step(Step("configuration", monotonic() - started, {}, error))
        return error
    report.configured(settings, monotonic() - started)
    deadline = Deadline.after(settings["max_time"].value)
    no_token, identity, started = None, Identity(""), monotonic()
    try:
        identity = make_identity(settings, os.environ, listeners)
    except RtmError as error:
        no_token = error
    facts = {} if no_token else _token(settings, identity.token)
    report.step(Step("token", monotonic() - started, facts, no_token))
    access = access_of(settings, os.environ, identity, listeners)
    found = Examination(access, report.step, logs_in=not no_token).run(deadline)
    return no_token or found


def _token(settings: Mapping[str, Value], token: str) -> dict[str, str]:
    source = find_source(settings, os.environ)
    return {"source": source.name, "token": SECRET.show(token)}


class Report:
    """What is found: as text at once, step by step, or as one JSON value at the end."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Begin with what is known of the program itself."""
        self._options = options
        path = profiles.config_path(os.environ)
        about = {
            "version": __version__,
            "python": platform.python_version(),
            "system": platform.platform(terse=True),
            "configuration": str(path) if path and path.exists() else None,
        }
        self._steps: list[dict[str, Any]] = []
        self._record: dict[str, Any] = {**about, "settings": {}, "steps": self._steps}
        self._say(*columns([(name, value or "none") for name, value in about.items()]), "")

    def configured(self, settings: Mapping[str, Value], seconds: float) -> None:
        """Show the settings that are not the defaults."""
        self._record["settings"] = records(settings)
        self._say(*table(settings, only_set=True), "")
        self._note("configuration", seconds, {"profile": settings["profile"].value}, None)

    def step(self, step: "Step") -> None:
        """Show a step, and what to do where it failed."""
        self._note(step.name, step.seconds, step.facts, step.error)

    def end(self, error: RtmError | None) -> None:
        """Print the JSON, where that is wanted."""
        self._record["exit"] = error.status if error else 0
        if self._options["json"]:
            output.Output(self._options, os.environ).value(self._record)

    def _note(
        self, name: str, seconds: float, facts: Mapping[str, Any], error: RtmError | None
    ) -> None:
        record: dict[str, Any] = {"step": name, "ok": error is None}
        record |= {"ms": round(seconds * 1000, 1), **facts}
        found = error.message if error else listed(facts)
        mark = "failed" if error else "ok"
        self._say(f"{mark:<8}{name:<14}{record['ms']:>8.1f} ms  {found}".rstrip())
        if error:
            record |= {"error": report_of(error)["error"], "advice": _ADVICE[name]}
            self._say(f"{'':8}{'':14}{'':8}     {_ADVICE[name]}")
        self._steps.append(record)

    def _say(self, *texts: str) -> None:
        if not self._options["json"]:
            output.write(lines(texts))

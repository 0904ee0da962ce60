"""`rtm listen`: every push on one line, until stopped."""

import gc
import os
from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from math import inf
from typing import TYPE_CHECKING, Any

from rtmcli import signals, time_limit
from rtmcli.catalogue.api import Api
from rtmcli.cli.child_command import ChildCommand, CommandFailed, child_environment
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.connection import make_connector, settings_from_options
from rtmcli.cli.io import stderr
from rtmcli.cli.io.push_printer import MAX_BUFFERED, PushPrinter
from rtmcli.cli.io.stdout import check_stdout_open
from rtmcli.cli.io.systemd import ServiceNotifier
from rtmcli.cli.io.terminal import terminal_width, use_color
from rtmcli.cli.io.writer import STDOUT, StdoutWriter
from rtmcli.cli.options import (
    CONNECT_ONLY_OPTIONS,
    ERROR_FORMAT_OPTION,
    LISTEN_OPTIONS,
    Argument,
    Option,
    known_options,
    output_option,
)
from rtmcli.cli.renames import check_push
from rtmcli.errors import UsageError
from rtmcli.protocol.reconnection import ReconnectPolicy
from rtmcli.settings import types
from rtmcli.settings.types import Completion

if TYPE_CHECKING:
    from rtmcli.cli.help.formatting import HelpText
    from rtmcli.flows.listen.criteria import ListenOptions
    from rtmcli.flows.listen.flow import Listener
    from rtmcli.session.connector import Connector
    from rtmcli.session.options import ConnectOptions
    from rtmcli.settings.resolve import Resolved

_OUTPUT_FORMATS = ("text", "json")
_DEFAULT_MAX_DELAY = 30.0  # seconds between two attempts, without --backoff-cap

# A profile's limit is meant for calls; it would end a listener that is to run for weeks.
_MAX_TIME_OPTION = Option(
    "max_time",
    ("--max-time",),
    "Like --for, and the output must be read by then; RTM_MAX_TIME and profiles are ignored.",
    types.DURATION,
)


def _cli_params(api: Api) -> tuple[Option | Argument, ...]:
    return (
        Argument(
            "run",
            types.any_text("[-- COMMAND…]")._replace(completion=Completion.COMMAND),
            "Run this command after the first login; stop with its status if it fails.",
            multiple=True,
            needs_separator=True,
        ),
        Option(
            "actions",
            ("--action",),
            "Print only pushes with this name; see rtm help pushes.",
            types.string("NAME", [push.name for push in api.pushes]),
            multiple=True,
        ),
        Option(
            "chat_id",
            ("--chat-id",),
            "Print only pushes of this chat.",
            types.identifier("ID"),
            once=True,
        ),
        Option("no_validate", ("--no-validate",), "Accept pushes that are not documented."),
        Option("count", ("--count",), "Stop after this many pushes.", types.integer("N", 1)),
        Option("length", ("--for",), "Stop after this time.", types.DURATION),
        Option("idle", ("--idle",), "Stop after this long without a push.", types.DURATION),
        Option("once", ("--once",), "Stop when the connection is lost."),
        Option("fail_fast", ("--fail-fast",), "Stop if the first connection fails."),
        Option(
            "markers",
            ("--markers/--no-markers",),
            "Mark gaps in which pushes may be lost.",
            default="true",
        ),
        output_option(
            "Print text for people, or JSON.",
            *_OUTPUT_FORMATS,
            default="text on a terminal, else json",
        ),
        ERROR_FORMAT_OPTION,
        _MAX_TIME_OPTION,
        *(
            option
            for option in known_options(api, (*LISTEN_OPTIONS, *CONNECT_ONLY_OPTIONS))
            if option.name != _MAX_TIME_OPTION.name
        ),
        Option("healthy_after", ("--healthy-after",), "", types.DURATION, hidden=True),
        Option("login_interval", ("--login-interval",), "", types.DURATION, hidden=True),
        Option("buffer_size", ("--spool-size",), "", types.integer("BYTES", 1), hidden=True),
    )


_DESCRIPTION = (
    "In a pipe or a file, each push is a line of JSON, unchanged; on a terminal, it is a line of"
    " text for people. It is written at once. A lost connection is detected within"
    " 25 seconds and re-established indefinitely. A line"
    ' {"type": "rtm.gap", "from", "to", "reason"} among the pushes marks a possible loss, with'
    ' "count" if the number is known. If the server says not to reconnect, the exit status is'
    " 4 if the token is no longer valid, else 10. If --count is reached it is 0; if not, within"
    " --for or --idle, 8. Without --count, --for and --idle end with 0, but with 5 if there is no"
    " connection at that time, because pushes may have been missed.\n\nA COMMAND starts after the"
    " first login, with standard error for its output and nothing to read. If it fails, listening"
    " stops with its status. If listening stops first, it gets SIGTERM, and SIGKILL two seconds"
    " later; if --count is reached, it has two seconds to finish before that."
)


def command(api: Api) -> Command:
    """Make the command."""
    return make_command(api, "listen", _cli_params(api), run, _help_text)


def _help_text() -> "HelpText":
    from rtmcli.cli.help.formatting import HelpText  # only for --help

    return HelpText(("rtm listen --action incoming_event --for 10s",), _DESCRIPTION)


def run(api: Api, options: Mapping[str, Any]) -> int:
    """Print pushes until an option, the server, the command or a signal ends it."""
    settings = settings_from_options(api, options, is_unlimited=True)
    listen_options = _parse_options(api, options)
    check_stdout_open()
    service = ServiceNotifier(os.environ)
    child = _make_child(options)
    login_fields = _login_fields(api, settings, listen_options)
    connector = make_connector(api, settings, login_fields)
    # A call ends before the garbage collector would find anything; this may run for weeks.
    gc.freeze()
    gc.enable()
    with StdoutWriter() as writer, service.watchdog():
        printer = _make_printer(api, options, settings, writer, service)

        def on_login(payload: Any) -> None:
            service.ready()
            printer.on_login(payload)
            if child:
                child.start()

        connector.options = _observe_logins(connector.options, on_login)
        listener = _make_listener(options, settings, listen_options, connector)
        try:
            with (
                signals.background(writer),
                child or nullcontext(),
                closing(listener.run()) as items,
            ):
                for item in items:
                    printer.print(item)
        except CommandFailed as failed:
            stderr.write_line(f"rtm: listen: {failed}", "command_failed")
            return failed.exit_code
        finally:
            printer.flush()
    return 0


def _observe_logins(
    connect_options: "ConnectOptions", on_login: Callable[[Any], None]
) -> "ConnectOptions":
    """Return options with which each login's response is passed on."""
    route = connect_options.route

    def on_step(step: str, result: Any) -> None:
        route.on_step(step, result)
        if step == "login":
            on_login(result.payload)

    return connect_options._replace(route=route._replace(on_step=on_step))


def _make_child(options: Mapping[str, Any]) -> ChildCommand | None:
    """Return the command to start after the first login, if there is one."""
    if not options["run"]:
        return None
    return ChildCommand(
        options["run"],
        child_environment(os.environ, options),
        may_finish=options["count"] is not None,
    )


def _make_printer(
    api: Api,
    options: Mapping[str, Any],
    settings: Mapping[str, "Resolved"],
    writer: StdoutWriter,
    service: ServiceNotifier,
) -> PushPrinter:
    is_tty = os.isatty(STDOUT)
    view = None
    output_format = settings["output"].value
    if output_format not in _OUTPUT_FORMATS:  # not given, or for other commands
        output_format = "text" if is_tty else "json"
    if output_format == "text":
        from rtmcli.cli.io.text_view import TextView  # not for JSON

        color = use_color(None, os.environ, is_tty=is_tty, is_json=False)
        view = TextView(api, use_color=color, get_width=lambda: terminal_width(STDOUT))
    json_errors = options["error_format"] == "json" or stderr.wants_json_errors((), os.environ)
    return PushPrinter(
        api,
        writer,
        view,
        report_status=service.status,
        prints_gaps=options["markers"] is not False,
        json_notices=json_errors,
        max_buffered=options["buffer_size"] or MAX_BUFFERED,
    )


def _parse_options(api: Api, options: Mapping[str, Any]) -> "ListenOptions":
    """Return what to listen for; it has its time limit when the token has been read."""
    from rtmcli.flows.listen.criteria import ListenOptions  # not for --help

    for action in () if options["no_validate"] else options["actions"] or ():
        check_push(api, action, "--action")
    return ListenOptions(
        tuple(options["actions"] or ()),
        options["chat_id"],
        options["count"] or inf,
        inf,
        options["idle"] or inf,
        bool(options["once"]),
        bool(options["fail_fast"]),
    )


def _make_listener(
    options: Mapping[str, Any],
    settings: Mapping[str, "Resolved"],
    listen_options: "ListenOptions",
    connector: "Connector",
) -> "Listener":
    from rtmcli.flows.listen.flow import Listener  # not for --help
    from rtmcli.settings.resolve import DEFAULT  # not for --help

    backoff = connector.options.timers.backoff
    if settings["backoff_cap"].origin == DEFAULT:
        backoff = backoff._replace(max_delay=_DEFAULT_MAX_DELAY)
    policy = ReconnectPolicy(
        backoff, options["healthy_after"] or 60.0, options["login_interval"] or 1.0
    )
    return Listener(connector, listen_options._replace(max_duration=time_limit.remaining()), policy)


def _login_fields(
    api: Api, settings: Mapping[str, "Resolved"], listen_options: "ListenOptions"
) -> dict[str, Any]:
    """Return what the login says about the pushes that the server should send."""
    spec, fields = api.login_spec, dict[str, Any]()
    if spec.pushes_param and listen_options.actions:
        actions = dict.fromkeys((*listen_options.actions, api.disconnect_push))
        fields[spec.pushes_param] = {api.version: [*actions]}
    level = settings["customer_monitoring_level"]
    if spec.monitoring_param and level.value:
        [param] = [
            param
            for param in api.methods[api.login_action].params
            if param.path == spec.monitoring_param
        ]
        if level.value not in param.choices:
            source = level.source_name or f"{spec.monitoring_param} of the profile"
            raise UsageError(f"{source} must be one of {', '.join(param.choices)}")
        fields[spec.monitoring_param] = level.value
    return fields

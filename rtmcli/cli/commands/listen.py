"""`rtm listen`: every push as a JSON line, until stopped."""

import gc
import os
import select
from collections.abc import Mapping
from contextlib import closing
from math import inf
from typing import TYPE_CHECKING, Any

from rtmcli import signals, time_limit
from rtmcli.catalogue.api import Api
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.connection import make_connector, settings_from_options
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stderr import redactor
from rtmcli.cli.io.stdout import check_stdout_open
from rtmcli.cli.io.systemd import ServiceNotifier
from rtmcli.cli.io.writer import StdoutWriter
from rtmcli.cli.options import (
    CONNECT_ONLY_OPTIONS,
    ERROR_FORMAT_OPTION,
    LISTEN_OPTIONS,
    Option,
    known_options,
)
from rtmcli.cli.renames import check_push
from rtmcli.errors import UsageError
from rtmcli.flows.listen.items import Gap, clock
from rtmcli.protocol import escaping, json_codec
from rtmcli.protocol.push_filter import to_json_lines
from rtmcli.protocol.reconnection import ReconnectPolicy
from rtmcli.settings import types

if TYPE_CHECKING:
    from rtmcli.cli.help.formatting import HelpText
    from rtmcli.flows.listen.criteria import ListenOptions
    from rtmcli.flows.listen.flow import Listener
    from rtmcli.session.options import ConnectOptions
    from rtmcli.settings.resolve import Resolved

_DEFAULT_MAX_DELAY = 30.0  # seconds between two attempts, without --backoff-cap
_MAX_BUFFERED = 64 * 1024 * 1024  # bytes of pushes that wait for the reader
_HIGH_WATER_MARK = 1024 * 1024  # buffered bytes from which pushes are received more slowly
_SLOWDOWN = 0.05  # seconds, for each batch of pushes
_FULL_TIMEOUT = 1.0  # seconds that a full buffer waits for the reader before pushes are dropped

# A profile's limit is meant for calls; it would end a listener that is to run for weeks.
_MAX_TIME_OPTION = Option(
    "max_time",
    ("--max-time",),
    "Like --for, and the output must be read by then; RTM_MAX_TIME and profiles are ignored.",
    types.DURATION,
)


def _cli_params(api: Api) -> tuple[Option, ...]:
    return (
        Option(
            "actions",
            ("--action",),
            "Print only pushes with this name.",
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
            "Mark gaps in which pushes may be lost. [default]",
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
    "Each push is one line, unchanged, and is written at once. A lost connection is detected within"
    " 25 seconds and re-established indefinitely. A line"
    ' {"type": "rtm.gap", "from", "to", "reason"} among the pushes marks a possible loss, with'
    ' "count" if the number is known. If the server says not to reconnect, the exit status is'
    " 4 if the token is no longer valid, else 10. If --count is reached it is 0; if not, within"
    " --for or --idle, 8. Without --count, --for and --idle end with 0, but with 5 if there is no"
    " connection at that time, because pushes may have been missed."
)


def command(api: Api) -> Command:
    """Make the command."""
    return make_command(api, "listen", _cli_params(api), run, _help_text)


def _help_text() -> "HelpText":
    from rtmcli.cli.help.formatting import HelpText  # only for --help

    return HelpText(("rtm listen --action incoming_event --for 10s",), _DESCRIPTION)


def run(api: Api, options: Mapping[str, Any]) -> None:
    """Print pushes until an option, the server or a signal ends it."""
    settings = settings_from_options(api, options, is_unlimited=True)
    listen_options, buffer_size = _parse_options(api, options)
    check_stdout_open()
    service = ServiceNotifier(os.environ)
    listener = _make_listener(api, options, settings, listen_options, service)
    # A call ends before the garbage collector would find anything; this may run for weeks.
    gc.freeze()
    gc.enable()
    with StdoutWriter() as writer:
        printer = ListenPrinter(writer, options, buffer_size, service)
        try:
            with signals.background(writer), closing(listener.run()) as items:
                for item in items:
                    printer.print(item)
        finally:
            printer.flush()


class ListenPrinter:
    """Prints pushes and gaps on standard output, and notices on standard error."""

    def __init__(
        self,
        writer: StdoutWriter,
        options: Mapping[str, Any],
        max_buffered: int,
        service: ServiceNotifier,
    ) -> None:
        self._writer = writer
        self._service = service
        self._max_buffered = max_buffered
        self._is_full = False
        self._prints_gaps = options["markers"] is not False
        self._as_json = (
            stderr.wants_json_errors((), os.environ) or options["error_format"] == "json"
        )
        self._last_push_at = clock()  # when the last push was printed
        self._dropped = 0

    def print(self, item: Any) -> None:
        """Print pushes, a gap or a notice."""
        if isinstance(item, list):
            self._print_pushes(item)
        elif isinstance(item, Gap):
            self._print_gap(item)
        else:
            self._print_notice(*item)

    def flush(self) -> None:
        """Report pushes that were dropped last."""
        if self._dropped:
            self._print_dropped()

    def _print_pushes(self, pushes: list[bytes]) -> None:
        if not self._has_space():
            if not self._dropped:
                self._print_notice("overflow", "standard output is not being read; dropping pushes")
            self._dropped += len(pushes)
            return
        if self._dropped:
            self._print_dropped()
        self._writer.write(redactor.redact_json(to_json_lines(pushes)))
        self._writer.drain(max_left=_HIGH_WATER_MARK, timeout=_SLOWDOWN)
        self._last_push_at = clock()

    def _has_space(self) -> bool:
        """Return whether there is space for more, after a wait for a reader that is reading.

        A slow reader slows the server down. One that stops fills the buffer; then pushes are
        dropped until an eighth of the buffer is free.
        """
        limit = self._max_buffered * 7 // 8 if self._is_full else self._max_buffered
        timeout = min(_FULL_TIMEOUT, time_limit.output_remaining())
        self._writer.drain(max_left=limit, timeout=timeout)
        self._is_full = self._writer.buffered_bytes > limit
        return not self._is_full

    def _print_dropped(self) -> None:
        reason = "the reader of standard output was too slow"
        self._print_gap(Gap.since(self._last_push_at, reason, self._dropped))
        self._print_notice("overflow", f"dropped {self._dropped} pushes: {reason}")
        self._dropped = 0

    def _print_gap(self, gap: Gap) -> None:
        if self._prints_gaps:
            line = escaping.escape_json(json_codec.dumps(gap.to_record()))
            self._writer.write(redactor.redact_json(line) + b"\n")

    def _print_notice(self, notice_type: str, message: str) -> None:
        """Print a notice on standard error, unless that would block."""
        self._service.status(message)
        poll = select.poll()
        poll.register(stderr.STDERR, select.POLLOUT)
        if not poll.poll(0):
            return
        if self._as_json:
            stderr.write_json({"notice": {"type": notice_type, "message": message}})
        else:
            stderr.write_line(f"rtm: listen: {notice_type.replace('_', ' ')}: {message}")


def _parse_options(api: Api, options: Mapping[str, Any]) -> tuple["ListenOptions", int]:
    """Return what to listen for, and the buffer size in bytes."""
    from rtmcli.flows.listen.criteria import ListenOptions  # not for --help

    for action in () if options["no_validate"] else options["actions"] or ():
        check_push(api, action, "--action")
    listen_options = ListenOptions(
        tuple(options["actions"] or ()),
        options["chat_id"],
        options["count"] or inf,
        inf,  # it has its time limit when the token has been read
        options["idle"] or inf,
        bool(options["once"]),
        bool(options["fail_fast"]),
    )
    return listen_options, options["buffer_size"] or _MAX_BUFFERED


def _make_listener(
    api: Api,
    options: Mapping[str, Any],
    settings: Mapping[str, "Resolved"],
    listen_options: "ListenOptions",
    service: ServiceNotifier,
) -> "Listener":
    from rtmcli.flows.listen.flow import Listener  # not for --help
    from rtmcli.settings.resolve import DEFAULT  # not for --help

    connector = make_connector(api, settings, _login_fields(api, settings, listen_options))
    connector.options = _notify_after_login(connector.options, service)
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


def _notify_after_login(options: "ConnectOptions", service: ServiceNotifier) -> "ConnectOptions":
    """Report to systemd after each login that the service is up."""
    on_step = options.route.on_step

    def notify(step: str, result: Any) -> None:
        on_step(step, result)
        if step == "login":
            service.ready()

    return options._replace(route=options.route._replace(on_step=notify))

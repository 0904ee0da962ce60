"""`rtm listen`: every push as a JSON line, until stopped."""

import gc
import os
import select
import time
from collections.abc import Mapping
from contextlib import closing
from math import inf
from typing import TYPE_CHECKING, Any

from rtmcli.catalogue import API
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.connection import make_connector, settings_from_options
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stderr import redactor
from rtmcli.cli.io.stdout import check_stdout_open
from rtmcli.cli.options import CONNECT_ONLY_OPTIONS, ERROR_FORMAT_OPTION, Option
from rtmcli.flows.listen.items import Gap
from rtmcli.protocol import escaping, json_codec, suggestions
from rtmcli.protocol.push_filter import to_json_lines
from rtmcli.protocol.reconnection import ReconnectPolicy
from rtmcli.settings import types

if TYPE_CHECKING:
    from rtmcli.cli.help.formatting import HelpText
    from rtmcli.cli.io.writer import StdoutWriter
    from rtmcli.flows.listen.criteria import ListenOptions
    from rtmcli.flows.listen.flow import Listener
    from rtmcli.settings.resolve import Resolved

_DEFAULT_MAX_DELAY = (
    30.0  # seconds between two attempts at the most, unless --backoff-cap says otherwise
)

# A profile's limit is meant for calls, and would end what is to go on for weeks.
_MAX_TIME_OPTION = Option(
    "max_time",
    ("--max-time",),
    "Same as --for; RTM_MAX_TIME and profiles are ignored.",
    types.DURATION,
)
CLI_PARAMS = (
    Option(
        "actions",
        ("--action",),
        "Only pushes of this name.",
        types.string("NAME", [push.name for push in API.pushes]),
        multiple=True,
    ),
    Option("chat_id", ("--chat-id",), "Only pushes of this chat.", types.string("ID")),
    Option("count", ("--count",), "End after so many pushes.", types.integer("N", 1)),
    Option("length", ("--for",), "End after this time.", types.DURATION),
    Option("idle", ("--idle",), "End when no push has come for so long.", types.DURATION),
    Option("once", ("--once",), "End when the connection is lost."),
    Option("fail_fast", ("--fail-fast",), "End when the first connection fails."),
    Option("markers", ("--markers/--no-markers",), "Mark where pushes may be lost. [default]"),
    ERROR_FORMAT_OPTION,
    _MAX_TIME_OPTION,
    *(option for option in CONNECT_ONLY_OPTIONS if option.name != _MAX_TIME_OPTION.name),
    Option("healthy_after", ("--healthy-after",), "", types.DURATION, hidden=True),
    Option("login_interval", ("--login-interval",), "", types.DURATION, hidden=True),
    Option("spool_size", ("--spool-size",), "", types.integer("BYTES", 1), hidden=True),
)
_DESCRIPTION = (
    "One push a line, as it came, written at once. A lost connection is found within 25 seconds"
    " and made again, for ever; what may have been missed meanwhile is marked among the pushes by a"
    ' line {"type": "rtm.gap", "from", "to", "reason"}, with "count" where the number is known.'
    " It ends where the server says not to come back: with status 4 where the token is no longer"
    " good, else 10. --count reached is status 0; not reached within --for or --idle it is 8."
)


def command() -> Command:
    """Make the command."""
    return make_command("listen", CLI_PARAMS, run, _help_text)


def _help_text() -> "HelpText":
    from rtmcli.cli.help.formatting import HelpText  # only for those who ask

    return HelpText(("rtm listen --action incoming_event --for 10s",), _DESCRIPTION)


def run(options: Mapping[str, Any]) -> None:
    """Listen and print until there is a reason to end."""
    settings = settings_from_options(options)
    listen_options, buffer_size = _parse_options(options, settings)
    check_stdout_open()
    listener = _make_listener(options, settings, listen_options)
    # A call is over before the collector would find anything; this goes on for weeks.
    gc.freeze()
    gc.enable()
    with _make_writer(buffer_size) as writer:
        printer = ListenPrinter(writer, options)
        try:
            with closing(listener.run()) as items:
                for item in items:
                    printer.print(item)
        finally:
            printer.flush()


class ListenPrinter:
    """Puts what happens where it belongs: pushes and gaps on standard output, the rest beside."""

    def __init__(self, writer: "StdoutWriter", options: Mapping[str, Any]) -> None:
        self._writer = writer
        self._prints_gaps = options["markers"] is not False
        self._as_json = (
            stderr.wants_json_errors((), os.environ) or options["error_format"] == "json"
        )
        self._last_push_at = time.time()  # when the last push went out
        self._dropped = 0

    def print(self, item: Any) -> None:
        """Tell of pushes, a gap or a note."""
        if isinstance(item, list):
            self._print_pushes(item)
        elif isinstance(item, Gap):
            self._print_gap(item)
        else:
            self._print_notice(*item)

    def flush(self) -> None:
        """Tell what is still to be told."""
        if self._dropped:
            self._print_dropped()

    def _print_pushes(self, pushes: list[bytes]) -> None:
        if not self._writer.wait_for_space():
            if not self._dropped:
                self._print_notice("overflow", "nobody reads standard output: pushes are dropped")
            self._dropped += len(pushes)
            return
        if self._dropped:
            self._print_dropped()
        self._writer.write(redactor.redact_json(to_json_lines(pushes)))
        self._last_push_at = time.time()

    def _print_dropped(self) -> None:
        reason = "the reader of standard output was too slow"
        self._print_gap(Gap(self._last_push_at, time.time(), reason, self._dropped))
        self._print_notice("overflow", f"{self._dropped} pushes were dropped: {reason}")
        self._dropped = 0

    def _print_gap(self, gap: Gap) -> None:
        if self._prints_gaps:
            line = escaping.escape_json(json_codec.dumps(gap.to_record()))
            self._writer.write(redactor.redact_json(line) + b"\n")

    def _print_notice(self, notice_type: str, message: str) -> None:
        """Tell it on standard error, unless that would make us wait."""
        poll = select.poll()
        poll.register(stderr.STDERR, select.POLLOUT)
        if not poll.poll(0):
            return
        if self._as_json:
            stderr.write_json({"notice": {"type": notice_type, "message": message}})
        else:
            stderr.write_line(f"rtm: listen: {notice_type.replace('_', ' ')}: {message}")


def _parse_options(
    options: Mapping[str, Any], settings: Mapping[str, "Resolved"]
) -> tuple["ListenOptions", int]:
    """Make the options of the flow, and the size of the output buffer."""
    from rtmcli.flows.listen.criteria import ListenOptions  # only who connects
    from rtmcli.settings.resolve import FLAG  # is loaded already

    duration = options["length"] or inf
    if settings["max_time"].origin == FLAG:
        duration = min(duration, settings["max_time"].value)
    known = {push.name for push in API.pushes}
    for action in options["actions"] or ():
        if action not in known:
            suggestion = suggestions.did_you_mean(action, known)
            stderr.write_line(
                f"rtm: listen: warning: no document names a push {action}{suggestion}"
            )
    listen_options = ListenOptions(
        tuple(options["actions"] or ()),
        options["chat_id"],
        options["count"] or inf,
        duration,
        options["idle"] or inf,
        bool(options["once"]),
        bool(options["fail_fast"]),
    )
    return listen_options, options["spool_size"] or 64 * 1024 * 1024


def _make_listener(
    options: Mapping[str, Any], settings: Mapping[str, "Resolved"], listen_options: "ListenOptions"
) -> "Listener":
    from rtmcli.flows.listen.flow import Listener  # only who connects
    from rtmcli.settings.resolve import DEFAULT  # is loaded already

    connector = make_connector(settings)
    backoff = connector.options.timers.backoff
    if settings["backoff_cap"].origin == DEFAULT:
        backoff = backoff._replace(max_delay=_DEFAULT_MAX_DELAY)
    policy = ReconnectPolicy(
        backoff, options["healthy_after"] or 60.0, options["login_interval"] or 1.0
    )
    return Listener(connector, listen_options, policy)


def _make_writer(max_buffered: int) -> "StdoutWriter":
    from rtmcli.cli.io.writer import StdoutWriter  # not for the help

    return StdoutWriter(max_buffered)

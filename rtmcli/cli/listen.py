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
from rtmcli.cli import report
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.connection import connector_of, settings_of
from rtmcli.cli.options import BARE_CONNECTION, OUTPUT, Option
from rtmcli.cli.output import check_open
from rtmcli.cli.report import HIDDEN
from rtmcli.errors import UsageError
from rtmcli.protocol import durations, escaping, nearest, values
from rtmcli.protocol.reconnection import Gap, Pacing
from rtmcli.protocol.sieve import lines

if TYPE_CHECKING:
    from rtmcli.cli.page import Guide
    from rtmcli.cli.spool import Spool
    from rtmcli.flows.listen import Listener, Wish
    from rtmcli.settings.resolve import Value

_CAP = 30.0  # seconds between two attempts at the most, unless --backoff-cap says otherwise

# A profile's limit is meant for calls, and would end what is to go on for weeks.
_MAX_TIME = Option(
    "max_time", ("--max-time",), "As --for. No variable or profile counts here.", "DURATION"
)
ROWS = (
    Option(
        "actions",
        ("--action",),
        "Only pushes of this name.",
        "NAME",
        many=True,
        choices=tuple(push.name for push in API.pushes),  # and any other
    ),
    Option("chat_id", ("--chat-id",), "Only pushes of this chat.", "ID"),
    Option("count", ("--count",), "End after so many pushes.", "N"),
    Option("length", ("--for",), "End after this time.", "DURATION"),
    Option("idle", ("--idle",), "End when no push has come for so long.", "DURATION"),
    Option("once", ("--once",), "End when the connection is lost."),
    Option("fail_fast", ("--fail-fast",), "End when the first connection fails."),
    Option("markers", ("--markers/--no-markers",), "Mark where pushes may be lost. [default]"),
    next(option for option in OUTPUT if option.name == "error_format"),
    _MAX_TIME,
    *(row for row in BARE_CONNECTION if row.name != _MAX_TIME.name),
    Option("healthy_after", ("--healthy-after",), "", "DURATION", hidden=True),
    Option("login_interval", ("--login-interval",), "", "DURATION", hidden=True),
    Option("spool_size", ("--spool-size",), "", "BYTES", hidden=True),
)
_ABOUT = (
    "One push a line, as it came, written at once. A lost connection is found within 25 seconds"
    " and made again, for ever; what may have been missed meanwhile is marked among the pushes by a"
    ' line {"type": "rtm.gap", "from", "to", "reason"}, with "count" where the number is known.'
    " It ends where the server says not to come back: with status 4 where the token is no longer"
    " good, else 10. --count reached is status 0; not reached within --for or --idle it is 8."
)


def command() -> Command:
    """Make the command."""
    return make_command("listen", ROWS, run, _guide)


def _guide() -> "Guide":
    from rtmcli.cli.page import Guide  # noqa: PLC0415  # only for those who ask

    return Guide(("rtm listen --action incoming_event --for 10s",), _ABOUT)


def run(options: Mapping[str, Any]) -> None:
    """Listen and print until there is a reason to end."""
    settings = settings_of(options)
    wish, spool_size = _read(options, settings)
    check_open()
    listener = _listener(options, settings, wish)
    # A call is over before the collector would find anything; this goes on for weeks.
    gc.freeze()
    gc.enable()
    with _spool(spool_size) as spool:
        printer = Printer(spool, options)
        try:
            with closing(listener.run()) as happenings:
                for happening in happenings:
                    printer.tell(happening)
        finally:
            printer.end()


class Printer:
    """Puts what happens where it belongs: pushes and gaps on standard output, the rest beside."""

    def __init__(self, spool: "Spool", options: Mapping[str, Any]) -> None:
        self._spool = spool
        self._marks = options["markers"] is not False
        self._as_json = report.wants_json((), os.environ) or options["error_format"] == "json"
        self._told_at = time.time()  # when the last push went out
        self._dropped = 0

    def tell(self, happening: Any) -> None:
        """Tell of pushes, a gap or a note."""
        if isinstance(happening, list):
            self._tell_pushes(happening)
        elif isinstance(happening, Gap):
            self._mark(happening)
        else:
            self._note(*happening)

    def end(self) -> None:
        """Tell what is still to be told."""
        if self._dropped:
            self._mark_dropped()

    def _tell_pushes(self, pushes: list[bytes]) -> None:
        if not self._spool.has_room():
            if not self._dropped:
                self._note("overflow", "nobody reads standard output: pushes are dropped")
            self._dropped += len(pushes)
            return
        if self._dropped:
            self._mark_dropped()
        self._spool.put(HIDDEN.hide(lines(pushes)))
        self._told_at = time.time()

    def _mark_dropped(self) -> None:
        why = "the reader of standard output was too slow"
        self._mark(Gap(self._told_at, time.time(), why, self._dropped))
        self._note("overflow", f"{self._dropped} pushes were dropped: {why}")
        self._dropped = 0

    def _mark(self, gap: Gap) -> None:
        if self._marks:
            line = escaping.in_json(values.dump(gap.record()))
            self._spool.put(HIDDEN.hide(line) + b"\n")

    def _note(self, kind: str, message: str) -> None:
        """Tell it on standard error, unless that would make us wait."""
        poll = select.poll()
        poll.register(report.STDERR, select.POLLOUT)
        if not poll.poll(0):
            return
        if self._as_json:
            report.write_json({"notice": {"type": kind, "message": message}})
        else:
            report.write(f"rtm: listen: {kind.replace('_', ' ')}: {message}")


def _read(options: Mapping[str, Any], settings: Mapping[str, "Value"]) -> tuple["Wish", int]:
    """Read the options; raise `UsageError` where one is wrong."""
    from rtmcli.flows.listen import Wish  # noqa: PLC0415  # only who connects
    from rtmcli.settings.resolve import FLAG  # noqa: PLC0415  # is loaded already

    length = _seconds(options, "length", inf)
    if settings["max_time"].origin == FLAG:
        length = min(length, settings["max_time"].value)
    for name, asked in (("actions", options["actions"] or ()), ("chat_id", [options["chat_id"]])):
        if "" in asked:  # such as a variable that is not set
            raise UsageError(f"{_flag(name)} is empty, and no push fits that")
    known = {push.name for push in API.pushes}
    for action in options["actions"] or ():
        if action not in known:
            near = nearest.hint(action, known)
            report.write(f"rtm: listen: warning: no document names a push {action}{near}")
    wish = Wish(
        tuple(options["actions"] or ()),
        options["chat_id"],
        _number(options, "count", inf),
        length,
        _seconds(options, "idle", inf),
        bool(options["once"]),
        bool(options["fail_fast"]),
    )
    return wish, int(_number(options, "spool_size", 64 * 1024 * 1024))


def _listener(
    options: Mapping[str, Any], settings: Mapping[str, "Value"], wish: "Wish"
) -> "Listener":
    from rtmcli.flows.listen import Listener  # noqa: PLC0415  # only who connects
    from rtmcli.settings.resolve import DEFAULT  # noqa: PLC0415  # is loaded already

    connector = connector_of(settings)
    backoff = connector.access.timers.backoff
    if settings["backoff_cap"].origin == DEFAULT:
        backoff = backoff._replace(cap=_CAP)
    healthy = _seconds(options, "healthy_after", 60.0)
    pacing = Pacing(backoff, healthy, _seconds(options, "login_interval", 1.0))
    return Listener(connector, wish, pacing)


def _spool(limit: int) -> "Spool":
    from rtmcli.cli.spool import Spool  # noqa: PLC0415  # not for the help

    return Spool(limit)


def _seconds(options: Mapping[str, Any], name: str, default: float) -> float:
    text = options[name]
    return default if text is None else durations.seconds(text, _flag(name))


def _number(options: Mapping[str, Any], name: str, default: float) -> float:
    text = options[name]
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise UsageError(f"{_flag(name)} must be a whole number, 1 or more")
    return int(text)


def _flag(name: str) -> str:
    return next(row.flags[0] for row in ROWS if row.name == name)

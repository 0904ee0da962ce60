"""What `listen` prints: pushes and gaps on standard output, notices on standard error."""

import os
import select
import time
from collections.abc import Callable
from typing import Any

from rtmcli import time_limit
from rtmcli.catalogue.api import Api
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stderr import STDERR, redactor
from rtmcli.cli.io.terminal import WARNING_COLOR
from rtmcli.cli.io.text_view import CONNECTED_COLOR, TextView
from rtmcli.cli.io.writer import STDOUT, StdoutWriter
from rtmcli.flows.listen.items import Gap, ListenItem, clock
from rtmcli.protocol import escaping, json_codec
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.protocol.push_filter import to_json_lines
from rtmcli.session.dial import noop

MAX_BUFFERED = 64 * 1024 * 1024  # bytes of pushes that wait for the reader
_HIGH_WATER_MARK = 1024 * 1024  # buffered bytes from which pushes are received more slowly
_SLOWDOWN = 0.05  # seconds, for each batch of pushes
_FULL_TIMEOUT = 1.0  # seconds that a full buffer waits for the reader before pushes are dropped
_NOTICE_COLORS = {"reconnected": CONNECTED_COLOR}  # others are warnings


class PushPrinter:
    """Prints pushes, gaps and notices, as JSON or in the view for people."""

    def __init__(
        self,
        api: Api,
        writer: StdoutWriter,
        view: "TextView | None",
        *,
        report_status: Callable[[str], None] = noop,
        prints_gaps: bool = True,
        json_notices: bool = False,
        max_buffered: int = MAX_BUFFERED,
    ) -> None:
        """Without a view, print JSON; `report_status` receives each notice, too."""
        self._api = api
        self._writer = writer
        self._view = view
        self._report_status = report_status
        self._prints_gaps = prints_gaps
        self._json_notices = json_notices
        self._max_buffered = max_buffered  # bytes
        self._is_full = False
        self._had_login = False
        self._last_push_at = clock()  # when the last push was printed
        self._dropped = 0

    def on_login(self, payload: Any) -> None:
        """Learn names from a login's response; say on a terminal what this is connected to."""
        if self._view:
            self._view.names.learn(payload)
        if os.isatty(STDERR) and not self._json_notices and not self._had_login:
            spec = self._api.login_spec
            words = (("to license", spec.license_path), ("as", spec.response_paths["agent"]))
            found = [(word, get_path(payload, path)) for word, path in words]
            whom = "".join(f" {word} {value}" for word, value in found if value is not MISSING)
            stderr.write_line(f"connected{whom} (API {self._api.version}); Ctrl-C stops")
        self._had_login = True

    def print(self, item: ListenItem) -> None:
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
            reason = "the reader of standard output was too slow"
            self._print_gap(Gap.since(self._last_push_at, reason, self._dropped))
            self._print_notice("overflow", f"dropped {self._dropped} pushes: {reason}")
            self._dropped = 0

    def _print_pushes(self, pushes: list[bytes]) -> None:
        """Print pushes as they were received, unless too much waits for the reader already."""
        if not self._has_space():
            if not self._dropped:
                self._print_notice("overflow", "standard output is not being read; dropping pushes")
            self._dropped += len(pushes)
            return
        self.flush()
        self._writer.write(self._format_pushes(pushes))
        self._writer.drain(max_left=_HIGH_WATER_MARK, timeout=_SLOWDOWN)
        self._last_push_at = clock()

    def _print_gap(self, gap: Gap) -> None:
        """Print a gap, in its place among the pushes."""
        if not self._prints_gaps:
            return
        if self._view:
            reason = gap.reason
            if gap.lost_count is not None:
                reason = f"{gap.lost_count} lost, {reason}"
            self._writer.write(self._view.format_gap(gap.start, gap.end, reason, time.time()))
        else:
            line = escaping.escape_json(json_codec.dumps(gap.to_record()))
            self._writer.write(redactor.redact_json(line) + b"\n")

    def _print_notice(self, kind: str, message: str) -> None:
        """Print a notice on standard error, unless that would block."""
        self._report_status(message)
        poll = select.poll()
        poll.register(STDERR, select.POLLOUT)
        if not poll.poll(0):
            return
        name = kind.replace("_", " ")
        if self._json_notices:
            stderr.write_json({"notice": {"type": kind, "message": message}})
        elif self._view and os.isatty(STDERR) and os.isatty(STDOUT):
            color = _NOTICE_COLORS.get(kind, WARNING_COLOR)
            columns = [message] if message.startswith(name) else [name, message]
            line = self._view.format_line(time.time(), *columns, color=color, is_status=True)
            stderr.write_escaped(line.removesuffix(b"\n"))
        else:
            stderr.write_line(f"rtm: listen: {name}: {message}")

    def _format_pushes(self, pushes: list[bytes]) -> bytes:
        if not self._view:
            return redactor.redact_json(to_json_lines(pushes))
        now = time.time()
        return b"".join(self._view.format_push(push, now) for push in pushes)

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

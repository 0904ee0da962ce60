"""What the sandbox shows on its terminal: requests, and pushes as `listen` shows them."""

import os
import time
from collections.abc import Callable, Iterable
from math import inf
from typing import Any, BinaryIO, cast

from rtmcli.catalogue.api import Api
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stderr import STDERR
from rtmcli.cli.io.terminal import FAILURE_COLOR, terminal_width, use_color
from rtmcli.cli.io.text_view import REQUEST_COLOR, TextView
from rtmcli.protocol import json_codec

_SAME_PUSH_TIME = 0.1  # seconds within which a push goes to all its connections
_MAX_RECENT = 1000  # pushes
_OUT = "out"  # the direction of a frame to a client


class SandboxView:
    """Shows requests and pushes on standard error, one line each.

    A push that goes to several connections is shown once; of pings nothing is shown.
    """

    def __init__(
        self,
        apis: Iterable[tuple[str, Api]],
        *,
        clock: Callable[[], float] = time.time,
        environ: Any = os.environ,
    ) -> None:
        """`apis` are the versions of the API, by the version that their pushes carry, or ""."""
        color = use_color(None, environ, is_tty=os.isatty(STDERR), is_json=False)
        self._views = {
            version: TextView(api, use_color=color, get_width=lambda: terminal_width(STDERR))
            for version, api in apis
        }
        self._pings = {api.ping_action for _, api in apis}
        self._clock = clock
        self._recent: dict[bytes, float] = {}  # push -> when it was shown

    def on_request(self, connection: int, agent_id: str, action: str, outcome: str) -> None:
        """Show a request and what became of it."""
        if action in self._pings:
            return
        view = next(iter(self._views.values()))
        agent = view.names.get(agent_id) or agent_id or "?"
        color = REQUEST_COLOR if outcome.startswith("ok") else FAILURE_COLOR
        words = (action or "?", f"#{connection}", f"{agent}: {outcome}")
        self._print(view.format_line(self._clock(), *words, color=color))

    def on_record(self, line: bytes) -> None:
        """Show the push that a line of the frame log holds, if it holds one that is new."""
        record = json_codec.loads(line)
        message = record.get("message")
        if record["direction"] != _OUT or not isinstance(message, dict):
            return
        if message.get("type") != "push":
            for view in self._views.values():
                view.names.learn(message.get("payload"))
        else:
            self.on_push(message)

    def on_push(self, message: dict[str, Any]) -> None:
        """Show a push that is new."""
        if self._is_new(message):
            view = self._views[message.get("version", "")]
            self._print(view.format_push(json_codec.dumps(message), self._clock()))

    def as_log_file(self, file: BinaryIO | None) -> BinaryIO:
        """Return a file for a frame log: its lines are shown, and written to `file` if given."""
        return cast("BinaryIO", _ShownFile(self, file))

    def _is_new(self, push: dict[str, Any]) -> bool:
        """Return whether a push was not shown a moment ago, for another connection."""
        now = self._clock()
        key = json_codec.dumps([push.get("action"), push.get("payload")])
        shown_at = self._recent.pop(key, -inf)
        is_new = now - shown_at >= _SAME_PUSH_TIME
        self._recent[key] = now if is_new else shown_at
        if len(self._recent) > _MAX_RECENT:
            del self._recent[next(iter(self._recent))]
        return is_new

    def _print(self, line: bytes) -> None:
        stderr.write_escaped(line.removesuffix(b"\n"))


class _ShownFile:
    """The file of a frame log, whose complete lines are shown, too."""

    def __init__(self, view: SandboxView, file: BinaryIO | None) -> None:
        self._view = view
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        """Write as much as the file takes; show a line that it takes whole."""
        count = self._file.write(data) if self._file else len(data)
        if count == len(data) and data.startswith(b"{"):
            self._view.on_record(data)
        return count

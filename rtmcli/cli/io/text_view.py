"""The view for people: one line for each push, gap or notice, as `listen` prints it.

    13:18:24  incoming_event  1JRQX2DB4P  Jane Roe: Can I pay by invoice?

The row of a push names the members to show. Ids of users are replaced by the names that were heard.
Text of the server cannot control the terminal: it is escaped, and never markup.
"""

import re
import time
from collections.abc import Callable, Container
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Audience, PushType
from rtmcli.cli.io.stderr import redactor
from rtmcli.cli.io.terminal import BOLD, DIM, FAILURE_COLOR, RESET
from rtmcli.protocol import escaping, json_codec
from rtmcli.protocol.paths import get_all, get_path
from rtmcli.protocol.push_filter import chat_ids

_MAX_NAMES = 10_000
_MAX_NAME_LENGTH = 40  # characters
_MAX_LENGTH = 100_000  # characters of a line that goes to a file
_CHARACTERS_PER_CELL = 4  # at most, so that combining characters do not pile up
_SEPARATOR = "  "  # of columns
_HALF_DAY = 12 * 3600  # seconds after which a time needs its date
_UUID_LENGTH, _SHORT_UUID_LENGTH = 36, 8  # characters
_ID = re.compile(r"(^|[._])ids?$")
_ID_OR_NAME = re.compile(r"(^|[._])(ids?|name)$")
_UNKNOWN_COLOR = BOLD
_CHAT_COLOR, _CUSTOMER_COLOR, _AGENT_COLOR, _LICENSE_COLOR, _SESSION_COLOR = (
    f"\x1b[{number}m" for number in (36, 32, 35, 34, 33)
)
_COLORS = {
    Audience.CHAT: _CHAT_COLOR,
    Audience.CUSTOMERS: _CUSTOMER_COLOR,
    Audience.AGENTS: _AGENT_COLOR,
    Audience.BOTS: _AGENT_COLOR,
    Audience.RECIPIENTS: _AGENT_COLOR,
    Audience.GROUP: _LICENSE_COLOR,
    Audience.LICENSE: _LICENSE_COLOR,
    Audience.REQUESTER: _SESSION_COLOR,
    Audience.CONNECTION: _SESSION_COLOR,
}
REQUEST_COLOR = BOLD
CONNECTED_COLOR = "\x1b[32m"


class Names:
    """The names of users by their ids, as far as they were heard; the oldest are forgotten."""

    def __init__(self, api: Api) -> None:
        self._paths = api.user_paths
        self._id_field, self._name_field = api.user_fields
        self._names: dict[str, str] = {}

    def learn(self, payload: Any) -> None:
        """Remember the users of a push or of the login's response."""
        for path in self._paths:
            for user in get_all(payload, path):
                user_id, name = get_path(user, self._id_field), get_path(user, self._name_field)
                if isinstance(user_id, str) and isinstance(name, str) and name.strip():
                    self._names.pop(user_id, None)
                    self._names[user_id] = escaping.truncate(name, _MAX_NAME_LENGTH)
        while len(self._names) > _MAX_NAMES:
            del self._names[next(iter(self._names))]

    def get(self, user_id: str) -> str | None:
        """Return the name of a user, None if it was not heard."""
        return self._names.get(user_id)


class TextView:
    """Formats lines; `get_width` returns the cells of a line, or None for whole lines."""

    def __init__(
        self, api: Api, *, use_color: bool, get_width: Callable[[], int | None] = lambda: None
    ) -> None:
        self.names = Names(api)
        self._api = api
        self._push_types = {push.name: push for push in api.pushes}
        self._use_color = use_color
        self._get_width = get_width

    def format_push(self, raw: bytes, now: float) -> bytes:
        """Format a push as it was received; `now` is in seconds since the epoch."""
        message = json_codec.loads(raw)
        action, payload = message.get("action"), message.get("payload")
        if not isinstance(action, str):
            return self.format_line(now, "push", _to_json(message))
        self.names.learn(payload)
        push_type = self._push_types.get(action)
        if not push_type:
            return self.format_line(now, action, _to_json(payload))
        found = chat_ids(self._api, action, payload)
        chats = dict.fromkeys(each for each in found if isinstance(each, str))
        columns = [", ".join(chats), self._describe(push_type, payload, chats)]
        if not any(columns):
            columns = [_to_json(payload)]
        return self.format_line(now, action, *columns, color=_COLORS[push_type.audience[0]])

    def format_gap(self, start: float, end: float, reason: str, now: float) -> bytes:
        """Format a gap between two times in which pushes may have been lost."""
        date = "%Y-%m-%d " if now - start > _HALF_DAY else ""
        start_text = time.strftime(f"{date}%H:%M:%S", time.localtime(start))
        period = f"{start_text} to {_clock_time(end)}"
        text = f"{period}, pushes may be missing: {reason}"
        return self.format_line(now, "gap", text, color=FAILURE_COLOR, is_status=True)

    def format_line(
        self,
        now: float,
        name: str,
        *columns: str,
        color: str = _UNKNOWN_COLOR,
        is_status: bool = False,
    ) -> bytes:
        """Format a line of a time, a colored name and other columns; empty ones are omitted.

        The status of the connection is of one color, and is never cut.
        """
        width = None if is_status else self._get_width()
        limit = _MAX_LENGTH if width is None else width * _CHARACTERS_PER_CELL
        cells = [
            _clock_time(now),
            *(escaping.escape_line(text[:limit]) for text in (name, *columns)),
        ]
        line = redactor.redact_text(_SEPARATOR.join(filter(None, cells)).encode()).decode()
        if width is not None:
            line = _cut(line, width)
        if not self._use_color:
            return line.encode() + b"\n"
        start = len(cells[0]) + len(_SEPARATOR)
        end = len(line) if is_status else start + len(cells[1])
        text = f"{DIM}{line[:start]}{RESET}{color}{line[start:end]}{RESET}{line[end:]}"
        return text.encode() + b"\n"

    def _describe(self, push_type: PushType, payload: Any, chats: Container[str]) -> str:
        """Return who and what: the members that the row names, without repetitions."""
        parts: list[str] = []
        has_user = False  # at the beginning
        for path in push_type.text:
            part = self._format_member(path, get_all(payload, path))
            if not part or part in chats or part in parts:
                continue
            has_user = has_user or (not parts and bool(_ID_OR_NAME.search(path)))
            parts.append(part)
        if has_user and len(parts) > 1:
            return f"{parts[0]}: {', '.join(parts[1:])}"
        return ", ".join(parts)

    def _format_member(self, path: str, values: list[Any]) -> str:
        """Format the values at a path; numbers and booleans with the member's name."""
        label = path.rpartition(".")[2]
        values = [value for value in values if value is not None]
        if _ID.search(path):
            values = [self._name(each) if isinstance(each, str) else each for each in values]
        texts = [value if isinstance(value, str) else _to_json(value) for value in values]
        if all(isinstance(value, str | dict) for value in values):
            return ", ".join(filter(None, texts))
        return f"{label}={','.join(texts)}"

    def _name(self, user_id: str) -> str:
        """Return a user's name, or the id; a terminal shows only the beginning of a UUID."""
        is_long = len(user_id) == _UUID_LENGTH and self._get_width() is not None
        short_id = f"{user_id[:_SHORT_UUID_LENGTH]}…" if is_long else user_id
        return self.names.get(user_id) or short_id


def _clock_time(timestamp: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(timestamp))


def _to_json(value: Any) -> str:
    return json_codec.dumps(value).decode("utf-8", "backslashreplace")


def _cut(line: str, width: int) -> str:
    """Shorten a line to the cells of a terminal."""
    from rich.cells import cell_len, set_cell_size  # only for a terminal

    return line if cell_len(line) <= width else set_cell_size(line, width - 1).rstrip() + "…"

"""The conversation of a chat as text: a line for each event, with its local time and its author.

    --- thread K600PKZON8 ---
    2019-09-02 09:48:00  Ada Nowak  The kettle does not boil.
    2019-09-02 09:50:00  Agent One  [agents only] The plug is in the picture:
                         it is not in the wall.

The method's row names the members to print. Nothing is cut; further lines of a text are indented,
so that none of them can be mistaken for an event or a thread.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from rtmcli.catalogue.model import Transcript
from rtmcli.cli.io.formats.cells import redact_value, to_text
from rtmcli.cli.io.terminal import BOLD, DIM, RESET
from rtmcli.protocol import escaping
from rtmcli.protocol.paths import get_all, get_path

_TIME_WIDTH = 19  # characters
_UNKNOWN_TIME = "?".ljust(_TIME_WIDTH)
_SYSTEM_AUTHOR = "system"  # of an event without an author
_NO_ACCESS = "(no access to its events)"
_COLUMN_SEPARATOR, _MEMBER_SEPARATOR = "  ", " | "
_INDENT = " " * (_TIME_WIDTH + len(_COLUMN_SEPARATOR))
_TAB_SIZE = 4


class TranscriptFormatter:
    """Formats the threads of a response; `user_fields` are those of a user's id and name."""

    def __init__(
        self, transcript: Transcript, user_fields: tuple[str, str], *, use_color: bool
    ) -> None:
        self._transcript = transcript
        self._user_fields = user_fields
        self._use_color = use_color

    def format_response(self, payload: Any) -> bytes:
        """Format the threads that a response holds, in order; there may be none."""
        payload = redact_value(payload)
        names = self._names(payload)
        threads = self._sorted(get_all(payload, self._transcript.threads_path))
        texts = ["\n".join(self._thread_lines(thread, names)) + "\n" for thread in threads]
        return "\n".join(texts).encode()

    def _names(self, payload: Any) -> dict[str, str]:
        """Return the names of the users in a response by their ids."""
        id_field, name_field = self._user_fields
        users = get_all(payload, self._transcript.users_path)
        pairs = [(get_path(user, id_field), get_path(user, name_field)) for user in users]
        return {
            user_id: name
            for user_id, name in pairs
            if isinstance(user_id, str) and isinstance(name, str) and name.strip()
        }

    def _sorted(self, values: list[Any]) -> list[dict[str, Any]]:
        """Sort threads or events; in the order received if one has no place in the order."""
        objects = [value for value in values if isinstance(value, dict)]
        keys = [value.get(self._transcript.order_field) for value in objects]
        is_sortable = any(all(isinstance(key, type_) for key in keys) for type_ in (int, str))
        if not is_sortable:
            return objects
        return sorted(objects, key=lambda value: value[self._transcript.order_field])

    def _thread_lines(self, thread: dict[str, Any], names: Mapping[str, str]) -> Iterator[str]:
        thread_id = escaping.escape_line(to_text(thread.get(self._transcript.id_field)))
        yield self._styled(f"--- thread {thread_id} ---", DIM)
        if thread.get(self._transcript.restricted_field):
            yield _INDENT + _NO_ACCESS
        for event in self._sorted(get_all(thread, self._transcript.events_field)):
            yield from self._event_lines(event, names)

    def _event_lines(self, event: dict[str, Any], names: Mapping[str, str]) -> Iterator[str]:
        author = event.get(self._transcript.author_field)
        author = to_text(author) if author is not None else _SYSTEM_AUTHOR
        first, *others = self._text_lines(event)
        columns = (
            self._styled(_local_time(event.get(self._transcript.time_field)), DIM),
            self._styled(escaping.escape_line(names.get(author, author)), BOLD),
            first,
        )
        yield _COLUMN_SEPARATOR.join(columns).rstrip(" ")
        for line in others:
            yield (_INDENT + line).rstrip(" ")

    def _text_lines(self, event: dict[str, Any]) -> list[str]:
        """Return the lines of an event, at least one; an event without a text is named."""
        marks = [
            f"[{label}] "
            for (field, value), label in self._transcript.marks.items()
            if event.get(field) == value
        ]
        text = "\n".join(self._parts(event))
        text = text or f"[{to_text(event.get(self._transcript.type_field))}]"
        return [
            escaping.escape_text(line.expandtabs(_TAB_SIZE))
            for line in re.split("\r\n|\r|\n", "".join(marks) + text)
        ]

    def _parts(self, event: dict[str, Any]) -> Iterator[str]:
        """Yield a text for each part of an event that has one."""
        for path, members in self._transcript.text.items():
            for part in get_all(event, path):
                values = [
                    value
                    for member in members
                    for value in get_all(part, member)
                    if not (member and isinstance(value, dict))  # its own members are named
                ]
                if text := _MEMBER_SEPARATOR.join(filter(None, map(to_text, values))):
                    yield text

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{RESET}" if self._use_color else text


def other_threads(transcript: Transcript, payload: Any) -> list[str]:
    """Return the ids of the threads that a response names but does not hold."""
    held = get_all(payload, f"{transcript.threads_path}.{transcript.id_field}")
    named = get_all(payload, transcript.other_threads_path)
    return [each for each in named if isinstance(each, str) and each not in held]


def _local_time(value: Any) -> str:
    """Format seconds since the epoch, or an RFC 3339 time, in the local time zone."""
    try:
        moment = (
            datetime.fromisoformat(value)
            if isinstance(value, str)
            else datetime.fromtimestamp(value, UTC)
        ).astimezone()
    except (ValueError, TypeError, OverflowError, OSError):
        return _UNKNOWN_TIME
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")

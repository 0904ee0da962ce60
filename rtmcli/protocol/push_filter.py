"""Which messages of a stream are pushes that were asked for, and each of them as one line.

A push is told as it came: its own bytes, in which only what no value depends on is changed. White
space between values that would break the line goes, and what a terminal would obey is escaped.
So numbers keep their digits and unknown pushes and members their shape, however deep they are.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from rtmcli.catalogue import API
from rtmcli.protocol import escaping
from rtmcli.protocol.messages import Push

_WHITESPACE_CONTROLS = (
    b"\t\n\r"  # the only control characters that JSON allows, and only between values
)


class UndecodableMessage(NamedTuple):
    """A message that is neither push nor response."""

    pushes_before: int  # so many pushes were let through before it
    raw: bytes


class FilterResult(NamedTuple):
    """What became of some messages."""

    pushes: list[bytes]  # those that were asked for, as they came
    undecodable: list[UndecodableMessage]
    disconnect_push: Push | None  # the push that announces the end of the session


class PushFilter:
    """Lets the pushes through that were asked for: by action, by chat, or all."""

    def __init__(self, actions: Iterable[str] = (), chat_id: str | None = None) -> None:
        self._actions = frozenset(actions)
        self._chat_id = chat_id
        self._match_all = not self._actions and chat_id is None

    def apply(self, raw_messages: Iterable[bytes]) -> FilterResult:
        """Sort messages; responses are nobody's concern here."""
        pushes: list[bytes] = []
        result = FilterResult(pushes, [], None)
        loads, append = orjson.loads, pushes.append
        match_all, disconnect_action = self._match_all, API.disconnect_push
        for raw in raw_messages:
            try:
                message = loads(raw)
                message_type = message["type"]
            except (ValueError, LookupError, TypeError):
                message, message_type = _parse_leniently(raw)
            if message_type == "push":
                if match_all or self._matches(message):
                    append(raw)
                if message.get("action") == disconnect_action:
                    push = Push(disconnect_action, message.get("payload"), "", message, raw)
                    result = result._replace(disconnect_push=push)
            elif message_type != "response":
                result.undecodable.append(UndecodableMessage(len(pushes), raw))
        return result

    def _matches(self, message: dict[str, Any]) -> bool:
        action = message.get("action")
        if self._actions and not (isinstance(action, str) and action in self._actions):
            return False
        if self._chat_id is None:
            return True
        payload = message.get("payload")
        return any(_get_path(payload, path) == self._chat_id for path in API.push_chat_paths)


def to_json_lines(raw_messages: list[bytes]) -> bytes:
    """Write JSON values that came in messages of their own as one line each."""
    joined = b"".join(raw_messages)
    if any(character in joined for character in _WHITESPACE_CONTROLS):
        raw_messages = [text.translate(None, _WHITESPACE_CONTROLS) for text in raw_messages]
    return escaping.escape_json(b"\n".join([*raw_messages, b""]))


def _parse_leniently(raw: bytes) -> tuple[Any, Any]:
    """Read what orjson refuses, wide exponents, lone surrogates and great depth; or nothing."""
    try:
        message = _LENIENT.decode(raw.decode())
    except (ValueError, RecursionError):
        return None, None
    return message, message.get("type") if isinstance(message, dict) else None


def _reject_constant(_: str) -> None:
    raise ValueError


_LENIENT = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_reject_constant)


def _get_path(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value

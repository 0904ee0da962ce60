"""Select pushes from received messages, and format them as JSON lines.

A push is printed as the bytes that were received, so that numbers keep their digits, and unknown
pushes and members are unchanged. Only line ends and tabs between values are removed, and control
characters are escaped.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from rtmcli.catalogue import API
from rtmcli.protocol import escaping
from rtmcli.protocol.messages import Push
from rtmcli.protocol.paths import get_path

_WHITESPACE_CONTROLS = b"\t\n\r"  # the only control characters in JSON, and only between values


class UndecodableMessage(NamedTuple):
    """A message that is neither a push nor a response."""

    pushes_before: int  # the number of selected pushes before it
    raw: bytes


class FilterResult(NamedTuple):
    """The messages of one batch, by kind; responses are omitted."""

    pushes: list[bytes]  # the selected ones, as received
    undecodable: list[UndecodableMessage]
    disconnect_push: Push | None  # the push that announces a disconnect


class PushFilter:
    """Selects pushes by action and by chat; without criteria, all of them."""

    def __init__(self, actions: Iterable[str] = (), chat_id: str | None = None) -> None:
        self._actions = frozenset(actions)
        self._chat_id = chat_id
        self._match_all = not self._actions and chat_id is None

    def apply(self, raw_messages: Iterable[bytes]) -> FilterResult:
        """Filter a batch of received messages."""
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
        type_path, chat_type, id_path = API.push_chat_resource
        paths = API.push_chat_paths
        if get_path(payload, type_path) == chat_type:
            paths = (*paths, id_path)
        return any(get_path(payload, path) == self._chat_id for path in paths)


def to_json_lines(raw_messages: list[bytes]) -> bytes:
    """Format messages, each of which is a JSON value, as one line each."""
    joined = b"".join(raw_messages)
    if any(character in joined for character in _WHITESPACE_CONTROLS):
        raw_messages = [text.translate(None, _WHITESPACE_CONTROLS) for text in raw_messages]
    return escaping.escape_json(b"\n".join([*raw_messages, b""]))


def _parse_leniently(raw: bytes) -> tuple[Any, Any]:
    """Decode what orjson rejects: large exponents, lone surrogates, deep nesting.

    Return the message and its type, or None twice if it is not JSON.
    """
    try:
        message = _LENIENT.decode(raw.decode())
    except (ValueError, RecursionError):
        return None, None
    return message, message.get("type") if isinstance(message, dict) else None


def _reject_constant(_: str) -> None:
    raise ValueError


_LENIENT = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_reject_constant)

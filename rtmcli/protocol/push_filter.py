"""Select pushes from received messages, and format them as JSON lines.

A push is printed as the bytes that were received, so that numbers keep their digits, and unknown
pushes and members are unchanged. Only line ends and tabs between values are removed, and control
characters are escaped. A push with a duplicate key is encoded anew: a reader that takes the first
of two keys could mistake it for one of our own records, such as `rtm.gap`.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from rtmcli.catalogue.api import Api
from rtmcli.protocol import escaping, json_codec
from rtmcli.protocol.json_codec import MAX_UNCHECKED_SIZE
from rtmcli.protocol.messages import Push
from rtmcli.protocol.paths import get_all, get_path

_ESCAPED_QUOTE = b"\\u0022"
_WHITESPACE_CONTROLS = b"\t\n\r"  # the only control characters in JSON, and only between values


class UndecodableMessage(NamedTuple):
    """A message that is neither a push nor a response."""

    pushes_before: int  # the number of selected pushes before it
    raw: bytes


class FilterResult(NamedTuple):
    """The messages of one batch, by kind."""

    pushes: list[bytes]  # the selected ones, as received
    undecodable: list[UndecodableMessage]
    disconnect_push: Push | None  # the push that announces a disconnect
    responses: list[bytes]


class PushFilter:
    """Selects pushes by action and by chat; without criteria, all of them."""

    def __init__(self, api: Api, actions: Iterable[str] = (), chat_id: str | None = None) -> None:
        self._api = api
        self._actions = frozenset(actions)
        self._chat_id = chat_id
        self._match_all = not self._actions and chat_id is None

    def apply(self, raw_messages: Iterable[bytes]) -> FilterResult:
        """Filter a batch of received messages."""
        pushes: list[bytes] = []
        result = FilterResult(pushes, [], None, [])
        loads, dumps, append = orjson.loads, orjson.dumps, pushes.append
        match_all, disconnect_action = self._match_all, self._api.disconnect_push
        for raw in raw_messages:
            try:
                message = loads(raw) if len(raw) <= MAX_UNCHECKED_SIZE else json_codec.loads(raw)
                message_type = message["type"]
                is_unambiguous = dumps(message) == raw  # the usual case, and the fast one
            except (ValueError, LookupError, TypeError, MemoryError):
                message, message_type = _parse_leniently(raw)
                is_unambiguous = False
            if message_type == "push":
                if match_all or self._matches(message):
                    append(raw if is_unambiguous else _without_duplicate_keys(raw, message))
                if message.get("action") == disconnect_action:
                    push = Push(disconnect_action, message.get("payload"), "", message, raw)
                    result = result._replace(disconnect_push=push)
            elif message_type == "response":
                result.responses.append(raw)
            else:
                result.undecodable.append(UndecodableMessage(len(pushes), raw))
        return result

    def _matches(self, message: dict[str, Any]) -> bool:
        action = message.get("action")
        if self._actions and not (isinstance(action, str) and action in self._actions):
            return False
        if self._chat_id is None:
            return True
        return self._chat_id in chat_ids(self._api, action, message.get("payload"))


def chat_ids(api: Api, action: Any, payload: Any) -> list[Any]:
    """Return the ids of the chats that a push is about, of whatever type they are."""
    paths = api.push_chat_paths
    if isinstance(action, str):
        paths = api.chat_paths_by_push.get(action, paths)
    type_path, chat_type, id_path = api.push_chat_resource
    if get_path(payload, type_path) == chat_type:
        paths = (*paths, id_path)
    return [value for path in paths for value in get_all(payload, path)]


def to_json_lines(raw_messages: list[bytes]) -> bytes:
    """Format messages, each of which is a JSON value, as one line each."""
    joined = b"".join(raw_messages)
    if any(character in joined for character in _WHITESPACE_CONTROLS):
        raw_messages = [text.translate(None, _WHITESPACE_CONTROLS) for text in raw_messages]
    return escaping.escape_json(b"\n".join([*raw_messages, b""]))


def _parse_leniently(raw: bytes) -> tuple[Any, Any]:
    """Decode what orjson rejects: large exponents, lone surrogates, deep nesting.

    Return the message and its type, or None twice if it is not JSON or does not fit into memory.
    """
    try:
        message = json_codec.loads(raw)
    except (json_codec.JSONError, MemoryError):
        return None, None
    return message, message.get("type") if isinstance(message, dict) else None


def _without_duplicate_keys(raw: bytes, message: Any) -> bytes:
    """Return the message as received, or encoded anew if a key may occur twice.

    Each key that was dropped is missing with its two quotes. Only an escaped quote could make up
    for it.
    """
    encoded = json_codec.dumps(message)
    if raw.count(b'"') == encoded.count(b'"') and _ESCAPED_QUOTE not in raw:
        return raw
    return json_codec.dumps(json_codec.loads(raw))

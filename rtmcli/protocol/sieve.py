"""Which messages of a stream are pushes that were asked for, and each of them as one line.

A push is told as it came: its own bytes, in which only what no value depends on is changed. White
space between values that would break the line goes, and what a terminal would obey is escaped.
So numbers keep their digits and unknown pushes and members their shape, however deep they are.
"""

import json
from collections.abc import Iterable
from typing import Any

import orjson

from rtmcli.catalogue import API
from rtmcli.protocol import escaping
from rtmcli.protocol.messages import Push
from rtmcli.row import Row

_BREAKS = b"\t\n\r"  # the only control characters that JSON allows, and only between values


class Unreadable(Row):
    """A message that is neither push nor response."""

    place: int  # so many pushes were let through before it
    text: bytes


class Sifted(Row):
    """What became of some messages."""

    pushes: list[bytes]  # those that were asked for, as they came
    unreadable: list[Unreadable]
    last: Push | None  # the push that announces the end of the session


class Sieve:
    """Lets the pushes through that were asked for: by action, by chat, or all."""

    def __init__(self, actions: Iterable[str] = (), chat_id: str | None = None) -> None:
        self._actions = frozenset(actions)
        self._chat_id = chat_id
        self._takes_all = not self._actions and chat_id is None

    def sift(self, texts: Iterable[bytes]) -> Sifted:
        """Sort messages; responses are nobody's concern here."""
        pushes: list[bytes] = []
        sifted = Sifted(pushes, [], None)
        load, take = orjson.loads, pushes.append
        takes_all, last = self._takes_all, API.disconnected
        for text in texts:
            try:
                message = load(text)
                kind = message["type"]
            except (ValueError, LookupError, TypeError):
                message, kind = _closer_look(text)
            if kind == "push":
                if takes_all or self._wants(message):
                    take(text)
                if message.get("action") == last:
                    push = Push(last, message.get("payload"), "", message, text)
                    sifted = sifted._replace(last=push)
            elif kind != "response":
                sifted.unreadable.append(Unreadable(len(pushes), text))
        return sifted

    def _wants(self, message: dict[str, Any]) -> bool:
        action = message.get("action")
        if self._actions and not (isinstance(action, str) and action in self._actions):
            return False
        if self._chat_id is None:
            return True
        payload = message.get("payload")
        return any(_at(payload, path) == self._chat_id for path in API.push_chats)


def lines(texts: list[bytes]) -> bytes:
    """Write JSON values that came in messages of their own as one line each."""
    bare = b"".join(texts)
    if any(character in bare for character in _BREAKS):
        texts = [text.translate(None, _BREAKS) for text in texts]
    return escaping.in_json(b"\n".join([*texts, b""]))


def _closer_look(text: bytes) -> tuple[Any, Any]:
    """Read what orjson refuses, wide exponents, lone surrogates and great depth; or nothing."""
    try:
        message = _LOOSE.decode(text.decode())
    except (ValueError, RecursionError):
        return None, None
    return message, message.get("type") if isinstance(message, dict) else None


def _no_json(_: str) -> None:
    raise ValueError


_LOOSE = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_no_json)


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value

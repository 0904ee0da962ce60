"""Values for the targets, drawn from the bytes of a fuzzer.

After the last byte, every drawn value is the smallest one: 0, the first choice, nothing.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeVar

T = TypeVar("T")

# Text that needs escaping or other special treatment.
HOSTILE_STRINGS = (
    "a",
    "é",
    "😀",
    '"',
    "\\",
    "\n",
    "\x00",
    "\x1b[2J",
    "\x7f",
    "\x9b",
    "\u2028",
    "\u202e",
    "\\u0041",
    "{",
    "]",
    ": ",
    "[/x]",
    "%41",
)
# Names of the API.
API_NAMES = (
    "type",
    "action",
    "payload",
    "request_id",
    "success",
    "reason",
    "error",
    "message",
    "data",
    "chat_id",
    "chat",
    "id",
    "push",
    "response",
    "agent_disconnected",
    "incoming_event",
    "misdirected_connection",
)
NUMBERS = (
    0,
    1,
    -1,
    0.1,
    -0.0,
    1e300,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
    12345678901234.5,
    1.7976931348623157e308,
)


class DataProvider:
    """Bytes that are read as choices."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def integer(self, maximum: int) -> int:
        """Draw a number from 0 to `maximum`."""
        size = (maximum.bit_length() + 7) // 8
        value = int.from_bytes(self._consume(size), "little")
        return value % (maximum + 1)

    def boolean(self) -> bool:
        """Draw a boolean."""
        return bool(self.integer(1))

    def choice(self, options: Sequence[T]) -> T:
        """Draw one of the options."""
        return options[self.integer(len(options) - 1)]

    def binary(self, max_size: int = 255) -> bytes:
        """Draw up to `max_size` bytes."""
        return self._consume(self.integer(max_size))

    def remaining_bytes(self) -> bytes:
        """Draw all remaining bytes."""
        return self._consume(len(self._data))

    def text(self) -> str:
        """Draw a text without lone surrogates: hostile strings, an API name, or decoded bytes."""
        match self.integer(3):
            case 0:
                return self.choice(API_NAMES)
            case 1:
                return "".join(self.choice(HOSTILE_STRINGS) for _ in range(self.integer(7)))
            case 2:
                return self.binary(40).decode("latin-1")
            case _:
                return self.binary(40).decode("utf-8", "replace")

    def json_value(self, depth: int = 4) -> Any:
        """Draw a JSON value whose numbers every parser can represent."""
        match self.integer(7 if depth else 4):
            case 0 | 1:
                return self.text()
            case 2:
                return self.choice((None, True, False))
            case 3:
                return self.choice(NUMBERS)
            case 4:
                return self.integer(1 << 32)
            case 5:
                return [self.json_value(depth - 1) for _ in range(self.integer(3))]
            case _:
                return {self.text(): self.json_value(depth - 1) for _ in range(self.integer(4))}

    def split(self, data: bytes, max_cuts: int = 12) -> list[bytes]:
        """Split bytes into non-empty slices."""
        cuts = sorted(
            {self.integer(len(data)) for _ in range(self.integer(max_cuts))} | {0, len(data)}
        )
        return [data[start:end] for start, end in pairwise(cuts)]

    def _consume(self, count: int) -> bytes:
        consumed = self._data[self._position : self._position + count]
        self._position += len(consumed)
        return consumed

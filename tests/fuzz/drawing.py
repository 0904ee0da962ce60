"""Whatever a target needs, drawn from the bytes that a fuzzer makes up.

Where the bytes are used up everything drawn is the least there is: 0, the first choice, nothing.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeVar

Thing = TypeVar("Thing")

# Pieces of text that somebody has to treat with care.
PIECES = (
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
# Names that the wire knows.
NAMES = (
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


class Draw:
    """Bytes, read as choices."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, most: int) -> int:
        """Draw a number from 0 to `most`."""
        size = (most.bit_length() + 7) // 8
        drawn = int.from_bytes(self._take(size), "little")
        return drawn % (most + 1)

    def flag(self) -> bool:
        """Draw yes or no."""
        return bool(self.number(1))

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """Draw one of some things."""
        return things[self.number(len(things) - 1)]

    def taken(self, most: int = 255) -> bytes:
        """Draw some bytes."""
        return self._take(self.number(most))

    def rest(self) -> bytes:
        """Draw all that is left."""
        return self._take(len(self._data))

    def text(self) -> str:
        """Draw a text without lone surrogates: nasty pieces, a name, or what is decoded."""
        match self.number(3):
            case 0:
                return self.one_of(NAMES)
            case 1:
                return "".join(self.one_of(PIECES) for _ in range(self.number(7)))
            case 2:
                return self.taken(40).decode("latin-1")
            case _:
                return self.taken(40).decode("utf-8", "replace")

    def value(self, depth: int = 4) -> Any:
        """Draw a JSON value whose numbers any reader holds."""
        match self.number(7 if depth else 4):
            case 0 | 1:
                return self.text()
            case 2:
                return self.one_of((None, True, False))
            case 3:
                return self.one_of(NUMBERS)
            case 4:
                return self.number(1 << 32)
            case 5:
                return [self.value(depth - 1) for _ in range(self.number(3))]
            case _:
                return {self.text(): self.value(depth - 1) for _ in range(self.number(4))}

    def slices(self, data: bytes, most: int = 12) -> list[bytes]:
        """Cut bytes into pieces, none of them empty."""
        cuts = sorted({self.number(len(data)) for _ in range(self.number(most))} | {0, len(data)})
        return [data[start:end] for start, end in pairwise(cuts)]

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        self._at += len(taken)
        return taken

"""Find the end of a JSON value whose bytes come piece by piece, without looking at any twice.

Only the shape is judged, token by token, so that a broken value is noticed where it breaks and
not at the end of the stream; numbers, escapes and Unicode are left to who reads the whole.
"""

import re
from enum import Enum

_BLANK = re.compile(rb"[ \t\r\n]*+")
_TEXT = re.compile(rb'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+')
_WORD = re.compile(rb"[-+.0-9A-Za-z]*+")
_SCALAR = re.compile(rb"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_LONGEST_WORD = 1024 * 1024  # bytes; a word is read again from its start when more of it comes
_LONGEST_ESCAPE = 6  # bytes: \u0000

_QUOTE, _BACKSLASH, _COMMA, _COLON = b'"\\,:'
_BRACE, _BRACE_END, _BRACKET, _BRACKET_END = b"{}[]"


class Want(Enum):
    """What may come next."""

    VALUE = "a value"
    ITEM = "a value or ]"
    KEY = "a key"
    FIRST_KEY = "a key or }"
    COLON = "a colon"
    MORE = "a comma or the end"


_CLOSED_BY = {Want.ITEM: b"]", Want.FIRST_KEY: b"}", Want.MORE: b"]}"}


class Broken(Exception):
    """What is wrong, and at which index."""

    def __init__(self, why: str, index: int) -> None:
        super().__init__(why)
        self.why = why
        self.index = index


class Scanner:
    """Where the reading of one value stands; `at` is the index up to which it was looked at."""

    __slots__ = ("_in_text", "_open", "_want", "at")

    def __init__(self) -> None:
        self._open = bytearray()  # the brackets that are open
        self.begin(0)

    def begin(self, at: int) -> None:
        """Expect a new value from an index on."""
        self.at = at
        self._open.clear()
        self._want = Want.VALUE
        self._in_text = False

    def scan(self, data: bytearray, *, ended: bool) -> bool:
        """Look at what has come; tell whether the value is complete and ends at `at`.

        `data` may have grown since the last look; `ended` says that it will not grow further.

        Raises:
            Broken: this is no JSON.

        """
        while True:
            if self._in_text:
                if not self._text(data, ended=ended):
                    return False
            else:
                self.at = _end(_BLANK, data, self.at)
                if self.at == len(data) or not self._token(data, ended=ended):
                    return False
            if self._want is Want.MORE and not self._open:
                return True

    def _token(self, data: bytearray, *, ended: bool) -> bool:
        """Step over one token; return False where the data ends within it."""
        byte, want = data[self.at], self._want
        if byte in _CLOSED_BY.get(want, b""):
            if self._open.pop() != (_BRACE if byte == _BRACE_END else _BRACKET):
                raise self._unexpected()
            self._want = Want.MORE
        elif want is Want.MORE and byte == _COMMA:
            self._want = Want.KEY if self._open[-1] == _BRACE else Want.VALUE
        elif want is Want.COLON and byte == _COLON:
            self._want = Want.VALUE
        elif want in (Want.MORE, Want.COLON):
            raise self._unexpected()
        elif byte == _QUOTE:
            self._in_text = True
        elif want in (Want.KEY, Want.FIRST_KEY):
            raise self._unexpected()
        elif byte in (_BRACE, _BRACKET):
            self._open.append(byte)
            self._want = Want.FIRST_KEY if byte == _BRACE else Want.ITEM
        else:
            return self._word(data, ended=ended)
        self.at += 1
        return True

    def _text(self, data: bytearray, *, ended: bool) -> bool:
        """Step over what has come of a string."""
        self.at = _end(_TEXT, data, self.at)
        left = len(data) - self.at
        if not left:
            return False
        byte = data[self.at]
        if byte == _BACKSLASH and left < _LONGEST_ESCAPE and not ended:
            return False
        if byte != _QUOTE:
            what = "escape" if byte == _BACKSLASH else "control character"
            raise Broken(f"a bad {what} in a string", self.at)
        self._in_text = False
        self._want = Want.COLON if self._want in (Want.KEY, Want.FIRST_KEY) else Want.MORE
        self.at += 1
        return True

    def _word(self, data: bytearray, *, ended: bool) -> bool:
        """Step over a number, true, false or null."""
        end = _end(_WORD, data, self.at)
        if end - self.at > _LONGEST_WORD:
            raise Broken("a number too long", self.at)
        if end == len(data) and not ended:
            return False
        if not _SCALAR.fullmatch(data, self.at, end):
            raise self._unexpected()
        self.at = end
        self._want = Want.MORE
        return True

    def _unexpected(self) -> Broken:
        return Broken(f"no JSON: {self._want.value} should stand here", self.at)


def _end(pattern: re.Pattern[bytes], data: bytearray, start: int) -> int:
    """Return the index behind what a pattern, which matches nothing as well, matches."""
    found = pattern.match(data, start)
    assert found
    return found.end()

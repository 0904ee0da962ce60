"""Find the end of a JSON value in a growing buffer, in a single pass.

The scanner checks the syntax token by token, so that a malformed value is detected at its first
wrong byte, not at the end of the stream. It does not check Unicode, duplicate keys or nesting.
"""

import re
from enum import Enum

_WHITESPACE = re.compile(rb"[ \t\r\n]*+")
_STRING_CHARACTERS = re.compile(rb'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+')
_LITERAL_CHARACTERS = re.compile(rb"[-+.0-9A-Za-z]*+")
_LITERAL = re.compile(rb"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_MAX_LITERAL_SIZE = 1024 * 1024  # bytes; a partial literal is scanned again when more data arrives
_MAX_ESCAPE_SIZE = 6  # bytes: \u0000

_QUOTE, _BACKSLASH, _COMMA, _COLON = b'"\\,:'
_OPEN_BRACE, _CLOSE_BRACE, _OPEN_BRACKET, _CLOSE_BRACKET = b"{}[]"


class Expected(Enum):
    """The token that may come next."""

    VALUE = "a value"
    VALUE_OR_END = "a value or ]"
    KEY = "a key"
    KEY_OR_END = "a key or }"
    COLON = "a colon"
    COMMA_OR_END = "a comma or a closing bracket"


_ALLOWED_CLOSERS = {
    Expected.VALUE_OR_END: b"]",
    Expected.KEY_OR_END: b"}",
    Expected.COMMA_OR_END: b"]}",
}


class JSONSyntaxError(Exception):
    """The syntax error, and its index in the buffer."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message)
        self.message = message
        self.index = index


class Scanner:
    """The state of scanning one value; `position` is the index of the next byte to scan."""

    __slots__ = ("_expected", "_in_string", "_open_brackets", "position")

    def __init__(self) -> None:
        self._open_brackets = bytearray()  # a stack
        self.reset(0)

    def reset(self, position: int) -> None:
        """Start to scan a new value at an index."""
        self.position = position
        self._open_brackets.clear()
        self._expected = Expected.VALUE
        self._in_string = False

    def scan(self, data: bytearray, *, final: bool) -> bool:
        """Scan the available data; return whether the value is complete and ends at `position`.

        `data` may have grown since the last call; `final` means that it will not grow further.

        Raises:
            JSONSyntaxError: the data is not JSON.

        """
        while True:
            if self._in_string:
                if not self._scan_string(data, final=final):
                    return False
            else:
                self.position = _match_end(_WHITESPACE, data, self.position)
                if self.position == len(data) or not self._scan_token(data, final=final):
                    return False
            if self._expected is Expected.COMMA_OR_END and not self._open_brackets:
                return True

    def _scan_token(self, data: bytearray, *, final: bool) -> bool:
        """Skip one token; return False if the data ends within it."""
        byte, expected = data[self.position], self._expected
        if byte in _ALLOWED_CLOSERS.get(expected, b""):
            if self._open_brackets.pop() != (
                _OPEN_BRACE if byte == _CLOSE_BRACE else _OPEN_BRACKET
            ):
                raise self._syntax_error()
            self._expected = Expected.COMMA_OR_END
        elif expected is Expected.COMMA_OR_END and byte == _COMMA:
            self._expected = (
                Expected.KEY if self._open_brackets[-1] == _OPEN_BRACE else Expected.VALUE
            )
        elif expected is Expected.COLON and byte == _COLON:
            self._expected = Expected.VALUE
        elif expected in (Expected.COMMA_OR_END, Expected.COLON):
            raise self._syntax_error()
        elif byte == _QUOTE:
            self._in_string = True
        elif expected in (Expected.KEY, Expected.KEY_OR_END):
            raise self._syntax_error()
        elif byte in (_OPEN_BRACE, _OPEN_BRACKET):
            self._open_brackets.append(byte)
            self._expected = Expected.KEY_OR_END if byte == _OPEN_BRACE else Expected.VALUE_OR_END
        else:
            return self._scan_literal(data, final=final)
        self.position += 1
        return True

    def _scan_string(self, data: bytearray, *, final: bool) -> bool:
        """Skip the available part of a string; return False if the data ends within it."""
        self.position = _match_end(_STRING_CHARACTERS, data, self.position)
        remaining = len(data) - self.position
        if not remaining:
            return False
        byte = data[self.position]
        if byte == _BACKSLASH and remaining < _MAX_ESCAPE_SIZE and not final:
            return False
        if byte != _QUOTE:
            problem = "escape" if byte == _BACKSLASH else "control character"
            raise JSONSyntaxError(f"invalid {problem} in a string", self.position)
        self._in_string = False
        self._expected = (
            Expected.COLON
            if self._expected in (Expected.KEY, Expected.KEY_OR_END)
            else Expected.COMMA_OR_END
        )
        self.position += 1
        return True

    def _scan_literal(self, data: bytearray, *, final: bool) -> bool:
        """Skip a number, true, false or null; return False if the data ends within it."""
        end = _match_end(_LITERAL_CHARACTERS, data, self.position)
        if end - self.position > _MAX_LITERAL_SIZE:
            raise JSONSyntaxError("number too long", self.position)
        if end == len(data) and not final:
            return False
        if not _LITERAL.fullmatch(data, self.position, end):
            raise self._syntax_error()
        self.position = end
        self._expected = Expected.COMMA_OR_END
        return True

    def _syntax_error(self) -> JSONSyntaxError:
        return JSONSyntaxError(f"invalid JSON: expected {self._expected.value}", self.position)


def _match_end(pattern: re.Pattern[bytes], data: bytearray, start: int) -> int:
    """Return the end of the match of a pattern that also matches the empty string."""
    match = pattern.match(data, start)
    assert match
    return match.end()

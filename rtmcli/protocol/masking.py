"""What must never be shown, and how it is hidden.

A secret is hidden in every spelling that could carry it: raw, in JSON, in a URL, as Python quotes
it and in Base64, wherever in a longer text it begins. In a line of text each piece of a spelling
is hidden as well, as lines quote what a server sent and cut it short. A secret of fewer than eight
characters is not: it would blot out ordinary words, and no token is so short.
"""

import binascii
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, quote_plus

MASK = b"***"
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_SHORTEST = 8  # bytes of a secret, and of a piece
_END = 24  # bytes by which spellings that end alike are looked for together
_STRING = rb'("(?:[^"\\]|\\.)*")'
_ESCAPE = rb"\\(?:u[0-9A-Fa-f]{4}|.)"
_BARE = rb'[^\s"{}\[\],:]*'  # of a number or a word, on both sides


class Mask:
    """Hides secrets in what is about to be shown."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._spellings: list[bytes] | None = []
        self._ends: frozenset[bytes] = frozenset()
        self._pieces: frozenset[bytes] = frozenset()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Hide one more secret from now on; a scheme before it (`Bearer `) is none."""
        bare = secret.rsplit(" ", 1)[-1].encode("utf-8", "replace").decode()
        if len(bare) >= _SHORTEST and bare not in self._secrets:
            self._secrets.add(bare)
            self._spellings = None  # made when something is shown: a quiet call shows nothing

    def hide(self, data: bytes) -> bytes:
        """Hide the secrets in JSON; what comes back is JSON as well."""
        spellings = self._all()
        if not any(end in data for end in self._ends):
            return data
        found = [spelling for spelling in spellings if spelling in data]
        parts = re.split(_STRING, data)
        for place, part in enumerate(parts):
            for spelling in found:
                if spelling not in part:
                    continue
                if place % 2:
                    spans = [found.span() for found in re.finditer(re.escape(spelling), part[1:-1])]
                    part = b'"' + _blotted(part[1:-1], spans) + b'"'  # noqa: PLW2901  # in turn
                else:
                    bare = re.compile(_BARE + re.escape(spelling) + _BARE)
                    part = bare.sub(b'"' + MASK + b'"', part)  # noqa: PLW2901  # in turn
            parts[place] = part
        return b"".join(parts)

    def hide_in_text(self, data: bytes) -> bytes:
        """Hide the secrets in a line of text, and every piece of them."""
        return _blotted(data, self._find_pieces(data), escapes=b"")

    def hide_pieces(self, data: bytes) -> bytes:
        """Hide the secrets in the strings of JSON, and every piece of them; it stays JSON."""
        parts = re.split(_STRING, data)
        for place in range(1, len(parts), 2):
            inside = parts[place][1:-1]
            parts[place] = b'"' + _blotted(inside, self._find_pieces(inside)) + b'"'
        return b"".join(parts)

    def _find_pieces(self, data: bytes) -> list[tuple[int, int]]:
        """Return where pieces of secrets begin and end."""
        self._all()
        starts = range(len(data) - _SHORTEST + 1) if self._pieces else ()
        return [
            (start, start + _SHORTEST)
            for start in starts
            if data[start : start + _SHORTEST] in self._pieces
        ]

    def _all(self) -> list[bytes]:
        if self._spellings is None:
            found = {spelling for secret in self._secrets for spelling in _spellings(secret)}
            # The longest first, so that no part of a longer spelling is left over.
            self._spellings = sorted(found, key=len, reverse=True)
            self._ends = frozenset(spelling[-_END:] for spelling in found)
            self._pieces = frozenset(
                spelling[start : start + _SHORTEST]
                for spelling in found
                for start in range(len(spelling) - _SHORTEST + 1)
            )
        return self._spellings


def _blotted(data: bytes, spans: Sequence[tuple[int, int]], escapes: bytes = _ESCAPE) -> bytes:
    """Put asterisks for stretches of a text; an escape in which one begins or ends goes whole."""
    if not spans:
        return data
    wholes = [found.span() for found in re.finditer(escapes, data)] if escapes else []
    begins = {at: begin for begin, end in wholes for at in range(begin, end)}
    ends = {at: end for begin, end in wholes for at in range(begin + 1, end + 1)}
    shown: list[bytes] = []
    hidden = -1  # the end of the stretch that was hidden last
    for start, stop in spans:
        begin = begins.get(start, start)
        if begin > hidden:
            shown += [data[max(hidden, 0) : begin], MASK]
        hidden = ends.get(stop, stop)
    return b"".join([*shown, data[max(hidden, 0) :]])


def _spellings(secret: str) -> set[bytes]:
    import json  # noqa: PLC0415  # help has nothing to hide

    urls = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    found = {
        secret,
        repr(secret)[1:-1],
        *urls,
        *(re.sub("%..", lambda code: code[0].lower(), url) for url in urls if "%" in url),
    }
    for _ in range(3):  # JSON within JSON within JSON
        found |= {
            json.dumps(spelling, ensure_ascii=plain)[1:-1]
            for spelling in found
            for plain in (True, False)
        }
    encoded = {spelling.encode() for spelling in found}
    return encoded.union(*(_in_base64(secret.encode(), start) for start in range(3)))


def _in_base64(raw: bytes, start: int) -> set[bytes]:
    """Spell what is the same wherever `raw` begins `start` bytes after a multiple of three."""
    begin = (8 * start + 5) // 6
    end = 8 * (start + len(raw)) // 6
    plain = binascii.b2a_base64(bytes(start) + raw, newline=False)
    found = plain, plain.translate(_URL_SAFE)
    alone = {whole.rstrip(b"=") for whole in found if not start}
    return alone.union(whole[begin:end] for whole in found)

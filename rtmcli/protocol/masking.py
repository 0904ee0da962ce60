"""What must never be shown, and how it is hidden.

A secret is hidden in every spelling that could carry it: raw, in JSON, in a URL, as Python quotes
it and in Base64, wherever in a longer text it begins. In a line of text each piece of a spelling
is hidden as well, as lines quote what a server sent and cut it short. A secret of fewer than eight
characters is not: it would blot out ordinary words, and no token is so short.
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

MASK = b"***"
_SHORTEST = 8  # bytes of a secret, and of a piece
_STRING = rb'("(?:[^"\\]|\\.)*")'
_ESCAPE = rb"\\(?:u[0-9A-Fa-f]{4}|.)"
_BARE = rb'[^\s"{}\[\],:]*'  # of a number or a word, on both sides


class Mask:
    """Hides secrets in what is about to be shown."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._spellings: list[bytes] | None = []
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
        found = [spelling for spelling in self._all() if spelling in data]
        if not found:
            return data
        parts = re.split(_STRING, data)
        for place, part in enumerate(parts):
            for spelling in found:
                if spelling not in part:
                    continue
                if place % 2:
                    part = part.replace(spelling, MASK)  # noqa: PLW2901  # in turn
                else:
                    bare = re.compile(_BARE + re.escape(spelling) + _BARE)
                    part = bare.sub(b'"' + MASK + b'"', part)  # noqa: PLW2901  # in turn
            parts[place] = part
        return b"".join(parts)

    def hide_in_text(self, data: bytes) -> bytes:
        """Hide the secrets in a line of text, and every piece of them."""
        return self._blot_out(data, {})

    def hide_pieces(self, data: bytes) -> bytes:
        """Hide the secrets in the strings of JSON, and every piece of them; it stays JSON."""
        parts = re.split(_STRING, data)
        for place in range(1, len(parts), 2):
            inside = parts[place][1:-1]
            spans = [found.span() for found in re.finditer(_ESCAPE, inside)]
            escapes = {at: span for span in spans for at in range(*span)}
            parts[place] = b'"' + self._blot_out(inside, escapes) + b'"'
        return b"".join(parts)

    def _blot_out(self, data: bytes, wholes: Mapping[int, tuple[int, int]]) -> bytes:
        """Hide every piece of the secrets; `wholes` are stretches that are not to be cut."""
        self._all()
        if not self._pieces:
            return data
        shown: list[bytes] = []
        end = -1  # of the stretch that was hidden last
        for start in range(len(data) - _SHORTEST + 1):
            if data[start : start + _SHORTEST] in self._pieces:
                begin, _ = wholes.get(start, (start, 0))
                if begin > end:
                    shown += [data[max(end, 0) : begin], MASK]
                last = start + _SHORTEST - 1
                _, end = wholes.get(last, (0, last + 1))
        return b"".join([*shown, data[max(end, 0) :]])

    def _all(self) -> list[bytes]:
        if self._spellings is None:
            found = {spelling for secret in self._secrets for spelling in _spellings(secret)}
            # The longest first, so that no part of a longer spelling is left over.
            self._spellings = sorted(found, key=len, reverse=True)
            self._pieces = frozenset(
                spelling[start : start + _SHORTEST]
                for spelling in found
                for start in range(len(spelling) - _SHORTEST + 1)
            )
        return self._spellings


def _spellings(secret: str) -> set[bytes]:
    import json  # noqa: PLC0415  # help has nothing to hide

    urls = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    found = {
        secret,
        repr(secret)[1:-1],
        *urls,
        *(re.sub("%..", lambda code: code[0].lower(), url) for url in urls),
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
    import base64  # noqa: PLC0415  # help has nothing to hide

    begin = (8 * start + 5) // 6
    end = 8 * (start + len(raw)) // 6
    found = base64.b64encode(bytes(start) + raw), base64.urlsafe_b64encode(bytes(start) + raw)
    alone = {whole.rstrip(b"=") for whole in found if not start}
    return alone.union(whole[begin:end] for whole in found)

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

PLACEHOLDER = b"***"
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_MIN_LENGTH = 8  # bytes of a secret, and of a piece
_SUFFIX_LENGTH = 24  # bytes by which spellings that end alike are looked for together
_JSON_STRING = rb'("(?:[^"\\]|\\.)*")'
_JSON_ESCAPE = rb"\\(?:u[0-9A-Fa-f]{4}|.)"
_LITERAL_CHARACTERS = rb'[^\s"{}\[\],:]*'  # of a number or a word, on both sides


class Redactor:
    """Hides secrets in what is about to be shown."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._encodings: list[bytes] | None = []
        self._suffixes: frozenset[bytes] = frozenset()
        self._fragments: frozenset[bytes] = frozenset()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Hide one more secret from now on; a scheme before it (`Bearer `) is none."""
        token = secret.rsplit(" ", 1)[-1].encode("utf-8", "replace").decode()
        if len(token) >= _MIN_LENGTH and token not in self._secrets:
            self._secrets.add(token)
            self._encodings = None  # made when something is shown: a quiet call shows nothing

    def redact_json(self, data: bytes) -> bytes:
        """Hide the secrets in JSON; what comes back is JSON as well."""
        encodings = self._get_encodings()
        if not any(end in data for end in self._suffixes):
            return data
        present = [spelling for spelling in encodings if spelling in data]
        parts = re.split(_JSON_STRING, data)
        for index, part in enumerate(parts):
            for spelling in present:
                if spelling not in part:
                    continue
                if index % 2:
                    spans = [
                        present.span() for present in re.finditer(re.escape(spelling), part[1:-1])
                    ]
                    part = b'"' + _replace_spans(part[1:-1], spans) + b'"'  # noqa: PLW2901  # in turn
                else:
                    literal = re.compile(
                        _LITERAL_CHARACTERS + re.escape(spelling) + _LITERAL_CHARACTERS
                    )
                    part = literal.sub(b'"' + PLACEHOLDER + b'"', part)  # noqa: PLW2901  # in turn
            parts[index] = part
        return b"".join(parts)

    def redact_text(self, data: bytes) -> bytes:
        """Hide the secrets in a line of text, and every piece of them."""
        return _replace_spans(data, self._find_fragments(data), escape_pattern=b"")

    def redact_fragments_in_json(self, data: bytes) -> bytes:
        """Hide the secrets in the strings of JSON, and every piece of them; it stays JSON."""
        parts = re.split(_JSON_STRING, data)
        for index in range(1, len(parts), 2):
            content = parts[index][1:-1]
            parts[index] = b'"' + _replace_spans(content, self._find_fragments(content)) + b'"'
        return b"".join(parts)

    def _find_fragments(self, data: bytes) -> list[tuple[int, int]]:
        """Return where pieces of secrets begin and end."""
        self._get_encodings()
        starts = range(len(data) - _MIN_LENGTH + 1) if self._fragments else ()
        return [
            (start, start + _MIN_LENGTH)
            for start in starts
            if data[start : start + _MIN_LENGTH] in self._fragments
        ]

    def _get_encodings(self) -> list[bytes]:
        if self._encodings is None:
            encodings = {spelling for secret in self._secrets for spelling in _encodings_of(secret)}
            # The longest first, so that no part of a longer spelling is left over.
            self._encodings = sorted(encodings, key=len, reverse=True)
            self._suffixes = frozenset(spelling[-_SUFFIX_LENGTH:] for spelling in encodings)
            self._fragments = frozenset(
                spelling[start : start + _MIN_LENGTH]
                for spelling in encodings
                for start in range(len(spelling) - _MIN_LENGTH + 1)
            )
        return self._encodings


def _replace_spans(
    data: bytes, spans: Sequence[tuple[int, int]], escape_pattern: bytes = _JSON_ESCAPE
) -> bytes:
    """Put asterisks for stretches of a text; an escape in which one begins or ends goes whole."""
    if not spans:
        return data
    escape_spans = (
        [found.span() for found in re.finditer(escape_pattern, data)] if escape_pattern else []
    )
    escape_starts = {at: begin for begin, end in escape_spans for at in range(begin, end)}
    escape_ends = {at: end for begin, end in escape_spans for at in range(begin + 1, end + 1)}
    output: list[bytes] = []
    replaced_until = -1  # the end of the stretch that was hidden last
    for start, stop in spans:
        begin = escape_starts.get(start, start)
        if begin > replaced_until:
            output += [data[max(replaced_until, 0) : begin], PLACEHOLDER]
        replaced_until = escape_ends.get(stop, stop)
    return b"".join([*output, data[max(replaced_until, 0) :]])


def _encodings_of(secret: str) -> set[bytes]:
    import json  # help has nothing to hide

    urls = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    encodings = {
        secret,
        repr(secret)[1:-1],
        *urls,
        *(re.sub("%..", lambda code: code[0].lower(), url) for url in urls if "%" in url),
    }
    for _ in range(3):  # JSON within JSON within JSON
        encodings |= {
            json.dumps(spelling, ensure_ascii=plain)[1:-1]
            for spelling in encodings
            for plain in (True, False)
        }
    encoded = {spelling.encode() for spelling in encodings}
    return encoded.union(*(_base64_encodings(secret.encode(), start) for start in range(3)))


def _base64_encodings(raw: bytes, offset: int) -> set[bytes]:
    """Spell what is the same wherever `raw` begins `start` bytes after a multiple of three."""
    begin = (8 * offset + 5) // 6
    end = 8 * (offset + len(raw)) // 6
    standard = binascii.b2a_base64(bytes(offset) + raw, newline=False)
    alphabets = standard, standard.translate(_URL_SAFE)
    complete = {whole.rstrip(b"=") for whole in alphabets if not offset}
    return complete.union(whole[begin:end] for whole in alphabets)

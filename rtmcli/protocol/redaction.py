"""Redact secrets in output.

A secret is redacted in all its encodings: raw, JSON, URL, Python's repr, and Base64 at any offset
of a longer text. In text, each fragment of eight characters is redacted too, because messages
quote and truncate what a server sent. A secret of fewer than eight characters is not redacted: it
would hide ordinary words, and no token is that short.
"""

import binascii
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, quote_plus

PLACEHOLDER = b"***"
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_MIN_LENGTH = 8  # bytes of a secret, and of a fragment
_SUFFIX_LENGTH = 24  # bytes; one search covers all encodings with the same suffix
_JSON_STRING = rb'("(?:[^"\\]|\\.)*")'
_JSON_ESCAPE = rb"\\(?:u[0-9A-Fa-f]{4}|.)"
_LITERAL_CHARACTERS = rb'[^\s"{}\[\],:]*'  # of a number or keyword, on both sides


class Redactor:
    """Replaces secrets in output with a placeholder."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._encodings: list[bytes] | None = []
        self._suffixes: frozenset[bytes] = frozenset()
        self._fragments: frozenset[bytes] = frozenset()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Redact one more secret from now on; a scheme (`Bearer `) before it is not part of it."""
        token = secret.rsplit(" ", 1)[-1].encode("utf-8", "replace").decode()
        if len(token) >= _MIN_LENGTH and token not in self._secrets:
            self._encodings = None  # computed on first use: most calls need none
            self._secrets.add(token)

    def redact_json(self, data: bytes) -> bytes:
        """Redact the secrets in JSON; the result is JSON."""
        encodings = self._get_encodings()
        for suffix in self._suffixes:
            if suffix in data:
                break
        else:
            return data
        present = [encoding for encoding in encodings if encoding in data]
        parts = re.split(_JSON_STRING, data)
        for index in range(len(parts)):
            redact = _redact_string if index % 2 else _redact_literals
            for encoding in present:
                parts[index] = redact(parts[index], encoding)
        return b"".join(parts)

    def redact_text(self, data: bytes) -> bytes:
        """Redact the secrets and their fragments in text."""
        return _replace_spans(data, self._find_fragments(data), escape_pattern=b"")

    def redact_fragments_in_json(self, data: bytes) -> bytes:
        """Redact the secrets and their fragments in the strings of JSON; the result is JSON."""
        parts = re.split(_JSON_STRING, data)
        for index in range(1, len(parts), 2):
            content = parts[index][1:-1]
            parts[index] = b'"' + _replace_spans(content, self._find_fragments(content)) + b'"'
        return b"".join(parts)

    def _find_fragments(self, data: bytes) -> list[tuple[int, int]]:
        """Return the spans of fragments of secrets, in order."""
        self._get_encodings()
        starts = range(len(data) - _MIN_LENGTH + 1) if self._fragments else ()
        return [
            (start, start + _MIN_LENGTH)
            for start in starts
            if data[start : start + _MIN_LENGTH] in self._fragments
        ]

    def _get_encodings(self) -> list[bytes]:
        if self._encodings is None:
            encodings = {encoding for secret in self._secrets for encoding in _encodings_of(secret)}
            self._suffixes = frozenset(encoding[-_SUFFIX_LENGTH:] for encoding in encodings)
            self._fragments = frozenset(
                encoding[start : start + _MIN_LENGTH]
                for encoding in encodings
                for start in range(len(encoding) - _MIN_LENGTH + 1)
            )
            # The longest first, so that no part of a longer encoding remains. Set last: if the
            # code before it fails, the next use must not find half a mask.
            self._encodings = sorted(encodings, key=len, reverse=True)
        return self._encodings


def _redact_string(string: bytes, encoding: bytes) -> bytes:
    content = string[1:-1]
    spans = [match.span() for match in re.finditer(re.escape(encoding), content)]
    return b'"' + _replace_spans(content, spans) + b'"'


def _redact_literals(data: bytes, encoding: bytes) -> bytes:
    pattern = _LITERAL_CHARACTERS + re.escape(encoding) + _LITERAL_CHARACTERS
    return re.sub(pattern, b'"' + PLACEHOLDER + b'"', data) if encoding in data else data


def _replace_spans(
    data: bytes, spans: Sequence[tuple[int, int]], escape_pattern: bytes = _JSON_ESCAPE
) -> bytes:
    """Replace spans of a text; an escape that contains the end of a span is replaced too."""
    if not spans:
        return data
    escape_spans = (
        [match.span() for match in re.finditer(escape_pattern, data)] if escape_pattern else []
    )
    escape_starts = {at: start for start, stop in escape_spans for at in range(start, stop)}
    escape_ends = {at: stop for start, stop in escape_spans for at in range(start + 1, stop + 1)}
    output: list[bytes] = []
    replaced_until = -1
    for start, stop in spans:
        begin = escape_starts.get(start, start)
        if begin > replaced_until:
            output += [data[max(replaced_until, 0) : begin], PLACEHOLDER]
        replaced_until = escape_ends.get(stop, stop)
    return b"".join([*output, data[max(replaced_until, 0) :]])


def _encodings_of(secret: str) -> set[bytes]:
    import json  # not needed by commands that print no secrets

    urls = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    encodings = {
        secret,
        repr(secret)[1:-1],
        *urls,
        *(re.sub("%..", lambda code: code[0].lower(), url) for url in urls if "%" in url),
    }
    for _ in range(3):  # JSON within JSON within JSON
        encodings |= {
            json.dumps(encoding, ensure_ascii=ensure_ascii)[1:-1]
            for encoding in encodings
            for ensure_ascii in (True, False)
        }
    return {encoding.encode() for encoding in encodings}.union(
        *(_base64_encodings(secret.encode(), start) for start in range(3))
    )


def _base64_encodings(raw: bytes, offset: int) -> set[bytes]:
    """Return the Base64 characters of `raw` that do not depend on the bytes around it.

    `offset` is the position of `raw` in the longer data, modulo three.
    """
    start = (8 * offset + 5) // 6
    stop = 8 * (offset + len(raw)) // 6
    standard = binascii.b2a_base64(bytes(offset) + raw, newline=False)
    alphabets = standard, standard.translate(_URL_SAFE)
    complete = {encoded.rstrip(b"=") for encoded in alphabets if not offset}
    return complete.union(encoded[start:stop] for encoded in alphabets)

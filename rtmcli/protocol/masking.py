"""What must never be shown, and how it is hidden.

A secret is hidden in every spelling that could carry it: raw, in JSON, in a URL and in Base64.
"""

import base64
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = b"***"
_SHORTEST = 4  # bytes; hiding a shorter text would blot out every other word


class Mask:
    """Hides secrets in what is about to be shown."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: list[bytes] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Hide one more secret from now on; a scheme before it (`Bearer `) is none."""
        bare = secret.split(" ", 1)[-1]
        if len(bare) < _SHORTEST:
            return
        raw = bare.encode("utf-8", "surrogateescape")
        found = {
            raw,
            json.dumps(bare)[1:-1].encode(),
            quote(raw, safe="").encode(),
            quote(raw).encode(),
            quote_plus(raw).encode(),
            repr(bare)[1:-1].encode("utf-8", "surrogateescape"),
            base64.b64encode(raw).rstrip(b"="),
            base64.urlsafe_b64encode(raw).rstrip(b"="),
        }
        # The longest first, so that no part of a longer spelling is left over.
        self._spellings = sorted({*self._spellings, *found}, key=len, reverse=True)

    def hide(self, data: bytes) -> bytes:
        """Replace every spelling of every secret by asterisks."""
        for spelling in self._spellings:
            if spelling in data:
                data = data.replace(spelling, MASK)
        return data

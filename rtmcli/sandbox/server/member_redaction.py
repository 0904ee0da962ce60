"""Redact secrets by where they stand in a message: in certain members, or after a scheme.

`rtmcli.protocol.redaction` replaces secrets that it is given, wherever they occur. A client may
send the sandbox others: its token for the real service, or the token of a device. The server
cannot know them before, and should not look for them afterwards in all messages, as any client
could then hide any word from the log.
"""

import re
from typing import Any

from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.protocol.redaction import PLACEHOLDER

_REDACTED = PLACEHOLDER.decode()
_SECRET_MEMBERS = frozenset(
    param.path.rpartition(".")[2]
    for api in map(load, VERSIONS)
    for method in api.methods.values()
    for param in method.params
    if param.secret
)
_SECRET_PATTERN = re.compile(
    rf'("(?:{"|".join(_SECRET_MEMBERS)})"\s*:\s*)"(?:[^"\\]|\\.)*"?|\b(Bearer|Basic)\s+[^\s"\\]+',
    re.DOTALL,
)


def redact_members(value: Any) -> Any:
    """Return a JSON value with the placeholder in place of each secret member."""
    if isinstance(value, list):
        return [redact_members(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _REDACTED if name in _SECRET_MEMBERS else redact_members(item)
        for name, item in value.items()
    }


def redact_invalid_json(text: str) -> str:
    """Redact what looks like a secret member, or like a token with its scheme."""
    return _SECRET_PATTERN.sub(_redact_match, text)


def _redact_match(match: re.Match[str]) -> str:
    return f'{match[1]}"{_REDACTED}"' if match[1] else f"{match[2]} {_REDACTED}"

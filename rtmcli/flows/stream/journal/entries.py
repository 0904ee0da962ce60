r"""The lines of a journal: JSON objects, one per line.

The first line is a header, written after the first login; `method` is null if each value is a whole
request::

    {"format": "rtm-journal", "version": 1, "api": "3.0", "method": "ban_customer",
     "license": "104130623", "agent": "agent1@example.com", "options": {"ban": {"days": 5}}}

Before a call is sent, its intent is on the disk. `sha256` is the hash of the payload as it is sent,
or of the request without its `request_id` if `method` is null::

    {"input": 17, "sha256": "…", "request_id": "5f0c2a91-17"}

When its outcome is known, that is appended::

    {"input": 17, "status": "refused", "type": "validation"}

The last line of an input counts. An intent without an outcome means that the call may have been
executed.
"""

from hashlib import sha256
from typing import Any, NamedTuple

from rtmcli.protocol import json_codec
from rtmcli.protocol.messages import Request

FORMAT, VERSION = "rtm-journal", 1
# The beginning of every journal.
MAGIC = b'{"format":"%s"' % FORMAT.encode()
# The statuses of outcomes: those of records, except for `usage`, of which nothing was sent.
STATUSES = ("ok", "refused", "not_sent", "busy", "auth", "unknown")
MAX_INPUT = 1_000_000_000
_HASH_LENGTH = 64  # hexadecimal digits
_MAX_REQUEST_ID_LENGTH = 500  # characters


class EntryError(ValueError):
    """A line that is JSON, but not an entry; the message completes "line N …"."""


class UnreadableEntry(EntryError):
    """A line that is not JSON, such as one that was not written completely."""


class Header(NamedTuple):
    """What all runs with a journal have in common."""

    api: str
    method: str | None  # the action, or None if each value is a whole request
    license: Any  # as the login's response has it
    agent: Any
    options: Any  # what the command line adds to each value, without secrets


class Intent(NamedTuple):
    """A call that is about to be sent; `digest` identifies the value."""

    input: int
    digest: bytes
    request_id: str


class OutcomeEntry(NamedTuple):
    """The outcome of a call."""

    input: int
    status: str


def request_digest(request: Request, method: str | None) -> bytes:
    """Return the SHA-256 of what identifies a value."""
    if method is None:
        return sha256(request._replace(request_id="").encode()).digest()
    envelope = request.envelope()
    return sha256(json_codec.dumps(envelope["payload"]) if "payload" in envelope else b"").digest()


def encode_header(header: Header) -> bytes:
    """Return the line of a header."""
    return _line({"format": FORMAT, "version": VERSION, **header._asdict()})


def encode_intent(intent: Intent) -> bytes:
    """Return the line of an intent."""
    digest, request_id = intent.digest.hex(), intent.request_id
    return _line({"input": intent.input, "sha256": digest, "request_id": request_id})


def encode_outcome(input_number: int, status: str, **details: Any) -> bytes:
    """Return the line of an outcome, with the details that are not None."""
    known = {name: value for name, value in details.items() if value is not None}
    return _line({"input": input_number, "status": status, **known})


def parse_entry(line: bytes) -> Header | Intent | OutcomeEntry:
    """Parse a line; raise `EntryError`."""
    try:
        fields = json_codec.loads(line)
    except json_codec.JSONError:
        raise UnreadableEntry("is not readable") from None
    if not isinstance(fields, dict):
        raise EntryError("is not an object")
    if "format" in fields:
        return _parse_header(fields)
    number = fields.get("input")
    if type(number) is not int or not 0 < number <= MAX_INPUT:
        raise EntryError('has no valid "input"')
    if "sha256" in fields:
        return _parse_intent(number, fields)
    status = fields.get("status")
    if status not in STATUSES:
        raise EntryError(f'has no valid "status": {", ".join(STATUSES)}')
    return OutcomeEntry(number, status)


def _parse_header(fields: dict[str, Any]) -> Header:
    if fields["format"] != FORMAT:
        raise EntryError("is not the header of a journal")
    if fields.get("version") != VERSION:
        raise EntryError("has a version of the format that this rtm does not know")
    try:
        return Header(*(fields[name] for name in Header._fields))
    except KeyError as error:
        raise EntryError(f'has no "{error.args[0]}"') from None


def _parse_intent(number: int, fields: dict[str, Any]) -> Intent:
    text, request_id = fields["sha256"], fields.get("request_id", "")
    try:
        digest = bytes.fromhex(text if len(text) == _HASH_LENGTH else "")
    except (TypeError, ValueError):
        digest = b""
    if not digest or not isinstance(request_id, str) or len(request_id) > _MAX_REQUEST_ID_LENGTH:
        raise EntryError("is not a valid intent")
    return Intent(number, digest, request_id)


def _line(fields: dict[str, Any]) -> bytes:
    return json_codec.dumps(fields) + b"\n"

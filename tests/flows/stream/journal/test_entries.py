"""The lines of a journal."""

import hashlib
import json
from typing import Any

import pytest

from rtmcli.flows.stream.journal.entries import (
    MAGIC,
    EntryError,
    Header,
    Intent,
    OutcomeEntry,
    UnreadableEntry,
    encode_header,
    encode_intent,
    encode_outcome,
    parse_entry,
    request_digest,
)
from rtmcli.protocol.messages import Request

HEADER = Header("3.0", "ban_customer", "104130623", "agent1@example.com", {"ban": {"days": 5}})
INTENT = Intent(17, hashlib.sha256(b"{}").digest(), "5f0c2a91-17")


def test_lines_are_as_documented() -> None:
    """One JSON object each; the documentation shows the same ones."""
    assert json.loads(encode_header(HEADER)) == {
        "format": "rtm-journal",
        "version": 1,
        "api": "3.0",
        "method": "ban_customer",
        "license": "104130623",
        "agent": "agent1@example.com",
        "options": {"ban": {"days": 5}},
    }
    assert json.loads(encode_intent(INTENT)) == {
        "input": 17,
        "sha256": hashlib.sha256(b"{}").hexdigest(),
        "request_id": "5f0c2a91-17",
    }
    assert (
        encode_outcome(17, "refused", type="validation", answer=None)
        == b'{"input":17,"status":"refused","type":"validation"}\n'
    )
    assert encode_header(HEADER).startswith(MAGIC)


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        (encode_header(HEADER), HEADER),
        (encode_intent(INTENT), INTENT),
        (encode_outcome(3, "ok", answer={"half": "\ud83d", "n": 1e400}), OutcomeEntry(3, "ok")),
        (b'{"status": "ok", "input": 3, "note": "by hand"}\r\n', OutcomeEntry(3, "ok")),
    ],
)
def test_lines_are_read_back(line: bytes, entry: object) -> None:
    """Those that a person appends, too; other members are ignored."""
    assert parse_entry(line) == entry


@pytest.mark.parametrize("line", [b"", b"\0\0\0", b'{"input":17,"sta', b"{bad}", b'{"input":1}x'])
def test_a_torn_line_is_unreadable(line: bytes) -> None:
    """A part of an object is not JSON."""
    with pytest.raises(UnreadableEntry):
        parse_entry(line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"17", "is not an object"),
        (b'{"format": "other"}', "is not the header of a journal"),
        (b'{"format": "rtm-journal", "version": 2}', "has a version of the format that this"),
        (b'{"format": "rtm-journal", "version": 1}', 'has no "api"'),
        (b'{"status": "ok"}', 'has no valid "input"'),
        (b'{"input": "17", "status": "ok"}', 'has no valid "input"'),
        (b'{"input": 0, "status": "ok"}', 'has no valid "input"'),
        (b'{"input": true, "status": "ok"}', 'has no valid "input"'),
        (b'{"input": 1000000001, "status": "ok"}', 'has no valid "input"'),
        (b'{"input": 1, "status": "OK"}', 'has no valid "status": ok, refused, not_sent, busy'),
        (b'{"input": 1, "sha256": "12", "request_id": "x"}', "is not a valid intent"),
        (b'{"input": 1, "sha256": 12, "request_id": "x"}', "is not a valid intent"),
        (b'{"input": 1, "sha256": "%s"}' % (b"x" * 64), "is not a valid intent"),
        (b'{"input": 1, "sha256": "%s", "request_id": 7}' % (b"a" * 64), "is not a valid intent"),
    ],
)
def test_a_line_that_is_not_an_entry_is_an_error(line: bytes, message: str) -> None:
    """Such a line does not result from a crash."""
    with pytest.raises(EntryError, match="^" + message.split(":", maxsplit=1)[0]) as caught:
        parse_entry(line)
    assert not isinstance(caught.value, UnreadableEntry)


@pytest.mark.parametrize(
    ("request_", "method", "text"),
    [
        (Request("x", {"a": 1}, "id", {"author_id": "bot"}), "x", b'{"a":1}'),
        (Request("x", None, "id"), "x", b""),
        (Request("x", None, "id", {"payload": None}), "x", b"null"),
        (Request("x", [1], "id"), "x", b"[1]"),
        (Request("x", {"a": 1}, "id", {"author_id": "bot"}), None,
         b'{"action":"x","author_id":"bot","payload":{"a":1}}'),
        (Request("x", None, "id"), None, b'{"action":"x"}'),
    ],
)  # fmt: skip
def test_the_digest_is_that_of_the_bytes_as_sent(
    request_: Request, method: str | None, text: bytes
) -> None:
    """Of the payload if all values are payloads of one method; `sha256sum` gives the same."""
    assert request_digest(request_, method) == hashlib.sha256(text).digest()
    sent: Any = json.loads(request_.encode())
    assert json.loads(text or b"null") == (sent.get("payload") if method else _without_id(sent))


def _without_id(envelope: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in envelope.items() if name != "request_id"}

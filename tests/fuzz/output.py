"""The output of a server's text: escaped, redacted, on one line, optionally colored."""

import json
import os
import re
from typing import Any
from urllib.parse import quote

from fuzz.data_provider import DataProvider
from fuzz.reference_json import InvalidJSON, parse
from websockets.frames import Opcode

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stdout import colorize
from rtmcli.errors import RtmError
from rtmcli.protocol import escaping, json_codec
from rtmcli.protocol.redaction import PLACEHOLDER, Redactor
from rtmcli.sandbox.server.frame_log import FrameLog

ACTIONS = (*API.methods, "", "unknown_action")
ERRORS: tuple[type[RtmError], ...] = (RtmError, *RtmError.__subclasses__())
COLOR = re.compile(rb"\x1b\[[0-9;]*m")
CONTROL_CHARACTERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
MIN_SECRET_LENGTH = 8  # characters of a secret, and of a substring that counts as a leak
SEEDS = (
    b"\x00" + "a\x1b[2J\x9b\u202e\r\n\x7f\u2028é😀".encode(),
    b'\x01{"a":"\xc2\x9b","b":["\\u001b",1.0,null],"\xe2\x80\xae":"\x7f"}',
    b"\x02\x01\x08nabc/d+e=\x04\x00\x01\x02\x03\x04\x05\x06\x07\x08",
    b"\x03\x00\x08abcdefghijkl and abcdefgh, YWJjZGVmZ2g=",
    b"\x04\x02\x08nabcdefg\x05\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09",
    b"\x05\x00\x01\x02\x03\x04\x05\x06\x07",
    b"\x06\x00\x10token-abcdefgh12\x01\x02\x03\x04\x05",
)
DICTIONARY = (
    b"\x1b[",
    b"\x9b",
    b"\xc2\x9b",
    b"\xe2\x80\xae",
    b"\xe2\x81\xa6",
    b"\xd8\x9c",
    b"\\u001b",
    b"\\n",
    b"\\\\",
    b'\\"',
    b"***",
    b"Bearer ",
    b'"token":',
    b"%2F",
    b"\xed\xa0\x80",
)
_WITHOUT_JSON_SYNTAX = str.maketrans('",:[]{}*', "abcdefgh")
_READ, _WRITE = os.pipe()
os.set_blocking(_READ, False)


def check(data: bytes) -> None:
    """Check the laws with the given bytes."""
    provider = DataProvider(data)
    match provider.integer(6):
        case 0:
            check_text(provider.remaining_bytes())
        case 1:
            check_json(provider.remaining_bytes())
        case 2:
            check_redacted_json(provider)
        case 3:
            check_redacted_text(provider)
        case 4:
            check_error_line(provider)
        case 5:
            check_json(json_codec.dumps(provider.json_value()))
        case _:
            check_frame_log(provider)


def check_text(data: bytes) -> None:
    """Control characters are escaped, and nothing else is changed."""
    text = data.decode("utf-8", "surrogateescape")
    escaped = escaping.escape_text(text)
    assert not CONTROL_CHARACTERS.search(escaped)
    assert escaped == "".join(
        f"\\u{ord(character):04x}" if CONTROL_CHARACTERS.match(character) else character
        for character in text
    )
    for limit in (0, 7, 200):
        quoted = escaping.excerpt(data, limit)
        assert not CONTROL_CHARACTERS.search(quoted)
        assert len(quoted) <= 6 * limit + 1


def check_json(text: bytes) -> None:
    """JSON keeps its value, and only colors are added."""
    try:
        expected = parse(text)
    except InvalidJSON:
        return
    escaped = escaping.escape_json(text)
    assert parse(escaped) == expected
    assert not CONTROL_CHARACTERS.search(re.sub("[\t\r\n]", " ", escaped.decode()))
    assert COLOR.sub(b"", colorize(escaped)) == escaped
    assert b"\x1b" not in COLOR.sub(b"", colorize(escaped))


def check_redacted_json(provider: DataProvider) -> None:
    """Redacted JSON is valid: strings and numbers lose the secret, other values are unchanged."""
    secret = _random_secret(provider)
    # After a newline, the rest of a secret with the n of the escape may look like the secret.
    encoded = provider.choice(
        (_encoded(provider, secret), f"\n{secret[1:]}", f"\u2028{secret[5:]}")
    )
    value = _insert_text(provider, provider.json_value(), encoded)
    text = escaping.escape_json(provider.choice((json_codec.dumps, json_codec.dumps_pretty))(value))
    redacted = Redactor([secret]).redact_json(text)
    assert Redactor([secret]).redact_json(text) == redacted
    assert secret.encode() not in redacted
    assert json.dumps(secret)[1:-1].encode() not in redacted
    check_only_redacted(json.loads(text), json.loads(redacted), changed=redacted != text)
    if encoded not in text.decode():
        assert redacted == text or secret.encode() in text or PLACEHOLDER in redacted


def check_only_redacted(before: Any, after: Any, *, changed: bool) -> None:
    """Two values differ only in redacted strings."""
    if before == after:
        return
    assert changed
    if isinstance(after, str):
        assert PLACEHOLDER.decode() in after
    elif isinstance(before, list):
        assert isinstance(after, list)
        assert len(before) == len(after)
        for pair in zip(before, after, strict=True):
            check_only_redacted(*pair, changed=changed)
    else:
        assert isinstance(before, dict)
        assert isinstance(after, dict)
        assert len(after) <= len(before)  # two names may have become the same
        for name in after:
            if name in before and PLACEHOLDER.decode() not in name:
                check_only_redacted(before[name], after[name], changed=changed)
            else:
                assert PLACEHOLDER.decode() in name


def check_redacted_text(provider: DataProvider) -> None:
    """A line contains no substring of a secret; other lines are unchanged."""
    secret = _random_secret(provider)
    text = provider.choice((_encoded(provider, secret), secret[provider.integer(9) :], "")).join(
        (provider.text(), provider.text())
    )
    data = (text + provider.remaining_bytes().decode("latin-1")).encode()
    redacted = Redactor([secret]).redact_text(data)
    assert not any(part in redacted for part in _substrings(secret))
    if not any(part in data for part in _substrings(secret)) and PLACEHOLDER not in redacted:
        assert redacted == data
    position = 0
    for part in redacted.split(PLACEHOLDER) if b"*" not in data else ():  # the rest is unchanged
        position = data.index(part, position) + len(part)


def check_error_line(provider: DataProvider) -> None:
    """An error is one line without control characters or a secret, and valid JSON on request."""
    secret = _random_secret(provider)
    message = provider.choice((_encoded(provider, secret), secret[1:], "", provider.text())).join(
        (provider.text(), provider.choice(("\n", "", "\\", "é", provider.text())), provider.text())
    )
    error = provider.choice(ERRORS)(
        message, type=provider.text(), action=provider.choice(ACTIONS), request_id=provider.text()
    )
    for as_json in (False, True):
        line = _stderr_line(error, secret, as_json=as_json)
        assert line.endswith(b"\n")
        assert not CONTROL_CHARACTERS.search(line[:-1].decode())
        assert not line.isspace()
        assert not any(part in line for part in _substrings(secret))
        if as_json:
            reported = json.loads(line)
            assert reported["exit"] == error.exit_code or PLACEHOLDER in line
            if PLACEHOLDER not in line:
                assert (
                    reported["error"]
                    == stderr.error_record(error, 1 if error.action else None)["error"]
                )


def check_frame_log(provider: DataProvider) -> None:
    """A line of the sandbox's log is valid JSON without a token, for any frame."""
    secret = _random_secret(provider)
    content = provider.choice((_encoded(provider, secret), '"token":"', "Bearer ", "")).join(
        (provider.text(), provider.remaining_bytes().decode("latin-1"))
    )
    with os.fdopen(os.dup(_WRITE), "wb", buffering=0) as file:
        log = FrameLog(file, [secret], lambda: 0.0)
        log.log_received(1, Opcode.TEXT, content.encode(), fin=True)
        line = os.read(_READ, 1 << 16)
    assert line.count(b"\n") == 1
    assert json.loads(line)["connection"] in (1, PLACEHOLDER.decode())
    assert secret.encode() not in line
    assert not CONTROL_CHARACTERS.search(line[:-1].decode())


def _stderr_line(error: RtmError, secret: str, *, as_json: bool) -> bytes:
    """Return the line written to standard error."""
    original = stderr.redactor, stderr.STDERR
    stderr.redactor, stderr.STDERR = Redactor([secret]), _WRITE
    try:
        stderr.print_error(error, as_json=as_json)
    finally:
        stderr.redactor, stderr.STDERR = original
    return os.read(_READ, 1 << 16)


def _random_secret(provider: DataProvider) -> str:
    """Draw a secret of valid length without JSON syntax and characters of the placeholder."""
    secret = "".join(chr(33 + byte % 94) for byte in provider.binary(40))
    secret = secret.translate(_WITHOUT_JSON_SYNTAX)
    return provider.choice(("", "n", "u", "dal:")) + secret.ljust(MIN_SECRET_LENGTH, "x")


def _encoded(provider: DataProvider, secret: str) -> str:
    return provider.choice(
        (secret, json.dumps(secret)[1:-1], quote(secret, safe=""), repr(secret)[1:-1])
    )


def _insert_text(provider: DataProvider, value: Any, text: str) -> Any:
    """Insert a text somewhere in a value."""
    match provider.integer(4):
        case 0:
            return {text: value}
        case 1:
            return [value, provider.text() + text + provider.text()]
        case 2:
            return {"a": value, "b": int(text) if text.isdecimal() and text[0] != "0" else text}
        case _:
            return value


def _substrings(secret: str) -> list[bytes]:
    return [
        secret[start : start + MIN_SECRET_LENGTH].encode()
        for start in range(len(secret) - MIN_SECRET_LENGTH + 1)
    ]

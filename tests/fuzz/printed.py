"""What is shown of a server's words: escaped, without secrets, on one line, perhaps in colour."""

import json
import os
import re
from typing import Any
from urllib.parse import quote

from fuzz.drawing import Draw
from fuzz.reference import NoValue, read
from websockets.frames import Opcode

from rtmcli.catalogue import API
from rtmcli.cli import report
from rtmcli.cli.output import colored
from rtmcli.errors import RtmError
from rtmcli.protocol import escaping, values
from rtmcli.protocol.masking import MASK, Mask
from rtmcli.sandbox.framelog import FrameLog

ACTIONS = (*API.methods, "", "unknown_action")
ERRORS: tuple[type[RtmError], ...] = (RtmError, *RtmError.__subclasses__())
COLOR = re.compile(rb"\x1b\[[0-9;]*m")
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
SHORTEST = 8  # characters of a secret, and of a piece
SEEDS = (
    b"\x00" + "a\x1b[2J\x9b\u202e\r\n\x7f\u2028é😀".encode(),
    b'\x01{"a":"\xc2\x9b","b":["\\u001b",1.0,null],"\xe2\x80\xae":"\x7f"}',
    b"\x02\x01\x08nabc/d+e=\x04\x00\x01\x02\x03\x04\x05\x06\x07\x08",
    b"\x03\x00\x08abcdefghijkl and abcdefgh, YWJjZGVmZ2g=",
    b"\x04\x02\x08nabcdefg\x05\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09",
    b"\x05\x00\x01\x02\x03\x04\x05\x06\x07",
    b"\x06\x00\x10token-abcdefgh12\x01\x02\x03\x04\x05",
)
WORDS = (
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
_NO_SYNTAX = str.maketrans('",:[]{}*', "abcdefgh")
_READ, _WRITE = os.pipe()
os.set_blocking(_READ, False)


def check(data: bytes) -> None:
    """Hold the laws against some bytes."""
    draw = Draw(data)
    match draw.number(6):
        case 0:
            check_text(draw.rest())
        case 1:
            check_json(draw.rest())
        case 2:
            check_hidden(draw)
        case 3:
            check_hidden_in_text(draw)
        case 4:
            check_line(draw)
        case 5:
            check_json(values.dump(draw.value()))
        case _:
            check_log(draw)


def check_text(data: bytes) -> None:
    """Nothing in a text is obeyed, and nothing else is changed."""
    text = data.decode("utf-8", "surrogateescape")
    shown = escaping.in_text(text)
    assert not OBEYED.search(shown)
    assert shown == "".join(
        f"\\u{ord(character):04x}" if OBEYED.match(character) else character for character in text
    )
    for limit in (0, 7, 200):
        quoted = escaping.excerpt(data, limit)
        assert not OBEYED.search(quoted)
        assert len(quoted) <= 6 * limit + 1


def check_json(text: bytes) -> None:
    """JSON keeps its value, and its colours are all that is added."""
    try:
        wanted = read(text)
    except NoValue:
        return
    shown = escaping.in_json(text)
    assert read(shown) == wanted
    assert not OBEYED.search(re.sub("[\t\r\n]", " ", shown.decode()))
    assert COLOR.sub(b"", colored(shown)) == shown
    assert b"\x1b" not in COLOR.sub(b"", colored(shown))


def check_hidden(draw: Draw) -> None:
    """JSON stays JSON: strings lose the secret, numbers that hold it go, the rest is the same."""
    secret = _secret(draw)
    # Behind a line end the rest of a secret may, with the n of its escape, look like a whole one.
    spelled = draw.one_of((_spelled(draw, secret), f"\n{secret[1:]}", f"\u2028{secret[5:]}"))
    value = _with(draw, draw.value(), spelled)
    text = escaping.in_json(draw.one_of((values.dump, values.dump_indented))(value))
    hidden = Mask([secret]).hide(text)
    assert Mask([secret]).hide(text) == hidden
    assert secret.encode() not in hidden
    assert json.dumps(secret)[1:-1].encode() not in hidden
    check_same(json.loads(text), json.loads(hidden), changed=hidden != text)
    if spelled not in text.decode():
        assert hidden == text or secret.encode() in text or MASK in hidden


def check_same(before: Any, after: Any, *, changed: bool) -> None:
    """Two values differ only where there are asterisks."""
    if before == after:
        return
    assert changed
    if isinstance(after, str):
        assert MASK.decode() in after
    elif isinstance(before, list):
        assert isinstance(after, list)
        assert len(before) == len(after)
        for pair in zip(before, after, strict=True):
            check_same(*pair, changed=changed)
    else:
        assert isinstance(before, dict)
        assert isinstance(after, dict)
        assert len(after) <= len(before)  # two names may have become one
        for name in after:
            if name in before and MASK.decode() not in name:
                check_same(before[name], after[name], changed=changed)
            else:
                assert MASK.decode() in name


def check_hidden_in_text(draw: Draw) -> None:
    """No piece of a secret is left in a line; what holds none stays."""
    secret = _secret(draw)
    text = draw.one_of((_spelled(draw, secret), secret[draw.number(9) :], "")).join(
        (draw.text(), draw.text())
    )
    data = (text + draw.rest().decode("latin-1")).encode()
    hidden = Mask([secret]).hide_in_text(data)
    assert not any(piece in hidden for piece in _pieces(secret))
    if not any(piece in data for piece in _pieces(secret)) and MASK not in hidden:
        assert hidden == data
    at = 0
    for part in hidden.split(MASK) if b"*" not in data else ():  # what is left was there
        at = data.index(part, at) + len(part)


def check_line(draw: Draw) -> None:
    """An error is one line without a control byte or a secret; as JSON it is whole JSON."""
    secret = _secret(draw)
    message = draw.one_of((_spelled(draw, secret), secret[1:], "", draw.text())).join(
        (draw.text(), draw.one_of(("\n", "", "\\", "é", draw.text())), draw.text())
    )
    error = draw.one_of(ERRORS)(
        message, type=draw.text(), action=draw.one_of(ACTIONS), request_id=draw.text()
    )
    for as_json in (False, True):
        line = _reported(error, secret, as_json=as_json)
        assert line.endswith(b"\n")
        assert not OBEYED.search(line[:-1].decode())
        assert not line.isspace()
        assert not any(piece in line for piece in _pieces(secret))
        if as_json:
            told = json.loads(line)
            assert told["exit"] == error.status or MASK in line
            if MASK not in line:
                assert told["error"] == report.record(error, 1 if error.action else None)["error"]


def check_log(draw: Draw) -> None:
    """A line of the sandbox's log is whole JSON and holds no token, whatever a frame says."""
    secret = _secret(draw)
    content = draw.one_of((_spelled(draw, secret), '"token":"', "Bearer ", "")).join(
        (draw.text(), draw.rest().decode("latin-1"))
    )
    with os.fdopen(os.dup(_WRITE), "wb", buffering=0) as file:
        log = FrameLog(file, [secret], lambda: 0.0)
        log.came(1, Opcode.TEXT, content.encode(), fin=True)
        line = os.read(_READ, 1 << 16)
    assert line.count(b"\n") == 1
    assert json.loads(line)["connection"] in (1, MASK.decode())
    assert secret.encode() not in line
    assert not OBEYED.search(line[:-1].decode())


def _reported(error: RtmError, secret: str, *, as_json: bool) -> bytes:
    """Return what standard error gets."""
    before = report.HIDDEN, report.STDERR
    report.HIDDEN, report.STDERR = Mask([secret]), _WRITE
    try:
        report.error(error, as_json=as_json)
    finally:
        report.HIDDEN, report.STDERR = before
    return os.read(_READ, 1 << 16)


def _secret(draw: Draw) -> str:
    """Draw a secret that is long enough to be one, no piece of JSON's own syntax or the mask's."""
    secret = "".join(chr(33 + byte % 94) for byte in draw.taken(40))
    secret = secret.translate(_NO_SYNTAX)
    return draw.one_of(("", "n", "u", "dal:")) + secret.ljust(SHORTEST, "x")


def _spelled(draw: Draw, secret: str) -> str:
    return draw.one_of(
        (secret, json.dumps(secret)[1:-1], quote(secret, safe=""), repr(secret)[1:-1])
    )


def _with(draw: Draw, value: Any, text: str) -> Any:
    """Put a text somewhere into a value."""
    match draw.number(4):
        case 0:
            return {text: value}
        case 1:
            return [value, draw.text() + text + draw.text()]
        case 2:
            return {"a": value, "b": int(text) if text.isdecimal() and text[0] != "0" else text}
        case _:
            return value


def _pieces(secret: str) -> list[bytes]:
    return [
        secret[start : start + SHORTEST].encode() for start in range(len(secret) - SHORTEST + 1)
    ]

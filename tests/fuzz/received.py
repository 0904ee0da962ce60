"""What a server says: messages and pushes."""

from typing import Any

from fuzz.drawing import Draw
from fuzz.reference import NoValue, has_surrogates, is_same, read

from rtmcli.catalogue import API
from rtmcli.protocol import values
from rtmcli.protocol.conversation import announced
from rtmcli.protocol.messages import Malformed, Push, Response, decode
from rtmcli.protocol.sieve import Sieve, Sifted, lines
from rtmcli.session.judging import error_of

OBEYED = {*map(chr, (*range(0x20), *range(0x7F, 0xA0))), *"\u061c\u200e\u200f"} | {
    chr(code) for code in (*range(0x2028, 0x202F), *range(0x2066, 0x206A))
}
PUSH = b'{"action":"incoming_event","type":"push","payload":{"chat_id":"A","n":1.0,"s":"\xc2\x9b"}}'
LAST = b'{"action":"agent_disconnected","type":"push","payload":{"reason":"access_token_expired"}}'
ANSWER = (
    b'{"request_id":"1","action":"send_event","type":"response","success":true,"payload":{"a":[]}}'
)
ERROR = (
    b'{"request_id":"1","action":"send_event","type":"response","success":false,'
    b'"payload":{"error":{"type":"validation","message":"no"}}}'
)
ODD = (
    b'{"action":"a","type":"push","n":18446744073709551617,"x":1e400,"s":"\\ud800","a":2}',
    b'[1E5,-0.0,0.1234567890123456789,"\\u0000"]',
    b'{ "type" :\n"push",\r"action":"a", "payload": {"chat":{"id":"A"}}}',
)
SEEDS = (
    *(b"\x00" + text for text in (PUSH, LAST, ANSWER, ERROR, *ODD)),
    b"\x01\x01\x02" + PUSH + b"\n" + LAST + b"\n" + ANSWER,
    b"\x02agent_disconnected\x06\x02",
)
WORDS = (
    b'"type"',
    b'"push"',
    b'"response"',
    b'"action"',
    b'"payload"',
    b'"request_id"',
    b'"success"',
    b'"error"',
    b'"reason"',
    b'"agent_disconnected"',
    b'"chat_id"',
    b'"chat"',
    b"true",
    b"false",
    b"null",
    b"NaN",
    b"1e400",
    b"18446744073709551617",
    b"\\ud800",
    b"\\u0000",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
)


def check(data: bytes) -> None:
    """Hold the laws against some bytes."""
    draw = Draw(data)
    match draw.number(2):
        case 0:
            check_message(draw.rest())
        case 1:
            check_sieve(draw)
        case _:
            check_message(values.dump(_envelope(draw)))


def check_message(text: bytes) -> None:
    """A message is what the reference makes of it, or malformed, which is told in one line."""
    try:
        wanted = read(text)
    except NoValue:
        wanted = None
    try:
        message = decode(text)
    except Malformed as error:
        assert str(error).isprintable(), error
        assert len(str(error)) < 200, error
        assert not _is_sound(wanted), text
        return
    assert is_same(message.envelope, wanted)
    assert is_same(values.load(values.dump(message.envelope)), wanted)
    assert message.action == wanted["action"]
    if isinstance(message, Push):
        check_push(message, text)
    else:
        check_response(message)


def check_push(message: Push, text: bytes) -> None:
    """A push keeps its text; the end is announced by its own action and an object only."""
    assert message.text == text
    assert message.payload == message.envelope.get("payload")
    says = message.action == API.disconnected and isinstance(message.payload, dict)
    assert (announced(message) is not None) == says


def check_response(message: Response) -> None:
    """A response has an object, and an error of words that are not without end."""
    assert isinstance(message.payload, dict)
    kind, words, _ = error_of(message)
    assert kind
    assert words
    assert len(kind) <= 2001
    assert len(words) <= 2001


def check_sieve(draw: Draw) -> None:
    """Each message is let through, left out or unreadable, and each push is one line."""
    actions = [draw.text() for _ in range(draw.number(2))]
    chat_id = draw.text() if draw.flag() else None
    texts = draw.rest().split(b"\n")
    everything = Sieve().sift(texts)
    for text in texts:
        check_message(text)
        check_kind(text, everything)
    wanted = Sieve(actions, chat_id).sift(texts)
    assert set(wanted.pushes) <= set(everything.pushes)
    assert [row.text for row in wanted.unreadable] == [row.text for row in everything.unreadable]
    assert wanted.last == everything.last
    check_lines(everything.pushes)
    check_lines([text.replace(b" ", b"\n") for text in everything.pushes])


def check_kind(text: bytes, sifted: Sifted) -> None:
    """What decodes is no less to the sieve, which is the more tolerant one."""
    try:
        message = decode(text)
    except Malformed:
        return
    assert (text in sifted.pushes) == isinstance(message, Push)
    assert text not in [row.text for row in sifted.unreadable]
    if isinstance(message, Push) and message.action == API.disconnected:
        assert sifted.last is not None


def check_lines(texts: list[bytes]) -> None:
    """A line is the same value, and nothing in it is obeyed by a terminal."""
    kept = []
    for text in texts:
        try:
            kept.append((text, read(text)))
        except NoValue:  # a blank within a string became a line end
            continue
    printed = lines([text for text, _ in kept]).split(b"\n")
    assert printed.pop() == b""
    assert len(printed) == len(kept)
    for line, (_, value) in zip(printed, kept, strict=True):
        assert read(line) == value
        assert not OBEYED & set(line.decode())


def _envelope(draw: Draw) -> Any:
    """Draw what looks like a message."""
    kind = draw.one_of(("push", "response", "push", draw.value(1)))
    envelope: dict[str, Any] = {"action": draw.text(), "type": kind}
    for name in ("request_id", "success", "payload"):
        if draw.flag():
            envelope[name] = draw.value()
    return envelope


def _is_sound(value: Any) -> bool:
    """Tell by the protocol itself whether a value is a message."""
    if not isinstance(value, dict) or not isinstance(value.get("action"), str):
        return False
    if has_surrogates(value):
        return False
    if value.get("type") == "push":
        return True
    return (
        value.get("type") == "response"
        and isinstance(value.get("request_id", ""), str)
        and isinstance(value.get("success"), bool)
        and isinstance(value.get("payload"), dict | None)
    )

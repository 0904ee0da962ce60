"""The fallback reader: fragmented messages, control frames and violations."""

from support.fault_server import Opcode
from support.fault_server.frames import encode

from rtmcli.websocket.fallback import FallbackReader
from rtmcli.websocket.frames import Close


def test_fragments_become_one_message_and_a_ping_is_answered() -> None:
    """A ping may arrive between two fragments; the pong is masked and has the same payload."""
    messages: list[bytes] = []
    reader = FallbackReader(100, messages.append)
    data = encode(Opcode.TEXT, b"ab", fin=False) + encode(Opcode.PING, b"x")
    assert reader.feed(data) is None
    [pong] = reader.frames_to_send()
    assert (pong[:2], bytes([pong[6] ^ pong[2]])) == (b"\x8a\x81", b"x")
    assert reader.feed(encode(Opcode.CONTINUATION, b"cd")) is None
    assert (messages, reader.frames_to_send()) == ([b"abcd"], [])


def test_a_close_frame_after_other_frames() -> None:
    """The messages before it are read; it is answered with the same code."""
    messages: list[bytes] = []
    reader = FallbackReader(100, messages.append)
    data = encode(Opcode.TEXT, b"a", fin=False) + encode(Opcode.CONTINUATION, b"b")
    close_info = reader.feed(data + encode(Opcode.CLOSE, b"\x03\xf4restart"))
    assert (messages, close_info) == ([b"ab"], Close(1012, "restart"))
    assert reader.frames_to_send()[0][:2] == b"\x88\x89"


def test_the_size_limit_applies_to_all_fragments_together() -> None:
    """Each fragment alone is smaller."""
    reader = FallbackReader(3, lambda _: None)
    data = encode(Opcode.TEXT, b"ab", fin=False) + encode(Opcode.CONTINUATION, b"cd")
    close_info = reader.feed(data)
    assert close_info
    assert close_info.protocol_error.startswith("the message is too big")


def test_a_binary_message_before_a_close_frame_is_a_violation() -> None:
    """The close frame is already answered, so no other one is sent."""
    reader = FallbackReader(100, lambda _: None)
    close_info = reader.feed(encode(Opcode.BINARY, b"x") + encode(Opcode.CLOSE, b"\x03\xf4"))
    assert close_info == Close(1006, "", "the server sent a binary message")
    assert reader.frames_to_send()[0][:2] == b"\x88\x82"

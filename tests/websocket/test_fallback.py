"""The core: messages in several frames, control frames, and every end."""

from support.fault_server import Opcode
from support.fault_server.frames import encode

from rtmcli.websocket.fallback import FallbackReader
from rtmcli.websocket.frames import Close


def test_fragments_become_one_message_and_a_ping_gets_its_pong() -> None:
    """A ping between two fragments disturbs neither; the pong is masked and echoes it."""
    messages: list[bytes] = []
    reader = FallbackReader(100, messages.append)
    data = encode(Opcode.TEXT, b"ab", fin=False) + encode(Opcode.PING, b"x")
    assert reader.feed(data) is None
    pong = reader.data_to_send()
    assert (pong[:2], bytes([pong[6] ^ pong[2]])) == (b"\x8a\x81", b"x")
    assert reader.feed(encode(Opcode.CONTINUATION, b"cd")) is None
    assert (messages, reader.data_to_send()) == ([b"abcd"], b"")


def test_an_end_in_the_midst_of_other_frames_is_told() -> None:
    """What stood before it is taken; the goodbye is answered with its own code."""
    messages: list[bytes] = []
    reader = FallbackReader(100, messages.append)
    data = encode(Opcode.TEXT, b"a", fin=False) + encode(Opcode.CONTINUATION, b"b")
    close_info = reader.feed(data + encode(Opcode.CLOSE, b"\x03\xf4restart"))
    assert (messages, close_info) == ([b"ab"], Close(1012, "restart"))
    assert reader.data_to_send()[:2] == b"\x88\x89"


def test_fragments_together_obey_the_limit() -> None:
    """A message is as large as all of its parts."""
    reader = FallbackReader(3, lambda _: None)
    data = encode(Opcode.TEXT, b"ab", fin=False) + encode(Opcode.CONTINUATION, b"cd")
    close_info = reader.feed(data)
    assert close_info
    assert close_info.protocol_error.startswith("the message is too big")


def test_a_binary_message_with_a_goodbye_behind_it_is_a_breach() -> None:
    """What came first counts; the goodbye in the same packet has its answer already."""
    reader = FallbackReader(100, lambda _: None)
    close_info = reader.feed(encode(Opcode.BINARY, b"x") + encode(Opcode.CLOSE, b"\x03\xf4"))
    assert close_info == Close(1006, "", "the server sent a binary message")
    assert reader.data_to_send()[:2] == b"\x88\x82"

"""The core: messages in several frames, control frames, and every end."""

from faults import Opcode
from faults.frames import encode

from rtmcli.protocol.framing import Closing
from rtmcli.session.core import Core


def test_fragments_become_one_message_and_a_ping_gets_its_pong() -> None:
    """A ping between two fragments disturbs neither; the pong is masked and echoes it."""
    messages: list[bytes] = []
    core = Core(100, messages.append)
    data = encode(Opcode.TEXT, b"ab", fin=False) + encode(Opcode.PING, b"x")
    assert core.feed(data) is None
    pong = core.replies()
    assert (pong[:2], bytes([pong[6] ^ pong[2]])) == (b"\x8a\x81", b"x")
    assert core.feed(encode(Opcode.CONTINUATION, b"cd")) is None
    assert (messages, core.replies()) == ([b"abcd"], b"")


def test_an_end_in_the_midst_of_other_frames_is_told() -> None:
    """What stood before it is taken; the goodbye is answered with its own code."""
    messages: list[bytes] = []
    core = Core(100, messages.append)
    data = encode(Opcode.TEXT, b"a", fin=False) + encode(Opcode.CONTINUATION, b"b")
    closing = core.feed(data + encode(Opcode.CLOSE, b"\x03\xf4restart"))
    assert (messages, closing) == ([b"ab"], Closing(1012, "restart"))
    assert core.replies()[:2] == b"\x88\x89"


def test_fragments_together_obey_the_limit() -> None:
    """A message is as large as all of its parts."""
    core = Core(3, lambda _: None)
    data = encode(Opcode.TEXT, b"ab", fin=False) + encode(Opcode.CONTINUATION, b"cd")
    closing = core.feed(data)
    assert closing
    assert closing.fault.startswith("the message is too big")


def test_a_binary_message_with_a_goodbye_behind_it_is_a_breach() -> None:
    """What came first counts; the goodbye in the same packet has its answer already."""
    core = Core(100, lambda _: None)
    closing = core.feed(encode(Opcode.BINARY, b"x") + encode(Opcode.CLOSE, b"\x03\xf4"))
    assert closing == Closing(1006, "", "the server sent a binary message")
    assert core.replies()[:2] == b"\x88\x82"

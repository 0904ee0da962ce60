"""The cutter: every message as the core alone would give it, wherever the stream is cut."""

from collections.abc import Callable

from faults.frames import Opcode, encode, fragments
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.session.cutting import Cutter

LIMIT = 70_000


class Recorder:
    """Writes down what goes where, in order; the other frames byte by byte."""

    def __init__(self, go_on: Callable[[], bool] = lambda: True) -> None:
        self.taken: list[bytes] = []
        self.seen: list[bytes] = []  # messages as they are, other bytes singly
        self._go_on = go_on
        self.cutter = Cutter(LIMIT, self.take, self.rest)

    def take(self, message: bytes) -> None:
        """Get a whole message."""
        self.taken.append(message)
        self.seen.append(message)

    def rest(self, data: bytes) -> bool:
        """Get bytes of another frame."""
        self.seen.extend(bytes([byte]) for byte in data)
        return self._go_on()

    def feed(self, *chunks: bytes) -> "Recorder":
        """Feed one chunk after the other."""
        for chunk in chunks:
            self.cutter.feed(chunk)
        return self


def text(size: int) -> bytes:
    """Make a message of so many bytes."""
    return b"t" * size


whole = st.sampled_from([0, 1, 125, 126, 127, 300, 65_535, 65_536, LIMIT]).map(text)
other = st.sampled_from(
    [
        encode(Opcode.PING, b"p"),
        encode(Opcode.PONG, b"x" * 125),
        encode(Opcode.BINARY, b"b"),
        fragments(Opcode.TEXT, b"abcdef", size=2, between=encode(Opcode.PING)),
        encode(Opcode.TEXT, b"compressed", rsv=4),
        encode(Opcode.TEXT, text(LIMIT + 1)),
        encode(Opcode.CLOSE, b"\x03\xe8"),
    ]
)
stream = st.lists(st.tuples(st.just(True), whole) | st.tuples(st.just(False), other), max_size=8)


@given(stream, st.lists(st.integers(0, 200_000)))
def test_messages_and_other_frames_keep_their_order_wherever_the_stream_is_cut(
    items: list[tuple[bool, bytes]], cuts: list[int]
) -> None:
    """Every whole text frame is taken, every other byte passed on, in the order of arrival."""
    data = b"".join(encode(Opcode.TEXT, item) if is_text else item for is_text, item in items)
    ends = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
    chunks = [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    recorder = Recorder().feed(*chunks)
    wanted: list[bytes] = []
    for is_text, item in items:
        wanted += [item] if is_text else [bytes([byte]) for byte in item]
    assert recorder.seen == wanted
    assert recorder.cutter.held() == b""


def test_a_text_frame_amid_fragments_is_left_to_the_core() -> None:
    """Within a fragmented message a new text frame is a breach, and the core judges it."""
    breach = encode(Opcode.TEXT, b"a", fin=False) + encode(Opcode.TEXT, b"b")
    assert Recorder().feed(breach).taken == []


def test_all_that_follows_a_masked_frame_is_left_to_the_core() -> None:
    """A server never masks: what a frame's length would be is not looked at any more."""
    recorder = Recorder().feed(encode(Opcode.TEXT, b"a", mask=b"mask"), encode(Opcode.TEXT, b"b"))
    assert recorder.taken == []


def test_nothing_is_taken_once_the_core_says_that_it_is_over() -> None:
    """What stands behind the frame that ended the connection is no message."""
    recorder = Recorder(lambda: False)
    recorder.feed(encode(Opcode.CLOSE) + encode(Opcode.TEXT, b"late"))
    assert recorder.taken == []


def test_a_frame_whose_length_claims_too_much_is_never_held() -> None:
    """A length of 2^63 bytes goes to the core at once, and no memory waits for it."""
    recorder = Recorder().feed(encode(Opcode.TEXT, b"a", length=1 << 63))
    assert recorder.cutter.held() == b""

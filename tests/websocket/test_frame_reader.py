"""The cutter: every message as the core alone would give it, wherever the stream is cut."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fault_server.frames import Opcode, apply_mask, encode

from rtmcli.websocket.frame_reader import FrameReader

MAX_SIZE = 70_000
MASKING_KEY = b"\x01\x80\xfem"
MASKING_KEYS = [pytest.param(None, id="bare"), pytest.param(MASKING_KEY, id="masked")]


class Recorder:
    """Writes down what goes where, in order; the other frames byte by byte."""

    def __init__(
        self,
        keep_reading: Callable[[], bool] = lambda: True,
        mask: bytes | None = None,
        max_size: int = MAX_SIZE,
    ) -> None:
        self.messages: list[bytes] = []
        self.received: list[bytes] = []  # messages as they are, other bytes singly
        self._keep_reading = keep_reading
        self.reader = FrameReader(
            max_size, self.on_message, self.on_other, apply_mask if mask else None
        )

    def on_message(self, message: bytes) -> None:
        """Get a whole message."""
        self.messages.append(message)
        self.received.append(message)

    def on_other(self, data: bytes) -> bool:
        """Get bytes of another frame."""
        self.received.extend(bytes([byte]) for byte in data)
        return self._keep_reading()

    def feed(self, *chunks: bytes) -> "Recorder":
        """Feed one chunk after the other."""
        for chunk in chunks:
            self.reader.feed(chunk)
        return self


def make_text(size: int) -> bytes:
    """Make a message of so many bytes."""
    return b"t" * size


def other_frames(mask: bytes | None) -> list[bytes]:
    """Make frames that are no whole text; a message in fragments with a ping amid them, too."""
    fragments = [
        encode(Opcode.TEXT, b"ab", fin=False, mask=mask),
        encode(Opcode.PING, mask=mask),
        encode(Opcode.CONTINUATION, b"", fin=False, mask=mask),
        encode(Opcode.CONTINUATION, b"cd", mask=mask),
    ]
    return [
        encode(Opcode.PING, b"p", mask=mask),
        encode(Opcode.PONG, b"x" * 125, mask=mask),
        encode(Opcode.BINARY, b"b", mask=mask),
        encode(Opcode.TEXT, b"compressed", rsv=4, mask=mask),
        encode(Opcode.TEXT, make_text(MAX_SIZE + 1), mask=mask),
        encode(Opcode.CLOSE, b"\x03\xe8", mask=mask),
        b"".join(fragments),
    ]


text_messages = st.sampled_from([0, 1, 125, 126, 127, 300, 65_535, 65_536, MAX_SIZE]).map(make_text)
frame_sequences = st.lists(
    st.integers(0, 6) | text_messages, max_size=8
)  # an index into `others`, or a text


@pytest.mark.parametrize("mask", MASKING_KEYS)
@given(frame_sequences, st.lists(st.integers(0, 200_000)))
def test_messages_and_other_frames_keep_their_order_wherever_the_stream_is_cut(
    mask: bytes | None, items: list[int | bytes], cuts: list[int]
) -> None:
    """Every whole text frame is taken, every other byte passed on, in the order of arrival."""
    data, wanted = b"", []
    for item in items:
        if isinstance(item, bytes):
            data += encode(Opcode.TEXT, item, mask=mask)
            wanted.append(item)
        else:
            frames = other_frames(mask)[item]
            data += frames
            wanted += [bytes([byte]) for byte in frames]
    ends = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
    chunks = [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    recorder = Recorder(mask=mask).feed(*chunks)
    assert recorder.received == wanted
    assert recorder.reader.drain_buffer() == b""


@pytest.mark.parametrize("mask", MASKING_KEYS)
def test_a_frame_of_the_other_side_reaches_the_core_at_its_second_byte(mask: bytes | None) -> None:
    """A frame that is masked and must not be, or the other way round, may be the shortest one."""
    breach = encode(Opcode.TEXT, b"", mask=None if mask else MASKING_KEY)[:2]
    recorder = Recorder(mask=mask).feed(breach[:1], breach[1:])
    assert b"".join(recorder.received) == breach


def test_a_text_frame_amid_fragments_is_left_to_the_core() -> None:
    """Within a fragmented message a new text frame is a breach, and the core judges it."""
    breach = encode(Opcode.TEXT, b"a", fin=False) + encode(Opcode.TEXT, b"b")
    assert Recorder().feed(breach).messages == []


def test_all_that_follows_a_masked_frame_is_left_to_the_core() -> None:
    """A server never masks: what a frame's length would be is not looked at any more."""
    masked = encode(Opcode.TEXT, b"abcde", mask=b"\0\0\0\1")
    assert Recorder().feed(masked, encode(Opcode.TEXT, b"b")).messages == []
    assert Recorder().feed(masked + encode(Opcode.TEXT, b"b" * 40)).messages == []


@pytest.mark.parametrize("mask", MASKING_KEYS)
@pytest.mark.parametrize("limit", [100, 300, MAX_SIZE])
def test_a_message_of_the_largest_size_is_taken_and_no_larger_one(
    limit: int, mask: bytes | None
) -> None:
    """The core judges what is too big, whichever way its length is written."""
    recorder = Recorder(mask=mask, max_size=limit)
    recorder.feed(*(encode(Opcode.TEXT, make_text(limit + more), mask=mask) for more in (0, 1)))
    assert recorder.messages == [make_text(limit)]


def test_nothing_is_taken_once_the_core_says_that_it_is_over() -> None:
    """What stands behind the frame that ended the connection is no message."""
    recorder = Recorder(lambda: False)
    recorder.feed(encode(Opcode.CLOSE) + encode(Opcode.TEXT, b"late"))
    assert recorder.messages == []


def test_a_frame_whose_length_claims_too_much_is_never_held() -> None:
    """A length of 2^63 bytes goes to the core at once, and no memory waits for it."""
    recorder = Recorder().feed(encode(Opcode.TEXT, b"a", claimed_length=1 << 63))
    assert recorder.reader.drain_buffer() == b""

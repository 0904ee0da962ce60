"""The frame reader: text messages and other frames, in chunks of any size."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fault_server.frames import Opcode, apply_mask, encode

from rtmcli.websocket.frame_reader import FrameReader

MAX_SIZE = 70_000
MASKING_KEY = b"\x01\x80\xfem"
MASKING_KEYS = [pytest.param(None, id="unmasked"), pytest.param(MASKING_KEY, id="masked")]


class Recorder:
    """Records messages, and the bytes of other frames, in order."""

    def __init__(
        self,
        keep_reading: Callable[[], bool] = lambda: True,
        mask: bytes | None = None,
        max_size: int = MAX_SIZE,
    ) -> None:
        self.messages: list[bytes] = []
        self.received: list[bytes] = []  # messages, and single bytes of other frames
        self._keep_reading = keep_reading
        self.reader = FrameReader(
            max_size, self.on_message, self.on_other, apply_mask if mask else None
        )

    def on_message(self, message: bytes) -> None:
        """Record a message."""
        self.messages.append(message)
        self.received.append(message)

    def on_other(self, data: bytes) -> bool:
        """Record bytes of another frame."""
        self.received.extend(bytes([byte]) for byte in data)
        return self._keep_reading()

    def feed(self, *chunks: bytes) -> "Recorder":
        """Feed chunks to the reader."""
        for chunk in chunks:
            self.reader.feed(chunk)
        return self


def make_text(size: int) -> bytes:
    """Return a message of a size in bytes."""
    return b"t" * size


def other_frames(mask: bytes | None) -> list[bytes]:
    """Return frames that are not unfragmented text, and a fragmented message with a ping in it."""
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
# A text message, or an index of `other_frames`.
frame_sequences = st.lists(st.integers(0, 6) | text_messages, max_size=8)


@pytest.mark.parametrize("mask", MASKING_KEYS)
@given(frame_sequences, st.lists(st.integers(0, 200_000)))
def test_messages_and_other_frames_are_delivered_in_order(
    mask: bytes | None, items: list[int | bytes], cuts: list[int]
) -> None:
    """For any sequence of frames, in any chunks."""
    data, expected = b"", []
    for item in items:
        if isinstance(item, bytes):
            data += encode(Opcode.TEXT, item, mask=mask)
            expected.append(item)
        else:
            frames = other_frames(mask)[item]
            data += frames
            expected += [bytes([byte]) for byte in frames]
    ends = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
    chunks = [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    recorder = Recorder(mask=mask).feed(*chunks)
    assert recorder.received == expected
    assert recorder.reader.drain_buffer() == b""


@pytest.mark.parametrize("mask", MASKING_KEYS)
def test_a_frame_with_the_wrong_mask_bit_is_forwarded_at_its_second_byte(
    mask: bytes | None,
) -> None:
    """The frame may be the shortest possible one."""
    frame = encode(Opcode.TEXT, b"", mask=None if mask else MASKING_KEY)[:2]
    recorder = Recorder(mask=mask).feed(frame[:1], frame[1:])
    assert b"".join(recorder.received) == frame


def test_a_text_frame_within_a_fragmented_message_is_forwarded() -> None:
    """It violates the protocol."""
    frames = encode(Opcode.TEXT, b"a", fin=False) + encode(Opcode.TEXT, b"b")
    assert Recorder().feed(frames).messages == []


def test_everything_after_a_masked_frame_of_a_server_is_forwarded() -> None:
    """Servers must not mask, so the length of the frame is not trusted."""
    masked = encode(Opcode.TEXT, b"abcde", mask=b"\0\0\0\1")
    assert Recorder().feed(masked, encode(Opcode.TEXT, b"b")).messages == []
    assert Recorder().feed(masked + encode(Opcode.TEXT, b"b" * 40)).messages == []


@pytest.mark.parametrize("mask", MASKING_KEYS)
@pytest.mark.parametrize("limit", [100, 300, MAX_SIZE])
def test_only_messages_larger_than_the_limit_are_forwarded(limit: int, mask: bytes | None) -> None:
    """For lengths of one, two and eight bytes."""
    recorder = Recorder(mask=mask, max_size=limit)
    recorder.feed(*(encode(Opcode.TEXT, make_text(limit + more), mask=mask) for more in (0, 1)))
    assert recorder.messages == [make_text(limit)]


def test_reading_stops_if_on_other_returns_false() -> None:
    """Data after a close frame is ignored."""
    recorder = Recorder(lambda: False)
    recorder.feed(encode(Opcode.CLOSE) + encode(Opcode.TEXT, b"late"))
    assert recorder.messages == []


def test_a_frame_with_an_excessive_length_is_not_buffered() -> None:
    """A frame of 2^63 bytes is forwarded at once."""
    recorder = Recorder().feed(encode(Opcode.TEXT, b"a", claimed_length=1 << 63))
    assert recorder.reader.drain_buffer() == b""

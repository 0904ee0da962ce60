"""Read unfragmented text frames from a stream; forward all other frames unchanged.

Nearly all messages are single text frames, masked by clients and unmasked by servers. Their length
is in the first two bytes, so this reader is twenty times faster than the core of `websockets`. It
forwards everything else (control frames, fragments, protocol violations, messages that are too
big) to that core, in the order of arrival.
"""

from collections.abc import Callable

_UNFRAGMENTED_TEXT = 0x81  # FIN bit, no reserved bits, opcode 1
_FIN = 0x80
_OPCODE_MASK = 0x0F
_CONTROL_BIT = 0x08
_LENGTH_16_BIT, _LENGTH_64_BIT = 126, 127  # the length is in the next two or eight bytes
_UNBOUNDED = 1 << 64
_MASK_BIT = 0x80  # in the second byte: a masking key precedes the message
_MASKING_KEY_SIZE = 4

Unmask = Callable[[bytes, bytes], bytes]  # message and masking key -> unmasked message


class FrameReader:
    """Reads frames; the first data must be the beginning of a frame."""

    def __init__(
        self,
        max_size: int,
        on_message: Callable[[bytes], None],
        on_other: Callable[[bytes], bool],
        unmask: Unmask | None = None,
    ) -> None:
        """Call `on_message` with each message, `on_other` with the bytes of all other frames.

        Reading stops when `on_other` returns False. Frames must be masked if `unmask` is given,
        and unmasked otherwise.
        """
        self.last_opcode = 0  # of the last forwarded frame
        self._max_size = max_size
        self._on_message = on_message
        self._on_other = on_other
        self._unmask = unmask
        self._mask_bit = _MASK_BIT if unmask else 0
        self._header_size = 2 + (_MASKING_KEY_SIZE if unmask else 0)  # without extended length
        self._buffer = bytearray()  # the beginning of an incomplete frame
        self._needed = 0  # bytes in the buffer to continue
        self._left_to_forward = 0  # bytes of the current frame
        self._in_fragmented_message = False  # after a fragment without FIN
        self._stopped = False  # after `on_other` returned False

    def feed(self, data: bytes) -> None:
        """Process received data."""
        offset = 0
        while self._buffer and offset < len(data):  # complete the buffered frame only
            chunk = data[offset : offset + self._needed - len(self._buffer)]
            offset += len(chunk)
            self._buffer += chunk
            if len(self._buffer) >= self._needed:
                self._process(self.drain_buffer(), 0)
        self._process(data, offset)

    def drain_buffer(self) -> bytes:
        """Remove and return the beginning of an incomplete frame."""
        buffered = bytes(self._buffer)
        self._buffer.clear()
        return buffered

    def _process(self, data: bytes, offset: int) -> None:
        while offset < len(data) and not self._stopped:
            if self._left_to_forward:
                offset = self._forward(data, offset, self._left_to_forward)
            elif (end := self._read_text_frames(data, offset)) > offset:
                offset = end
            else:
                offset = self._read_frame(data, offset)

    def _read_text_frames(self, data: bytes, offset: int) -> int:
        """Read complete text frames of less than 64 KiB, the common case; return where they end."""
        if self._in_fragmented_message:
            return offset
        on_message, unmask, max_size = self._on_message, self._unmask, self._max_size
        mask_bit, header_size, end = self._mask_bit, self._header_size, len(data)
        last_start = end - header_size - 2  # the last offset at which the longest header fits
        while offset <= last_start and data[offset] == _UNFRAGMENTED_TEXT:
            start, size = offset + header_size, data[offset + 1] ^ mask_bit
            if size >= _LENGTH_16_BIT:
                if size > _LENGTH_16_BIT:
                    break
                start += 2
                size = data[offset + 2] << 8 | data[offset + 3]
            stop = start + size
            if stop > end or size > max_size:
                break
            message = data[start:stop]
            on_message(
                unmask(message, data[start - _MASKING_KEY_SIZE : start]) if unmask else message
            )
            offset = stop
        return offset

    def _read_frame(self, data: bytes, offset: int) -> int:
        """Read, buffer or forward the frame at `offset`; return where the next one begins."""
        if len(data) - offset < 2:  # noqa: PLR2004  # opcode and length
            return self._buffer_frame(data, offset, 2)
        start, size = offset + self._header_size, data[offset + 1] ^ self._mask_bit
        if size > _LENGTH_64_BIT:  # the mask bit is wrong
            return self._forward_frame(data, offset, offset + _UNBOUNDED)
        if size >= _LENGTH_16_BIT:
            length_size = 2 if size == _LENGTH_16_BIT else 8
            start += length_size
            if start > len(data):
                return self._buffer_frame(data, offset, start - offset)
            size = int.from_bytes(data[offset + 2 : offset + 2 + length_size])
        stop = start + size
        if (
            data[offset] != _UNFRAGMENTED_TEXT
            or size > self._max_size
            or self._in_fragmented_message
        ):
            return self._forward_frame(data, offset, stop)
        if stop > len(data):
            return self._buffer_frame(data, offset, stop - offset)
        message = data[start:stop]
        self._on_message(
            self._unmask(message, data[start - _MASKING_KEY_SIZE : start])
            if self._unmask
            else message
        )
        return stop

    def _buffer_frame(self, data: bytes, offset: int, needed: int) -> int:
        self._buffer += data[offset:]
        self._needed = needed
        return len(data)

    def _forward_frame(self, data: bytes, offset: int, stop: int) -> int:
        """Forward the frame at `offset`; return where the next one begins."""
        first_byte = data[offset]
        self.last_opcode = first_byte & _OPCODE_MASK
        if not first_byte & _CONTROL_BIT:
            self._in_fragmented_message = not first_byte & _FIN
        return self._forward(data, offset, stop - offset)

    def _forward(self, data: bytes, offset: int, length: int) -> int:
        chunk = data[offset : offset + length]
        self._left_to_forward = length - len(chunk)
        self._stopped = not self._on_other(chunk)
        return offset + len(chunk)

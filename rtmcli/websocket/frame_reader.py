"""Whole text frames cut out of a stream at once; everything else is left to the protocol core.

Nearly all that either side sends are text messages in one frame each, masked by clients and bare
from servers. To find the ends of those takes two bytes; the core of `websockets`, which must be
ready for anything, is twenty times slower. What is anything but such a frame (control frames,
fragments, breaches of the protocol, a message that is too big) goes to the core as it came, in its
place in the order.
"""

from collections.abc import Callable

_UNFRAGMENTED_TEXT = 0x81  # final fragment, no reserved bit, opcode 1
_FIN = 0x80
_OPCODE_MASK = 0x0F
_CONTROL_BIT = 0x08
_LENGTH_16_BIT, _LENGTH_64_BIT = 126, 127  # the length stands in two, or eight, bytes of its own
_UNBOUNDED = 1 << 64
_MASK_BIT = 0x80  # in the second byte: a mask of four bytes stands before the message
_MASKING_KEY_SIZE = 4

Unmask = Callable[[bytes, bytes], bytes]  # a message and its mask -> the message


class FrameReader:
    """Cuts a stream of frames; it begins, and must be asked to begin, where a frame does."""

    def __init__(
        self,
        max_size: int,
        on_message: Callable[[bytes], None],
        on_other: Callable[[bytes], bool],
        unmask: Unmask | None = None,
    ) -> None:
        """`take` gets whole messages; `rest` all other frames, and says whether to go on.

        With `unmask` every frame must be masked, without it none.
        """
        self.last_opcode = 0  # the opcode of the last frame that was left to the rest
        self._max_size = max_size
        self._on_message = on_message
        self._on_other = on_other
        self._unmask = unmask
        self._mask_bit = _MASK_BIT if unmask else 0
        self._header_size = 2 + _MASKING_KEY_SIZE if unmask else 2  # bytes before a short message
        self._buffer = bytearray()  # the beginning of a frame
        self._needed = 0  # bytes, until something can be done with what is held
        self._left_to_forward = 0  # bytes of the present frame that the core is still to get
        self._in_fragmented_message = False  # a message in several frames is on its way
        self._stopped = False  # nothing is to be understood any more

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        offset = 0
        while self._buffer and offset < len(data):  # no more than the frame whose beginning is held
            chunk = data[offset : offset + self._needed - len(self._buffer)]
            offset += len(chunk)
            self._buffer += chunk
            if len(self._buffer) >= self._needed:
                self._process(self.drain_buffer(), 0)
        self._process(data, offset)

    def drain_buffer(self) -> bytes:
        """Give back the beginning of a frame that waits for its end."""
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
        """Cut whole texts of less than 64 KiB, nearly all there is; return where they end."""
        if self._in_fragmented_message:
            return offset
        end, on_message, unmask, max_size = (
            len(data),
            self._on_message,
            self._unmask,
            self._max_size,
        )
        mask_bit, header_size = self._mask_bit, self._header_size
        last_start = end - header_size - 2  # where the longest head of such a frame still fits
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
        """Take, hold or leave the one frame that begins at `at`; return where the next begins."""
        if len(data) - offset < 2:  # noqa: PLR2004  # the bytes that tell what frame it is
            return self._buffer_frame(data, offset, 2)
        start, size = offset + self._header_size, data[offset + 1] ^ self._mask_bit
        if size > _LENGTH_64_BIT:  # masked where it must not be, or not where it must
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
        """Leave the frame that begins at `at` to the core; return where the next one begins."""
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

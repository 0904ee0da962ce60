"""Whole text frames cut out of a stream at once; everything else is left to the protocol core.

Nearly all that either side sends are text messages in one frame each, masked by clients and bare
from servers. To find the ends of those takes two bytes; the core of `websockets`, which must be
ready for anything, is twenty times slower. What is anything but such a frame (control frames,
fragments, breaches of the protocol, a message that is too big) goes to the core as it came, in its
place in the order.
"""

from collections.abc import Callable

_WHOLE_TEXT = 0x81  # final fragment, no reserved bit, opcode 1
_FINAL = 0x80
_OPCODE = 0x0F
_CONTROL = 0x08
_LONG, _LONGER = 126, 127  # the length stands in two, or eight, bytes of its own
_FOR_EVER = 1 << 64
_MASKED = 0x80  # in the second byte: a mask of four bytes stands before the message
_MASK = 4

Unmask = Callable[[bytes, bytes], bytes]  # a message and its mask -> the message


class Cutter:
    """Cuts a stream of frames; it begins, and must be asked to begin, where a frame does."""

    def __init__(
        self,
        max_size: int,
        take: Callable[[bytes], None],
        rest: Callable[[bytes], bool],
        unmask: Unmask | None = None,
    ) -> None:
        """`take` gets whole messages; `rest` all other frames, and says whether to go on.

        With `unmask` every frame must be masked, without it none.
        """
        self.passed = 0  # the opcode of the last frame that was left to the rest
        self._max_size = max_size
        self._take = take
        self._rest = rest
        self._unmask = unmask
        self._masked = _MASKED if unmask else 0
        self._shortest = 2 + _MASK if unmask else 2  # bytes before a short message
        self._held = bytearray()  # the beginning of a frame
        self._wanted = 0  # bytes, until something can be done with what is held
        self._owed = 0  # bytes of the present frame that the core is still to get
        self._fragmented = False  # a message in several frames is on its way
        self._is_over = False  # nothing is to be understood any more

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        at = 0
        while self._held and at < len(data):  # no more than the frame whose beginning is held
            more = data[at : at + self._wanted - len(self._held)]
            at += len(more)
            self._held += more
            if len(self._held) >= self._wanted:
                self._cut(self.held(), 0)
        self._cut(data, at)

    def held(self) -> bytes:
        """Give back the beginning of a frame that waits for its end."""
        held = bytes(self._held)
        self._held.clear()
        return held

    def _cut(self, data: bytes, at: int) -> None:
        while at < len(data) and not self._is_over:
            if self._owed:
                at = self._pass(data, at, self._owed)
            elif (end := self._cut_texts(data, at)) > at:
                at = end
            else:
                at = self._see_to(data, at)

    def _cut_texts(self, data: bytes, at: int) -> int:
        """Cut whole texts of less than 64 KiB, nearly all there is; return where they end."""
        if self._fragmented:
            return at
        end, take, unmask, largest = len(data), self._take, self._unmask, self._max_size
        masked, shortest = self._masked, self._shortest
        headed = end - shortest - 2  # where the longest head of such a frame still fits
        while at <= headed and data[at] == _WHOLE_TEXT:
            start, size = at + shortest, data[at + 1] ^ masked
            if size >= _LONG:
                if size > _LONG:
                    break
                start += 2
                size = data[at + 2] << 8 | data[at + 3]
            stop = start + size
            if stop > end or size > largest:
                break
            message = data[start:stop]
            take(unmask(message, data[start - _MASK : start]) if unmask else message)
            at = stop
        return at

    def _see_to(self, data: bytes, at: int) -> int:
        """Take, hold or leave the one frame that begins at `at`; return where the next begins."""
        if len(data) - at < 2:  # noqa: PLR2004  # the bytes that tell what frame it is
            return self._hold(data, at, 2)
        start, size = at + self._shortest, data[at + 1] ^ self._masked
        if size > _LONGER:  # masked where it must not be, or not where it must
            return self._leave(data, at, at + _FOR_EVER)
        if size >= _LONG:
            digits = 2 if size == _LONG else 8
            start += digits
            if start > len(data):
                return self._hold(data, at, start - at)
            size = int.from_bytes(data[at + 2 : at + 2 + digits])
        stop = start + size
        if data[at] != _WHOLE_TEXT or size > self._max_size or self._fragmented:
            return self._leave(data, at, stop)
        if stop > len(data):
            return self._hold(data, at, stop - at)
        message = data[start:stop]
        self._take(self._unmask(message, data[start - _MASK : start]) if self._unmask else message)
        return stop

    def _hold(self, data: bytes, at: int, wanted: int) -> int:
        self._held += data[at:]
        self._wanted = wanted
        return len(data)

    def _leave(self, data: bytes, at: int, stop: int) -> int:
        """Leave the frame that begins at `at` to the core; return where the next one begins."""
        first = data[at]
        self.passed = first & _OPCODE
        if not first & _CONTROL:
            self._fragmented = not first & _FINAL
        return self._pass(data, at, stop - at)

    def _pass(self, data: bytes, at: int, length: int) -> int:
        part = data[at : at + length]
        self._owed = length - len(part)
        self._is_over = not self._rest(part)
        return at + len(part)

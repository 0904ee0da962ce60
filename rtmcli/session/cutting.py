"""Whole text frames cut out of a stream at once; everything else is left to the protocol core.

Nearly all that a server sends are text messages in one unmasked frame each. To find the ends of
those takes two bytes; the core of `websockets`, which must be ready for anything, is twenty times
slower. What is anything but such a frame (control frames, fragments, breaches of the protocol, a
message that is too big) goes to the core byte by byte as it came, in its place in the order.
"""

from collections.abc import Callable

_WHOLE_TEXT = 0x81  # final fragment, no reserved bit, opcode 1
_FINAL = 0x80
_CONTROL = 0x08
_LONG, _LONGER = 126, 127  # the length stands in two, or eight, bytes of its own
_FOR_EVER = 1 << 64


class Cutter:
    """Cuts a stream of frames; it begins, and must be asked to begin, where a frame does."""

    def __init__(
        self, max_size: int, take: Callable[[bytes], None], rest: Callable[[bytes], bool]
    ) -> None:
        """`take` gets whole messages; `rest` all other frames, and says whether to go on."""
        self._max_size = max_size
        self._take = take
        self._rest = rest
        self._held = bytearray()  # the beginning of a frame
        self._wanted = 0  # bytes, until something can be done with what is held
        self._owed = 0  # bytes of the present frame that the core is still to get
        self._fragmented = False  # a message in several frames is on its way

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        if self._held:
            self._held += data
            if len(self._held) < self._wanted:
                return None
            data = self.held()
        at = self._pass(data, 0, self._owed) if self._owed else 0
        end, take, largest = len(data), self._take, self._max_size
        while at < end:
            start = at + 2
            size = second = data[at + 1] if start <= end else 0
            if second == _LONG:
                start = at + 4
                size = data[at + 2] << 8 | data[at + 3] if start <= end else 0
            elif second == _LONGER:
                start = at + 10
                size = int.from_bytes(data[at + 2 : start])
            stop = start + size
            if start > end:
                return self._hold(data[at:], start - at)
            if data[at] != _WHOLE_TEXT or second > _LONGER or size > largest or self._fragmented:
                at = self._leave(data, at, stop)
            elif stop > end:
                return self._hold(data[at:], stop - at)
            else:
                take(data[start:stop])
                at = stop
        return None

    def held(self) -> bytes:
        """Give back the beginning of a frame that waits for its end."""
        held = bytes(self._held)
        self._held.clear()
        return held

    def _hold(self, data: bytes, wanted: int) -> None:
        self._held += data
        self._wanted = wanted

    def _leave(self, data: bytes, at: int, stop: int) -> int:
        """Leave the frame that begins at `at` to the core; return where the next one begins."""
        first, second = data[at], data[at + 1]
        if not first & _CONTROL:
            self._fragmented = not first & _FINAL
        # The size of a masked frame was not read; the core will refuse it anyway.
        return self._pass(data, at, _FOR_EVER if second > _LONGER else stop - at)

    def _pass(self, data: bytes, at: int, length: int) -> int:
        part = data[at : at + length]
        self._owed = length - len(part)
        return at + len(part) if self._rest(part) else len(data)

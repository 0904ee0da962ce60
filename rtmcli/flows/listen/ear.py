"""Hearing what one session says, until it is lost or enough has come."""

import select
import time
from collections.abc import Iterator
from itertools import groupby

from rtmcli.flows.listen.wish import Happening, Note, Rest
from rtmcli.protocol import escaping
from rtmcli.protocol.reconnection import Gap
from rtmcli.protocol.sieve import Sieve
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.session import Session

_LAST_WORDS = 0.3  # seconds from the announcement of the end until we leave by ourselves
_CHUNKS = 256  # that may wait for whoever was asleep, or was busy when the time was over
# The clock that runs on while the machine sleeps, where there is one.
_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Ear:
    """Hears one session; `heard_at` is the time of the last frame, in seconds of the epoch."""

    def __init__(self, session: Session, sieve: Sieve, rest: Rest, drowsy: float) -> None:
        """`drowsy` is for how long, in seconds, the server may hear nothing of us."""
        self.heard_at = time.time()
        self._session = session
        self._sieve = sieve
        self._rest = rest
        self._drowsy = drowsy
        self._awake_at = time.clock_gettime(_BOOT)
        self._leaving = NEVER
        self._poll = select.poll()
        self._poll.register(session.fileno())

    def hear(self) -> Iterator[Happening]:
        """Yield what comes until enough has come, or the time is over.

        What has come by then counts, even where we were stopped and see it later.

        Raises:
            LinkLost: the session is over, and all that had come is yielded.
            NotConfirmed: not enough came in time.

        """
        is_late = False  # the time was over before the last look at what has come
        while True:
            texts = self._session.take_texts()
            if texts:
                yield from self._sort(texts)
            elif self._leaving.over:
                raise self._session.loss()
            if (is_late or self._rest.is_heard) and self._rest.is_over():
                return
            if not texts:
                is_late = self._rest.deadline.over
                self._wait(is_late=is_late)

    def _wait(self, *, is_late: bool) -> None:
        """Wait until something has come, or is to be done; where it is late, take all there is."""
        deadline = min(self._session.due, self._rest.deadline.at, self._leaving.at)
        self._poll.modify(
            self._session.fileno(),
            select.POLLIN | (select.POLLOUT if self._session.is_sending else 0),
        )
        self._poll.poll(Deadline(deadline).milliseconds())
        now = time.clock_gettime(_BOOT)
        slept, self._awake_at = now - self._awake_at, now
        was_asleep = slept > self._drowsy
        came = self._absorb(_CHUNKS if was_asleep or is_late else 1)
        if was_asleep:  # the session counts as lost: the server has dropped it
            self._session.abandon(f"this process was stopped for {slept:.0f} s")
        elif came:
            self.heard_at = time.time()

    def _absorb(self, chunks: int) -> bool:
        """Read what has come, so many chunks at the most; tell whether anything has."""
        began = self._session.bytes_in
        for _ in range(chunks):
            before = self._session.bytes_in
            self._session.absorb()
            if self._session.bytes_in == before:
                break
        return self._session.bytes_in != began

    def _sort(self, texts: list[bytes]) -> Iterator[Happening]:
        sifted = self._sieve.sift(texts)
        if sifted.last:
            self._session.heed(sifted.last)
            self._leaving = Deadline.after(_LAST_WORDS)
        told = 0
        for place, group in groupby(sifted.unreadable, key=lambda found: found.place):
            yield from self._tell(sifted.pushes[told:place])
            told = place
            if self._rest.is_heard:
                return
            texts = [found.text for found in group]
            excerpt = escaping.excerpt(texts[0])
            yield Note("unreadable", f"the server sent what is no message of its: {excerpt}")
            now = time.time()
            yield Gap(now, now, "a message could not be read", len(texts))
        yield from self._tell(sifted.pushes[told:] if told else sifted.pushes)

    def _tell(self, pushes: list[bytes]) -> Iterator[Happening]:
        if pushes:
            yield self._rest.take(pushes)
            self._rest.taken()

"""Signals that wait until they are welcome."""

import os
import signal
from types import FrameType

from rtmcli.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Shield:
    """Lets a signal through inside its `with` block only; elsewhere it waits for the next one.

    A second signal ends the process at once, wherever it is.
    """

    def __init__(self) -> None:
        """Take over the signals that the process heeds; those it ignores stay ignored."""
        self._open = False
        self._came = 0
        for number in _SIGNALS:
            if callable(signal.getsignal(number)):
                signal.signal(number, self._note)

    def __enter__(self) -> None:
        """Let signals through; raise the one that waits."""
        self._open = True
        if self._came:
            self._strike()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Hold signals back."""
        self._open = False
        if kind:
            # Of two signals at once, Python forgets the second until it is reminded.
            signal.pthread_sigmask(signal.SIG_BLOCK, ())

    def _note(self, number: int, _: FrameType | None) -> None:
        if self._came:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        self._came = number
        if self._open:
            self._strike()

    def _strike(self) -> None:
        self._open = False
        number, self._came = self._came, -1  # it is raised once; the next one ends the process
        if number > 0:
            raise Interrupted(number)

"""The way in and out: starts fast, and turns every end into an exit status."""

import gc
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from rtmcli.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> NoReturn:
    """Run the command line of this process and leave with its status."""
    # One command is over before the collector would find anything, and it costs a tenth.
    gc.disable()
    _open_missing_streams()
    _forbid_core_dumps()
    try:
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's choice stands
                signal.signal(number, _interrupt)
        from rtmcli.cli.app import run  # noqa: PLC0415  # signals count from here on

        status = run(sys.argv[1:])
    except Interrupted as error:
        _die_of(error)
        status = 128 + error.number  # where that signal is blocked
    # Without teardown, which would cost as much as a call; all that was printed is written.
    os._exit(status)


def _interrupt(number: int, _: FrameType | None) -> None:
    # The second one ends the process at once, whichever it is.
    for each in _SIGNALS:
        if signal.getsignal(each) is _interrupt:
            signal.signal(each, signal.SIG_DFL)
    raise Interrupted(number)


def _die_of(interrupted: Interrupted) -> None:
    """Say what is unknown, then die of the signal itself: shells look at that."""
    from rtmcli.cli import report  # noqa: PLC0415  # only here

    report.interruption(interrupted, as_json=report.wants_json(sys.argv[1:], os.environ))
    signal.signal(interrupted.number, signal.SIG_DFL)
    os.kill(os.getpid(), interrupted.number)


def _open_missing_streams() -> None:
    """Fill closed standard streams, so that no socket gets their number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _forbid_core_dumps() -> None:
    """Keep tokens out of core files."""
    import resource  # noqa: PLC0415  # not on every system

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


if __name__ == "__main__":
    main()

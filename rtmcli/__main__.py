"""The way in and out: starts fast, and turns every end into an exit status."""

import _thread
import gc
import os
import signal
import sys
import time
from types import FrameType
from typing import Any, NoReturn

from rtmcli import process
from rtmcli.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INSISTENT = (*_SIGNALS, signal.SIGPIPE)  # the last one where the reader of a spool is gone
_NUDGE = signal.SIGURG  # means nothing to us, and ends a system call that waits
_PAUSES = [0.01 * 2**n for n in range(10)]  # seconds between nudges, ten in all

_dropped: list[int] = []  # signals that could not be raised, or not yet, where they came


def main() -> NoReturn:
    """Run the command line of this process and leave with its status."""
    # One command is over before the collector would find anything, and it costs a tenth.
    gc.disable()
    _open_missing_streams()
    process.disable_core_dumps()
    try:
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's choice stands
                signal.signal(number, _interrupt)
        _insist_on_signals()
        from rtmcli.cli.app import run  # signals count from here on

        status = run(sys.argv[1:])
    except Interrupted as error:
        _die_of(error)
        status = 128 + error.signum  # where that signal is blocked
    # Without teardown, which would cost as much as a call; all that was printed is written.
    os._exit(status)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # The second one ends the process at once, whichever it is.
    for each in _SIGNALS:
        if signal.getsignal(each) is _interrupt:
            signal.signal(each, signal.SIG_DFL)
    _dropped.append(number)
    _remind(number, frame)


def _insist_on_signals() -> None:
    """See to it that no system call outlasts a signal.

    Python heeds a signal between two steps of the program. One that comes behind the last step
    before a system call does not end that call, which may wait for ever: so a thread of its own
    sees each signal, and ends what the main thread waits in until that must have heeded it. What
    is raised in a callback of an import, or while an object is destroyed, Python drops: with the
    next nudge it is raised anew.
    """
    try:
        seen, wakeup = os.pipe()
        os.set_blocking(wakeup, False)
        signal.signal(_NUDGE, _remind)
        sys.unraisablehook = _note_dropped
        # The thread itself gets no signals: they are for the main one.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            _thread.start_new_thread(_insist, (seen, _thread.get_ident()))
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    except (OSError, RuntimeError):
        pass  # there is no pipe or no thread to be had: do without


def _note_dropped(dropped: Any) -> None:
    error = dropped.exc_value
    if isinstance(error, Interrupted):
        _dropped.append(error.signum)
    elif not (isinstance(error, OSError) and "race condition" in str(error)):
        # That one is a second signal, which came before the first had made way for it.
        sys.__unraisablehook__(dropped)


def _remind(_: int, frame: FrameType | None) -> None:
    if _dropped and not _is_in_extension(frame):
        raise Interrupted(_dropped.pop())


def _is_in_extension(frame: FrameType | None) -> bool:
    """Tell whether a module in C is being loaded: not all survive an exception in what they load.

    The next nudge comes when it is.
    """
    while frame:
        if type(frame.f_locals.get("self")).__name__ == "ExtensionFileLoader":
            return True
        frame = frame.f_back
    return False


def _insist(seen: int, main_thread: int) -> None:
    while True:
        if os.read(seen, 1)[0] in _INSISTENT:
            for pause in _PAUSES:
                time.sleep(pause)
                signal.pthread_kill(main_thread, _NUDGE)


def _die_of(interrupted: Interrupted) -> None:
    """Say what is unknown, then die of the signal itself: shells look at that."""
    from rtmcli.cli.io import stderr  # only here

    stderr.print_interruption(
        interrupted, as_json=stderr.wants_json_errors(sys.argv[1:], os.environ)
    )
    signal.signal(interrupted.signum, signal.SIG_DFL)
    os.kill(os.getpid(), interrupted.signum)


def _open_missing_streams() -> None:
    """Fill closed standard streams, so that no socket gets their number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


if __name__ == "__main__":
    main()

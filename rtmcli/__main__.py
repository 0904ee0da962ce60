"""Start and end of the process: start fast, and turn every end into an exit status."""

try:
    import _signal as signal  # type: ignore[import-not-found]  # built in, so it is there at once

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # While the rest is loaded, Ctrl-C ends the process without a traceback.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
except KeyboardInterrupt:
    import _signal as signal  # it may not be bound yet

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.raise_signal(signal.SIGINT)

import gc
import os
import sys
from typing import NoReturn

from rtmcli import process, signals
from rtmcli.errors import Interrupted, RtmError, describe_exception


def main() -> NoReturn:
    """Run the command line of this process and leave with its exit status."""
    # A command is over before the collector finds anything, and the collector costs a tenth.
    gc.disable()
    _open_missing_streams()
    _use_utf8()
    process.disable_core_dumps()
    signals.install()
    try:
        from rtmcli.cli.app import run  # after `install`, as it takes most of the start

        exit_code = run(sys.argv[1:])
        signals.check()
    except Interrupted as interrupted:
        exit_code = _die_of(interrupted)
    except Exception as error:  # noqa: BLE001  # its text, or a traceback, may quote a secret
        exit_code = RtmError.exit_code
        os.write(2, f"rtm: internal: {describe_exception(error)}\n".encode("ascii", "replace"))
    # Without teardown, which costs as much as a call; everything that was printed is written.
    os._exit(exit_code)


def _use_utf8() -> None:
    """Start again in UTF-8 if a legacy locale, such as ISO-8859-1, would misread arguments."""
    if sys.getfilesystemencoding() != "utf-8" and sys.executable:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606


def _die_of(interrupted: Interrupted) -> int:
    """Report unknown outcomes, then die of the signal; return the exit status if that fails."""
    from rtmcli.cli.io import stderr

    as_json = stderr.wants_json_errors(sys.argv[1:], os.environ)
    try:
        stderr.print_interruption(interrupted, as_json=as_json)
    except Exception as error:  # noqa: BLE001  # the process dies of the signal in any case
        stderr.write_unformatted(f"interrupted: {describe_exception(error)}")
    signals.reraise(interrupted.signum)
    return 128 + interrupted.signum


def _open_missing_streams() -> None:
    """Fill closed standard streams, so that no socket gets their number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


if __name__ == "__main__":
    main()

"""A token from a command: `token_command` of a profile.

A list of words runs as it is; one text is for the shell. The command gets no standard input, our
environment without the token's variable, and ten seconds, after which it and all it started are
killed. It prints one line, the token; what it says on standard error is told only where it fails.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from rtmcli.errors import AuthError
from rtmcli.protocol.escaping import excerpt
from rtmcli.protocol.masking import Mask

PATIENCE = 10.0  # seconds
_LIMIT = 64 * 1024  # bytes of output
_GLANCE = 50  # milliseconds between looks at a command that has closed nothing
_LAST_WORDS = 2048  # bytes of standard error that are kept


def ask(
    command: str | Sequence[str],
    environ: Mapping[str, str],
    source: str,
    patience: float = PATIENCE,
) -> str:
    """Run the command and return what it printed; raise `AuthError` where it failed."""
    try:
        # It keeps our limit for core files, which is zero: it holds a secret as well.
        process = subprocess.Popen(  # noqa: S603  # the user's own command
            command,
            shell=isinstance(command, str),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environ),
            start_new_session=True,  # a group of its own, to be killed as a whole
        )
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "cannot be run").lower()
        raise AuthError(f"{source}: {why}") from None
    with process:
        try:
            printed, said = _follow(process, time.monotonic() + patience)
        except TimeoutError:
            raise AuthError(f"{source} printed no token within {patience:g} s") from None
        except OverflowError:
            raise AuthError(f"{source} printed more than 64 KiB, which no token is") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise AuthError(
            f"{source} failed with {_ending(process.returncode)}{_words(said, printed)}"
        )
    return printed.decode("ascii", "replace")


def _follow(process: subprocess.Popen[bytes], deadline: float) -> tuple[bytes, bytes]:
    """Collect what a process says until it has ended; who holds its streams then is ignored."""
    printed, said = bytearray(), bytearray()
    streams = {
        file.fileno(): kept
        for file, kept in ((process.stdout, printed), (process.stderr, said))
        if file
    }
    poll = select.poll()
    for number in streams:
        poll.register(number, select.POLLIN)
    ended = False
    while True:
        ready = poll.poll(0 if ended else _GLANCE)
        if ended and not ready:
            return bytes(printed), bytes(said)
        for number, _ in ready:
            data = os.read(number, _LIMIT)
            streams[number] += data
            if not data:
                poll.unregister(number)
        del said[:-_LAST_WORDS]
        if len(printed) > _LIMIT:
            raise OverflowError
        if time.monotonic() > deadline:
            raise TimeoutError
        ended = process.poll() is not None


def _ending(status: int) -> str:
    return f"exit status {status}" if status > 0 else signal.Signals(-status).name


def _words(said: bytes, printed: bytes) -> str:
    """Quote the last line that the command said, less the token that it may have said there."""
    lines = said.strip().splitlines()
    token = printed.decode("ascii", "replace").strip()
    return f": {excerpt(Mask([token]).hide_in_text(lines[-1]))}" if lines else ""

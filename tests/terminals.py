r"""A terminal on which programs run as a person would run them; nobody waits for it for ever.

A test reads::

    with Terminal() as terminal:
        process = terminal.run(RTM, "config", "set", "token", env=environment(token=None))
        terminal.await_text("Token: ")
        terminal.press("\x03")
        assert process.wait(PATIENCE) == -signal.SIGINT
"""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import oracle
from running import PATIENCE

_ROWS, _COLUMNS = 24, 80
# Keys such as Ctrl-C are for whom the terminal controls. That is done without a fork of our own,
# which Python forbids where there are threads.
_CONTROLLED = """
import fcntl, os, sys, termios
theirs = int(sys.argv[1])
fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
os.close(theirs)
os.execv(sys.argv[2], sys.argv[2:])
"""


class Terminal:
    """A terminal of 80 columns; `shown` is all that has been read of it."""

    def __init__(self, columns: int = _COLUMNS) -> None:
        """Open it."""
        self.shown = b""
        self._ours, self._theirs = pty.openpty()
        size = struct.pack("HHHH", _ROWS, columns, 0, 0)
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, size)
        self._process: subprocess.Popen[bytes] | None = None
        self._env: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up, and leave nothing running; what was shown is examined."""
        for end in {self._ours, self._theirs} - {-1}:
            os.close(end)
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait(PATIENCE)
        oracle.examine((), self._env, self.shown, b"")

    def run(
        self,
        *command: str,
        env: Mapping[str, str],
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
        **streams: Any,
    ) -> subprocess.Popen[bytes]:
        """Run a program, once, that it controls; what is no other stream is the terminal."""
        theirs = self._theirs
        process = subprocess.Popen(
            [sys.executable, "-ISc", _CONTROLLED, str(theirs), *command],
            **{"stdin": theirs, "stdout": theirs, "stderr": theirs, **streams},
            env=env,
            cwd=cwd,
            pass_fds=[theirs, *pass_fds],
            start_new_session=True,
        )
        os.close(theirs)
        self._theirs = -1
        self._process, self._env = process, env
        return process

    def press(self, keys: str) -> None:
        """Press keys, one after the other."""
        os.write(self._ours, keys.encode())

    def await_text(self, text: str) -> None:
        """Read until it shows a text."""
        while text.encode() not in self.shown:
            assert self.read(), f"the end came before {text!r}: {self.shown!r}"

    def rest(self) -> str:
        """Read to the end, where nobody has the terminal open; return all that was shown."""
        while self.read():
            pass
        return self.shown.decode().replace("\r\n", "\n")

    def read(self) -> bool:
        """Read what it shows next; return False where the end has come."""
        ready, _, _ = select.select([self._ours], [], [], PATIENCE)
        assert ready, f"nothing more is shown, and it goes on: {self.shown!r}"
        try:
            piece = os.read(self._ours, 65536)
        except OSError:  # the end, as a terminal has it
            return False
        self.shown += piece
        return bool(piece)

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

from support import invariants
from support.process import TIMEOUT

_ROWS, _COLUMNS = 24, 80
# Keys such as Ctrl-C are for whom the terminal controls. That is done without a fork of our own,
# which Python forbids where there are threads.
_RUN_WITH_CONTROLLING_TERMINAL = """
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
        self.output = b""
        self._controller_fd, self._terminal_fd = pty.openpty()
        size = struct.pack("HHHH", _ROWS, columns, 0, 0)
        fcntl.ioctl(self._terminal_fd, termios.TIOCSWINSZ, size)
        self._process: subprocess.Popen[bytes] | None = None
        self._env: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up, and leave nothing running; what was shown is examined."""
        for descriptor in {self._controller_fd, self._terminal_fd} - {-1}:
            os.close(descriptor)
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait(TIMEOUT)
        invariants.check_output((), self._env, self.output, b"")

    def run(
        self,
        *command: str,
        env: Mapping[str, str],
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
        **streams: Any,
    ) -> subprocess.Popen[bytes]:
        """Run a program, once, that it controls; what is no other stream is the terminal."""
        terminal_fd = self._terminal_fd
        process = subprocess.Popen(
            [sys.executable, "-ISc", _RUN_WITH_CONTROLLING_TERMINAL, str(terminal_fd), *command],
            **{"stdin": terminal_fd, "stdout": terminal_fd, "stderr": terminal_fd, **streams},
            env=env,
            cwd=cwd,
            pass_fds=[terminal_fd, *pass_fds],
            start_new_session=True,
        )
        os.close(terminal_fd)
        self._terminal_fd = -1
        self._process, self._env = process, env
        return process

    @property
    def echoes_input(self) -> bool:
        """Return whether the terminal shows what is typed."""
        return bool(termios.tcgetattr(self._controller_fd)[3] & termios.ECHO)

    def send_keys(self, keys: str) -> None:
        """Press keys, one after the other."""
        os.write(self._controller_fd, keys.encode())

    def wait_for_text(self, text: str) -> None:
        """Read until it shows a text."""
        while text.encode() not in self.output:
            assert self.read_more(), f"the end came before {text!r}: {self.output!r}"

    def read_to_end(self) -> str:
        """Read to the end, where nobody has the terminal open; return all that was shown."""
        while self.read_more():
            pass
        return self.output.decode().replace("\r\n", "\n")

    def read_more(self) -> bool:
        """Read what it shows next; return False where the end has come."""
        ready, _, _ = select.select([self._controller_fd], [], [], TIMEOUT)
        assert ready, f"nothing more is shown, and it goes on: {self.output!r}"
        try:
            chunk = os.read(self._controller_fd, 65536)
        except OSError:  # the end, as a terminal has it
            return False
        self.output += chunk
        return bool(chunk)

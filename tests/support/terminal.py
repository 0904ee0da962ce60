r"""A pseudo-terminal that runs a program; every wait has a timeout.

A test reads::

    with Terminal() as terminal:
        process = terminal.run(RTM, "config", "set", "token", env=environment(token=None))
        terminal.wait_for_text("Token: ")
        terminal.send_keys("\x03")
        assert process.wait(TIMEOUT) == -signal.SIGINT
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
# Keys such as Ctrl-C need a controlling terminal. A script sets it, because Python does not allow
# a fork (preexec_fn) in a process that has threads.
_RUN_WITH_CONTROLLING_TERMINAL = """
import fcntl, os, sys, termios
terminal = int(sys.argv[1])
fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
os.close(terminal)
os.execv(sys.argv[2], sys.argv[2:])
"""


class Terminal:
    """A terminal, by default of 80 columns; `output` is everything read from it."""

    def __init__(self, columns: int = _COLUMNS) -> None:
        """Open the terminal."""
        self.output = b""
        self._controller_fd, self._terminal_fd = pty.openpty()
        size = struct.pack("HHHH", _ROWS, columns, 0, 0)
        fcntl.ioctl(self._terminal_fd, termios.TIOCSWINSZ, size)
        self._process: subprocess.Popen[bytes] | None = None
        self._env: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the terminal, kill the program and check the output."""
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
        """Start the one program of the terminal; `streams` replace some of its standard streams."""
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
        """Press keys."""
        os.write(self._controller_fd, keys.encode())

    def wait_for_text(self, text: str) -> None:
        """Read until the output contains `text`."""
        while text.encode() not in self.output:
            assert self.read_more(), f"the output ended before {text!r}: {self.output!r}"

    def read_to_end(self) -> str:
        """Read until the program has closed the terminal; return the whole output."""
        while self.read_more():
            pass
        return self.output.decode().replace("\r\n", "\n")

    def read_more(self) -> bool:
        """Read more output; return False at the end."""
        ready, _, _ = select.select([self._controller_fd], [], [], TIMEOUT)
        assert ready, f"timed out waiting for output: {self.output!r}"
        try:
            chunk = os.read(self._controller_fd, 65536)
        except OSError:  # a terminal reports its end by EIO
            return False
        self.output += chunk
        return bool(chunk)

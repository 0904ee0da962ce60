"""Run `rtm listen` and read its output line by line, while a test controls the server.

A test reads::

    with FaultServer() as server, ListenProcess(server.url, *FAST_RETRIES) as listener:
        server.wait_for("login")
        server.run_steps(push("incoming_event", {"chat_id": "A"}))
        assert listener.read_record()["payload"] == {"chat_id": "A"}
"""

import contextlib
import fcntl
import json
import os
import queue
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self

from support import invariants
from support.forked_process import ForkedProcess, can_fork
from support.process import RTM, TOKEN, environment

TIMEOUT = 20.0  # seconds; longer than any expected wait
# A hundredth of the default delays between attempts.
FAST_RETRIES = ("--backoff", "5ms", "--backoff-cap", "300ms", "--login-interval", "10ms")
_MAX_CHECKED_BYTES = 1 << 20  # bytes of output that are kept for the check at the end


class ListenProcess:
    """A listening process; leaving the context kills it and checks its output.

    Without `read_stdout`, nothing reads its standard output until `start_reading`.
    """

    def __init__(
        self,
        url: str,
        *arguments: str,
        token: str | None = TOKEN,
        env: Mapping[str, str] | None = None,
        read_stdout: bool = True,
    ) -> None:
        self._command = [RTM, "listen", *arguments]
        self._env = environment(url, token, env)
        self._overrides = env or {}
        self._read_stdout = read_stdout
        self._lines: queue.Queue[tuple[float, bytes]] = queue.Queue()
        self._stderr: list[bytes] = []
        self._output = bytearray()  # the first complete lines
        self._stderr_changed = threading.Condition()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Start the process."""
        self.process = self._start()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.stdout: IO[bytes] = self.process.stdout
        if self._read_stdout:
            self.start_reading()
        self._start_thread(self._read_stderr)
        return self

    def __exit__(self, *_: object) -> None:
        """Kill the process and check its output."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait(TIMEOUT)
        for thread in self._threads:
            thread.join(TIMEOUT)
        self.process.stderr.close()  # type: ignore[union-attr]
        if not self.stdout.closed:
            self.stdout.close()
        invariants.check_output(
            self._command[1:], self._env, bytes(self._output), self.stderr_bytes
        )

    def _start(self) -> "subprocess.Popen[bytes] | ForkedProcess":
        if can_fork(self._overrides):
            with Path(os.devnull).open("rb") as stdin:
                return ForkedProcess(self._command, stdin=stdin.fileno(), env=self._env)
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=self._env
        )

    def start_reading(self) -> None:
        """Start reading its standard output."""

        def read_lines() -> None:
            for line in iter(self.stdout.readline, b""):
                if len(self._output) < _MAX_CHECKED_BYTES and line.endswith(b"\n"):
                    self._output += line
                self._lines.put((time.monotonic(), line))
            self._lines.put((time.monotonic(), b""))

        self._start_thread(read_lines)

    def wait_for_stderr(self, text: str, timeout: float = TIMEOUT) -> None:
        """Wait until standard error contains `text`."""
        with self._stderr_changed:
            found = self._stderr_changed.wait_for(lambda: text in self.stderr_text, timeout)
        assert found, f"{text!r} is not in standard error: {self.stderr_text}"

    def wait_until_pipe_full(self) -> None:
        """Wait until its pipe is full: for a tenth of a second nothing more is written."""
        last_unread, since = -1, time.monotonic()
        while time.monotonic() - since < 0.1:
            unread = struct.unpack("i", fcntl.ioctl(self.stdout, termios.FIONREAD, b"\0" * 4))[0]
            if unread != last_unread or not unread:
                last_unread, since = unread, time.monotonic()
            time.sleep(0.01)

    def read_line(self, timeout: float = TIMEOUT) -> bytes:
        """Return the next line as it was written; b"" at the end."""
        return self.read_timed_line(timeout)[1]

    def read_timed_line(self, timeout: float = TIMEOUT) -> tuple[float, bytes]:
        """Return the time when the next line was read, and the line."""
        try:
            return self._lines.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError(f"no line came; standard error: {self.stderr_text}") from None

    def read_record(self, timeout: float = TIMEOUT) -> Any:
        """Return the JSON value on the next line."""
        raw = self.read_line(timeout)
        assert raw.endswith(b"\n"), f"the output ended: {raw!r}; standard error: {self.stderr_text}"
        return json.loads(raw)

    def remaining_records(self) -> Iterator[Any]:
        """Yield the values on all further lines, up to the end."""
        while raw := self.read_line():
            assert raw.endswith(b"\n"), raw
            yield json.loads(raw)

    def remaining_numbers(self) -> list[Any]:
        """Return the remaining lines: the number of each push of a flood, other records whole."""
        return [line.get("payload", {}).get("n", line) for line in self.remaining_records()]

    def wait(self, timeout: float = TIMEOUT) -> int:
        """Wait for the end; return the exit code, negative if a signal killed the process."""
        exit_code = self.process.wait(timeout)
        for thread in self._threads:
            thread.join(TIMEOUT)
        return exit_code

    @property
    def stderr_bytes(self) -> bytes:
        """Return its standard error so far."""
        return b"".join(self._stderr)

    @property
    def stderr_text(self) -> str:
        """Return its standard error so far, as text."""
        return self.stderr_bytes.decode()

    def send_signal(self, signal_number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(signal_number)

    def resource_usage(self) -> dict[str, int]:
        """Return the number of its descriptors and threads, and its memory in KiB."""
        pid = self.process.pid
        with open(f"/proc/{pid}/status", encoding="ascii") as file:  # noqa: PTH123  # of /proc
            fields = dict(line.split(":", 1) for line in file)
        return {
            "descriptors": len(os.listdir(f"/proc/{pid}/fd")),  # noqa: PTH208  # of /proc
            "threads": int(fields["Threads"]),
            "memory": int(fields["VmRSS"].split()[0]),
        }

    def _read_stderr(self) -> None:
        for line in iter(self.process.stderr.readline, b""):  # type: ignore[union-attr]
            with self._stderr_changed:
                self._stderr.append(line)
                self._stderr_changed.notify_all()

    def _start_thread(self, target: Any) -> None:
        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        self._threads.append(thread)

"""Run `rtm listen` and hear what it prints, line by line, while a test acts as the server.

A test reads::

    with FaultServer() as server, Ear(server.url, *QUICK) as ear:
        server.wait_for("login")
        server.play(push("incoming_event", {"chat_id": "A"}))
        assert ear.line()["payload"] == {"chat_id": "A"}
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
from typing import IO, Any, Self

import oracle
from running import RTM, TOKEN, environment

PATIENCE = 20.0  # seconds: what a test waits for comes sooner, or never
# A hundredth of the usual patience between attempts.
QUICK = ("--backoff", "5ms", "--backoff-cap", "300ms", "--login-interval", "10ms")


_EXAMINED = 1 << 20  # bytes of what is heard that are examined in the end


class Ear:
    """A listening process; leaving the context ends it, and fails where it showed what it must not.

    `reads` False leaves its standard output unread, in `process.stdout`.
    """

    def __init__(
        self,
        url: str,
        *arguments: str,
        token: str | None = TOKEN,
        env: Mapping[str, str] | None = None,
        reads: bool = True,
    ) -> None:
        self._command = [RTM, "listen", *arguments]
        self._env = environment(url, token, env)
        self._reads = reads
        self._lines: queue.Queue[tuple[float, bytes]] = queue.Queue()
        self._stderr: list[bytes] = []
        self._heard = bytearray()  # the first whole lines
        self._told = threading.Condition()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Start it."""
        self.process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._env,
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.stdout: IO[bytes] = self.process.stdout
        if self._reads:
            self.read()
        self._spawn(self._read_stderr)
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        self.process.stderr.close()  # type: ignore[union-attr]
        if not self.stdout.closed:
            self.stdout.close()
        oracle.examine(self._command[1:], self._env, bytes(self._heard), self.err_bytes)

    def read(self) -> None:
        """Begin to read its standard output, where that is not done from the beginning."""

        def take() -> None:
            for line in iter(self.stdout.readline, b""):
                if len(self._heard) < _EXAMINED and line.endswith(b"\n"):
                    self._heard += line
                self._lines.put((time.monotonic(), line))
            self._lines.put((time.monotonic(), b""))

        self._spawn(take)

    def wait_until_told(self, what: str, patience: float = PATIENCE) -> None:
        """Wait until standard error says something."""
        with self._told:
            told = self._told.wait_for(lambda: what in self.err, patience)
        assert told, f"{what} was not told, but: {self.err}"

    def wait_until_blocked(self) -> None:
        """Wait until its pipe is so full that nothing more is written, for a tenth of a second."""
        filled, since = -1, time.monotonic()
        while time.monotonic() - since < 0.1:
            unread = struct.unpack("i", fcntl.ioctl(self.stdout, termios.FIONREAD, b"\0" * 4))[0]
            if unread != filled or not unread:
                filled, since = unread, time.monotonic()
            time.sleep(0.01)

    def raw_line(self, patience: float = PATIENCE) -> bytes:
        """Return the next line as it was written; b"" is the end."""
        return self.timed_line(patience)[1]

    def timed_line(self, patience: float = PATIENCE) -> tuple[float, bytes]:
        """Return when the next line was read, and the line."""
        try:
            return self._lines.get(timeout=patience)
        except queue.Empty:
            raise AssertionError(f"no line came; standard error: {self.err}") from None

    def line(self, patience: float = PATIENCE) -> Any:
        """Return the value on the next line."""
        raw = self.raw_line(patience)
        assert raw.endswith(b"\n"), f"the output ended: {raw!r}; standard error: {self.err}"
        return json.loads(raw)

    def rest(self) -> Iterator[Any]:
        """Yield the values on all further lines, up to the end."""
        while raw := self.raw_line():
            assert raw.endswith(b"\n"), raw
            yield json.loads(raw)

    def numbers(self) -> list[Any]:
        """Return what all further lines say: of pushes of a flood their number, of others all."""
        return [line.get("payload", {}).get("n", line) for line in self.rest()]

    def status(self, patience: float = PATIENCE) -> int:
        """Wait for the end; return the status, negative where a signal killed it."""
        status = self.process.wait(patience)
        for thread in self._threads:
            thread.join(PATIENCE)
        return status

    @property
    def err_bytes(self) -> bytes:
        """Return what it has told on standard error so far."""
        return b"".join(self._stderr)

    @property
    def err(self) -> str:
        """Return what it has told on standard error so far, as text."""
        return self.err_bytes.decode()

    def kill(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def figures(self) -> dict[str, int]:
        """Return its open descriptors, its threads and its memory in KiB."""
        pid = self.process.pid
        with open(f"/proc/{pid}/status", encoding="ascii") as file:  # noqa: PTH123  # of /proc
            facts = dict(line.split(":", 1) for line in file)
        return {
            "descriptors": len(os.listdir(f"/proc/{pid}/fd")),  # noqa: PTH208  # of /proc
            "threads": int(facts["Threads"]),
            "memory": int(facts["VmRSS"].split()[0]),
        }

    def _read_stderr(self) -> None:
        for line in iter(self.process.stderr.readline, b""):  # type: ignore[union-attr]
            with self._told:
                self._stderr.append(line)
                self._told.notify_all()

    def _spawn(self, run: Any) -> None:
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self._threads.append(thread)

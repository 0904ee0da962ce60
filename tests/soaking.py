"""What runs for a long time is watched: its memory, threads and descriptors, and what it prints."""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Self

from running import RTM, environment

# Until then a process is still filling its caches.
_SETTLED = 0.25  # of its life


class Sample(NamedTuple):
    """What a process holds at a moment."""

    memory: float  # resident, in MiB
    threads: int
    descriptors: int


class Watched:
    """A process of ours whose lines are kept and whose figures are taken every now and then."""

    def __init__(
        self, *arguments: str, url: str, token: str, env: Mapping[str, str] | None = None
    ) -> None:
        self.lines: list[bytes] = []
        self.errors: list[bytes] = []
        self.samples: list[Sample] = []
        self._command = [RTM, *arguments]
        self._env = environment(url, token, env)
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Start it, and read what it prints."""
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            self._command, stdin=pipe, stdout=pipe, stderr=pipe, env=self._env
        )
        self.spawn(lambda: self.lines.extend(self.process.stdout or ()))
        self.spawn(lambda: self.errors.extend(self.process.stderr or ()))
        return self

    def __exit__(self, *_: object) -> None:
        """End it, where it has not ended."""
        self.process.kill()
        self.join(60)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def spawn(self, act: Callable[[], object]) -> None:
        """Do something meanwhile."""
        thread = threading.Thread(target=act, daemon=True)
        thread.start()
        self._threads.append(thread)

    def join(self, patience: float) -> int:
        """Wait for the end of the process and of all that was to be done; return its status."""
        status = self.process.wait(patience)
        for thread in self._threads:
            thread.join(patience)
            assert not thread.is_alive()
        return status

    def feed(self, values: Iterator[bytes], rate: float, end: float) -> None:
        """Write so many values a second to its standard input, up to a moment; then close it."""
        assert self.process.stdin is not None
        began, count = time.monotonic(), 0
        while time.monotonic() < end and self.process.poll() is None:
            due = int((time.monotonic() - began) * rate) - count
            self.process.stdin.write(b"".join(next(values) for _ in range(due)))
            self.process.stdin.flush()
            count += due
            time.sleep(0.05)
        self.process.stdin.close()

    def sample(self) -> None:
        """Take its figures."""
        pid = self.process.pid
        with open(f"/proc/{pid}/status", encoding="ascii") as file:  # noqa: PTH123  # of /proc
            facts = dict(line.split(":", 1) for line in file)
        self.samples.append(
            Sample(
                int(facts["VmRSS"].split()[0]) / 1024,
                int(facts["Threads"]),
                len(os.listdir(f"/proc/{pid}/fd")),  # noqa: PTH208  # of /proc
            )
        )

    def growth(self) -> Sample:
        """Return by how much its figures are higher at the end than once it had settled.

        Of memory the median counts, of threads and descriptors the most there were.
        """
        count = len(self.samples)
        settled = self.samples[int(count * _SETTLED) :]
        early, late = settled[: len(settled) // 2], settled[len(settled) // 2 :]
        return Sample(
            statistics.median(each.memory for each in late[len(late) // 2 :])
            - statistics.median(each.memory for each in early[: len(early) // 2 + 1]),
            max(each.threads for each in late) - max(each.threads for each in early),
            max(each.descriptors for each in late) - max(each.descriptors for each in early),
        )

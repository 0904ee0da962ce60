"""What runs for a long time is watched: its memory, threads and descriptors, and what it prints."""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Self

from support.process import RTM, environment

# Until then a process is still filling its caches.
_WARMUP_FRACTION = 0.25  # of its life


class ResourceUsage(NamedTuple):
    """What a process holds at a moment."""

    memory: float  # resident, in MiB
    threads: int
    descriptors: int


class MonitoredProcess:
    """A process of ours whose lines are kept and whose figures are taken every now and then."""

    def __init__(
        self, *arguments: str, url: str, token: str, env: Mapping[str, str] | None = None
    ) -> None:
        self.stdout_lines: list[bytes] = []
        self.stderr_lines: list[bytes] = []
        self.samples: list[ResourceUsage] = []
        self._command = [RTM, *arguments]
        self._env = environment(url, token, env)
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Start it, and read what it prints."""
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            self._command, stdin=pipe, stdout=pipe, stderr=pipe, env=self._env
        )
        self.start_thread(lambda: self.stdout_lines.extend(self.process.stdout or ()))
        self.start_thread(lambda: self.stderr_lines.extend(self.process.stderr or ()))
        return self

    def __exit__(self, *_: object) -> None:
        """End it, where it has not ended."""
        self.process.kill()
        self.wait(60)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def start_thread(self, target: Callable[[], object]) -> None:
        """Do something meanwhile."""
        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        self._threads.append(thread)

    def wait(self, timeout: float) -> int:
        """Wait for the end of the process and of all that was to be done; return its status."""
        exit_code = self.process.wait(timeout)
        for thread in self._threads:
            thread.join(timeout)
            assert not thread.is_alive()
        return exit_code

    def write_values(self, values: Iterator[bytes], rate: float, deadline: float) -> None:
        """Write so many values a second to its standard input, up to a moment; then close it."""
        assert self.process.stdin is not None
        started, count = time.monotonic(), 0
        while time.monotonic() < deadline and self.process.poll() is None:
            due = int((time.monotonic() - started) * rate) - count
            self.process.stdin.write(b"".join(next(values) for _ in range(due)))
            self.process.stdin.flush()
            count += due
            time.sleep(0.05)
        self.process.stdin.close()

    def take_sample(self) -> None:
        """Take its figures."""
        pid = self.process.pid
        with open(f"/proc/{pid}/status", encoding="ascii") as file:  # noqa: PTH123  # of /proc
            fields = dict(line.split(":", 1) for line in file)
        self.samples.append(
            ResourceUsage(
                int(fields["VmRSS"].split()[0]) / 1024,
                int(fields["Threads"]),
                len(os.listdir(f"/proc/{pid}/fd")),  # noqa: PTH208  # of /proc
            )
        )

    def growth(self) -> ResourceUsage:
        """Return by how much its figures are higher at the end than once it had settled.

        Of memory the median counts, of threads and descriptors the most there were.
        """
        count = len(self.samples)
        steady = self.samples[int(count * _WARMUP_FRACTION) :]
        early, late = steady[: len(steady) // 2], steady[len(steady) // 2 :]
        return ResourceUsage(
            statistics.median(each.memory for each in late[len(late) // 2 :])
            - statistics.median(each.memory for each in early[: len(early) // 2 + 1]),
            max(each.threads for each in late) - max(each.threads for each in early),
            max(each.descriptors for each in late) - max(each.descriptors for each in early),
        )

"""Monitor a long-running process: its memory, threads, descriptors and output."""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Self

from support.process import RTM, environment

# During this part of its life a process still fills its caches.
_WARMUP_FRACTION = 0.25


class ResourceUsage(NamedTuple):
    """The resources of a process at one moment."""

    memory: float  # resident, in MiB
    threads: int
    descriptors: int


class MonitoredProcess:
    """A running `rtm` whose output is kept and whose resource usage is sampled."""

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
        """Start the process and read its output."""
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            self._command, stdin=pipe, stdout=pipe, stderr=pipe, env=self._env
        )
        self.start_thread(lambda: self.stdout_lines.extend(self.process.stdout or ()))
        self.start_thread(lambda: self.stderr_lines.extend(self.process.stderr or ()))
        return self

    def __exit__(self, *_: object) -> None:
        """Kill the process if it is still running."""
        self.process.kill()
        self.wait(60)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def start_thread(self, target: Callable[[], object]) -> None:
        """Run a function in a thread that `wait` joins."""
        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        self._threads.append(thread)

    def wait(self, timeout: float) -> int:
        """Wait for the process and the threads to end; return the exit code."""
        exit_code = self.process.wait(timeout)
        for thread in self._threads:
            thread.join(timeout)
            assert not thread.is_alive()
        return exit_code

    def write_values(self, values: Iterator[bytes], rate: float, deadline: float) -> None:
        """Write `rate` values per second to standard input until the deadline; then close it."""
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
        """Record its current resource usage."""
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
        """Return the growth from the first half of its life after the warm-up to the second half.

        Memory is compared by medians, threads and descriptors by maxima.
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

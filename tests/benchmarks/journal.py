"""Measure what a journal costs: the rate of a stream with and without it, and its memory.

    python tests/benchmarks/journal.py [--values N] [--rounds N] [--latency TIME]
    python tests/benchmarks/journal.py --memory

The server is `rtm sandbox` with a latency of 20 ms, as a server on the Internet has; `--latency 0`
measures loopback, where each turn waits for the disk. Both streams have window 8 and run in turns;
the time to connect is not counted. `--memory` compares the peak memory of runs that skip 1,000 and
301,000 settled values. The journal is in the current directory, on its disk.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import stream

MANY, FEW = 301_000, 1_000  # values


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--values", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", default="20ms")
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    if options.memory:
        print(f"{bytes_per_value():.1f} bytes per value")
        return
    rates = measure(options.values, options.rounds, options.latency)
    without, with_journal = map(statistics.median, rates)
    print(f"without {without:.0f}/s, with a journal {with_journal:.0f}/s,", end=" ")
    print(f"ratio {with_journal / without:.2f}")


def measure(count: int, rounds: int, latency: str) -> tuple[list[float], list[float]]:
    """Run streams without and with a journal in turns; return their rates in calls per second."""
    without: list[float] = []
    with_journal: list[float] = []
    with running_sandbox(latency) as env, tempfile.TemporaryDirectory(dir=".") as folder:
        for number in range(rounds):
            without.append(rate(env, count))
            with_journal.append(rate(env, count, Path(folder, str(number))))
    return without, with_journal


def rate(env: dict[str, str], count: int, journal: Path | None = None) -> float:
    """Return the calls per second of a stream, after its first call."""
    seconds = []
    for values in (1, count + 1):
        arguments = ("--journal", f"{journal}-{values}") if journal else ()
        seconds.append(stream.run_stream(env, values, *arguments)[0])
    return count / (seconds[1] - seconds[0])


def bytes_per_value() -> float:
    """Return how much the memory of a run grows for each value of its journal."""
    with running_sandbox("0") as env, tempfile.TemporaryDirectory(dir=".") as folder:
        peaks = []
        for count in (FEW, MANY):
            journal = Path(folder, str(count))
            stream.run_stream(env, 1, "--journal", str(journal))
            header, *_ = journal.read_text().splitlines(keepends=True)
            digest = sha256(stream.INPUT_LINE.strip()).hexdigest()
            with journal.open("w") as file:
                file.write(header)
                for number in range(1, count + 1):
                    intent = {"input": number, "sha256": digest, "request_id": f"id-{number}"}
                    file.write(json.dumps(intent) + "\n")
                    file.write(json.dumps({"input": number, "status": "ok"}) + "\n")
            peaks.append(stream.run_stream(env, count, "--journal", str(journal))[1])
    return (peaks[1] - peaks[0]) * 1024 * 1024 / (MANY - FEW)


@contextmanager
def running_sandbox(latency: str) -> Iterator[dict[str, str]]:
    """Run a sandbox; yield the environment of its clients."""
    command = [stream.RTM, "sandbox", "--port", "0"]
    if latency != "0":
        command += ["--latency", latency]
    env = {"PATH": os.defpath, "RTM_CONFIG": os.devnull}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as sandbox:
        assert sandbox.stdout
        address = json.loads(sandbox.stdout.readline())
        try:
            yield {**env, "RTM_URL": address["url"], "RTM_TOKEN": address["token"]}
        finally:
            sandbox.terminate()


if __name__ == "__main__":
    main()

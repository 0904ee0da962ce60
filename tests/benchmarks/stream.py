"""Measure how many calls per second a stream makes, against a bare loop with the same library.

    python tests/benchmarks/stream.py [--values N] [--rounds N]
    python tests/benchmarks/stream.py --memory

The server responds as fast as it can. The bare loop sends prepared requests with the same window
and reads only the id of each response. Both run in turns, so that other load on the machine affects
them equally; the time to connect is not counted. `--memory` compares the peak memory of a stream
of a million values with that of a thousand.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RTM = str(Path(sys.executable).parent / "rtm")
SERVER = str(Path(__file__).with_name("ack_server.py"))
WINDOW = 8
BARE_LOOP_NAME, STREAM_NAME = "bare loop", "rtm ban-customer -"
INPUT_LINE = b'{"customer_id":"b7eff798-f8df-4364-8059-649c35c9ed0c","ban":{"days":5}}\n'
BARE_LOOP_CODE = f"""
import os, sys, time, orjson
from websockets.sync.client import connect
payload = orjson.loads({INPUT_LINE!r})
requests = [
    orjson.dumps({{"action": "ban_customer", "request_id": f"id-{{n}}", "payload": payload}})
    for n in range(int(sys.argv[1]))
]
with connect(os.environ["RTM_URL"], compression=None) as ws:
    ws.send(orjson.dumps({{"action": "login", "request_id": "login", "payload": {{}}}}), text=True)
    assert orjson.loads(ws.recv())["success"]
    started = time.perf_counter()
    waiting = set()
    for n, request in enumerate(requests):
        if len(waiting) == {WINDOW}:
            waiting.remove(orjson.loads(ws.recv())["request_id"])
        waiting.add(f"id-{{n}}")
        ws.send(request, text=True)
    while waiting:
        waiting.remove(orjson.loads(ws.recv())["request_id"])
    print(time.perf_counter() - started)
"""


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--values", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    if options.memory:
        small, large = peak_memory()
        print(f"1,000 values {small:.1f} MiB, 1,000,000 values {large:.1f} MiB")
        return
    rates = measure(options.values, options.rounds)
    bare_rate = statistics.median(rates[BARE_LOOP_NAME])
    print(f"{'window 8':20} {'median':>9} {'best':>9} {'ratio':>6}")
    for name, each in rates.items():
        median = statistics.median(each)
        print(f"{name:20} {median:7.0f}/s {max(each):7.0f}/s {median / bare_rate:6.2f}")


def measure(count: int, rounds: int) -> dict[str, list[float]]:
    """Run the bare loop and a stream in turns; return their rates in calls per second."""
    rates: dict[str, list[float]] = {BARE_LOOP_NAME: [], STREAM_NAME: []}
    with running_server() as env:
        for _ in range(rounds):
            rates[BARE_LOOP_NAME].append(count / run_bare_loop(env, count))
            first_call_seconds, total_seconds = run_stream(env, 1)[0], run_stream(env, count + 1)[0]
            rates[STREAM_NAME].append(count / (total_seconds - first_call_seconds))
    return rates


def peak_memory() -> tuple[float, float]:
    """Return the peak memory of a short and of a long stream in MiB."""
    with running_server() as env:
        return run_stream(env, 1_000)[1], run_stream(env, 1_000_000)[1]


@contextmanager
def running_server() -> Iterator[dict[str, str]]:
    """Run the server; yield the environment of its clients."""
    with subprocess.Popen([sys.executable, SERVER], stdout=subprocess.PIPE) as server:
        assert server.stdout
        url = server.stdout.readline().decode().strip()
        env = {"PATH": os.defpath, "RTM_URL": url, "RTM_TOKEN": "benchmark"}
        try:
            yield {**env, "RTM_CONFIG": os.devnull}
        finally:
            server.terminate()


def run_bare_loop(env: dict[str, str], count: int) -> float:
    """Return the seconds that the bare loop takes for `count` calls."""
    command = [sys.executable, "-c", BARE_LOOP_CODE, str(count)]
    return float(subprocess.run(command, env=env, capture_output=True, check=True).stdout)


def run_stream(env: dict[str, str], count: int, *arguments: str) -> tuple[float, float]:
    """Return the seconds of a whole process for `count` calls, and its peak memory in MiB."""
    with tempfile.TemporaryFile() as values:
        values.writelines([INPUT_LINE] * count)
        values.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(
            [RTM, "ban-customer", "-", *arguments],
            env=env,
            stdin=values,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return time.perf_counter() - started, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()

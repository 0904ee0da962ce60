"""How long one call takes, whole process, against a script written by hand and a peer.

    python tests/benchmarks/one_call.py [--rounds N] [--peer]

Everything runs against one `rtm sandbox` on loopback, in turns, so that a noisy machine disturbs
all alike; the table shows medians and ratios to the script. The script is the shortest one that
does the same on the same libraries: log in, call, print. `--peer` installs lc-sdk-python into an
environment of its own and lets it do the same.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

RTM = str(Path(sys.executable).parent / "rtm")
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
from livechat.agent.rtm.client import AgentRTM
client = AgentRTM.client(base_url="127.0.0.1", version="3.3")
client.ws.url = os.environ["RTM_URL"]
client.open_connection()
client.login(token="Bearer " + os.environ["RTM_TOKEN"])
answer = client.ws.send({{"action": "update_customer",
                         "payload": {{"customer_id": "{CUSTOMER}", "name": "Thomas"}}}})
print(answer)
client.close_connection()
"""


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--peer", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        commands = contenders(Path(folder), peer=options.peer)
        with subprocess.Popen(
            [RTM, "sandbox", "--port", "0", "--seed", "1"], stdout=subprocess.PIPE
        ) as sandbox:
            assert sandbox.stdout
            server = json.loads(sandbox.stdout.readline())
            env = {
                "PATH": os.environ["PATH"],
                "RTM_URL": server["url"],
                "RTM_TOKEN": server["token"],
                "RTM_CONFIG": os.devnull,
            }
            times = measure(commands, env, options.rounds)
            sandbox.terminate()
    script = statistics.median(times["script by hand"])
    print(f"{'command':24} {'median':>9} {'ratio':>6}")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"{name:24} {median * 1000:6.1f} ms {median / script:6.2f}")


def contenders(folder: Path, *, peer: bool) -> dict[str, list[str]]:
    """Name each command line."""
    (folder / "script.py").write_text(SCRIPT)
    update = ["update-customer", "--customer-id", CUSTOMER, "--name", "Thomas"]
    commands = {
        "script by hand": [sys.executable, str(folder / "script.py")],
        "rtm, one call": [RTM, *update],
        "rtm --help": [RTM, "--help"],
        "rtm METHOD --help": [RTM, "update-customer", "--help"],
        "rtm, usage error": [RTM, "update-customer", "--nmae", "x"],
        "rtm --dry-run": [RTM, *update, "--dry-run"],
    }
    if peer:
        venv.create(folder / "peer", with_pip=True)
        python = str(folder / "peer" / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "-q", "lc-sdk-python==0.4.2"], check=True)
        (folder / "peer.py").write_text(PEER)
        commands["lc-sdk-python"] = [python, str(folder / "peer.py")]
    return commands


def measure(
    commands: dict[str, list[str]], env: dict[str, str], rounds: int
) -> dict[str, list[float]]:
    """Run all commands in turns; return their times in seconds."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + 2):
        for name, command in commands.items():
            started = time.perf_counter()
            done = subprocess.run(command, env=env, capture_output=True, check=False)
            seconds = time.perf_counter() - started
            expected = 2 if name == "rtm, usage error" else 0
            assert done.returncode == expected, (name, done.stderr.decode())
            if turn > 1:  # the first two fill caches
                times[name].append(seconds)
    return times


if __name__ == "__main__":
    main()

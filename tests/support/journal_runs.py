"""Kill runs with a journal at any instant, and rebuild what a loss of power may leave of it.

The values are messages to one chat, with their numbers as texts. A sandbox counts how often each
was executed: its frame log has every request that arrived.
"""

import json
import random
import re
import struct
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from support import journal as journals
from support.process import RTM, environment, require_program

CHAT = "PJ0MRSHTDG"
RUN = ("send-event", "-", "--window", "4", "--journal")
TRACED_SYSCALLS = ("write", "sendto", "fdatasync", "fsync", "ftruncate")
_SYSCALL = re.compile(r'^\d+ +(\w+)\((\d+)(?:<([^>]*)>)?(?:, "([^"]*)")?(?:, (\d+))?.*\) += (\d+)$')

Kill = Callable[["JournaledInput", int], bool]


def payload_of(number: int) -> dict[str, Any]:
    """Return the payload of a value."""
    return {"chat_id": CHAT, "event": {"type": "message", "text": f"n{number}"}}


class JournaledInput:
    """An input, its journal, and the sandbox that its calls go to."""

    def __init__(self, folder: Path, count: int, env: dict[str, str], frame_log: Path) -> None:
        self.count = count
        self.env = env
        self.path = folder / "journal"
        self._frame_log = frame_log
        self._values = folder / "values.jsonl"
        lines = [json.dumps(payload_of(number)) + "\n" for number in range(1, count + 1)]
        self._values.write_text("".join(lines))

    def start(self, *arguments: str, wrapper: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start a run; its standard output is not read, as a killed one may tear a record."""
        with self._values.open("rb") as stdin:
            return subprocess.Popen(
                [*wrapper, RTM, *RUN, str(self.path), *arguments],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self.env,
            )

    def executions(self) -> Counter[int]:
        """Return how often the server received each value."""
        counts: Counter[int] = Counter()
        for line in self._frame_log.read_text().splitlines():
            entry = json.loads(line)
            message = entry.get("message")
            if entry["direction"] == "in" and message and message["action"] == "send_event":
                counts[int(message["payload"]["event"]["text"].removeprefix("n"))] += 1
        return counts

    def finish(self) -> int:
        """Run to the end, settle what is unknown after a look, and check every promise.

        Returns:
            How many values were unknown.

        """
        exit_code = self.start().wait(60)
        executed = self.executions()
        assert max(executed.values(), default=0) <= 1, executed
        statuses = journals.statuses(self.path)
        assert set(statuses) == set(range(1, self.count + 1)), "a value was skipped"
        unknown = journals.unknown_inputs(self.path)
        assert exit_code == (7 if unknown else 0)
        assert all(executed[number] == 1 for number in statuses if number not in unknown)
        for number in unknown:
            if executed[number]:
                journals.append_outcome(self.path, number)
        assert self.start("--retry-unknown").wait(60) == 0
        assert self.executions() == Counter(range(1, self.count + 1))
        return len(unknown)

    @cached_property
    def start_up_time(self) -> float:
        """Return the seconds that a run takes before it connects."""
        started = time.monotonic()
        assert self.start("--dry-run").wait(60) in (0, 7)
        return time.monotonic() - started

    def run_killed(self, kill: Kill, max_kills: int) -> tuple[int, int]:
        """Kill run after run, until one ends by itself or `max_kills` were killed; then `finish`.

        Returns:
            How many runs were killed, and how many values were unknown.

        """
        kills = 0
        while kills < max_kills and kill(self, kills + 1):
            kills += 1
        return kills, self.finish()


@contextmanager
def sandboxed_input(folder: Path, count: int, *options: str) -> Iterator[JournaledInput]:
    """Run a sandbox, and yield an input for it."""
    frame_log = folder / "frames.jsonl"
    command = [RTM, "sandbox", "--port", "0", "--log", str(frame_log), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(token=None)) as sandbox:
        assert sandbox.stdout
        address = json.loads(sandbox.stdout.readline())
        try:
            env = environment(address["url"], address["token"])
            yield JournaledInput(folder, count, env, frame_log)
        finally:
            sandbox.terminate()


def kill_at_random_time(rng: random.Random, longest: float) -> Kill:
    """Return a function that kills a run at a random instant after the program is loaded.

    `longest` is in seconds.
    """

    def kill(target: JournaledInput, _: int) -> bool:
        start_up = target.start_up_time
        process = target.start()
        try:
            process.wait(start_up + rng.uniform(0, longest))
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait() < 0

    return kill


def kill_at_syscall(choose: Callable[[int], tuple[str, int]]) -> Kill:
    """Return a function that kills a run when it enters a system call.

    `choose` returns which one, such as the third `write`, by the number of the run.
    """
    strace = require_program("strace")

    def kill(target: JournaledInput, number: int) -> bool:
        syscall, occurrence = choose(number)
        inject = f"inject={syscall}:signal=SIGKILL:when={occurrence}"
        options = ("-f", "-qq", "-o", "/dev/null", "-e", "signal=none")
        wrapper = (strace, *options, "-e", f"trace={syscall}", "-e", inject)
        return target.start(wrapper=wrapper).wait(60) < 0

    return kill


class Operation(NamedTuple):
    """What a run did: "append" data, "truncate" to a size, "sync", or "send" some values."""

    kind: str
    data: bytes = b""
    size: int = 0
    inputs: frozenset[int] = frozenset()


class TracedRun(NamedTuple):
    """The operations of a run on a journal that began as `initial`."""

    initial: bytes
    sent_before: frozenset[int]  # by earlier runs
    operations: list[Operation]


class CrashState(NamedTuple):
    """What is left after a loss of power, and which calls may have been executed."""

    journal: bytes
    sent: frozenset[int]


def trace_run(
    target: JournaledInput, folder: Path, initial: bytes = b"", sent: frozenset[int] = frozenset()
) -> TracedRun:
    """Make a run under strace, and return what it did."""
    log = folder / "strace"
    if initial:
        target.path.write_bytes(initial)
        target.path.chmod(0o600)
    else:
        target.path.unlink(missing_ok=True)
    options = ("-f", "-qq", "-xx", "-y", "-s", "1000000", "-e", "signal=none", "-o", str(log))
    wrapper = (require_program("strace"), *options, "-e", f"trace={','.join(TRACED_SYSCALLS)}")
    target.start(wrapper=wrapper).wait(60)
    operations = [
        operation
        for line in log.read_text().splitlines()
        if (operation := _parse_operation(line, str(target.path)))
    ]
    return TracedRun(initial, sent, operations)


def _parse_operation(line: str, journal_path: str) -> Operation | None:
    match = _SYSCALL.match(line)
    assert match, line
    syscall, _, path, data, size, result = match.groups()
    if syscall == "sendto":
        frames = _unescape(data)[: int(result)]
        return Operation("send", inputs=frozenset(_sent_inputs(frames)))
    if _unescape(path).decode() != journal_path:
        return None
    if syscall == "write":
        return Operation("append", _unescape(data)[: int(result)])
    if syscall == "ftruncate":
        return Operation("truncate", size=int(size or re.findall(r", (\d+)\)", line)[0]))
    return Operation("sync")


def _unescape(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _sent_inputs(frames: bytes) -> Iterator[int]:
    """Yield the numbers of the values in masked frames (RFC 6455, 5.2)."""
    while frames[:1] == b"\x81":
        length, start = frames[1] & 0x7F, 2
        if length == 126:
            (length,), start = struct.unpack(">H", frames[2:4]), 4
        key, start = frames[start : start + 4], start + 4
        text = bytes(
            byte ^ key[index % 4] for index, byte in enumerate(frames[start : start + length])
        )
        frames = frames[start + length :]
        request = json.loads(text)
        if request["action"] == "send_event":
            yield int(request["payload"]["event"]["text"].removeprefix("n"))


def crash_state(run: TracedRun, rng: random.Random) -> CrashState:
    """Return a random state that a loss of power during a run may leave.

    What was synced is on the disk. Of what came after it, any first part is, to the byte; bytes
    that a file system has reserved but not written are NUL.
    """
    durable, sent = run.initial, run.sent_before
    pending: list[Operation] = []
    for operation in run.operations[: rng.randint(0, len(run.operations))]:
        if operation.kind == "send":
            sent |= operation.inputs
        elif operation.kind == "sync":
            durable, pending = _apply(durable, pending), []
        else:
            pending.append(operation)
    whole = rng.randint(0, len(pending))
    journal = _apply(durable, pending[:whole])
    if whole < len(pending) and pending[whole].kind == "append":
        data = pending[whole].data
        cut = rng.randint(0, len(data))
        journal += data[:cut] + b"\0" * rng.choice([0, len(data) - cut])
    return CrashState(journal, sent)


def _apply(journal: bytes, operations: list[Operation]) -> bytes:
    for operation in operations:
        journal = (
            journal + operation.data
            if operation.kind == "append"
            else journal[: operation.size].ljust(operation.size, b"\0")
        )
    return journal

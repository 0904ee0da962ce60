"""Whatever fails, and from whenever on, what is told is true: every system call, every error.

strace makes the k-th call of a kind fail, once or from then on, for each k until there is no k-th
one, which counts the calls of each further try. That takes minutes::

    python -m pytest -m slow -n 0 -s tests/e2e/test_syscall_faults_exhaustive.py

`test_torture` has the few cases that matter most. Left out is what no program could mend: files
that the interpreter itself opens and reads (so `openat` and `read` fail for the files alone that
rtm is given: configuration, token, input), and an interruption without end, which Python
answers by trying for ever.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support import fault_server
from support.fault_server import FaultServer
from support.process import TOKEN, CommandResult, require_program, run, start

ERRORS = ("EPIPE", "ECONNRESET", "ENOSPC", "EIO", "EINTR")
SYSCALLS = ("connect", "sendto", "recvfrom", "write", "setsockopt")
FAST_RETRIES = ("--backoff", "1ms", "--timeout", "1s", "--max-time", "8s")
SEND_EVENT = ("send-event", "--chat-id", "A", "--text", "hello", *FAST_RETRIES)
GET_ARCHIVES = ("get-archives", *FAST_RETRIES)
STREAM = ("call", "-", *FAST_RETRIES)
VALUES = "".join(f'{{"action":"send_event","payload":{{"n":{n}}}}}\n' for n in range(1, 13))
VALUE_COUNT = VALUES.count("\n")
MAX_OCCURRENCES = 400  # no run makes so many calls of a kind

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


class SyscallFault(NamedTuple):
    """The k-th call of a kind fails; `path` counts those for one file, `lasts` all that follow."""

    syscall: str
    occurrence: int
    error: str
    is_permanent: bool = False
    path: str = ""


class FaultRun(NamedTuple):
    """What a run told, and what the server saw."""

    fault: SyscallFault
    result: CommandResult
    received: Counter[int]
    executed: Counter[int]


def run_with_fault(
    fault: SyscallFault, tmp_path: Path, *arguments: str, server: FaultServer, **options: Any
) -> tuple[CommandResult, bool]:
    """Run with a fault; tell whether it struck."""
    log = tmp_path / "strace"
    occurrence = f"{fault.occurrence}{'+' * fault.is_permanent}"
    inject = f"inject={fault.syscall}:error={fault.error}:when={occurrence}"
    path_filter = ["-P", fault.path] if fault.path else ["--seccomp-bpf"]
    before = [
        require_program("strace"),
        "-qq",
        "-f",
        "-e",
        "signal=none",
        "-o",
        str(log),
        *path_filter,
        "-e",
        f"trace={fault.syscall}",
        "-e",
        inject,
    ]
    if "stdin" in options:
        with Path(options.pop("stdin")).open("rb") as stdin:
            process = start(*arguments, url=server.url, wrapper=before, stdin=stdin, **options)
            out, err = process.communicate(timeout=60)
        result = CommandResult(process.returncode, out.decode(), err.decode(), 0.0)
    else:
        result = run(*arguments, url=server.url, wrapper=before, **options)
    return result, "(INJECTED)" in log.read_text()


def run_with_each_fault(
    tmp_path: Path,
    syscalls: dict[str, list[str]],
    arguments: tuple[str, ...],
    **options: Any,
) -> Iterator[FaultRun]:
    """Run with every fault; `calls` maps kinds of calls to files, or to "" for all of them."""
    for syscall, paths in syscalls.items():
        for path in paths:
            for error in ERRORS:
                for is_permanent in (False, True) if error != "EINTR" else (False,):
                    for occurrence in range(1, MAX_OCCURRENCES):
                        fault = SyscallFault(syscall, occurrence, error, is_permanent, path)
                        with FaultServer() as server:
                            server.on(
                                "*", fault_server.respond(lambda request: {"n": number_of(request)})
                            )
                            result, was_injected = run_with_fault(
                                fault, tmp_path, *arguments, server=server, **options
                            )
                            if not was_injected:
                                break
                            yield FaultRun(
                                fault,
                                result,
                                Counter(map(number_of, server.requests)),
                                Counter(map(number_of, server.executed)),
                            )
                    else:
                        raise AssertionError(f"there is no end of {syscall}")


def number_of(request: fault_server.Request) -> int:
    """Return which value a request belongs to; 0 for a single call."""
    number: int = (request.payload or {}).get("n", 0)
    return number


class RunStatistics:
    """Counts the runs by kind of call, and their statuses."""

    def __init__(self) -> None:
        self.runs: Counter[str] = Counter()
        self.max_occurrence: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.max_executions = 0

    def add(self, ran: FaultRun) -> None:
        """Count a run."""
        self.runs[ran.fault.syscall] += 1
        self.max_occurrence[ran.fault.syscall] = max(
            self.max_occurrence[ran.fault.syscall], ran.fault.occurrence
        )
        self.statuses[ran.result.exit_code] += 1
        self.max_executions = max(self.max_executions, *ran.executed.values(), 0)

    def print_summary(self, name: str) -> None:
        """Print it."""
        kinds = ", ".join(
            f"{call} {self.runs[call]} (k to {self.max_occurrence[call]})" for call in self.runs
        )
        statuses = dict(sorted(self.statuses.items()))
        print(  # noqa: T201  # run by hand, with -s
            f"\n{name}: {self.runs.total()} runs: {kinds}; statuses {statuses}; "
            f"at most {self.max_executions} executions of one call"
        )


def check_call(ran: FaultRun) -> None:
    """See that the status of a call that must not be made twice is true."""
    fault, result, received, executed = ran
    outcome = (result.exit_code, result.stdout, received[0], executed[0])
    match result.exit_code:
        case 0:
            assert outcome == (0, '{"n":0}\n', 1, 1), ran
        case 2 | 5:
            assert outcome == (result.exit_code, "", 0, 0), ran
        case 7:
            assert (result.stdout, received[0] <= 1) == ("", True), ran
        case 74:
            assert outcome == (74, "", 1, 1), ran
            assert fault.is_permanent or "was executed" in result.stderr, ran
        case _:
            assert outcome == (141, "", 1, 1), ran
    assert fault.error != "EINTR" or result.exit_code == 0, ran


def check_read(ran: FaultRun) -> None:
    """See that the status of a call that may be made again is true, and one fault overcome."""
    fault, result, received, executed = ran
    match result.exit_code:
        case 0:
            assert result.stdout == '{"n":0}\n', ran
            assert executed[0], ran
        case 2 | 5:
            assert (result.stdout, received[0]) == ("", 0), ran
        case 7 | 74:
            assert result.stdout == "", ran
        case _:
            assert (result.exit_code, result.stdout) == (141, ""), ran
    assert received[0] <= 3, ran
    must_succeed = fault.error == "EINTR" or (
        fault.syscall != "write" and not (fault.is_permanent or fault.path)
    )
    assert not must_succeed or result.exit_code == 0, ran


def check_stream(ran: FaultRun) -> None:
    """See that each value has its record, that it is true, and that nothing was done twice."""
    fault, result, received, executed = ran
    assert max(received.values(), default=0) <= 1, ran
    records = [json.loads(line) for line in result.stdout.splitlines()]
    for number, record in enumerate(records, 1):
        if "error" not in record:
            assert record == {"n": number}, ran
            assert executed[number] == 1, ran
        elif record["error"]["status"] == "not_sent":
            assert not received[number], ran
        else:
            assert record["error"]["status"] == "unknown", ran
            assert record["error"]["input"] == number, ran
    assert result.exit_code in (0, 2, 5, 7, 74, 141), ran
    if result.exit_code in (0, 5, 7) and not fault.path:
        assert len(records) == VALUE_COUNT, ran
    assert (result.exit_code == 0) == (records == [{"n": n + 1} for n in range(VALUE_COUNT)]) or (
        result.exit_code in (2, 74, 141)
    ), ran
    assert fault.error != "EINTR" or result.exit_code == 0, ran


@pytest.mark.parametrize(
    ("arguments", "judge"),
    [(SEND_EVENT, check_call), (GET_ARCHIVES, check_read)],
    ids=["send", "read"],
)
def test_a_call_tells_the_truth_whatever_fails(
    tmp_path: Path, arguments: tuple[str, ...], judge: Callable[[FaultRun], None]
) -> None:
    """T109: 0, 2, 5, 7, 74 and 141 mean what they say, and nothing is executed twice."""
    score = RunStatistics()
    for ran in run_with_each_fault(tmp_path, {call: [""] for call in SYSCALLS}, arguments):
        judge(ran)
        score.add(ran)
    score.print_summary(arguments[0])


def test_a_call_tells_the_truth_whatever_file_fails(tmp_path: Path) -> None:
    """T109: a token or configuration that cannot be opened or read means that nothing was sent."""
    token, config = tmp_path / "token", tmp_path / "config.toml"
    for path, text in ((token, TOKEN), (config, "[profiles.work]\n")):
        path.write_text(text)
        path.chmod(0o600)
    paths = [str(token), str(config)]
    score = RunStatistics()
    env = {"RTM_CONFIG": str(config), "RTM_TOKEN_FILE": str(token), "RTM_PROFILE": "work"}
    for ran in run_with_each_fault(
        tmp_path, {"openat": paths, "read": paths}, SEND_EVENT, env=env, token=None
    ):
        check_call(ran)
        score.add(ran)
    score.print_summary("files")


def test_a_stream_tells_the_truth_whatever_fails(tmp_path: Path) -> None:
    """T109: a record for each value, but where nobody can be told; nothing is executed twice."""
    score = RunStatistics()
    for ran in run_with_each_fault(
        tmp_path, {call: [""] for call in SYSCALLS}, STREAM, stdin=write_values(tmp_path)
    ):
        check_stream(ran)
        score.add(ran)
    score.print_summary("stream")


def test_a_stream_tells_the_truth_whatever_fails_of_its_input(tmp_path: Path) -> None:
    """T109: what was read before the failure is done, and nothing else."""
    path = write_values(tmp_path)
    score = RunStatistics()
    for ran in run_with_each_fault(tmp_path, {"read": [path]}, STREAM, stdin=path):
        check_stream(ran)
        score.add(ran)
    score.print_summary("input")


def write_values(tmp_path: Path) -> str:
    """Write the values of a stream to a file; return its path."""
    path = tmp_path / "values.jsonl"
    path.write_text(VALUES)
    return str(path)

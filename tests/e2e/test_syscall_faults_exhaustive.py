"""Inject every error into every system call: the report is always true.

strace makes the n-th system call of a kind fail, once or from then on, for each n until there is
no n-th call. That takes minutes::

    python -m pytest -m slow -n 0 -s tests/e2e/test_syscall_faults_exhaustive.py

`test_syscall_faults` has the most important cases. Not tested are failures that no program can
handle: `openat` and `read` fail only for the files that rtm is given (configuration, token, input)
and not for those of the interpreter; and EINTR is never permanent, because Python would retry
indefinitely.
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
MAX_OCCURRENCES = 400  # more system calls of a kind than any run makes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


class SyscallFault(NamedTuple):
    """An error of the n-th system call of a kind; `path` limits it to one file.

    `is_permanent` makes all later calls fail, too.
    """

    syscall: str
    occurrence: int
    error: str
    is_permanent: bool = False
    path: str = ""


class FaultRun(NamedTuple):
    """The result of a run, and the server's records: counts by value number."""

    fault: SyscallFault
    result: CommandResult
    received: Counter[int]
    executed: Counter[int]


def run_with_fault(
    fault: SyscallFault, tmp_path: Path, *arguments: str, server: FaultServer, **options: Any
) -> tuple[CommandResult, bool]:
    """Run with a fault; return the result and whether the fault was injected."""
    log = tmp_path / "strace"
    occurrence = f"{fault.occurrence}{'+' * fault.is_permanent}"
    inject = f"inject={fault.syscall}:error={fault.error}:when={occurrence}"
    path_filter = ["-P", fault.path] if fault.path else ["--seccomp-bpf"]
    wrapper = [require_program("strace"), "-qq", "-f", "-e", "signal=none", "-o", str(log),
               *path_filter, "-e", f"trace={fault.syscall}", "-e", inject]  # fmt: skip
    if "stdin" in options:
        with Path(options.pop("stdin")).open("rb") as stdin:
            process = start(*arguments, url=server.url, wrapper=wrapper, stdin=stdin, **options)
            out, err = process.communicate(timeout=60)
        result = CommandResult(process.returncode, out.decode(), err.decode(), 0.0)
    else:
        result = run(*arguments, url=server.url, wrapper=wrapper, **options)
    return result, "(INJECTED)" in log.read_text()


def run_with_each_fault(
    tmp_path: Path,
    syscalls: dict[str, list[str]],
    arguments: tuple[str, ...],
    **options: Any,
) -> Iterator[FaultRun]:
    """Run with every fault; `syscalls` maps kinds of system calls to files, or to "" for any."""
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
                        raise AssertionError(f"more than {MAX_OCCURRENCES} calls of {syscall}")


def number_of(request: fault_server.Request) -> int:
    """Return the number of the value of a request; 0 for a single call."""
    number: int = (request.payload or {}).get("n", 0)
    return number


class RunStatistics:
    """Counts of the runs by system call and by exit code."""

    def __init__(self) -> None:
        self.runs: Counter[str] = Counter()
        self.max_occurrence: Counter[str] = Counter()
        self.exit_codes: Counter[int] = Counter()
        self.max_executions = 0

    def add(self, ran: FaultRun) -> None:
        """Count a run."""
        self.runs[ran.fault.syscall] += 1
        self.max_occurrence[ran.fault.syscall] = max(
            self.max_occurrence[ran.fault.syscall], ran.fault.occurrence
        )
        self.exit_codes[ran.result.exit_code] += 1
        self.max_executions = max(self.max_executions, *ran.executed.values(), 0)

    def print_summary(self, name: str) -> None:
        """Print the counts."""
        kinds = ", ".join(
            f"{syscall} {count} (n up to {self.max_occurrence[syscall]})"
            for syscall, count in self.runs.items()
        )
        exit_codes = dict(sorted(self.exit_codes.items()))
        print(  # noqa: T201  # run by hand, with -s
            f"\n{name}: {self.runs.total()} runs: {kinds}; exit codes {exit_codes}; "
            f"at most {self.max_executions} executions of one call"
        )


def check_call(ran: FaultRun) -> None:
    """Check the report of a call that must not be sent twice."""
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
    """Check the report of a call that may be repeated, and that it survives a single fault."""
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
    """Check that each value has a true record, and that nothing was executed twice."""
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
    ("arguments", "check"),
    [(SEND_EVENT, check_call), (GET_ARCHIVES, check_read)],
    ids=["send", "read"],
)
def test_a_call_reports_every_failure_truthfully(
    tmp_path: Path, arguments: tuple[str, ...], check: Callable[[FaultRun], None]
) -> None:
    """T109: exit statuses 0, 2, 5, 7, 74 and 141 are true, and nothing is executed twice."""
    statistics = RunStatistics()
    for ran in run_with_each_fault(tmp_path, {syscall: [""] for syscall in SYSCALLS}, arguments):
        check(ran)
        statistics.add(ran)
    statistics.print_summary(arguments[0])


def test_a_call_reports_every_file_failure_truthfully(tmp_path: Path) -> None:
    """T109: if a token or configuration file cannot be opened or read, nothing is sent."""
    token, config = tmp_path / "token", tmp_path / "config.toml"
    for path, text in ((token, TOKEN), (config, "[profiles.work]\n")):
        path.write_text(text)
        path.chmod(0o600)
    paths = [str(token), str(config)]
    statistics = RunStatistics()
    env = {"RTM_CONFIG": str(config), "RTM_TOKEN_FILE": str(token), "RTM_PROFILE": "work"}
    for ran in run_with_each_fault(
        tmp_path, {"openat": paths, "read": paths}, SEND_EVENT, env=env, token=None
    ):
        check_call(ran)
        statistics.add(ran)
    statistics.print_summary("files")


def test_a_stream_reports_every_failure_truthfully(tmp_path: Path) -> None:
    """T109: a record for each value unless output fails; nothing is executed twice."""
    statistics = RunStatistics()
    for ran in run_with_each_fault(
        tmp_path, {syscall: [""] for syscall in SYSCALLS}, STREAM, stdin=write_values(tmp_path)
    ):
        check_stream(ran)
        statistics.add(ran)
    statistics.print_summary("stream")


def test_a_stream_reports_every_input_failure_truthfully(tmp_path: Path) -> None:
    """T109: only the values that were read before the failure are sent."""
    path = write_values(tmp_path)
    statistics = RunStatistics()
    for ran in run_with_each_fault(tmp_path, {"read": [path]}, STREAM, stdin=path):
        check_stream(ran)
        statistics.add(ran)
    statistics.print_summary("input")


def write_values(tmp_path: Path) -> str:
    """Write the values to a file; return its path."""
    path = tmp_path / "values.jsonl"
    path.write_text(VALUES)
    return str(path)

"""A system call that a call depends on fails once, or a signal comes amid it.

strace makes it so; `test_torture_whole` does it to each of them. Whatever it was, the exit status
tells the truth about the server: 0, executed; 5, it received nothing; 7, it may have; 74 and 141,
executed, though nobody could be told. And nothing is ever executed twice.
"""

import signal
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from support.fault_server import FaultServer
from support.process import CommandResult, require_program, run

SEND_EVENT = (
    "send-event",
    "--chat-id",
    "A",
    "--text",
    "hello",
    "--backoff",
    "1ms",
    "--timeout",
    "1s",
)
SYSCALLS = ("connect", "sendto", "recvfrom", "write")


class SyscallFault(NamedTuple):
    """The k-th call of a kind fails with an error."""

    syscall: str
    occurrence: int
    error: str

    def wrapper(self) -> list[str]:
        """Write the command that makes it so."""
        inject = f"inject={self.syscall}:error={self.error}:when={self.occurrence}"
        return [*strace_command("/dev/null", self.syscall), "--seccomp-bpf", "-e", inject]


def strace_command(log: str, *calls: str) -> list[str]:
    """Write the command that logs calls."""
    return [require_program("strace"), "-qq", "-f", "-e", "signal=none", "-o", log,
            "-e", f"trace={','.join(calls)}"]  # fmt: skip


def count_syscalls(tmp_path: Path) -> Counter[str]:
    """Count the calls of each kind that a run makes where nothing fails."""
    log = tmp_path / "log"
    with FaultServer() as server:
        run(*SEND_EVENT, url=server.url, wrapper=strace_command(str(log), *SYSCALLS))
    return Counter(line.split()[1].partition("(")[0] for line in log.read_text().splitlines())


def run_with_fault(fault: SyscallFault) -> None:
    """Make one call under a fault; see that what is told is what happened."""
    with FaultServer() as server:
        result = run(*SEND_EVENT, url=server.url, wrapper=fault.wrapper())
        check_result(result, server, fault)


def check_result(result: CommandResult, server: FaultServer, fault: SyscallFault) -> None:
    """Compare what a call told with what the server saw."""
    received, executed = server.count("send_event"), len(server.executed)
    outcome = (result.exit_code, result.stdout, received, executed)
    match result.exit_code:
        case 0:
            assert outcome == (0, "{}\n", 1, 1), fault
        case 5:
            assert outcome == (5, "", 0, 0), fault
        case 7:
            assert (result.stdout, received <= 1) == ("", True), fault
            assert all(request.request_id in result.stderr for request in server.requests), fault
        case 74:
            assert outcome == (74, "", 1, 1), fault
            assert "was executed" in result.stderr, fault
        case _:
            assert outcome == (141, "", 1, 1), fault
    assert fault.error != "EINTR" or result.exit_code == 0, fault


@pytest.mark.parametrize(
    "fault",
    [
        SyscallFault("sendto", 3, "ECONNRESET"),  # the call itself
        SyscallFault("recvfrom", 3, "EIO"),  # its answer
        SyscallFault("recvfrom", 2, "EINTR"),  # the login's answer
        SyscallFault("write", 1, "ENOSPC"),  # standard output
        SyscallFault("setsockopt", 2, "ENOPROTOOPT"),  # an option that not every system knows
    ],
    ids=lambda fault: f"{fault.syscall} {fault.occurrence} {fault.error}",
)
def test_a_system_call_that_fails_once_is_told_truly(fault: SyscallFault) -> None:
    """T109: those that matter most."""
    run_with_fault(fault)


class SyscallSignal(NamedTuple):
    """A signal comes amid the k-th call of a kind."""

    syscall: str
    occurrence: int
    signal_number: signal.Signals = signal.SIGINT

    def wrapper(self) -> list[str]:
        """Write the command that makes it so."""
        inject = f"inject={self.syscall}:signal={self.signal_number.name}:when={self.occurrence}"
        return [*strace_command("/dev/null", self.syscall), "-e", inject]


def run_with_signal(injected: SyscallSignal) -> None:
    """Make one call under a signal: never is it sent twice, nor left unmentioned."""
    with FaultServer() as server:
        result = run(*SEND_EVENT, url=server.url, wrapper=injected.wrapper())
    assert server.count("send_event") <= 1, injected
    assert result.exit_code in (-injected.signal_number, 128 + injected.signal_number), (
        injected,
        result,
    )
    is_reported = result.stdout == "{}\n" or all(
        each.request_id in result.stderr for each in server.requests
    )
    assert is_reported, (injected, result)


@pytest.mark.parametrize("strike", [SyscallSignal("sendto", 3), SyscallSignal("recvfrom", 3)])
def test_a_signal_amid_a_system_call_makes_nobody_send_twice(strike: SyscallSignal) -> None:
    """T92, T109: amid the sending of the call, and the receiving of its answer."""
    run_with_signal(strike)


@pytest.mark.slow
def test_a_signal_amid_any_system_call_makes_nobody_send_twice(tmp_path: Path) -> None:
    """T92, T109: wherever a single call may be."""
    counts = count_syscalls(tmp_path)
    for call in SYSCALLS:
        for k in range(1, counts[call] + 1):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                run_with_signal(SyscallSignal(call, k, number))

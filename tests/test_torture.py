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
from faults import FaultServer
from running import Done, program, run

N = ("send-event", "--chat-id", "A", "--text", "hello", "--backoff", "1ms", "--timeout", "1s")
CALLS = ("connect", "sendto", "recvfrom", "write")


class Fault(NamedTuple):
    """The k-th call of a kind fails with an error."""

    call: str
    k: int
    error: str

    def words(self) -> list[str]:
        """Write the command that makes it so."""
        inject = f"inject={self.call}:error={self.error}:when={self.k}"
        return [*strace("/dev/null", self.call), "--seccomp-bpf", "-e", inject]


def strace(log: str, *calls: str) -> list[str]:
    """Write the command that logs calls."""
    return [program("strace"), "-qq", "-f", "-e", "signal=none", "-o", log,
            "-e", f"trace={','.join(calls)}"]  # fmt: skip


def count(tmp_path: Path) -> Counter[str]:
    """Count the calls of each kind that a run makes where nothing fails."""
    log = tmp_path / "log"
    with FaultServer() as server:
        run(*N, url=server.url, before=strace(str(log), *CALLS))
    return Counter(line.split()[1].partition("(")[0] for line in log.read_text().splitlines())


def suffer(fault: Fault) -> None:
    """Make one call under a fault; see that what is told is what happened."""
    with FaultServer() as server:
        done = run(*N, url=server.url, before=fault.words())
        judge(done, server, fault)


def judge(done: Done, server: FaultServer, fault: Fault) -> None:
    """Compare what a call told with what the server saw."""
    received, executed = server.count("send_event"), len(server.executed)
    told = (done.status, done.out, received, executed)
    match done.status:
        case 0:
            assert told == (0, "{}\n", 1, 1), fault
        case 5:
            assert told == (5, "", 0, 0), fault
        case 7:
            assert (done.out, received <= 1) == ("", True), fault
            assert all(request.request_id in done.err for request in server.requests), fault
        case 74:
            assert told == (74, "", 1, 1), fault
            assert "was executed" in done.err, fault
        case _:
            assert told == (141, "", 1, 1), fault
    assert fault.error != "EINTR" or done.status == 0, fault


@pytest.mark.parametrize(
    "fault",
    [
        Fault("sendto", 3, "ECONNRESET"),  # the call itself
        Fault("recvfrom", 3, "EIO"),  # its answer
        Fault("recvfrom", 2, "EINTR"),  # the login's answer
        Fault("write", 1, "ENOSPC"),  # standard output
        Fault("setsockopt", 2, "ENOPROTOOPT"),  # an option that not every system knows
    ],
    ids=lambda fault: f"{fault.call} {fault.k} {fault.error}",
)
def test_a_system_call_that_fails_once_is_told_truly(fault: Fault) -> None:
    """T109: those that matter most."""
    suffer(fault)


class Strike(NamedTuple):
    """A signal comes amid the k-th call of a kind."""

    call: str
    k: int
    number: signal.Signals = signal.SIGINT

    def words(self) -> list[str]:
        """Write the command that makes it so."""
        inject = f"inject={self.call}:signal={self.number.name}:when={self.k}"
        return [*strace("/dev/null", self.call), "-e", inject]


def be_struck(strike: Strike) -> None:
    """Make one call under a signal: never is it sent twice, nor left unmentioned."""
    with FaultServer() as server:
        done = run(*N, url=server.url, before=strike.words())
    assert server.count("send_event") <= 1, strike
    assert done.status in (-strike.number, 128 + strike.number), (strike, done)
    told = done.out == "{}\n" or all(each.request_id in done.err for each in server.requests)
    assert told, (strike, done)


@pytest.mark.parametrize("strike", [Strike("sendto", 3), Strike("recvfrom", 3)])
def test_a_signal_amid_a_system_call_makes_nobody_send_twice(strike: Strike) -> None:
    """T92, T109: amid the sending of the call, and the receiving of its answer."""
    be_struck(strike)


@pytest.mark.slow
def test_a_signal_amid_any_system_call_makes_nobody_send_twice(tmp_path: Path) -> None:
    """T92, T109: wherever a single call may be."""
    counts = count(tmp_path)
    for call in CALLS:
        for k in range(1, counts[call] + 1):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                be_struck(Strike(call, k, number))

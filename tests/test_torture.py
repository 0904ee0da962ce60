"""Every system call that a call depends on fails once, in each way that it may.

strace makes the k-th one fail. Whatever it was, the exit status tells the truth about the server:
0, executed; 5, it received nothing; 7, it may have; 74 and 141, executed, though nobody could be
told. And nothing is ever executed twice.
"""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from certificates import ca_file, serving
from faults import FaultServer
from running import TOKEN, Done, program, run

N = ("send-event", "--chat-id", "A", "--text", "hello", "--backoff", "1ms", "--timeout", "1s")
STREAM = ("call", "-", "--backoff", "1ms", "--timeout", "1s", "--max-time", "10s")
VALUES = "".join(f'{{"action":"send_event","payload":{{"n":{n}}}}}\n' for n in range(1, 4))
CALLS = ("connect", "sendto", "recvfrom", "write")
ERRORS = ("EPIPE", "ECONNRESET", "ENOSPC", "EIO", "EINTR")


class Fault(NamedTuple):
    """The k-th call of a kind fails with an error; `path` counts only the calls for that file."""

    call: str
    k: int
    error: str
    path: str = ""

    def words(self) -> list[str]:
        """Write the command that makes it so."""
        where = ["-P", self.path] if self.path else ["--seccomp-bpf"]
        inject = f"inject={self.call}:error={self.error}:when={self.k}"
        return [*strace("/dev/null", self.call), *where, "-e", inject]


def strace(log: str, *calls: str) -> list[str]:
    """Write the command that logs calls."""
    return [program("strace"), "-qq", "-f", "-e", "signal=none", "-o", log,
            "-e", f"trace={','.join(calls)}"]  # fmt: skip


def count(tmp_path: Path, arguments: tuple[str, ...], stdin: str) -> Counter[str]:
    """Count the calls of each kind that a run makes where nothing fails."""
    log = tmp_path / "log"
    with FaultServer() as server:
        run(*arguments, url=server.url, stdin=stdin, before=strace(str(log), *CALLS))
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
    counts = count(tmp_path, N, "")
    for call in CALLS:
        for k in range(1, counts[call] + 1):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                be_struck(Strike(call, k, number))


@pytest.mark.slow
def test_whichever_system_call_fails_the_status_is_true(tmp_path: Path) -> None:
    """T109: each of them that a single call makes, in each way."""
    counts = count(tmp_path, N, "")
    faults = [Fault(call, k, error) for call in CALLS for k in range(1, counts[call] + 1)
              for error in ERRORS]  # fmt: skip
    assert len(faults) >= 40
    for fault in faults:
        suffer(fault)


@pytest.mark.slow
def test_whichever_system_call_fails_a_stream_tells_each_value_truly(tmp_path: Path) -> None:
    """T109: a record for each value but where nobody can be told; nothing is executed twice."""
    counts = count(tmp_path, STREAM, VALUES)
    for call in CALLS:
        for k in range(1, counts[call] + 1):
            for error in ("ECONNRESET", "EIO", "EINTR"):
                suffer_stream(Fault(call, k, error))


def suffer_stream(fault: Fault) -> None:
    """Make three calls in a stream under a fault; see that each is told truly."""
    with FaultServer() as server:
        done = run(*STREAM, url=server.url, stdin=VALUES, before=fault.words())
        executed = Counter(request.payload["n"] for request in server.executed)
        received = Counter(request.payload["n"] for request in server.requests)
    assert max(received.values(), default=0) <= 1, fault
    statuses = list(told(done))
    assert len(statuses) == 3 or done.status in (74, 141), (fault, done)
    for n, status in enumerate(statuses, 1):
        if status in ("ok", "not_sent"):
            assert executed[n] == received[n] == (status == "ok"), (fault, done)
    assert done.status in (0, 5, 7, 74, 141), (fault, done)
    assert fault.error != "EINTR" or statuses == ["ok"] * 3, (fault, done)


def told(done: Done) -> Iterator[str]:
    """Name the status of each record."""
    for line in done.out.splitlines():
        record = json.loads(line)
        yield record["error"]["status"] if "error" in record else "ok"


@pytest.mark.slow
@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EINTR"])
@pytest.mark.parametrize("what", ["token", "ca", "config"])
def test_a_file_that_cannot_be_opened_is_told_before_anything_is_sent(
    tmp_path: Path, what: str, error: str
) -> None:
    """T109: status 2, and the file is named; where it was interrupted only, we go on."""
    paths = {"ca": ca_file(tmp_path)}
    for name, text in (("token", TOKEN), ("config", "")):
        paths[name] = str(tmp_path / name)
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    options = ("--token-file", paths["token"], "--ca-file", paths["ca"])
    env = {"RTM_CONFIG": paths["config"]}
    with FaultServer(tls=serving()) as server:
        fault = Fault("openat", 1, error, paths[what])
        done = run(*N, *options, url=server.url, env=env, token=None, before=fault.words())
        sound = error == "EINTR" and what != "ca"  # OpenSSL gives up
        assert (done.status, server.count("send_event")) == (0 if sound else 2, int(sound)), done
    assert sound or paths[what] in done.err

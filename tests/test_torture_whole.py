"""Whatever fails, and from whenever on, what is told is true: every system call, every error.

strace makes the k-th call of a kind fail, once or from then on, for each k until there is no k-th
one, which counts the calls of each further try. That takes minutes::

    python -m pytest -m slow -n 0 -s tests/test_torture_whole.py

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

import faults
import pytest
from faults import FaultServer
from running import TOKEN, Done, program, run, start

ERRORS = ("EPIPE", "ECONNRESET", "ENOSPC", "EIO", "EINTR")
CALLS = ("connect", "sendto", "recvfrom", "write", "setsockopt")
QUICK = ("--backoff", "1ms", "--timeout", "1s", "--max-time", "8s")
SEND = ("send-event", "--chat-id", "A", "--text", "hello", *QUICK)
READ = ("get-archives", *QUICK)
STREAM = ("call", "-", *QUICK)
VALUES = "".join(f'{{"action":"send_event","payload":{{"n":{n}}}}}\n' for n in range(1, 13))
COUNT = VALUES.count("\n")
MOST = 400  # no run makes so many calls of a kind

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


class Fault(NamedTuple):
    """The k-th call of a kind fails; `path` counts those for one file, `lasts` all that follow."""

    call: str
    k: int
    error: str
    lasts: bool = False
    path: str = ""


class Ran(NamedTuple):
    """What a run told, and what the server saw."""

    fault: Fault
    done: Done
    received: Counter[int]
    executed: Counter[int]


def strike(
    fault: Fault, tmp_path: Path, *arguments: str, server: FaultServer, **options: Any
) -> tuple[Done, bool]:
    """Run with a fault; tell whether it struck."""
    log = tmp_path / "strace"
    inject = f"inject={fault.call}:error={fault.error}:when={fault.k}{'+' * fault.lasts}"
    where = ["-P", fault.path] if fault.path else ["--seccomp-bpf"]
    before = [program("strace"), "-qq", "-f", "-e", "signal=none", "-o", str(log), *where,
              "-e", f"trace={fault.call}", "-e", inject]  # fmt: skip
    if "stdin" in options:
        with Path(options.pop("stdin")).open("rb") as stdin:
            process = start(*arguments, url=server.url, before=before, stdin=stdin, **options)
            out, err = process.communicate(timeout=60)
        done = Done(process.returncode, out.decode(), err.decode(), 0.0)
    else:
        done = run(*arguments, url=server.url, before=before, **options)
    return done, "(INJECTED)" in log.read_text()


def strike_all(
    tmp_path: Path,
    calls: dict[str, list[str]],
    arguments: tuple[str, ...],
    **options: Any,
) -> Iterator[Ran]:
    """Run with every fault; `calls` maps kinds of calls to files, or to "" for all of them."""
    for call, paths in calls.items():
        for path in paths:
            for error in ERRORS:
                for lasts in (False, True) if error != "EINTR" else (False,):
                    for k in range(1, MOST):
                        fault = Fault(call, k, error, lasts, path)
                        with FaultServer() as server:
                            server.on("*", faults.answer(lambda request: {"n": number_of(request)}))
                            done, struck = strike(
                                fault, tmp_path, *arguments, server=server, **options
                            )
                            if not struck:
                                break
                            yield Ran(
                                fault,
                                done,
                                Counter(map(number_of, server.requests)),
                                Counter(map(number_of, server.executed)),
                            )
                    else:
                        raise AssertionError(f"there is no end of {call}")


def number_of(request: faults.Request) -> int:
    """Return which value a request belongs to; 0 for a single call."""
    number: int = (request.payload or {}).get("n", 0)
    return number


class Score:
    """Counts the runs by kind of call, and their statuses."""

    def __init__(self) -> None:
        self.runs: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.executions = 0

    def add(self, ran: Ran) -> None:
        """Count a run."""
        self.runs[ran.fault.call] += 1
        self.most[ran.fault.call] = max(self.most[ran.fault.call], ran.fault.k)
        self.statuses[ran.done.status] += 1
        self.executions = max(self.executions, *ran.executed.values(), 0)

    def show(self, name: str) -> None:
        """Print it."""
        kinds = ", ".join(
            f"{call} {self.runs[call]} (k to {self.most[call]})" for call in self.runs
        )
        statuses = dict(sorted(self.statuses.items()))
        print(f"\n{name}: {self.runs.total()} runs: {kinds}; statuses {statuses}; "  # noqa: T201
              f"one call was executed {self.executions} times at most")  # fmt: skip


def judge_call(ran: Ran) -> None:
    """See that the status of a call that must not be made twice is true."""
    fault, done, received, executed = ran
    told = (done.status, done.out, received[0], executed[0])
    match done.status:
        case 0:
            assert told == (0, '{"n":0}\n', 1, 1), ran
        case 2 | 5:
            assert told == (done.status, "", 0, 0), ran
        case 7:
            assert (done.out, received[0] <= 1) == ("", True), ran
        case 74:
            assert told == (74, "", 1, 1), ran
            assert fault.lasts or "was executed" in done.err, ran
        case _:
            assert told == (141, "", 1, 1), ran
    assert fault.error != "EINTR" or done.status == 0, ran


def judge_read(ran: Ran) -> None:
    """See that the status of a call that may be made again is true, and one fault overcome."""
    fault, done, received, executed = ran
    match done.status:
        case 0:
            assert done.out == '{"n":0}\n', ran
            assert executed[0], ran
        case 2 | 5:
            assert (done.out, received[0]) == ("", 0), ran
        case 7 | 74:
            assert done.out == "", ran
        case _:
            assert (done.status, done.out) == (141, ""), ran
    assert received[0] <= 3, ran
    mended = fault.error == "EINTR" or (fault.call != "write" and not (fault.lasts or fault.path))
    assert not mended or done.status == 0, ran


def judge_stream(ran: Ran) -> None:
    """See that each value has its record, that it is true, and that nothing was done twice."""
    fault, done, received, executed = ran
    assert max(received.values(), default=0) <= 1, ran
    records = [json.loads(line) for line in done.out.splitlines()]
    for number, record in enumerate(records, 1):
        if "error" not in record:
            assert record == {"n": number}, ran
            assert executed[number] == 1, ran
        elif record["error"]["status"] == "not_sent":
            assert not received[number], ran
        else:
            assert record["error"]["status"] == "unknown", ran
            assert record["error"]["input"] == number, ran
    assert done.status in (0, 2, 5, 7, 74, 141), ran
    if done.status in (0, 5, 7) and not fault.path:
        assert len(records) == COUNT, ran
    assert (done.status == 0) == (records == [{"n": n + 1} for n in range(COUNT)]) or (
        done.status in (2, 74, 141)
    ), ran
    assert fault.error != "EINTR" or done.status == 0, ran


@pytest.mark.parametrize(
    ("arguments", "judge"), [(SEND, judge_call), (READ, judge_read)], ids=["send", "read"]
)
def test_a_call_tells_the_truth_whatever_fails(
    tmp_path: Path, arguments: tuple[str, ...], judge: Callable[[Ran], None]
) -> None:
    """T109: 0, 2, 5, 7, 74 and 141 mean what they say, and nothing is executed twice."""
    score = Score()
    for ran in strike_all(tmp_path, {call: [""] for call in CALLS}, arguments):
        judge(ran)
        score.add(ran)
    score.show(arguments[0])


def test_a_call_tells_the_truth_whatever_file_fails(tmp_path: Path) -> None:
    """T109: a token or configuration that cannot be opened or read means that nothing was sent."""
    token, config = tmp_path / "token", tmp_path / "config.toml"
    for path, text in ((token, TOKEN), (config, "[profiles.work]\n")):
        path.write_text(text)
        path.chmod(0o600)
    paths = [str(token), str(config)]
    score = Score()
    env = {"RTM_CONFIG": str(config), "RTM_TOKEN_FILE": str(token), "RTM_PROFILE": "work"}
    for ran in strike_all(tmp_path, {"openat": paths, "read": paths}, SEND, env=env, token=None):
        judge_call(ran)
        score.add(ran)
    score.show("files")


def test_a_stream_tells_the_truth_whatever_fails(tmp_path: Path) -> None:
    """T109: a record for each value, but where nobody can be told; nothing is executed twice."""
    score = Score()
    for ran in strike_all(tmp_path, {call: [""] for call in CALLS}, STREAM, stdin=values(tmp_path)):
        judge_stream(ran)
        score.add(ran)
    score.show("stream")


def test_a_stream_tells_the_truth_whatever_fails_of_its_input(tmp_path: Path) -> None:
    """T109: what was read before the failure is done, and nothing else."""
    path = values(tmp_path)
    score = Score()
    for ran in strike_all(tmp_path, {"read": [path]}, STREAM, stdin=path):
        judge_stream(ran)
        score.add(ran)
    score.show("input")


def values(tmp_path: Path) -> str:
    """Write the values of a stream to a file; return its path."""
    path = tmp_path / "values.jsonl"
    path.write_text(VALUES)
    return str(path)

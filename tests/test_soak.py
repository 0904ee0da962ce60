"""For as long as one likes everything that was told is true, and nothing grows.

A listener and two streams of calls run against a sandbox with much traffic, which loses requests,
answers and connections all the time. Afterwards its log, its chat and what was printed must agree
to the last line::

    RTM_SOAK_SECONDS=1800 python -m pytest -m slow -n 0 tests/test_soak.py

The time is half an hour unless said otherwise, RTM_SOAK_RATE the calls of each stream in a second
(20). It prints its figures.
"""

import itertools
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from running import run
from soaking import Watched

from rtmcli.cli.stream import STATUSES
from rtmcli.protocol.conversation import ATTEMPTS

SECONDS = float(os.environ.get("RTM_SOAK_SECONDS", "1800"))
RATE = float(os.environ.get("RTM_SOAK_RATE", "20"))
TRAFFIC = "10"
SEND, UPDATE = "send_event", "update_chat_properties"
LISTENING = "Europe/Lisbon"  # the time zone in which the listener logs in, to be told by
PATIENCE = ("--timeout", "3s")
CALLS = f"{SEND},{UPDATE}"
FAULTS = (
    f"{CALLS}:drop=before,p=0.002",
    f"{CALLS}:drop=after,p=0.002",
    f"{CALLS}:drop=answered,p=0.002",
    f"{CALLS}:close=1011,p=0.001",
    f"{CALLS}:close=1001,at=before,p=0.001",
    f"{CALLS}:disconnect=internal_error,p=0.001",
    f"{CALLS}:silent,p=0.0005",
    f"{CALLS}:silent,at=before,p=0.0005",
    f"{CALLS}:error=too_many_requests,p=0.01",
    f"{CALLS}:error=service_unavailable,p=0.003",
    f"{CALLS}:error=validation,p=0.003",
    f"{CALLS}:error=internal,at=after,p=0.002",
    f"{CALLS}:error=request_timeout,p=0.002",
    f"{CALLS}:delay=300ms,p=0.01",
    f"{CALLS}:duplicate,p=0.005",
    f"{CALLS}:foreign,p=0.005",
    f"{CALLS}:push-first,p=0.01",
    "login:error=too_many_requests,p=0.02",
    # No connection lives for ever, and some live long enough to count as healthy.
    "login:drop=answered,in=25s,p=0.3",
    "login:close=1001,at=answered,in=40s,p=0.4",
    "login:disconnect=connection_timeout,at=answered,in=70s",
)
# What the listener may miss beside the edge of a gap, in seconds: what was sent while it read.
EDGE = 1.0
GROWTH = 6.0  # MiB


class Said(NamedTuple):
    """A push in the log: when it was sent, and what it says."""

    at: float
    message: Any


class Log:
    """The sandbox's log: what the server was asked on which connection, and what it said."""

    def __init__(self, path: Path) -> None:
        self.received: dict[str, Counter[int]] = {SEND: Counter(), UPDATE: Counter()}
        self.succeeded: dict[str, set[int]] = {SEND: set(), UPDATE: set()}
        self.listeners: dict[int, list[Said]] = {}  # the pushes of the listener's connections
        self.lines = 0
        self._numbers: dict[str, tuple[str, int]] = {}  # the calls by their request ids
        self._zones: dict[int, str] = {}
        with path.open("rb") as file:
            for text in file:
                self.lines += 1
                line = json.loads(text)
                if line["opcode"] == "text" and line["direction"] == "in":
                    self._came(line["connection"], line["message"])
                elif line["opcode"] == "text":
                    self._went(line["connection"], line["time"], line["message"])

    def _came(self, connection: int, message: Any) -> None:
        action, payload = message["action"], message.get("payload", {})
        if action == "login":
            self._zones[connection] = payload.get("timezone", "")
        elif action in self.received:
            number = number_of(action, payload)
            self.received[action][number] += 1
            self._numbers[message["request_id"]] = action, number

    def _went(self, connection: int, at: float, message: Any) -> None:
        if message["type"] == "push":
            if connection in self.listeners:
                self.listeners[connection].append(Said(at, message))
        elif message["action"] == "login":
            if message["success"] and self._zones[connection] == LISTENING:
                self.listeners[connection] = []
        elif message["success"] and message["request_id"] in self._numbers:
            action, number = self._numbers[message["request_id"]]
            self.succeeded[action].add(number)


def number_of(action: str, payload: Any) -> int:
    """Return which value a call was made of."""
    text = (
        payload["event"]["text"] if action == SEND else payload["properties"]["rating"]["comment"]
    )
    return int(text)


def sends(chat_id: str) -> Iterator[bytes]:
    """Write payloads without end that each say their number."""
    for number in itertools.count(1):
        event = {"type": "message", "text": str(number), "recipients": "all"}
        yield json.dumps({"chat_id": chat_id, "event": event}).encode() + b"\n"


def updates(chat_id: str) -> Iterator[bytes]:
    """Write payloads without end, the calls of which may be made again."""
    for number in itertools.count(1):
        rating = {"rating": {"score": 1, "comment": str(number)}}
        yield json.dumps({"chat_id": chat_id, "properties": rating}).encode() + b"\n"


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 600)
def test_all_that_was_told_is_true_and_nothing_grows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each value has its line, each push its line or its gap; memory and descriptors stay."""
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles.listening]\ntimezone = "{LISTENING}"\n')
    config.chmod(0o600)
    log = tmp_path / "log"
    with ExitStack() as stack:
        faults = [word for fault in FAULTS for word in ("--fault", fault)]
        arguments = ("--port", "0", "--seed", "1", "--traffic", TRAFFIC, "--log", str(log))
        sandbox = stack.enter_context(
            Watched("sandbox", *arguments, *faults, url="", token="")  # it needs neither
        )
        while not sandbox.lines:
            time.sleep(0.01)
        here = json.loads(sandbox.lines[0])
        chat = json.loads(run("start-chat", **here).out)["chat"]

        def watched(*arguments: str, **env: str) -> Watched:
            return stack.enter_context(Watched(*arguments, *PATIENCE, **here, env=env))

        listener = watched("listen", "--profile", "listening", RTM_CONFIG=str(config))
        sender = watched("send-event", "-")
        updater = watched("update-chat-properties", "-", "--retry-idempotent")
        end = time.monotonic() + SECONDS
        sender.spawn(lambda: sender.feed(sends(chat["id"]), RATE, end))
        updater.spawn(lambda: updater.feed(updates(chat["id"]), RATE, end))
        everybody = {"listen": listener, SEND: sender, UPDATE: updater, "sandbox": sandbox}
        watch(everybody, end)
        assert sender.process.poll() is None or time.monotonic() >= end, sender.errors
        statuses = {SEND: sender.join(60), UPDATE: updater.join(60)}
        ended = time.time()
        listener.process.send_signal(signal.SIGTERM)
        assert listener.join(60) == -signal.SIGTERM, listener.errors
        events = events_of(chat, here)
        sandbox.process.send_signal(signal.SIGTERM)
        sandbox.join(60)
    for name, each in everybody.items():  # to be looked at where something is wrong
        (tmp_path / name).write_bytes(b"".join(each.lines))
    told = Log(log)
    counts = {
        SEND: judge(SEND, sender.lines, told, statuses[SEND]),
        UPDATE: judge(UPDATE, updater.lines, told, statuses[UPDATE]),
    }
    judge_events(sender.lines, events)
    heard = judge_listener(listener.lines, told, ended)
    with capsys.disabled():
        show(everybody, counts, heard, told)
    for name in ("listen", SEND, UPDATE):
        grown = everybody[name].growth()
        assert grown.memory <= GROWTH, name
        assert grown.threads <= 0, name
        assert grown.descriptors <= 1, name  # one more while it connects


def watch(everybody: dict[str, Watched], end: float) -> None:
    """Take figures until the end, or until somebody has ended."""
    pause = min(5.0, SECONDS / 50)
    while time.monotonic() < end:
        for each in everybody.values():
            if each.process.poll() is not None:
                return
            each.sample()
        time.sleep(pause)


def events_of(chat: Any, here: dict[str, str]) -> dict[str, int]:
    """Ask the sandbox for the events of its chat: the numbers of the values by the events' ids."""
    thread = ("--chat-id", chat["id"], "--thread-ids", chat["thread"]["id"])
    done = run("get-chat-threads", *thread, url=here["url"], token=here["token"])
    [found] = json.loads(done.out)["chat"]["threads"]
    return {event["id"]: int(event["text"]) for event in found["events"]}


def judge(action: str, lines: list[bytes], log: Log, status: int) -> Counter[str]:
    """See that each value has its line, and that the line is true."""
    received, succeeded = log.received[action], log.succeeded[action]
    counts: Counter[str] = Counter()
    for number, line in enumerate(lines, 1):
        error = json.loads(line).get("error")
        label = error["status"] if error else "ok"
        counts[label] += 1
        assert error is None or error["input"] == number
        match label:
            case "ok":
                assert number in succeeded
            case "not_sent":
                assert not received[number]
            case "unknown":
                pass  # perhaps it did not even arrive
            case _:
                assert number not in succeeded
                assert received[number]
        # A call that was proved not to be executed is sent again, up to three times.
        assert received[number] <= ATTEMPTS
    assert not received or max(received) <= len(lines)
    assert status == next((code for label, code in STATUSES.items() if counts[label]), 0)
    assert counts["ok"] > 0.9 * len(lines)
    return counts


def judge_events(lines: list[bytes], events: dict[str, int]) -> None:
    """See that what is not to be done twice was done at most once, and what is told was done."""
    executed = Counter(events.values())
    assert max(executed.values()) == 1
    for number, line in enumerate(lines, 1):
        told = json.loads(line)
        if "error" not in told:
            assert events[told["event"]["id"]] == number
        elif told["error"]["status"] != "unknown":
            assert not executed[number], told


def judge_listener(lines: list[bytes], log: Log, ended: float) -> Counter[str]:
    """See that each push that was sent was told once, in order, or lies in a gap."""
    counts: Counter[str] = Counter()
    connections = list(log.listeners.values())
    sections = list(cut(map(json.loads, lines)))
    assert len(sections) == len(connections)
    for (pushes, gap), sent in zip(sections, connections, strict=True):
        assert pushes == [push.message for push in sent[: len(pushes)]]
        counts["pushes"] += len(pushes)
        lost = sent[len(pushes) :]
        counts["lost in gaps" if gap else "at the end"] += len(lost)
        begin, end = (moment(gap[name]) for name in ("from", "to")) if gap else (ended, ended + 60)
        assert all(begin - EDGE <= push.at <= end for push in lost), (gap, lost[0])
    counts["gaps"] = len(sections) - 1
    return counts


def cut(told: Iterable[Any]) -> Iterator[tuple[list[Any], Any]]:
    """Cut what was printed at the gaps: pushes, and the gap behind them or None."""
    pushes: list[Any] = []
    for line in told:
        if line["type"] == "rtm.gap":
            yield pushes, line
            pushes = []
        else:
            pushes.append(line)
    yield pushes, None


def moment(text: str) -> float:
    """Return the seconds of the epoch that RFC 3339 names."""
    return datetime.fromisoformat(text).timestamp()


def show(
    everybody: dict[str, Watched],
    counts: dict[str, Counter[str]],
    heard: Counter[str],
    log: Log,
) -> None:
    """Print the figures."""
    rows = [f"{SECONDS:.0f} s, {RATE:g} calls a second on each stream, {log.lines} frames logged"]
    rows += [f"{name}: {dict(counted)}" for name, counted in counts.items()]
    rows += [f"listen: {dict(heard)}", "process: MiB, threads, descriptors: first, most, growth"]
    for name, each in everybody.items():
        first, growth = each.samples[0], each.growth()
        most = [max(figures) for figures in zip(*each.samples, strict=True)]
        row = zip(first, most, growth, strict=True)
        rows.append(f"{name}: " + "; ".join("{:.1f}, {:.1f}, {:+.1f}".format(*it) for it in row))
    print("", *rows, sep="\n")  # noqa: T201  # it is asked for by hand

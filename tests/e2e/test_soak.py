"""Run for a long time: every record is true, and no resource grows.

A listener and two streams of calls run against a sandbox with much traffic that loses requests,
responses and connections all the time. The events are sent with API 3.6; the other two speak 3.0.
Afterwards the sandbox's log, its chat and the output must agree line by line::

    RTM_SOAK_SECONDS=1800 python -m pytest -m slow -n 0 tests/e2e/test_soak.py

The default duration is half an hour; RTM_SOAK_RATE is the number of calls per second of each
stream (20). The test prints its measurements.
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
from support.process import run
from support.soak import MonitoredProcess

from rtmcli.cli.calls.stream_summary import EXIT_CODES
from rtmcli.protocol.retry_policy import MAX_ATTEMPTS

SECONDS = float(os.environ.get("RTM_SOAK_SECONDS", "1800"))
RATE = float(os.environ.get("RTM_SOAK_RATE", "20"))
TRAFFIC = "10"
SEND_EVENT, UPDATE_PROPERTIES = "send_event", "update_chat_properties"
LISTENER_TIMEZONE = "Europe/Lisbon"  # identifies the logins of the listener
TIMEOUT_OPTIONS = ("--timeout", "3s")
CALLS = f"{SEND_EVENT},{UPDATE_PROPERTIES}"
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
    # Every connection ends, and some last long enough to count as stable.
    "login:drop=answered,in=25s,p=0.3",
    "login:close=1001,at=answered,in=40s,p=0.4",
    "login:disconnect=connection_timeout,at=answered,in=70s",
)
# Seconds before the start of a gap in which pushes may be lost: sent, but not yet read.
CLOCK_TOLERANCE = 1.0
MAX_GROWTH = 6.0  # MiB


class LoggedPush(NamedTuple):
    """A push in the log, with the time when it was sent."""

    time: float
    message: Any


class FrameLogReader:
    """The requests, successes and pushes in the sandbox's log."""

    def __init__(self, path: Path) -> None:
        self.received_counts: dict[str, Counter[int]] = {
            SEND_EVENT: Counter(),
            UPDATE_PROPERTIES: Counter(),
        }
        self.succeeded: dict[str, set[int]] = {SEND_EVENT: set(), UPDATE_PROPERTIES: set()}
        self.listener_pushes: dict[int, list[LoggedPush]] = {}  # by connection of the listener
        self.line_count = 0
        self._call_numbers: dict[str, tuple[str, int]] = {}  # action and number by request id
        self._timezones: dict[int, str] = {}
        with path.open("rb") as file:
            for text in file:
                self.line_count += 1
                line = json.loads(text)
                if line["opcode"] == "text" and line["direction"] == "in":
                    self._on_received(line["connection"], line["message"])
                elif line["opcode"] == "text":
                    self._on_sent(line["connection"], line["time"], line["message"])

    def _on_received(self, connection: int, message: Any) -> None:
        action, payload = message["action"], message.get("payload", {})
        if action == "login":
            self._timezones[connection] = payload.get("timezone", "")
        elif action in self.received_counts:
            number = number_of(action, payload)
            self.received_counts[action][number] += 1
            self._call_numbers[message["request_id"]] = action, number

    def _on_sent(self, connection: int, at: float, message: Any) -> None:
        if message["type"] == "push":
            if connection in self.listener_pushes:
                self.listener_pushes[connection].append(LoggedPush(at, message))
        elif message["action"] == "login":
            if message["success"] and self._timezones[connection] == LISTENER_TIMEZONE:
                self.listener_pushes[connection] = []
        elif message["success"] and message["request_id"] in self._call_numbers:
            action, number = self._call_numbers[message["request_id"]]
            self.succeeded[action].add(number)


def number_of(action: str, payload: Any) -> int:
    """Return the number of the value that a call was made from."""
    if action == SEND_EVENT:
        return int(payload["event"]["text"])
    return int(payload["properties"]["rating"]["comment"])


def send_event_payloads(chat_id: str) -> Iterator[bytes]:
    """Yield numbered payloads of calls that must not be repeated, endlessly."""
    for number in itertools.count(1):
        event = {"type": "message", "text": str(number), "visibility": "all"}
        yield json.dumps({"chat_id": chat_id, "event": event}).encode() + b"\n"


def update_payloads(chat_id: str) -> Iterator[bytes]:
    """Yield numbered payloads of calls that may be repeated, endlessly."""
    for number in itertools.count(1):
        rating = {"rating": {"score": 1, "comment": str(number)}}
        yield json.dumps({"chat_id": chat_id, "properties": rating}).encode() + b"\n"


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 600)
def test_every_record_is_true_and_no_resource_grows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each value has its line, each push its line or its gap; memory and descriptors are flat."""
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles.listening]\ntimezone = "{LISTENER_TIMEZONE}"\n')
    config.chmod(0o600)
    log = tmp_path / "log"
    with ExitStack() as stack:
        faults = [word for fault in FAULTS for word in ("--fault", fault)]
        arguments = ("--port", "0", "--seed", "1", "--traffic", TRAFFIC, "--log", str(log))
        sandbox = stack.enter_context(
            MonitoredProcess("sandbox", *arguments, *faults, url="", token="")
        )
        while not sandbox.stdout_lines:
            time.sleep(0.01)
        line = json.loads(sandbox.stdout_lines[0])
        access = {"url": line["url"], "token": line["token"]}
        chat = json.loads(run("start-chat", **access).stdout)["chat"]

        def monitored(*arguments: str, **env: str) -> MonitoredProcess:
            return stack.enter_context(
                MonitoredProcess(*arguments, *TIMEOUT_OPTIONS, **access, env=env)
            )

        listener = monitored("listen", "--profile", "listening", RTM_CONFIG=str(config))
        sender = monitored("send-event", "-", RTM_API="3.6")
        updater = monitored("update-chat-properties", "-", "--retry-idempotent")
        end = time.monotonic() + SECONDS
        sender.start_thread(lambda: sender.write_values(send_event_payloads(chat["id"]), RATE, end))
        updater.start_thread(lambda: updater.write_values(update_payloads(chat["id"]), RATE, end))
        processes = {
            "listen": listener,
            SEND_EVENT: sender,
            UPDATE_PROPERTIES: updater,
            "sandbox": sandbox,
        }
        sample_until(processes, end)
        assert sender.process.poll() is None or time.monotonic() >= end, sender.stderr_lines
        exit_codes = {SEND_EVENT: sender.wait(60), UPDATE_PROPERTIES: updater.wait(60)}
        ended = time.time()
        listener.process.send_signal(signal.SIGTERM)
        assert listener.wait(60) == -signal.SIGTERM, listener.stderr_lines
        events = fetch_events(chat, access)
        sandbox.process.send_signal(signal.SIGTERM)
        sandbox.wait(60)
    for name, each in processes.items():  # for the analysis of a failure
        (tmp_path / name).write_bytes(b"".join(each.stdout_lines))
    frame_log = FrameLogReader(log)
    streams = {SEND_EVENT: sender, UPDATE_PROPERTIES: updater}
    counts = {
        action: check_stream_records(action, each.stdout_lines, frame_log, exit_codes[action])
        for action, each in streams.items()
    }
    check_events(sender.stdout_lines, events)
    listener_counts = check_listener(listener.stdout_lines, frame_log, ended)
    with capsys.disabled():
        print_report(processes, counts, listener_counts, frame_log)
    for name in ("listen", SEND_EVENT, UPDATE_PROPERTIES):
        growth = processes[name].growth()
        assert growth.memory <= MAX_GROWTH, name
        assert growth.threads <= 0, name
        assert growth.descriptors <= 1, name  # one more during a connect


def sample_until(processes: dict[str, MonitoredProcess], deadline: float) -> None:
    """Sample the resource usage until the deadline or the end of a process."""
    interval = min(5.0, SECONDS / 50)
    while time.monotonic() < deadline:
        for each in processes.values():
            if each.process.poll() is not None:
                return
            each.take_sample()
        time.sleep(interval)


def fetch_events(chat: Any, sandbox: dict[str, str]) -> dict[str, int]:
    """Return the number of each event of a chat by the event's id."""
    thread = ("--chat-id", chat["id"], "--thread-ids", chat["thread"]["id"])
    result = run("get-chat-threads", *thread, url=sandbox["url"], token=sandbox["token"])
    [found] = json.loads(result.stdout)["chat"]["threads"]
    return {event["id"]: int(event["text"]) for event in found["events"]}


def check_stream_records(
    action: str, lines: list[bytes], log: FrameLogReader, exit_code: int
) -> Counter[str]:
    """Check that each value has its line, and that the line is true."""
    received, succeeded = log.received_counts[action], log.succeeded[action]
    counts: Counter[str] = Counter()
    for number, line in enumerate(lines, 1):
        error = json.loads(line).get("error")
        status = error["status"] if error else "ok"
        counts[status] += 1
        assert error is None or error["input"] == number
        match status:
            case "ok":
                assert number in succeeded
            case "not_sent":
                assert not received[number]
            case "unknown":
                pass  # it may not even have arrived
            case _:
                assert number not in succeeded
                assert received[number]
        # A call that was certainly not executed is sent again, up to three times.
        assert received[number] <= MAX_ATTEMPTS
    assert not received or max(received) <= len(lines)
    assert exit_code == next((code for status, code in EXIT_CODES.items() if counts[status]), 0)
    assert counts["ok"] > 0.9 * len(lines)
    return counts


def check_events(lines: list[bytes], events: dict[str, int]) -> None:
    """Check that no event was created twice, and that every reported event exists."""
    executed = Counter(events.values())
    assert max(executed.values()) == 1
    for number, line in enumerate(lines, 1):
        record = json.loads(line)
        if "error" not in record:
            assert events[record["event_id"]] == number
        elif record["error"]["status"] != "unknown":
            assert not executed[number], record


def check_listener(lines: list[bytes], log: FrameLogReader, ended: float) -> Counter[str]:
    """Check that each sent push was printed once, in order, or lies in a gap."""
    counts: Counter[str] = Counter()
    connections = list(log.listener_pushes.values())
    sections = list(split_at_gaps(map(json.loads, lines)))
    assert len(sections) == len(connections)
    for (pushes, gap), sent in zip(sections, connections, strict=True):
        assert pushes == [push.message for push in sent[: len(pushes)]]
        counts["pushes"] += len(pushes)
        lost = sent[len(pushes) :]
        counts["lost in gaps" if gap else "at the end"] += len(lost)
        gap_start, gap_end = (
            (parse_timestamp(gap[name]) for name in ("from", "to")) if gap else (ended, ended + 60)
        )
        assert all(gap_start - CLOCK_TOLERANCE <= push.time <= gap_end for push in lost), (
            gap,
            lost[0],
        )
    counts["gaps"] = len(sections) - 1
    return counts


def split_at_gaps(records: Iterable[Any]) -> Iterator[tuple[list[Any], Any]]:
    """Split the output at the gaps; yield pushes, and the gap after them or None."""
    pushes: list[Any] = []
    for line in records:
        if line["type"] == "rtm.gap":
            yield pushes, line
            pushes = []
        else:
            pushes.append(line)
    yield pushes, None


def parse_timestamp(text: str) -> float:
    """Return the seconds since the epoch of an RFC 3339 time."""
    return datetime.fromisoformat(text).timestamp()


def print_report(
    processes: dict[str, MonitoredProcess],
    counts: dict[str, Counter[str]],
    listener_counts: Counter[str],
    log: FrameLogReader,
) -> None:
    """Print the measurements."""
    rows = [
        f"{SECONDS:.0f} s, {RATE:g} calls per second on each stream, {log.line_count} frames logged"
    ]
    rows += [f"{name}: {dict(counted)}" for name, counted in counts.items()]
    rows += [
        f"listen: {dict(listener_counts)}",
        "process: MiB, threads, descriptors: first, peak, growth",
    ]
    for name, each in processes.items():
        first, growth = each.samples[0], each.growth()
        peak = [max(values) for values in zip(*each.samples, strict=True)]
        row = zip(first, peak, growth, strict=True)
        rows.append(f"{name}: " + "; ".join("{:.1f}, {:.1f}, {:+.1f}".format(*it) for it in row))
    print("", *rows, sep="\n")  # noqa: T201  # run by hand

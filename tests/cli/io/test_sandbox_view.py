"""What the sandbox shows on its terminal."""

import io
import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

from rtmcli.catalogue.versions import load
from rtmcli.cli.io.sandbox_view import SandboxView

LOGIN = {"my_profile": {"id": "agent1@example.com", "name": "Agent One"}}


class Shown:
    """A view, and what it has shown."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.clock = SimpleNamespace(now=0.0)
        apis = [("", load("3.0")), ("3.6", load("3.6"))]
        self.view = SandboxView(apis, clock=lambda: self.clock.now)
        self._capfd = capfd

    def send(self, connection: int, message: Any, direction: str = "out") -> None:
        """Log a frame."""
        record = {"connection": connection, "direction": direction, "message": message}
        self.view.on_record(json.dumps(record).encode() + b"\n")

    @property
    def lines(self) -> list[str]:
        """Return the lines since the last look, without their times."""
        lines = self._capfd.readouterr().err.splitlines()
        return [re.sub("^[0-9:]{8}  ", "", line) for line in lines]


@pytest.fixture
def shown(capfd: pytest.CaptureFixture[str]) -> Shown:
    """Return a view of two versions."""
    return Shown(capfd)


def push(text: str, version: str = "") -> dict[str, Any]:
    """Return the push of an event."""
    event = {"type": "message", "author_id": "agent1@example.com", "text": text}
    payload = {"chat_id": "C", "thread_id": "T", "event": event}
    message = {"type": "push", "action": "incoming_event", "payload": payload}
    return {**message, "version": version} if version else message


def test_a_request_is_a_line_with_its_result(shown: Shown) -> None:
    """Names are those of the responses; of pings nothing is shown."""
    shown.view.on_request(1, "", "", "validation: not JSON")
    shown.view.on_request(1, "agent1@example.com", "login", "ok")
    shown.send(1, {"type": "response", "action": "login", "payload": LOGIN})
    shown.view.on_request(1, "agent1@example.com", "ping", "ok")
    shown.view.on_request(2, "agent1@example.com", "ban_customer", "validation: \x1b")
    assert shown.lines == [
        "?  #1  ?: validation: not JSON",
        "login  #1  agent1@example.com: ok",
        "ban_customer  #2  Agent One: validation: \\u001b",
    ]


def test_a_push_to_several_connections_is_shown_once(shown: Shown) -> None:
    """One that happens again later is another one; other frames are not shown."""
    for connection in (1, 2, 1):
        shown.send(connection, {**push("Hi"), "request_id": str(connection)})
    shown.send(1, push("Hi"), "in")
    shown.send(1, None)
    shown.clock.now = 0.2
    shown.send(3, push("Hi"))
    assert shown.lines == ["incoming_event  C  agent1@example.com: Hi"] * 2


def test_each_version_has_its_pushes(shown: Shown) -> None:
    """A client of 3.6 sees other pushes of the same license."""
    shown.send(1, push("Hi"))
    shown.send(2, push("Hi", "3.6") | {"action": "thread_tagged"})
    assert shown.lines == ["incoming_event  C  agent1@example.com: Hi", "thread_tagged  C"]


def test_many_pushes_take_no_memory(shown: Shown) -> None:
    """Only the latest are remembered."""
    for number in range(1001):
        shown.send(1, push(str(number)))
    shown.send(2, push("0"))
    shown.send(2, push("1000"))
    assert len(shown.lines) == 1002


def test_a_log_gets_every_line(shown: Shown) -> None:
    """One that the file takes only in part is not shown."""

    class HalfFull(io.BytesIO):
        """Takes ten bytes at once."""

        def write(self, data: Any) -> int:
            return super().write(data[:10])

    line = json.dumps({"direction": "out", "message": push("Hi")}).encode() + b"\n"
    for file, is_shown in ((None, True), (io.BytesIO(), True), (HalfFull(), False)):
        shown.clock.now += 1
        log = shown.view.as_log_file(file)
        assert log.write(line) == (10 if isinstance(file, HalfFull) else len(line))
        assert bool(shown.lines) is is_shown
        if file:
            assert file.getvalue() == line[: log.tell()]

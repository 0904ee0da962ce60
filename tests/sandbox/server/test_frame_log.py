"""The frame log."""

import errno
import io
import json
import resource
import stat
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from support.independent_client import connected_client
from websockets.frames import Opcode

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server.frame_log import FrameLog, open_log
from rtmcli.sandbox.server_thread import run_sandbox

TOKEN = "dal:secret-Zx81"


def read_log(path: Path) -> list[dict[str, Any]]:
    """Parse a log."""
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a log."""
    return tmp_path / "frames.jsonl"


def log_session(path: Path, *messages: str | bytes | list[str]) -> list[dict[str, Any]]:
    """Run a session of a login and some messages; return its log."""
    license_ = License()
    with open_log(path) as file:
        log = FrameLog(file, [each.token for each in license_.tokens])
        with (
            run_sandbox(license_, frame_log=log) as sandbox,
            connected_client(sandbox.url, sandbox.token) as agent,
        ):
            for message in messages:
                agent.connection.send(message)
            agent.call("ping")
    for token in license_.tokens:
        assert token.token not in path.read_text()
    return read_log(path)


def test_each_frame_is_logged_as_one_line(path: Path) -> None:
    """Frames are in order, including close frames, with direction, connection and time."""
    log = log_session(path)
    assert [(line["direction"], line["opcode"]) for line in log] == [
        ("in", "text"),
        ("out", "text"),
        ("out", "text"),
        ("in", "text"),
        ("out", "text"),
        ("in", "close"),
        ("out", "close"),
    ]
    assert {line["connection"] for line in log} == {1}
    assert all(isinstance(line["time"], float) for line in log)
    assert log[0]["message"]["payload"] == {"token": "***"}
    assert log[1]["message"]["type"] == "response"
    assert log[2]["message"]["action"] == "agent_updated"
    assert log[-1]["code"] == 1000


def test_pings_and_pongs_are_logged(path: Path) -> None:
    """Control frames are logged with their data."""
    with (
        open_log(path) as file,
        run_sandbox(frame_log=FrameLog(file, ())) as sandbox,
        connected_client(sandbox.url) as client,
    ):
        client.connection.ping("abc").wait(10)
    assert [(line["opcode"], line.get("text")) for line in read_log(path)[:2]] == [
        ("ping", "abc"),
        ("pong", "abc"),
    ]


def test_fragments_are_logged_by_size(path: Path) -> None:
    """Only the whole message is shown: a fragment might contain a part of a token."""
    log = log_session(path, ['{"action": "ping", ', '"request_id": ', '"7"}'])
    parts = [line for line in log if line["direction"] == "in"][1:5]
    assert parts[0].items() >= {"opcode": "text", "fin": False, "bytes": 19}.items()
    assert parts[1].items() >= {"opcode": "cont", "fin": False, "bytes": 14}.items()
    assert parts[-1]["message"] == {"action": "ping", "request_id": "7"}


@pytest.mark.parametrize(
    "message",
    [
        f'{{"action": "login", "payload": {{"token": "Bearer {TOKEN}"}}}}',
        f'{{"action": "login", "payload": {{"token": "Bearer {TOKEN}", }}}}',
        f'{{"action": "login", "payload": {{"token": "Bearer {TOKEN}',
        f'{{"action": "login", "payload": {{"token":\n"Bearer {TOKEN}\\""',
        f'{{"action": "x", "payload": {{"push_notifications": {{"firebase_token": "{TOKEN}"}}}}}}',
        f'{{"action": "update_session", "payload": {{"token": "Bearer {TOKEN}"}}}}',
        f"Authorization: Bearer {TOKEN}",
        f"Basic {TOKEN}",
        f'[{{"token": ["{TOKEN}"]}}]',
    ],
)
def test_no_token_is_logged(path: Path, message: str) -> None:
    """Tokens are redacted in valid and invalid messages, even unknown tokens."""
    log_session(path, message)
    assert "Zx81" not in path.read_text()
    assert "***" in path.read_text()


def test_other_data_is_logged_as_text(path: Path) -> None:
    """Invalid JSON, binary frames and control characters are escaped."""
    log = log_session(path, "{bad \x9b31m", b"\x00\xff")
    assert [line["text"] for line in log if "text" in line] == ["{bad \x9b31m", "\x00\\xff"]
    assert "\x9b" not in path.read_text()


def test_long_frames_are_logged(path: Path) -> None:
    """Frames with longer headers are decoded, too."""
    text = "x" * 70_000
    request = {"action": "multicast", "payload": {"scopes": {"agents": {"all": True}}}}
    request["payload"]["content"] = text  # type: ignore[index]  # JSON
    log = log_session(path, json.dumps(request))
    pushes = [line["message"] for line in log if line["direction"] == "out" and "message" in line]
    assert any(push["payload"].get("content") == text for push in pushes)


def test_a_log_is_private_and_appended_to(path: Path) -> None:
    """A new log has mode 0600; an existing one is kept."""
    with open_log(path) as file:
        file.write(b"1\n")
    with open_log(path) as file:
        file.write(b"2\n")
    assert path.read_text() == "1\n2\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def write_lines(path: Path, count: int, max_size: int) -> list[int | None]:
    """Log frames until the file would exceed its maximum size; return the errors."""
    failures: list[int | None] = []
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_size, limits[1]))
    try:
        with open_log(path) as file:
            log = FrameLog(file, (), on_error=lambda error: failures.append(error.errno))
            for number in range(count):
                log.log_received(number, Opcode.TEXT, b'{"x": "y"}', fin=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    return failures


@pytest.mark.parametrize("max_size", [1, 100, 1000, 1001])
def test_no_part_of_a_line_remains_on_a_full_disk(path: Path, max_size: int) -> None:
    """T137: if only a part of a line fits, that part is removed."""
    assert write_lines(path, 50, max_size) == [errno.EFBIG]
    text = path.read_text()
    assert text.endswith("\n") or not text
    assert [line["connection"] for line in read_log(path)] == list(range(text.count("\n")))


def test_lines_of_other_programs_are_kept(path: Path) -> None:
    """Nothing is removed if another program appended to the log after a part of a line."""

    class SharedFile(io.FileIO):
        def write(self, data: Any) -> int:
            if self.tell():
                with path.open("ab") as other_file:
                    other_file.write(b"other\n")
                raise OSError(errno.ENOSPC, "no space left on device")
            return super().write(data[:5])

    with SharedFile(path, "ab") as file:
        FrameLog(cast("BinaryIO", file), ()).log_received(1, Opcode.PING, b"x", fin=True)
    assert path.read_bytes()[5:] == b"other\n"


def test_a_write_error_ends_the_log() -> None:
    """A full disk is reported once; the server continues."""
    failures: list[OSError] = []
    with (
        open_log(Path("/dev/full")) as file,
        run_sandbox(frame_log=FrameLog(file, (), on_error=failures.append)) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        assert agent.call("ping")["success"]
    assert [error.errno for error in failures] == [errno.ENOSPC]

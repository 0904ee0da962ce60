"""The log of frames."""

import errno
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from support.independent_client import connected_client

from rtmcli.sandbox.frame_log import FrameLog, open_log
from rtmcli.sandbox.license import License
from rtmcli.sandbox.server_thread import run_sandbox

TOKEN = "dal:secret-Zx81"


def read_log(path: Path) -> list[dict[str, Any]]:
    """Read a log."""
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a log."""
    return tmp_path / "frames.jsonl"


def log_session(path: Path, *messages: str | bytes | list[str]) -> list[dict[str, Any]]:
    """Log a conversation: a login, then each message; return the log."""
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


def test_each_frame_is_a_line_with_direction_connection_and_time(path: Path) -> None:
    """What came and what went stands there in order, the close frames too."""
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


def test_pings_and_pongs_are_frames_too(path: Path) -> None:
    """Control frames are logged with what they hold."""
    with (
        open_log(path) as file,
        run_sandbox(frame_log=FrameLog(file, ())) as sandbox,
        connected_client(sandbox.url) as stranger,
    ):
        stranger.connection.ping("abc").wait(10)
    assert [(line["opcode"], line.get("text")) for line in read_log(path)[:2]] == [
        ("ping", "abc"),
        ("pong", "abc"),
    ]


def test_fragments_are_logged_by_size_and_then_as_a_whole(path: Path) -> None:
    """No part of a message is shown by itself, for it might hold a part of a token."""
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
        f"Authorization: Bearer {TOKEN}",
        f"Basic {TOKEN}",
        f'[{{"token": ["{TOKEN}"]}}]',
    ],
)
def test_no_token_is_logged(path: Path, message: str) -> None:
    """Tokens are masked in good messages and in broken ones, the unknown tokens as well."""
    log_session(path, message)
    assert "Zx81" not in path.read_text()
    assert "***" in path.read_text()


def test_what_is_no_json_is_logged_as_text(path: Path) -> None:
    """Broken text, binary frames and control characters are readable and harmless."""
    log = log_session(path, "{bad \x9b31m", b"\x00\xff")
    assert [line["text"] for line in log if "text" in line] == ["{bad \x9b31m", "\x00\\xff"]
    assert "\x9b" not in path.read_text()


def test_a_long_frame_is_logged_whole(path: Path) -> None:
    """Frames with longer headers are read as well as short ones."""
    text = "x" * 70_000
    request = {"action": "multicast", "payload": {"scopes": {"agents": {"all": True}}}}
    request["payload"]["content"] = text  # type: ignore[index]  # JSON
    log = log_session(path, json.dumps(request))
    pushes = [line["message"] for line in log if line["direction"] == "out" and "message" in line]
    assert any(push["payload"].get("content") == text for push in pushes)


def test_a_new_log_is_private_and_an_old_one_is_continued(path: Path) -> None:
    """Only the owner may read a log that is made; an existing one is appended to."""
    with open_log(path) as file:
        file.write(b"1\n")
    with open_log(path) as file:
        file.write(b"2\n")
    assert path.read_text() == "1\n2\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_log_that_cannot_be_written_ends_and_says_so_once() -> None:
    """A full disk is told of at the first line that does not fit; the server goes on."""
    failures: list[OSError] = []
    with (
        open_log(Path("/dev/full")) as file,
        run_sandbox(frame_log=FrameLog(file, (), on_error=failures.append)) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        assert agent.call("ping")["success"]
    assert [error.errno for error in failures] == [errno.ENOSPC]

"""Every method of every version: what a command line sends, in this process and on the wire."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.fault_server import FaultServer
from support.flags import to_flags
from support.reference import REFERENCES, Reference, every_documented_method

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method
from rtmcli.cli.app import run

Capture = pytest.CaptureFixture[str]
SAMPLES = [
    pytest.param((reference.api, action, payload), id=f"{version}-{action}")
    for version, reference in REFERENCES.items()
    for action, payload in reference.table("requests").items()
]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the tester's settings; set a token."""
    for name in [name for name in os.environ if name.startswith("RTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RTM_CONFIG", os.devnull)
    monkeypatch.setenv("RTM_TOKEN", "dal:test-token-Zx81")


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    """Run one server for all samples."""
    with FaultServer() as fault_server:
        yield fault_server


def dry_run(api: Api, method: Method, capfd: Capture, *arguments: str) -> Any:
    """Return the request that a command line would send."""
    assert run(["--api", api.version, method.command, *arguments, "--dry-run"]) == 0
    return json.loads(capfd.readouterr().out)


class Wire(NamedTuple):
    """A server that records what command lines send."""

    server: FaultServer
    capfd: Capture

    def send(self, api: Api, action: str, words: list[str]) -> Any:
        """Run a command line; return the payload that it sent, without what a session adds."""
        assert run(["--api", api.version, action.replace("_", "-"), *words]) == 0
        assert self.capfd.readouterr().err in ("", "rtm: 1 ok\n")
        requests = self.server.logins if action == api.login_action else self.server.requests
        assert requests[-1].action == action
        return without_session_members(api, action, requests[-1].payload)


@pytest.fixture
def wire(server: FaultServer, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> Wire:
    """Let command lines connect to the server."""
    monkeypatch.setenv("RTM_URL", server.url)
    return Wire(server, capfd)


def without_session_members(api: Api, action: str, payload: Any) -> Any:
    """Return a sample without the members that the session sets."""
    if action not in (api.login_action, api.refresh_action):
        return payload
    application = api.login_spec.application_params[0]
    return {
        name: value
        for name, value in payload.items()
        if name not in (api.login_spec.token_param, application)
    }


@pytest.fixture
def stdin(tmp_path: Path) -> Iterator[Path]:
    """Make standard input a file; yield its path."""
    path, original = tmp_path / "payload.json", os.dup(0)
    path.touch()
    with path.open() as file:
        os.dup2(file.fileno(), 0)
    yield path
    os.dup2(original, 0)
    os.close(original)


@pytest.mark.parametrize("form", ["flags", "json", "file", "stdin"])
@pytest.mark.parametrize("sample_request", SAMPLES)
def test_a_sample_request_reaches_the_wire(
    sample_request: tuple[Api, str, Any], form: str, stdin: Path, wire: Wire
) -> None:
    """By flags, JSON text, @FILE and -, each sample of the reference is sent unchanged."""
    api, action, payload = sample_request
    sample = without_session_members(api, action, payload)
    stdin.write_text(json.dumps(sample))
    words = {
        "flags": to_flags(api.methods[action], sample),
        "json": [json.dumps(sample)],
        "file": [f"@{stdin}"],
        "stdin": ["-"],
    }[form]
    sent = wire.send(api, action, words)
    if action == api.login_action:
        assert sample.items() <= sent.items()
    else:
        assert sent == sample


@every_documented_method
def test_flags_and_json_build_the_same_payload(
    reference: Reference, method: Method, capfd: Capture
) -> None:
    """The example of each method, written as flags, makes the same payload."""
    by_json = dry_run(reference.api, method, capfd, json.dumps(method.example))
    by_flags = dry_run(reference.api, method, capfd, *to_flags(method, method.example))
    assert by_json == by_flags
    assert by_json["action"] == method.action


@every_documented_method
def test_a_skeleton_is_a_valid_payload(
    reference: Reference, method: Method, capfd: Capture
) -> None:
    """The command accepts the output of --skeleton."""
    assert run(["--api", reference.api.version, method.command, "--skeleton"]) == 0
    dry_run(reference.api, method, capfd, capfd.readouterr().out)

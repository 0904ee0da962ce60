"""The token that `rtm sandbox` offers."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest
from support.process import run

from rtmcli.cli.commands.sandbox_token import OfferedToken
from rtmcli.errors import UsageError


def test_without_a_file_it_is_in_rtm_token() -> None:
    """Nothing is written."""
    offered = OfferedToken(None, 9.0)
    offered.write("dal:secret")
    assert offered.variable("dal:secret") == {"RTM_TOKEN": "dal:secret"}


@pytest.mark.parametrize(("lifetime", "stated"), [(None, {}), (9.0, {"expires_in": 4.5})])
def test_a_file_is_like_the_response_of_a_token_endpoint(
    tmp_path: Path, lifetime: float | None, stated: dict[str, float]
) -> None:
    """The command in RTM_TOKEN_COMMAND prints it; only the owner can read it."""
    path = tmp_path / "a token.json"
    offered = OfferedToken(str(path), lifetime)
    for token in ("dal:first", "dal:second"):
        offered.write(token)
        command = shlex.split(offered.variable(token)["RTM_TOKEN_COMMAND"])
        output = subprocess.run(command, capture_output=True, check=True).stdout
        assert json.loads(output) == {"access_token": token, **stated}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_new_token_that_cannot_be_written_is_reported(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """At the start it is an error, later a line on standard error."""
    offered = OfferedToken(str(tmp_path), None)
    with pytest.raises(UsageError, match=r"^--write-token .* is not a regular file"):
        offered.write("dal:first")
    offered.replace("dal:second")
    error = capfd.readouterr().err
    assert error.startswith(f"rtm: sandbox: --write-token {tmp_path} is not a regular file; ")


def test_no_folder_is_created_for_a_mistyped_path(tmp_path: Path) -> None:
    """The error names the path."""
    path = tmp_path / "mistyped" / "token"
    with pytest.raises(UsageError, match=r"^--write-token .*/mistyped/token: no such directory$"):
        OfferedToken(str(path), None).write("dal:first")
    assert not path.parent.exists()


def test_listen_renews_an_expiring_token(tmp_path: Path) -> None:
    """A listener replaces its token in time, without a new connection."""
    log = tmp_path / "log"
    files = ("--log", str(log), "--write-token", str(tmp_path / "token"))
    command = ("rtm", "listen", "--for", "1s", "--action", "agent_disconnected")
    options = ("--api", "3.6", "--token-lifetime", "1500ms", *files)
    result = run("sandbox", *options, "--", *command, token=None)
    assert result[:3] == (0, "", "")
    messages = [json.loads(line).get("message", {}) for line in log.read_text().splitlines()]
    assert [each.get("action") for each in messages].count("login") == 2  # with the response
    responses = [each for each in messages if each.get("type") == "response"]
    renewals = [each["success"] for each in responses if each["action"] == "update_session"]
    assert renewals
    assert all(renewals)

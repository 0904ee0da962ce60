"""Each documented method as a user runs it: by flags and by JSON, against the sandbox."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.flags import to_flags
from support.process import run

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0 import API
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

every_method = pytest.mark.parametrize(
    "method", API.methods.values(), ids=[method.command for method in API.methods.values()]
)


# What some examples of the reference need, because their chat is active in the sandbox's license.
SETUP_COMMANDS = {
    "activate_chat": [("close-thread", "--chat-id", "PJ0MRSHTDG")],
    "unfollow_chat": [("follow-chat", "--chat-id", "SD1F7G0HJK")],
}
# The agent is present in the chat of the example.
PAYLOAD_OVERRIDES = {"unfollow_chat": {"chat_id": "SD1F7G0HJK"}}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Serve a new license."""
    with run_sandbox(License(seed=1)) as sandbox:
        yield sandbox


def to_json(_: Method, payload: Any) -> list[str]:
    """Write a payload as JSON."""
    return [json.dumps(payload)]


@every_method
@pytest.mark.parametrize("to_arguments", [to_flags, to_json])
def test_each_method_works_in_the_sandbox(
    method: Method, to_arguments: Callable[[Method, Any], list[str]], sandbox: Sandbox
) -> None:
    """By flags and by JSON: success, and a response with exactly the documented members."""
    for command in SETUP_COMMANDS.get(method.action, ()):
        assert run(*command, url=sandbox.url, token=sandbox.token).exit_code == 0
    arguments = to_arguments(method, PAYLOAD_OVERRIDES.get(method.action, method.example))
    result = run(method.command, *arguments, url=sandbox.url, token=sandbox.token)
    assert (result.exit_code, result.stderr) == (0, "")
    members = {name.removesuffix("?") for name in method.response_fields}
    required = {name for name in method.response_fields if not name.endswith("?")}
    assert required <= set(json.loads(result.stdout)) <= members


def test_an_action_name_is_a_command_too() -> None:
    """`rtm ban_customer` is `rtm ban-customer`."""
    arguments = ("--customer-id", "b7eff798-f8df-4364-8059-649c35c9ed0c", "--ban-days", "1", "-n")
    assert run("ban_customer", *arguments).stdout == run("ban-customer", *arguments).stdout


def test_a_command_in_the_sandbox_uses_it(tmp_path: Path) -> None:
    """`rtm sandbox -- COMMAND` sets URL and token, and exits with the command's status."""
    script = 'rtm get-customers --limit 1 --compact > "$OUT"; exit 7'
    out = tmp_path / "out"
    result = run("sandbox", "--", "sh", "-c", script, token=None, env={"OUT": str(out)})
    assert result.exit_code == 7
    assert len(json.loads(out.read_text())["customers"]) == 1

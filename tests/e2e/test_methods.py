"""Each documented method as a user runs it: by flags and by JSON, against the sandbox."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import FaultServer
from support.process import environment, run

from rtmcli.catalogue.model import Method, ParamType
from rtmcli.catalogue.v3_0 import API
from rtmcli.protocol import json_codec
from rtmcli.protocol.paths import MISSING, get_path

SAMPLE_REQUESTS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "wire" / "v3_0" / "requests.json").read_text()
)
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
def sandbox() -> Iterator[dict[str, str]]:
    """Run a sandbox; yield the record with its URL and token."""
    process = subprocess.Popen(
        ["rtm", "sandbox", "--port", "0", "--seed", "1"],
        env=environment(token=None),
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    yield json.loads(process.stdout.readline())
    process.terminate()
    process.communicate()


def to_flags(method: Method, payload: Any) -> list[str]:
    """Write a payload as flags: one for each leaf, JSON if a parameter has no members."""
    arguments: list[str] = []
    for param in method.params:
        value = get_path(payload, param.path)
        has_members = any(other.path.startswith(f"{param.path}.") for other in method.params)
        if (
            value is MISSING
            or param.set_by_session
            or (param.type is ParamType.OBJECT and has_members)
        ):
            continue
        if param.type.is_boolean:
            arguments.append(param.flag if value else f"--no-{param.flag[2:]}")
        elif param.type.is_array:
            arguments += [word for item in value for word in (param.flag, flag_value(item))]
        else:
            arguments += [param.flag, flag_value(value)]
    return arguments


def flag_value(value: Any) -> str:
    """Write one value for a flag."""
    return value if isinstance(value, str) else json_codec.dumps(value).decode()


def to_json(_: Method, payload: Any) -> list[str]:
    """Write a payload as JSON."""
    return [json.dumps(payload)]


@every_method
def test_flags_and_json_build_the_same_payload(method: Method) -> None:
    """The example of each method, written as flags, makes the same payload."""
    by_json = run(method.command, json.dumps(method.example), "--dry-run", token=None)
    by_flags = run(method.command, *to_flags(method, method.example), "--dry-run", token=None)
    assert by_json.exit_code == by_flags.exit_code == 0
    assert json.loads(by_json.stdout) == json.loads(by_flags.stdout)
    assert json.loads(by_json.stdout)["action"] == method.action


@every_method
@pytest.mark.parametrize("to_arguments", [to_flags, to_json])
def test_each_method_works_in_the_sandbox(
    method: Method, to_arguments: Callable[[Method, Any], list[str]], sandbox: dict[str, str]
) -> None:
    """By flags and by JSON: success, and a response with exactly the documented members."""
    for command in SETUP_COMMANDS.get(method.action, ()):
        assert run(*command, url=sandbox["url"], token=sandbox["token"]).exit_code == 0
    arguments = to_arguments(method, PAYLOAD_OVERRIDES.get(method.action, method.example))
    result = run(method.command, *arguments, url=sandbox["url"], token=sandbox["token"])
    assert (result.exit_code, result.stderr) == (0, "")
    members = {name.removesuffix("?") for name in method.response_fields}
    required = {name for name in method.response_fields if not name.endswith("?")}
    assert required <= set(json.loads(result.stdout)) <= members


@pytest.mark.parametrize("action", SAMPLE_REQUESTS)
def test_the_sample_requests_are_sent_unchanged(action: str) -> None:
    """Each sample request of the reference is sent unchanged; a session adds fields to a login."""
    with FaultServer() as server:
        result = run(action.replace("_", "-"), json.dumps(SAMPLE_REQUESTS[action]), url=server.url)
        sent = (server.requests or server.logins)[0]
    assert (result.exit_code, sent.action) == (0, action)
    if action == API.login_action:
        assert SAMPLE_REQUESTS[action].items() <= sent.payload.items()
    else:
        assert sent.payload == SAMPLE_REQUESTS[action]


def test_an_action_name_is_a_command_too() -> None:
    """`rtm ban_customer` is `rtm ban-customer`."""
    arguments = ("--customer-id", "b7eff798-f8df-4364-8059-649c35c9ed0c", "--ban-days", "1", "-n")
    assert run("ban_customer", *arguments).stdout == run("ban-customer", *arguments).stdout


@every_method
def test_a_skeleton_is_a_valid_payload(method: Method) -> None:
    """The command accepts the output of --skeleton."""
    skeleton = run(method.command, "--skeleton", token=None)
    again = run(method.command, skeleton.stdout, "--dry-run", token=None)
    assert (skeleton.exit_code, again.exit_code) == (0, 0)


def test_a_command_in_the_sandbox_uses_it(tmp_path: Path) -> None:
    """`rtm sandbox -- COMMAND` sets URL and token, and exits with the command's status."""
    script = 'rtm get-customers --limit 1 --compact > "$OUT"; exit 7'
    out = tmp_path / "out"
    result = run("sandbox", "--", "sh", "-c", script, token=None, env={"OUT": str(out)})
    assert result.exit_code == 7
    assert len(json.loads(out.read_text())["customers"]) == 1

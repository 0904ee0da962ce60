"""Each documented method, as a user runs it: by flags and by JSON, against the sandbox."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import FaultServer
from support.process import environment, run

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method, ParamType
from rtmcli.protocol import json_codec
from rtmcli.protocol.paths import MISSING, get_path

SAMPLE_REQUESTS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "wire" / "requests.json").read_text()
)
every_method = pytest.mark.parametrize(
    "method", API.methods.values(), ids=[method.command for method in API.methods.values()]
)


# What the examples of the reference need in a licence where their chat is active.
SETUP_COMMANDS = {
    "activate_chat": [("close-thread", "--chat-id", "PJ0MRSHTDG")],
    "unfollow_chat": [("follow-chat", "--chat-id", "SD1F7G0HJK")],
}
PAYLOAD_OVERRIDES = {"unfollow_chat": {"chat_id": "SD1F7G0HJK"}}  # of the chat one takes part in


@pytest.fixture
def sandbox() -> Iterator[dict[str, str]]:
    """Serve a fresh licence; yield its URL and token as a user reads them."""
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
    """Spell a payload as flags: one for each leaf, JSON where a parameter has no members."""
    words: list[str] = []
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
            words.append(param.flag if value else f"--no-{param.flag[2:]}")
        elif param.type.is_array:
            words += [word for item in value for word in (param.flag, flag_value(item))]
        else:
            words += [param.flag, flag_value(value)]
    return words


def flag_value(value: Any) -> str:
    """Spell one value as a flag takes it."""
    return value if isinstance(value, str) else json_codec.dumps(value).decode()


def to_json(_: Method, payload: Any) -> list[str]:
    """Spell a payload as JSON."""
    return [json.dumps(payload)]


@every_method
def test_flags_and_json_build_the_same_payload(method: Method) -> None:
    """The example of each method can be said in flags, and is the same payload then."""
    by_json = run(method.command, json.dumps(method.example), "--dry-run", token=None)
    by_flags = run(method.command, *to_flags(method, method.example), "--dry-run", token=None)
    assert by_json.exit_code == by_flags.exit_code == 0
    assert json.loads(by_json.stdout) == json.loads(by_flags.stdout)
    assert json.loads(by_json.stdout)["action"] == method.action


@every_method
@pytest.mark.parametrize("way", [to_flags, to_json])
def test_each_method_answers_from_the_sandbox(
    method: Method, way: Callable[[Method, Any], list[str]], sandbox: dict[str, str]
) -> None:
    """By flags and by JSON: success, and an answer with exactly the documented members."""
    for before in SETUP_COMMANDS.get(method.action, ()):
        assert run(*before, url=sandbox["url"], token=sandbox["token"]).exit_code == 0
    words = way(method, PAYLOAD_OVERRIDES.get(method.action, method.example))
    result = run(method.command, *words, url=sandbox["url"], token=sandbox["token"])
    assert (result.exit_code, result.stderr) == (0, "")
    members = {name.removesuffix("?") for name in method.response_fields}
    needed = {name for name in method.response_fields if not name.endswith("?")}
    assert needed <= set(json.loads(result.stdout)) <= members


@pytest.mark.parametrize("action", SAMPLE_REQUESTS)
def test_the_references_samples_reach_the_wire_unchanged(action: str) -> None:
    """Each sample request goes out as it stands; a login goes with what a session adds."""
    with FaultServer() as server:
        result = run(action.replace("_", "-"), json.dumps(SAMPLE_REQUESTS[action]), url=server.url)
        sent = (server.requests or server.logins)[0]
    assert (result.exit_code, sent.action) == (0, action)
    if action == API.login_action:
        assert SAMPLE_REQUESTS[action].items() <= sent.payload.items()
    else:
        assert sent.payload == SAMPLE_REQUESTS[action]


def test_an_actions_own_spelling_is_a_command_too() -> None:
    """`rtm ban_customer` is `rtm ban-customer`."""
    words = ("--customer-id", "b7eff798-f8df-4364-8059-649c35c9ed0c", "--ban-days", "1", "-n")
    assert run("ban_customer", *words).stdout == run("ban-customer", *words).stdout


@every_method
def test_a_skeleton_is_a_valid_payload(method: Method) -> None:
    """--skeleton prints what the command accepts."""
    skeleton = run(method.command, "--skeleton", token=None)
    again = run(method.command, skeleton.stdout, "--dry-run", token=None)
    assert (skeleton.exit_code, again.exit_code) == (0, 0)


def test_the_sandbox_is_what_a_command_sees(tmp_path: Path) -> None:
    """`rtm sandbox -- COMMAND` sets what a call needs, and ends with the command's status."""
    script = 'rtm get-customers --limit 1 --compact > "$OUT"; exit 7'
    out = tmp_path / "out"
    result = run("sandbox", "--", "sh", "-c", script, token=None, env={"OUT": str(out)})
    assert result.exit_code == 7
    assert len(json.loads(out.read_text())["customers"]) == 1

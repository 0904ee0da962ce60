"""Each documented method, as a user runs it: by flags and by JSON, against the sandbox."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from faults import FaultServer
from running import environment, run

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Kind, Method
from rtmcli.protocol import values
from rtmcli.protocol.validation import MISSING, find

SAMPLES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "wire" / "requests.json").read_text()
)
every_method = pytest.mark.parametrize(
    "method", API.methods.values(), ids=[method.command for method in API.methods.values()]
)


# What the examples of the reference need in a licence where their chat is active.
BEFORE = {
    "activate_chat": [("close-thread", "--chat-id", "PJ0MRSHTDG")],
    "unfollow_chat": [("follow-chat", "--chat-id", "SD1F7G0HJK")],
}
INSTEAD = {"unfollow_chat": {"chat_id": "SD1F7G0HJK"}}  # of the chat one takes part in


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


def flags_of(method: Method, payload: Any) -> list[str]:
    """Spell a payload as flags: one for each leaf, JSON where a parameter has no members."""
    words: list[str] = []
    for param in method.params:
        value = find(payload, param.path)
        has_members = any(other.path.startswith(f"{param.path}.") for other in method.params)
        if value is MISSING or param.supplied or (param.kind is Kind.OBJECT and has_members):
            continue
        if param.kind.is_switch:
            words.append(param.flag if value else f"--no-{param.flag[2:]}")
        elif param.kind.repeats:
            words += [word for item in value for word in (param.flag, spelled(item))]
        else:
            words += [param.flag, spelled(value)]
    return words


def spelled(value: Any) -> str:
    """Spell one value as a flag takes it."""
    return value if isinstance(value, str) else values.dump(value).decode()


def as_json(_: Method, payload: Any) -> list[str]:
    """Spell a payload as JSON."""
    return [json.dumps(payload)]


@every_method
def test_flags_and_json_build_the_same_payload(method: Method) -> None:
    """The example of each method can be said in flags, and is the same payload then."""
    by_json = run(method.command, json.dumps(method.example), "--dry-run", token=None)
    by_flags = run(method.command, *flags_of(method, method.example), "--dry-run", token=None)
    assert by_json.status == by_flags.status == 0
    assert json.loads(by_json.out) == json.loads(by_flags.out)
    assert json.loads(by_json.out)["action"] == method.action


@every_method
@pytest.mark.parametrize("way", [flags_of, as_json])
def test_each_method_answers_from_the_sandbox(
    method: Method, way: Callable[[Method, Any], list[str]], sandbox: dict[str, str]
) -> None:
    """By flags and by JSON: success, and an answer with exactly the documented members."""
    for before in BEFORE.get(method.action, ()):
        assert run(*before, url=sandbox["url"], token=sandbox["token"]).status == 0
    words = way(method, INSTEAD.get(method.action, method.example))
    done = run(method.command, *words, url=sandbox["url"], token=sandbox["token"])
    assert (done.status, done.err) == (0, "")
    members = {name.removesuffix("?") for name in method.answer}
    needed = {name for name in method.answer if not name.endswith("?")}
    assert needed <= set(json.loads(done.out)) <= members


@pytest.mark.parametrize("action", SAMPLES)
def test_the_references_samples_reach_the_wire_unchanged(action: str) -> None:
    """Each sample request goes out as it stands; a login goes with what a session adds."""
    with FaultServer() as server:
        done = run(action.replace("_", "-"), json.dumps(SAMPLES[action]), url=server.url)
        sent = (server.requests or server.logins)[0]
    assert (done.status, sent.action) == (0, action)
    if action == API.login:
        assert SAMPLES[action].items() <= sent.payload.items()
    else:
        assert sent.payload == SAMPLES[action]


def test_an_actions_own_spelling_is_a_command_too() -> None:
    """`rtm ban_customer` is `rtm ban-customer`."""
    words = ("--customer-id", "b7eff798-f8df-4364-8059-649c35c9ed0c", "--ban-days", "1", "-n")
    assert run("ban_customer", *words).out == run("ban-customer", *words).out


@every_method
def test_a_skeleton_is_a_valid_payload(method: Method) -> None:
    """--skeleton prints what the command accepts."""
    skeleton = run(method.command, "--skeleton", token=None)
    again = run(method.command, skeleton.out, "--dry-run", token=None)
    assert (skeleton.status, again.status) == (0, 0)


def test_the_sandbox_is_what_a_command_sees(tmp_path: Path) -> None:
    """`rtm sandbox -- COMMAND` sets what a call needs, and ends with the command's status."""
    script = 'rtm get-customers --limit 1 --compact > "$OUT"; exit 7'
    out = tmp_path / "out"
    done = run("sandbox", "--", "sh", "-c", script, token=None, env={"OUT": str(out)})
    assert done.status == 7
    assert len(json.loads(out.read_text())["customers"]) == 1

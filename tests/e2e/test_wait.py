"""`--wait`: the call and the push that confirms it, as a user sees them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.fault_server import (
    FaultServer,
    close,
    delay,
    drop,
    flood,
    message,
    push,
    respond,
    respond_error,
)
from support.process import TIMEOUT, CommandResult, run, start, startup_time

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method
from rtmcli.sandbox.license import License
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"
BAN = ("ban-customer", "--customer-id", CUSTOMER, "--ban-days", "5", "--wait")
BANNED = {"customer_id": CUSTOMER, "ban": {"days": 5}}
METHODS_WITH_PUSH = [method for method in API.methods.values() if method.push]

# Where the reference's example meets the wrong state in the sandbox's licence.
PAYLOAD_OVERRIDES: dict[str, Any] = {"follow_chat": {"chat_id": "SD1F7G0HJK"}}
SETUP_COMMANDS = {"activate_chat": ("close-thread", "--chat-id", "PJ0MRSHTDG")}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Serve a fresh licence."""
    with run_sandbox(License(seed=1)) as sandbox:
        yield sandbox


def ban(server: FaultServer, *options: str) -> CommandResult:
    """Ban the customer and wait for the push."""
    return run(*BAN, "--backoff", "1ms", *options, url=server.url)


def push_line(payload: dict[str, Any]) -> str:
    """Return the line that a push with this payload and no id makes."""
    line = {"action": "customer_banned", "type": "push", "payload": payload}
    return json.dumps(line, separators=(",", ":"))


@pytest.mark.parametrize(
    "method", METHODS_WITH_PUSH, ids=[method.command for method in METHODS_WITH_PUSH]
)
def test_every_method_with_a_push_is_confirmed(method: Method, sandbox: Sandbox) -> None:
    """Two values: the answer, then the documented push with the id of the request."""
    if method.action in SETUP_COMMANDS:
        run(*SETUP_COMMANDS[method.action], url=sandbox.url, token=sandbox.token)
    payload = json.dumps(PAYLOAD_OVERRIDES.get(method.action, method.example))
    result = run(method.command, payload, "--wait", url=sandbox.url, token=sandbox.token)
    assert (result.exit_code, result.stderr) == (0, "")
    _, confirmation = map(json.loads, result.stdout.splitlines())
    assert confirmation["action"] == method.push
    assert confirmation["request_id"]


@pytest.mark.parametrize("method", API.methods.values(), ids=list(API.methods))
def test_only_methods_with_a_push_offer_to_wait(method: Method) -> None:
    """Elsewhere --wait is an unknown option: nothing is sent."""
    result = run(method.command, "--wait", "--dry-run", "--no-validate", token=None)
    assert result.exit_code == (0 if method.push else 2)
    assert method.push or "there is no option --wait" in result.stderr


def test_the_push_in_place_of_another_confirms_too(sandbox: Sandbox) -> None:
    """A message to a chat whose thread is closed is told as a new thread."""
    words = ("send-event", "--chat-id", "UK6J5H4G3F", "--text", "hello", "--wait")
    result = run(*words, url=sandbox.url, token=sandbox.token)
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[1])["action"] == "incoming_chat_thread"


@pytest.mark.parametrize("before", [True, False])
def test_the_order_of_answer_and_push_does_not_matter(before: bool) -> None:
    """Whichever comes first, the answer is printed first, then the push."""
    told, answered = push("customer_banned", BANNED, with_request_id=True), respond()
    with FaultServer() as server:
        server.on("ban_customer", [told, answered] if before else [answered, told])
        result = ban(server)
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = result.stdout.splitlines()
    assert (first, json.loads(second)["payload"]) == ("{}", BANNED)


def test_a_push_of_another_request_does_not_confirm() -> None:
    """One with a foreign id, and one with other keys, are passed over."""
    with FaultServer() as server:
        foreign = push("customer_banned", BANNED, request_id="another")
        other = push("customer_banned", {**BANNED, "customer_id": "another"})
        server.on("ban_customer", [foreign, other, respond()])
        result = ban(server, "--wait-timeout", "300ms")
    assert (result.exit_code, result.stdout) == (8, "{}\n")


def test_a_push_without_an_id_confirms_by_its_keys() -> None:
    """A server that does not echo the id is understood, a little later."""
    with FaultServer() as server:
        server.on("ban_customer", [push("customer_banned", BANNED), respond()])
        result = ban(server)
    assert (result.exit_code, result.stdout) == (0, "{}\n" + push_line(BANNED) + "\n")
    assert result.duration < 5 + startup_time()


def test_the_push_with_the_id_is_preferred() -> None:
    """Somebody else's ban of the same customer is not taken for one's own."""
    theirs, ours = (
        {**BANNED, "ban": {"days": 1}},
        push("customer_banned", BANNED, with_request_id=True),
    )
    with FaultServer() as server:
        server.on("ban_customer", [push("customer_banned", theirs), respond(), ours])
        result = ban(server)
    assert (result.exit_code, json.loads(result.stdout.splitlines()[1])["payload"]) == (0, BANNED)


def test_keys_come_from_the_answer_first() -> None:
    """What the server made up, such as a new customer's id, tells the push by it."""
    with FaultServer() as server:
        other = push("customer_created", {"customer": {"id": "other"}})
        own = push("customer_created", {"customer": {"id": "new"}})
        server.on("create_customer", [other, own, respond({"id": "new"})])
        result = run("create-customer", "--name", "A", "--wait", url=server.url)
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[1])["payload"]["customer"]["id"] == "new"


def test_a_push_that_does_not_come_is_status_8() -> None:
    """The answer is printed all the same; the error says on what the push depends."""
    with FaultServer() as server:
        result = run(
            *("close-thread", "--chat-id", "A", "--wait", "--wait-timeout", "300ms"),
            url=server.url,
        )
        assert server.count("close_thread") == 1
    assert (result.exit_code, result.stdout) == (8, "{}\n")
    assert result.stderr == (
        "rtm: close_thread: not confirmed: executed, but the push thread_closed did not come in"
        " time; it comes only if the chat has an active thread\n"
    )


@pytest.mark.parametrize("end", [drop("rst"), close(1000), message({"type": "?"})])
def test_a_lost_connection_leaves_the_call_unconfirmed(end: Any) -> None:
    """After the answer a loss is no longer about the call: status 8, nothing is sent again."""
    with FaultServer() as server:
        server.on("ban_customer", [respond(), end])
        result = ban(server)
        assert server.count("ban_customer") == 1
    assert (result.exit_code, result.stdout) == (8, "{}\n")
    assert "executed, but the push customer_banned did not come: " in result.stderr
    assert result.duration < 5 + startup_time()


def test_a_refused_call_is_not_waited_for() -> None:
    """The refusal is the end: nothing on standard output."""
    with FaultServer() as server:
        server.on("ban_customer", respond_error("validation"))
        result = ban(server)
    assert (result.exit_code, result.stdout) == (3, "")


def test_a_throttled_call_waits_for_the_push_of_its_last_try() -> None:
    """What is sent again has another id: the waiter goes with it."""
    with FaultServer() as server:
        confirmed = [respond(), push("customer_banned", BANNED, with_request_id=True)]
        server.on("ban_customer", respond_error("too_many_requests"), confirmed)
        result = ban(server)
        assert server.count("ban_customer") == 2
    assert result.exit_code == 0


def test_the_push_is_found_in_a_flood() -> None:
    """Thousands of other pushes before the answer neither hide it nor fill the memory."""
    with FaultServer() as server:
        told = push("customer_banned", BANNED, with_request_id=True)
        server.on("ban_customer", [told, flood(5000), respond()])
        result = ban(server)
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 2)


def test_the_whole_command_ends_at_max_time() -> None:
    """--max-time bounds the waiting too."""
    with FaultServer() as server:
        result = ban(server, "--max-time", "1s", "--wait-timeout", "1h")
    assert result.exit_code == 8
    assert result.duration < 5 + startup_time()


def test_a_quiet_command_waits_as_well() -> None:
    """--quiet prints neither value, and the status tells."""
    with FaultServer() as server:
        server.on(
            "ban_customer", [respond(), delay(0.1), push("customer_banned", with_request_id=True)]
        )
        result = ban(server, "--quiet")
    assert result[:3] == (0, "", "")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--wait", "--wait-timeout", "0"], "--wait-timeout must be more than zero"),
        (["--wait", "--wait-timeout", "soon"], "--wait-timeout must be a duration"),
        (["--wait-timeout", "5s"], "--wait-timeout needs --wait"),
    ],
)
def test_a_wrong_patience_is_told_before_anything_is_sent(options: list[str], says: str) -> None:
    """Exit status 2, without a token or a connection."""
    result = run("close-thread", "--chat-id", "A", *options, token=None)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_the_answer_is_there_before_the_push() -> None:
    """Who reads the output has the answer while the command still waits."""
    with FaultServer() as server:
        process = start(*BAN, url=server.url)
        assert process.stdout
        assert process.stdout.readline() == b"{}\n"
        server.run_steps(push("customer_banned", BANNED))
        rest, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, errors) == (0, b"")
    assert json.loads(rest)["payload"] == BANNED

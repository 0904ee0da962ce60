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

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0 import API
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"
BAN = ("ban-customer", "--customer-id", CUSTOMER, "--ban-days", "5", "--wait")
BANNED = {"customer_id": CUSTOMER, "ban": {"days": 5}}
METHODS_WITH_PUSH = [method for method in API.methods.values() if method.push]

# For methods whose example does not fit the state of the sandbox's license.
PAYLOAD_OVERRIDES: dict[str, Any] = {"follow_chat": {"chat_id": "SD1F7G0HJK"}}
SETUP_COMMANDS = {"activate_chat": ("close-thread", "--chat-id", "PJ0MRSHTDG")}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Serve a new license."""
    with run_sandbox(License(seed=1)) as sandbox:
        yield sandbox


def ban(server: FaultServer, *options: str) -> CommandResult:
    """Ban the customer and wait for the push."""
    return run(*BAN, "--backoff", "1ms", *options, url=server.url)


def push_line(payload: dict[str, Any]) -> str:
    """Return the line of a push with this payload and without a request id."""
    line = {"action": "customer_banned", "type": "push", "payload": payload}
    return json.dumps(line, separators=(",", ":"))


@pytest.mark.parametrize(
    "method", METHODS_WITH_PUSH, ids=[method.command for method in METHODS_WITH_PUSH]
)
def test_every_method_with_a_push_is_confirmed(method: Method, sandbox: Sandbox) -> None:
    """The output is the response, then the documented push with the id of the request."""
    if method.action in SETUP_COMMANDS:
        run(*SETUP_COMMANDS[method.action], url=sandbox.url, token=sandbox.token)
    payload = json.dumps(PAYLOAD_OVERRIDES.get(method.action, method.example))
    result = run(method.command, payload, "--wait", url=sandbox.url, token=sandbox.token)
    assert (result.exit_code, result.stderr) == (0, "")
    _, confirmation = map(json.loads, result.stdout.splitlines())
    assert confirmation["action"] == method.push
    assert confirmation["request_id"]


@pytest.mark.parametrize("method", API.methods.values(), ids=list(API.methods))
def test_only_methods_with_a_push_have_wait(method: Method) -> None:
    """For others --wait is an unknown option, and nothing is sent."""
    result = run(method.command, "--wait", "--dry-run", "--no-validate", token=None)
    assert result.exit_code == (0 if method.push else 2)
    assert method.push or "unknown option --wait" in result.stderr


def test_an_alternative_push_confirms_too(sandbox: Sandbox) -> None:
    """A message to a chat whose thread is closed causes the push of a new thread."""
    words = ("send-event", "--chat-id", "UK6J5H4G3F", "--text", "hello", "--wait")
    result = run(*words, url=sandbox.url, token=sandbox.token)
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[1])["action"] == "incoming_chat_thread"


@pytest.mark.parametrize("before", [True, False])
def test_the_order_of_response_and_push_does_not_matter(before: bool) -> None:
    """The response is printed first in either case."""
    pushed, responded = push("customer_banned", BANNED, with_request_id=True), respond()
    with FaultServer() as server:
        server.on("ban_customer", [pushed, responded] if before else [responded, pushed])
        result = ban(server)
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = result.stdout.splitlines()
    assert (first, json.loads(second)["payload"]) == ("{}", BANNED)


def test_a_push_of_another_request_does_not_confirm() -> None:
    """A push with another request id or other keys is ignored."""
    with FaultServer() as server:
        other_id = push("customer_banned", BANNED, request_id="another")
        other_keys = push("customer_banned", {**BANNED, "customer_id": "another"})
        server.on("ban_customer", [other_id, other_keys, respond()])
        result = ban(server, "--wait-timeout", "300ms")
    assert (result.exit_code, result.stdout) == (8, "{}\n")


def test_a_push_without_an_id_confirms_by_its_keys() -> None:
    """If the server does not echo the id, the push is accepted a little later."""
    with FaultServer() as server:
        server.on("ban_customer", [push("customer_banned", BANNED), respond()])
        result = ban(server)
    assert (result.exit_code, result.stdout) == (0, "{}\n" + push_line(BANNED) + "\n")
    assert result.duration < 5 + startup_time()


def test_the_push_with_the_id_is_preferred() -> None:
    """A push without an id may come from another agent who bans the same customer."""
    theirs, ours = (
        {**BANNED, "ban": {"days": 1}},
        push("customer_banned", BANNED, with_request_id=True),
    )
    with FaultServer() as server:
        server.on("ban_customer", [push("customer_banned", theirs), respond(), ours])
        result = ban(server)
    assert (result.exit_code, json.loads(result.stdout.splitlines()[1])["payload"]) == (0, BANNED)


def test_keys_come_from_the_response_first() -> None:
    """The id of a new customer, for example, identifies its push."""
    with FaultServer() as server:
        other = push("customer_created", {"customer": {"id": "other"}})
        own = push("customer_created", {"customer": {"id": "new"}})
        server.on("create_customer", [other, own, respond({"id": "new"})])
        result = run("create-customer", "--name", "A", "--wait", url=server.url)
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[1])["payload"]["customer"]["id"] == "new"


def test_a_push_that_does_not_come_is_status_8() -> None:
    """The response is printed; the error says when the server sends the push."""
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


@pytest.mark.parametrize("end", [drop("rst"), close(1000)])
def test_a_lost_connection_leaves_the_call_unconfirmed(end: Any) -> None:
    """After the response the outcome is known: status 8, and nothing is sent again."""
    with FaultServer() as server:
        server.on("ban_customer", [respond(), end])
        result = ban(server)
        assert server.count("ban_customer") == 1
    assert (result.exit_code, result.stdout) == (8, "{}\n")
    assert "executed, but the push customer_banned did not come: " in result.stderr
    assert result.duration < 5 + startup_time()


def test_an_unknown_message_does_not_end_the_wait() -> None:
    """T111: a message that is neither a push nor a response is ignored."""
    with FaultServer() as server:
        confirmation = push("customer_banned", BANNED)
        server.on("ban_customer", [respond(), message({"type": "?"}), confirmation])
        result = ban(server)
    assert (result.exit_code, result.stdout.count("\n")) == (0, 2)


def test_a_refused_call_does_not_wait() -> None:
    """Nothing is printed on standard output."""
    with FaultServer() as server:
        server.on("ban_customer", respond_error("validation"))
        result = ban(server)
    assert (result.exit_code, result.stdout) == (3, "")


def test_a_throttled_call_waits_for_the_push_of_its_last_attempt() -> None:
    """Each attempt has another request id."""
    with FaultServer() as server:
        confirmed = [respond(), push("customer_banned", BANNED, with_request_id=True)]
        server.on("ban_customer", respond_error("too_many_requests"), confirmed)
        result = ban(server)
        assert server.count("ban_customer") == 2
    assert result.exit_code == 0


def test_the_push_is_found_among_thousands() -> None:
    """Other pushes before the response are not kept in memory."""
    with FaultServer() as server:
        pushed = push("customer_banned", BANNED, with_request_id=True)
        server.on("ban_customer", [pushed, flood(5000), respond()])
        result = ban(server)
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 2)


def test_the_whole_command_ends_at_max_time() -> None:
    """--max-time limits the wait, too."""
    with FaultServer() as server:
        result = ban(server, "--max-time", "1s", "--wait-timeout", "1h")
    assert result.exit_code == 8
    assert result.duration < 5 + startup_time()


def test_a_quiet_command_waits_too() -> None:
    """--quiet prints nothing; the exit status is the result."""
    with FaultServer() as server:
        server.on(
            "ban_customer", [respond(), delay(0.1), push("customer_banned", with_request_id=True)]
        )
        result = ban(server, "--quiet")
    assert result[:3] == (0, "", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--wait", "--wait-timeout", "0"], "--wait-timeout must be more than zero"),
        (["--wait", "--wait-timeout", "soon"], "--wait-timeout must be a duration"),
        (["--wait-timeout", "5s"], "--wait-timeout needs --wait"),
    ],
)
def test_a_wrong_timeout_is_rejected_before_anything_is_sent(
    options: list[str], message: str
) -> None:
    """Exit status 2, without a token or a connection."""
    result = run("close-thread", "--chat-id", "A", *options, token=None)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_the_response_is_printed_before_the_push_arrives() -> None:
    """A reader has it while the command still waits."""
    with FaultServer() as server:
        process = start(*BAN, url=server.url)
        assert process.stdout
        assert process.stdout.readline() == b"{}\n"
        server.run_steps(push("customer_banned", BANNED))
        rest, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, errors) == (0, b"")
    assert json.loads(rest)["payload"] == BANNED

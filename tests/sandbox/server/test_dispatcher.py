"""The handling of requests, as a client that follows the documentation observes it."""

import json
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.independent_client import Client, Message, connected_client

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.protocol.paths import PathError, set_path
from rtmcli.sandbox.server.fault_specs import parse_fault
from rtmcli.sandbox.server.limits import Limits
from rtmcli.sandbox.server.options import Latency, ServerOptions
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

CHAT, THREAD = "PJ0MRSHTDG", "K600PKZON8"
CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"
TAG_PAYLOAD = {"chat_id": CHAT, "thread_id": THREAD, "tag": "slow"}


def error_type(response: Message) -> str:
    """Return the error type of a failed response, and check its envelope."""
    assert (response["type"], response["success"]) == ("response", False)
    error = response["payload"]["error"]
    assert error["message"]
    return str(error["type"])


def test_the_login_response_has_the_documented_members(sandbox: Sandbox) -> None:
    """It contains the license, the profile and the chats."""
    with connected_client(sandbox.url) as client:
        response = client.login(sandbox.token)
    assert response.keys() == {"request_id", "action", "type", "success", "payload"}
    assert response["payload"].keys() == {"license", "my_profile", "chats_summary"}


@pytest.mark.parametrize("token", ["Bearer wrong", "{token}", "Basic {token}"])
def test_login_can_be_retried_after_an_invalid_token(sandbox: Sandbox, token: str) -> None:
    """A token must be known and have its scheme; the connection stays open."""
    with connected_client(sandbox.url) as client:
        refused = client.call("login", {"token": token.format(token=sandbox.token)})
        assert error_type(refused) == "authentication"
        assert client.login(sandbox.token)["success"]


def test_actions_before_login_fail_with_authentication(sandbox: Sandbox) -> None:
    """This includes unknown actions."""
    with connected_client(sandbox.url) as client:
        assert error_type(client.call("tag_chat_thread", TAG_PAYLOAD)) == "authentication"
        assert error_type(client.call("no_such_action")) == "authentication"


def test_a_second_login_is_rejected(sandbox: Sandbox, agent: Client) -> None:
    """The connection stays logged in."""
    response = agent.login(sandbox.token)
    assert error_type(response) == "validation"
    assert agent.call("get_chats_summary")["success"]


def test_ping_is_answered_only_after_login(sandbox: Sandbox) -> None:
    """Before login a ping gets no response."""
    with connected_client(sandbox.url) as client:
        client.send_request("ping")
        login = client.send_request("login", {"token": f"Bearer {sandbox.token}"})
        assert client.receive()["request_id"] == login
        response = client.call("ping")
        assert (response["success"], response["payload"]) == (True, {})


@pytest.mark.parametrize(
    ("message", "request_id"),
    [
        ("", None),
        ("{", None),
        ('{"action": "ping", "request_id": "7", "payload": {"a": }}', "7"),
        ("[]", None),
        ('"login"', None),
        ('{"request_id": "7"}', "7"),
        ('{"action": 5, "request_id": "7"}', "7"),
        ('{"action": "ping", "request_id": 7}', None),
        ('{"action": "get_chats_summary", "request_id": "7", "payload": []}', "7"),
        ('{"action": "get_chats_summary", "request_id": "7", "author_id": {}}', "7"),
        (b'{"action": "get_chats_summary", "request_id": "7"}', None),
        ('{"action": "get_chats_summary", "request_id": "7", "payload": {"limit": 1e400}}', "7"),
        ("[" * 100_000, None),
    ],
)
def test_invalid_messages_fail_with_validation(
    agent: Client, message: str | bytes, request_id: str | None
) -> None:
    """The response has the request_id if it can be read; the connection stays open."""
    agent.send(message)
    response = next(each for each in iter(agent.receive, None) if each["type"] == "response")
    assert error_type(response) == "validation"
    assert response.get("request_id") == request_id
    assert agent.call("ping")["success"]


def test_an_unknown_action_fails_with_validation(agent: Client) -> None:
    """The connection stays open."""
    assert error_type(agent.call("set_customers")) == "validation"
    assert agent.call("ping")["success"]


def test_pushes_follow_the_response(agent: Client) -> None:
    """On the requesting connection, a push carries the request_id."""
    agent.call("ping")
    request_id = agent.send_request("tag_chat_thread", TAG_PAYLOAD)
    response, push = agent.receive(), agent.receive()
    assert (response["type"], response["request_id"]) == ("response", request_id)
    assert push == {
        "request_id": request_id,
        "action": "chat_thread_tagged",
        "type": "push",
        "payload": TAG_PAYLOAD,
    }


def test_the_request_id_is_optional(agent: Client) -> None:
    """Without one, neither the response nor the push has one."""
    agent.call("ping")
    agent.send({"action": "tag_chat_thread", "payload": TAG_PAYLOAD})
    response, push = agent.receive(), agent.receive()
    assert (response["type"], push["type"]) == ("response", "push")
    assert "request_id" not in response
    assert "request_id" not in push


def test_logout_responds_and_closes(agent: Client) -> None:
    """The server closes with 1000 and does not push agent_disconnected."""
    assert agent.call("logout")["success"]
    agent.pushes.clear()
    assert agent.read_until_closed() == ([], 1000)


def test_an_empty_author_id_is_ignored(agent: Client) -> None:
    """Some clients always send an empty author_id."""
    assert agent.call("get_chats_summary", author_id="")["success"]


def test_author_id_acts_as_a_bot(sandbox: Sandbox, agent: Client) -> None:
    """The bot is the author of the event."""
    bot = next(each for each in sandbox.license.state.agents.values() if each.is_bot)
    event = {"type": "message", "text": "beep"}
    response = agent.call("send_event", {"chat_id": "TB4V8M2NLP", "event": event}, author_id=bot.id)
    assert response["payload"]["event"]["author_id"] == bot.id


def test_the_eleventh_pending_request_is_rejected() -> None:
    """Ten requests may be pending; the next fails at once, and pings still work."""
    options = ServerOptions(faults=(parse_fault("get_chats_summary:silent"),))
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        for _ in range(10):
            agent.send_request("get_chats_summary")
        assert (
            error_type(agent.call("tag_chat_thread", TAG_PAYLOAD))
            == "pending_requests_limit_reached"
        )
        assert agent.call("ping")["success"]


def test_requests_in_one_segment_count_as_pending(agent: Client) -> None:
    """Of twelve requests in one segment the last two fail; later ones do not."""
    core = agent.connection.protocol
    for number in range(12):
        core.send_text(b'{"action": "get_chats_summary", "request_id": "%d"}' % number)
    agent.connection.socket.sendall(b"".join(core.data_to_send()))
    responses = [agent.wait_for_response(str(number)) for number in range(12)]
    assert [response["success"] for response in responses] == [True] * 10 + [False] * 2
    assert agent.call("get_chats_summary")["success"]


def test_a_slow_request_fails_with_request_timeout() -> None:
    """The request is executed all the same."""
    options = ServerOptions(
        Limits(request_timeout=0.05), (parse_fault("tag_chat_thread:delay=1h"),)
    )
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        assert error_type(agent.call("tag_chat_thread", TAG_PAYLOAD)) == "request_timeout"
        assert agent.wait_for_push("chat_thread_tagged")["payload"] == TAG_PAYLOAD


def test_latency_delays_each_response_independently() -> None:
    """With jitter, responses are not in the order of their requests."""
    options = ServerOptions(latency=Latency(0.02, 0.02), seed=1)
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        request_ids = [agent.send_request("get_chats_summary") for _ in range(10)]
        answered: list[str] = []
        while len(answered) < len(request_ids):
            message = agent.receive()
            answered += [message["request_id"]] if message["type"] == "response" else []
    assert sorted(answered) == sorted(request_ids)
    assert answered != request_ids


def test_an_unexpected_exception_fails_with_internal(
    sandbox: Sandbox, agent: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The exception is logged, and the server continues."""
    sandbox.license.state.chats = None  # type: ignore[assignment]  # anything broken
    assert error_type(agent.call("get_chats_summary")) == "internal"
    assert agent.call("ping")["success"]
    assert "get_chats_summary failed" in caplog.text


def test_the_observer_is_called_for_each_request() -> None:
    """It gets connection, agent, action and outcome, with faults in brackets."""
    observed: list[tuple[int, str, str, str]] = []
    options = ServerOptions(faults=(parse_fault("get_archives:error=internal"),))
    with (
        run_sandbox(options=options, observer=lambda *args: observed.append(args)) as sandbox,
        connected_client(sandbox.url) as agent,
    ):
        agent.call("get_chats_summary")
        agent.login(sandbox.token)
        agent.call("get_archives")
        agent.send("{")
        agent.call("ping")
        agent_id = sandbox.license.tokens[0].agent_id
    assert observed == [
        (1, "", "get_chats_summary", "authentication: log in first"),
        (1, agent_id, "login", "ok"),
        (1, agent_id, "get_archives", "not executed [error]"),
        (1, agent_id, "", observed[3][3]),
        (1, agent_id, "ping", "ok"),
    ]
    assert observed[3][3].startswith("validation: invalid JSON")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
EDGE_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        "",
        CHAT,
        THREAD,
        "agent1@example.com",
        CUSTOMER,
        "QX5T2L9WAB",
        "message",
        0,
        -1,
        2**70,
        1.5,
        [],
        [0],
        {},
        None,
        True,
        "\x00",
    ]
).map(deepcopy)
REFUSALS = {
    "3.0": {"validation", "authorization"},
    "3.6": {
        "validation",
        "authorization",
        "not_found",
        "missing_access",
        "chat_inactive",
        "agent_offline",
        "authentication",
    },
}
APIS = {version: load(version) for version in VERSIONS}


@st.composite
def requests(draw: st.DrawFn, api: Api) -> dict[str, Any]:
    """Generate a request: the documented sample, or an empty payload, with some odd values."""
    actions = sorted({*api.methods} - {api.login_action, api.logout_action})
    action = draw(st.sampled_from([*actions, "ping", "no_such", ""]))
    method = api.methods.get(action)
    payload = deepcopy(dict(method.example)) if method and draw(st.booleans()) else {}
    for param in method.params if method else ():
        if draw(st.integers(0, 3)) == 0:
            with suppress(PathError):
                set_path(payload, param.path.split("."), draw(EDGE_VALUES | JSON))
    return {"action": action, "payload": payload}


@pytest.mark.parametrize("version", VERSIONS)
def test_any_message_gets_one_response_that_is_not_internal(sandbox: Sandbox, version: str) -> None:
    """This holds for any JSON and any payload."""
    api = APIS[version]

    with connected_client(sandbox.urls[version], sandbox.token) as agent:

        @given(requests(api) | requests(api) | requests(api) | JSON)
        def send_and_check(message: Any) -> None:
            agent.send(message if not isinstance(message, str) else json.dumps(message))
            agent.send_request("ping")
            responses: list[Message] = []
            while (
                not responses
                or responses[-1]["action"] != "ping"
                or "request_id" not in responses[-1]
            ):
                responses += [each for each in [agent.receive()] if each["type"] == "response"]
            assert len(responses) == 2
            if not responses[0]["success"]:
                assert error_type(responses[0]) in REFUSALS[version]

        send_and_check()

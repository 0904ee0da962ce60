"""What a request leads to, seen by a client that knows the documents only."""

import json
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.independent_client import Client, Message, connected_client

from rtmcli.catalogue import API
from rtmcli.protocol.paths import PathError, set_path
from rtmcli.sandbox.fault_specs import parse_fault
from rtmcli.sandbox.limits import Limits
from rtmcli.sandbox.server_options import Latency, ServerOptions
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

CHAT, THREAD = "PJ0MRSHTDG", "K600PKZON8"
TAG_PAYLOAD = {"chat_id": CHAT, "thread_id": THREAD, "tag": "slow"}


def error_type(answer: Message) -> str:
    """Return the error's type, and check the envelope of a failure."""
    assert (answer["type"], answer["success"]) == ("response", False)
    error = answer["payload"]["error"]
    assert error["message"]
    return str(error["type"])


def test_login_answers_the_documented_members(sandbox: Sandbox) -> None:
    """The answer to a login is the licence, the profile and the chats."""
    with connected_client(sandbox.url) as stranger:
        answer = stranger.login(sandbox.token)
    assert answer.keys() == {"request_id", "action", "type", "success", "payload"}
    assert answer["payload"].keys() == {"license", "my_profile", "chats_summary"}


@pytest.mark.parametrize("token", ["Bearer wrong", "{token}", "Basic {token}"])
def test_a_wrong_token_is_refused_and_another_try_is_free(sandbox: Sandbox, token: str) -> None:
    """A token must be known and come with its scheme; the connection stays open."""
    with connected_client(sandbox.url) as stranger:
        refused = stranger.call("login", {"token": token.format(token=sandbox.token)})
        assert error_type(refused) == "authentication"
        assert stranger.login(sandbox.token)["success"]


def test_nothing_but_login_is_done_before_login(sandbox: Sandbox) -> None:
    """Any other action before login is an authentication error, an unknown one as well."""
    with connected_client(sandbox.url) as stranger:
        assert error_type(stranger.call("tag_chat_thread", TAG_PAYLOAD)) == "authentication"
        assert error_type(stranger.call("no_such_action")) == "authentication"


def test_a_second_login_is_refused(sandbox: Sandbox, agent: Client) -> None:
    """A connection logs in once; it stays logged in."""
    again = agent.login(sandbox.token)
    assert error_type(again) == "validation"
    assert agent.call("get_chats_summary")["success"]


def test_ping_is_answered_after_login_and_not_before(sandbox: Sandbox) -> None:
    """Before login a ping gets no answer: the next answer is that of the login."""
    with connected_client(sandbox.url) as stranger:
        stranger.send_request("ping")
        login = stranger.send_request("login", {"token": f"Bearer {sandbox.token}"})
        assert stranger.receive()["request_id"] == login
        answer = stranger.call("ping")
        assert (answer["success"], answer["payload"]) == (True, {})


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
def test_what_is_no_request_is_a_validation_error(
    agent: Client, message: str | bytes, request_id: str | None
) -> None:
    """Broken messages are answered, with the id where it can be read; the socket stays open."""
    agent.send(message)
    answer = next(each for each in iter(agent.receive, None) if each["type"] == "response")
    assert error_type(answer) == "validation"
    assert answer.get("request_id") == request_id
    assert agent.call("ping")["success"]


def test_an_unknown_action_is_a_validation_error(agent: Client) -> None:
    """What the reference does not know is refused; the socket stays open."""
    assert error_type(agent.call("set_customers")) == "validation"
    assert agent.call("ping")["success"]


def test_the_answer_comes_first_and_then_the_pushes(agent: Client) -> None:
    """The push follows its answer and carries the request's id, on the causing connection."""
    agent.call("ping")
    request_id = agent.send_request("tag_chat_thread", TAG_PAYLOAD)
    answer, push = agent.receive(), agent.receive()
    assert (answer["type"], answer["request_id"]) == ("response", request_id)
    assert push == {
        "request_id": request_id,
        "action": "chat_thread_tagged",
        "type": "push",
        "payload": TAG_PAYLOAD,
    }


def test_a_request_without_an_id_is_answered_without_one(agent: Client) -> None:
    """Neither the answer nor the push invents an id."""
    agent.call("ping")
    agent.send({"action": "tag_chat_thread", "payload": TAG_PAYLOAD})
    answer, push = agent.receive(), agent.receive()
    assert (answer["type"], push["type"]) == ("response", "push")
    assert "request_id" not in answer
    assert "request_id" not in push


def test_logout_answers_and_then_closes(agent: Client) -> None:
    """After the answer the server closes with 1000 and pushes no agent_disconnected."""
    assert agent.call("logout")["success"]
    agent.pushes.clear()
    assert agent.read_until_closed() == ([], 1000)


def test_an_author_that_is_empty_counts_as_none(agent: Client) -> None:
    """Clients that always send an empty author_id are tolerated."""
    assert agent.call("get_chats_summary", author_id="")["success"]


def test_a_bot_is_the_author_where_it_is_named(sandbox: Sandbox, agent: Client) -> None:
    """A request with an author_id acts as that bot."""
    bot = next(each for each in sandbox.license.state.agents.values() if each.is_bot)
    event = {"type": "message", "text": "beep"}
    answer = agent.call("send_event", {"chat_id": "TB4V8M2NLP", "event": event}, author_id=bot.id)
    assert answer["payload"]["event"]["author_id"] == bot.id


def test_the_eleventh_unanswered_request_is_refused() -> None:
    """Ten requests may be unanswered; the next is refused at once, and pings still work."""
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


def test_requests_that_come_together_count_as_unanswered(agent: Client) -> None:
    """Of twelve requests in one segment the last two are refused; later ones are not."""
    core = agent.connection.protocol
    for number in range(12):
        core.send_text(b'{"action": "get_chats_summary", "request_id": "%d"}' % number)
    agent.connection.socket.sendall(b"".join(core.data_to_send()))
    answers = [agent.wait_for_response(str(number)) for number in range(12)]
    assert [answer["success"] for answer in answers] == [True] * 10 + [False] * 2
    assert agent.call("get_chats_summary")["success"]


def test_an_answer_that_takes_too_long_is_a_request_timeout() -> None:
    """What is not answered within the limit is answered by request_timeout, though acted on."""
    options = ServerOptions(
        Limits(request_timeout=0.05), (parse_fault("tag_chat_thread:delay=1h"),)
    )
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        assert error_type(agent.call("tag_chat_thread", TAG_PAYLOAD)) == "request_timeout"
        assert agent.wait_for_push("chat_thread_tagged")["payload"] == TAG_PAYLOAD


def test_latency_postpones_each_answer_on_its_own() -> None:
    """With jitter, answers come in another order than their requests did."""
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


def test_a_bug_of_ours_is_an_internal_error(
    sandbox: Sandbox, agent: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Should an action fail unforeseen, its answer says so, the log tells, the server lives on."""
    sandbox.license.execute = None  # type: ignore[assignment,method-assign]  # anything broken
    assert error_type(agent.call("get_chats_summary")) == "internal"
    assert agent.call("ping")["success"]
    assert "get_chats_summary failed" in caplog.text


def test_whoever_watches_is_told_of_each_request() -> None:
    """Connection, agent, action and what became of it; faults stand in brackets."""
    observed: list[tuple[int, str, str, str]] = []
    options = ServerOptions(faults=(parse_fault("get_archives:error=internal"),))
    with (
        run_sandbox(options=options, observer=lambda *told: observed.append(told)) as sandbox,
        connected_client(sandbox.url) as agent,
    ):
        agent.call("get_chats_summary")
        agent.login(sandbox.token)
        agent.call("get_archives")
        agent.send("{")
        agent.call("ping")
        me = sandbox.license.tokens[0].agent_id
    assert observed == [
        (1, "", "get_chats_summary", "authentication: log in first"),
        (1, me, "login", "ok"),
        (1, me, "get_archives", "not done [error]"),
        (1, me, "", observed[3][3]),
        (1, me, "ping", "ok"),
    ]
    assert observed[3][3].startswith("validation: no JSON")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
EDGE_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    ["", CHAT, THREAD, "agent1@example.com", 0, -1, 2**70, 1.5, [], [0], {}, None, True, "\x00"]
).map(deepcopy)
ACTIONS = [*sorted({*API.methods} - {API.login_action, API.logout_action}), "ping", "no_such", ""]


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Make a request: the sample of the documents, or nothing, with some members gone wrong."""
    action = draw(st.sampled_from(ACTIONS))
    method = API.methods.get(action)
    payload = deepcopy(dict(method.example)) if method and draw(st.booleans()) else {}
    for param in method.params if method else ():
        if draw(st.integers(0, 3)) == 0:
            with suppress(PathError):
                set_path(payload, param.path.split("."), draw(EDGE_VALUES | JSON))
    return {"action": action, "payload": payload}


def test_whatever_comes_is_answered_once_and_never_by_a_bug(agent: Client) -> None:
    """Any JSON, and any request with any payload, gets one answer that is no internal error."""

    @given(requests() | requests() | requests() | JSON)
    def ask(message: Any) -> None:
        agent.send(message if not isinstance(message, str) else json.dumps(message))
        agent.send_request("ping")
        answers: list[Message] = []
        while not answers or answers[-1]["action"] != "ping" or "request_id" not in answers[-1]:
            answers += [each for each in [agent.receive()] if each["type"] == "response"]
        assert len(answers) == 2
        if not answers[0]["success"]:
            assert error_type(answers[0]) in ("validation", "authorization")

    ask()

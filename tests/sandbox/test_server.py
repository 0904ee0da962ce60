"""What a request leads to, seen by a client that knows the documents only."""

from collections.abc import Iterator

import pytest
from foreign import Client, client
from websockets.protocol import State

from rtmcli.sandbox.conduct import Conduct, Latency
from rtmcli.sandbox.limits import Limits
from rtmcli.sandbox.serving import Sandbox, serving
from rtmcli.sandbox.specs import parse

CHAT, THREAD = "PJ0MRSHTDG", "K600PKZON8"
TAG = {"chat_id": CHAT, "thread_id": THREAD, "tag": "slow"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Serve a new licence."""
    with serving() as one:
        yield one


@pytest.fixture
def agent(sandbox: Sandbox) -> Iterator[Client]:
    """Log the first agent in."""
    with client(sandbox.url, sandbox.token) as one:
        yield one


def error_type(answer: dict[str, object]) -> object:
    """Return the error's type, and check the envelope of a failure."""
    assert (answer["type"], answer["success"]) == ("response", False)
    payload = answer["payload"]
    assert isinstance(payload, dict)
    assert payload["error"]["message"]
    return payload["error"]["type"]


def test_login_answers_the_documented_members(sandbox: Sandbox) -> None:
    """The answer to a login is the licence, the profile and the chats."""
    with client(sandbox.url) as stranger:
        answer = stranger.login(sandbox.token)
    assert answer.keys() == {"request_id", "action", "type", "success", "payload"}
    assert answer["payload"].keys() == {"license", "my_profile", "chats_summary"}


@pytest.mark.parametrize("token", ["Bearer wrong", "{token}", "Basic {token}"])
def test_a_wrong_token_is_refused_and_another_try_is_free(sandbox: Sandbox, token: str) -> None:
    """A token must be known and come with its scheme; the connection stays open."""
    with client(sandbox.url) as stranger:
        refused = stranger.call("login", {"token": token.format(token=sandbox.token)})
        assert error_type(refused) == "authentication"
        assert stranger.login(sandbox.token)["success"]


def test_nothing_but_login_is_done_before_login(sandbox: Sandbox) -> None:
    """Any other action before login is an authentication error, an unknown one as well."""
    with client(sandbox.url) as stranger:
        assert error_type(stranger.call("tag_chat_thread", TAG)) == "authentication"
        assert error_type(stranger.call("no_such_action")) == "authentication"


def test_a_second_login_is_refused(sandbox: Sandbox, agent: Client) -> None:
    """A connection logs in once; it stays logged in."""
    again = agent.login(sandbox.token)
    assert error_type(again) == "validation"
    assert agent.call("get_chats_summary")["success"]


def test_ping_is_answered_after_login_and_not_before(sandbox: Sandbox) -> None:
    """Before login a ping gets no answer: the next answer is that of the login."""
    with client(sandbox.url) as stranger:
        stranger.ask("ping")
        login = stranger.ask("login", {"token": f"Bearer {sandbox.token}"})
        assert stranger.receive()["request_id"] == login
        answer = stranger.call("ping")
        assert (answer["success"], answer["payload"]) == (True, {})


def test_ping_frames_are_answered_by_pongs(agent: Client) -> None:
    """The control frame is the other way to ping."""
    assert agent.socket.ping().wait(10)


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


def test_text_that_is_no_utf8_closes_the_connection(agent: Client) -> None:
    """A text frame must hold UTF-8: RFC 6455 wants the connection closed with 1007."""
    agent.socket.send(b"\xff{}", text=True)
    assert agent.end()[1] == 1007


def test_a_message_may_come_in_fragments(agent: Client) -> None:
    """Frames of one message make one request, with a ping between them."""
    agent.socket.send(iter(['{"action": "get_cha', "", 'ts_summary", "requ', 'est_id": "7"}']))
    assert agent.answer("7")["success"]


def test_a_message_above_the_limit_closes_the_connection() -> None:
    """What is longer than a message may be is not taken: close code 1009."""
    with (
        serving(conduct=Conduct(Limits(message=1000))) as sandbox,
        client(sandbox.url, sandbox.token) as agent,
    ):
        agent.send("x" * 1001)
        assert agent.end()[1] == 1009


def test_the_answer_comes_first_and_then_the_pushes(agent: Client) -> None:
    """The push follows its answer and carries the request's id, on the causing connection."""
    agent.call("ping")
    request_id = agent.ask("tag_chat_thread", TAG)
    answer, push = agent.receive(), agent.receive()
    assert (answer["type"], answer["request_id"]) == ("response", request_id)
    assert push == {
        "request_id": request_id,
        "action": "chat_thread_tagged",
        "type": "push",
        "payload": TAG,
    }


def test_a_request_without_an_id_is_answered_without_one(agent: Client) -> None:
    """Neither the answer nor the push invents an id."""
    agent.call("ping")
    agent.send({"action": "tag_chat_thread", "payload": TAG})
    answer, push = agent.receive(), agent.receive()
    assert (answer["type"], push["type"]) == ("response", "push")
    assert "request_id" not in answer
    assert "request_id" not in push


def test_other_connections_get_the_push_without_the_id(sandbox: Sandbox, agent: Client) -> None:
    """The same agent's other connections and other agents learn of it, without the id."""
    other = next(each for each in sandbox.licence.tokens if each.agent_id != agent_of(sandbox))
    with (
        client(sandbox.url, sandbox.token) as second,
        client(sandbox.url, other.token) as colleague,
    ):
        agent.call("multicast", {"scopes": {"agents": {"all": True}}, "content": {"x": 1}})
        expected = {
            "action": "incoming_multicast",
            "type": "push",
            "payload": {"content": {"x": 1}, "author_id": agent_of(sandbox)},
        }
        assert second.push("incoming_multicast") == expected
        assert colleague.push("incoming_multicast") == expected
        assert agent.push("incoming_multicast").keys() == {*expected, "request_id"}


def agent_of(sandbox: Sandbox) -> str:
    """Name the first agent."""
    return sandbox.licence.tokens[0].agent_id


def test_logout_answers_and_then_closes(agent: Client) -> None:
    """After the answer the server closes with 1000 and pushes no agent_disconnected."""
    assert agent.call("logout")["success"]
    agent.pushes.clear()
    assert agent.end() == ([], 1000)


def test_an_author_that_is_empty_counts_as_none(agent: Client) -> None:
    """Clients that always send an empty author_id are tolerated."""
    assert agent.call("get_chats_summary", author_id="")["success"]


def test_a_bot_is_the_author_where_it_is_named(sandbox: Sandbox, agent: Client) -> None:
    """A request with an author_id acts as that bot."""
    bot = next(each for each in sandbox.licence.state.agents.values() if each.bot)
    event = {"type": "message", "text": "beep"}
    answer = agent.call("send_event", {"chat_id": "TB4V8M2NLP", "event": event}, author_id=bot.id)
    assert answer["payload"]["event"]["author_id"] == bot.id


def test_without_a_login_in_time_the_server_says_why_and_closes() -> None:
    """No login within the limit: agent_disconnected with connection_timeout, then the close."""
    with (
        serving(conduct=Conduct(Limits(login_within=0.05))) as sandbox,
        client(sandbox.url) as stranger,
    ):
        messages, code = stranger.end()
    assert messages == [TIMED_OUT]
    assert code == 1000


TIMED_OUT = {
    "action": "agent_disconnected",
    "type": "push",
    "payload": {"reason": "connection_timeout"},
}


def test_neither_pings_nor_refused_logins_extend_the_time_to_log_in() -> None:
    """A client that only pings, or fails to log in, is out of time all the same."""
    with (
        serving(conduct=Conduct(Limits(login_within=0.2))) as sandbox,
        client(sandbox.url) as stranger,
    ):
        stranger.call("login", {"token": "Bearer wrong"})
        stranger.socket.ping()
        stranger.ask("ping")
        assert stranger.end()[0] == [TIMED_OUT]


def test_without_pings_the_server_says_why_and_closes() -> None:
    """Other traffic does not count as a ping: a busy client that never pings is dropped."""
    limits = Limits(drop_after=0.2, in_flight=100_000)
    with (
        serving(conduct=Conduct(limits)) as sandbox,
        client(sandbox.url, sandbox.token) as agent,
    ):
        agent.pushes.clear()
        while True:
            agent.ask("get_customers", {"limit": 1})
            message = agent.receive()
            if message["action"] == "agent_disconnected":
                break
        assert message == TIMED_OUT
        assert agent.end()[1] == 1000


@pytest.mark.parametrize("way", ["frame", "action"])
def test_pings_of_either_kind_keep_the_connection(way: str) -> None:
    """A client that pings outlives two clients, one after the other, that do not."""
    conduct = Conduct(Limits(drop_after=0.2))
    with serving(conduct=conduct) as sandbox, client(sandbox.url, sandbox.token) as agent:
        for _ in range(2):
            with client(sandbox.url, sandbox.token) as quiet:
                while quiet.socket.state is State.OPEN:
                    assert agent.socket.ping().wait(10) if way == "frame" else agent.call("ping")
        assert agent.call("ping")["success"]


def test_the_eleventh_unanswered_request_is_refused() -> None:
    """Ten requests may be unanswered; the next is refused at once, and pings still work."""
    conduct = Conduct(faults=(parse("get_chats_summary:silent"),))
    with (
        serving(conduct=conduct) as sandbox,
        client(sandbox.url, sandbox.token) as agent,
    ):
        for _ in range(10):
            agent.ask("get_chats_summary")
        assert error_type(agent.call("tag_chat_thread", TAG)) == "pending_requests_limit_reached"
        assert agent.call("ping")["success"]


def test_requests_that_come_together_count_as_unanswered(agent: Client) -> None:
    """Of twelve requests in one segment the last two are refused; later ones are not."""
    core = agent.socket.protocol
    for number in range(12):
        core.send_text(b'{"action": "get_chats_summary", "request_id": "%d"}' % number)
    agent.socket.socket.sendall(b"".join(core.data_to_send()))
    answers = [agent.answer(str(number)) for number in range(12)]
    assert [answer["success"] for answer in answers] == [True] * 10 + [False] * 2
    assert agent.call("get_chats_summary")["success"]


def test_an_answer_that_takes_too_long_is_a_request_timeout() -> None:
    """What is not answered within the limit is answered by request_timeout, though acted on."""
    conduct = Conduct(Limits(request_timeout=0.05), (parse("tag_chat_thread:delay=1h"),))
    with serving(conduct=conduct) as sandbox, client(sandbox.url, sandbox.token) as agent:
        assert error_type(agent.call("tag_chat_thread", TAG)) == "request_timeout"
        assert agent.push("chat_thread_tagged")["payload"] == TAG


def test_latency_postpones_each_answer_on_its_own() -> None:
    """With jitter, answers come in another order than their requests did."""
    conduct = Conduct(latency=Latency(0.02, 0.02), seed=1)
    with serving(conduct=conduct) as sandbox, client(sandbox.url, sandbox.token) as agent:
        asked = [agent.ask("get_chats_summary") for _ in range(10)]
        answered: list[str] = []
        while len(answered) < len(asked):
            message = agent.receive()
            answered += [message["request_id"]] if message["type"] == "response" else []
    assert sorted(answered) == sorted(asked)
    assert answered != asked


def test_a_client_that_does_not_read_is_dropped() -> None:
    """What waits for a client that has stopped reading is limited; others are not concerned."""
    conduct = Conduct(Limits(backlog=100_000))
    with (
        serving(conduct=conduct) as sandbox,
        client(sandbox.url, sandbox.token) as agent,
        client(sandbox.url, sandbox.token) as stalled,
    ):
        flood = {"scopes": {"agents": {"all": True}}, "content": "x" * 500_000}
        for _ in range(60):
            agent.call("multicast", flood)
            agent.pushes.clear()
        assert sandbox.call(lambda server: server.connections) == 1
        messages, code = stalled.end()
    assert code is None
    assert len(messages) < 60


def test_a_bug_of_ours_is_an_internal_error(
    sandbox: Sandbox, agent: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Should an action fail unforeseen, its answer says so, the log tells, the server lives on."""
    sandbox.licence.perform = None  # type: ignore[assignment,method-assign]  # anything broken
    assert error_type(agent.call("get_chats_summary")) == "internal"
    assert agent.call("ping")["success"]
    assert "get_chats_summary failed" in caplog.text


def test_when_the_server_stops_every_client_is_told() -> None:
    """The end of the server is a close with 1001, for whoever has not logged in, too."""
    with (
        serving() as sandbox,
        client(sandbox.url, sandbox.token) as agent,
        client(sandbox.url) as stranger,
    ):
        sandbox.stop()
        assert agent.end()[1] == 1001
        assert stranger.end()[1] == 1001

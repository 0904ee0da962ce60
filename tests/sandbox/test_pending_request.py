"""What faults make of a request, as a client from the documents sees it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.independent_client import Client, Message, connected_client
from websockets.exceptions import ConnectionClosedError

from rtmcli.sandbox.fault_specs import parse_fault
from rtmcli.sandbox.server_options import ServerOptions
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

CHAT, THREAD = "PJ0MRSHTDG", "K600PKZON8"
TAG_PAYLOAD = {"chat_id": CHAT, "thread_id": THREAD, "tag": "slow"}


@contextmanager
def sandbox_with_faults(*specs: str) -> Iterator[tuple[Client, Client, Sandbox]]:
    """Serve with faults; yield a client to suffer them, and a second one to watch."""
    with (
        run_sandbox(
            options=ServerOptions(faults=tuple(map(parse_fault, specs)), seed=1)
        ) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
        connected_client(sandbox.url, sandbox.token) as observer,
    ):
        agent.call("ping")
        agent.pushes.clear()
        yield agent, observer, sandbox


def thread_tags(observer: Client) -> list[str]:
    """Look up what the thread is tagged with."""
    answer = observer.call("get_chat_threads", {"chat_id": CHAT, "thread_ids": [THREAD]})
    [thread] = answer["payload"]["chat"]["threads"]
    return list(thread.get("tags", []))


def error_of(answer: Message) -> Message:
    """Return the error of a failing answer."""
    assert answer["success"] is False
    error = answer["payload"]["error"]
    assert isinstance(error, dict)
    return error


def test_an_error_is_answered_in_place_of_acting() -> None:
    """The answer has the type and its default message; nothing was changed, nobody is told."""
    with sandbox_with_faults("tag_chat_thread:error=too_many_requests") as (agent, witness, _):
        error = error_of(agent.call("tag_chat_thread", TAG_PAYLOAD))
        assert error == {"type": "too_many_requests", "message": "Too many requests"}
        assert thread_tags(witness) == []
        assert agent.pushes == []


def test_an_error_may_come_after_acting() -> None:
    """The request was executed and pushed, though its answer denies it."""
    with sandbox_with_faults("tag_chat_thread:error=internal,at=after") as (agent, witness, _):
        assert error_of(agent.call("tag_chat_thread", TAG_PAYLOAD))["type"] == "internal"
        assert witness.wait_for_push("chat_thread_tagged")["payload"] == TAG_PAYLOAD
        assert thread_tags(witness) == ["slow"]


def test_a_wrong_region_is_named_in_the_error() -> None:
    """Login may answer misdirected_request with the region that serves the licence."""
    spec = "login:error=misdirected_request,region=fra"
    with (
        run_sandbox(options=ServerOptions(faults=(parse_fault(spec),))) as sandbox,
        connected_client(sandbox.url) as stranger,
    ):
        error = error_of(stranger.login(sandbox.token))
    assert (error["type"], error["data"]) == ("misdirected_request", {"region": "fra"})


def test_a_delay_lets_later_answers_pass() -> None:
    """The delayed request was acted on at once; its answer and its push come late."""
    with sandbox_with_faults("tag_chat_thread:delay=300ms") as (agent, witness, _):
        late = agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        assert thread_tags(witness) == ["slow"]
        assert agent.call("get_chats_summary")["success"]
        assert agent.pushes == []
        assert agent.wait_for_response(late)["success"]
        assert agent.wait_for_push("chat_thread_tagged")["request_id"] == late


def test_silence_acts_and_never_answers() -> None:
    """There is no answer, but the push comes; or nothing at all where it strikes before."""
    with sandbox_with_faults("tag_chat_thread:silent") as (agent, witness, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        agent.call("get_chats_summary")
        assert [message["type"] for message in agent.pushes] == ["push"]
        assert thread_tags(witness) == ["slow"]
    with sandbox_with_faults("tag_chat_thread:silent,at=before") as (agent, witness, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        agent.call("get_chats_summary")
        assert agent.pushes == []
        assert thread_tags(witness) == []


@pytest.mark.parametrize(
    ("stage", "seen", "expected"),
    [("before", [], []), ("after", [], ["slow"]), ("answered", ["response", "push"], ["slow"])],
)
def test_a_dropped_connection_ends_without_a_close(
    stage: str, seen: list[str], expected: list[str]
) -> None:
    """The connection is reset before acting, after it, or after the answer."""
    with sandbox_with_faults(f"tag_chat_thread:drop={stage}") as (agent, witness, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        messages, code = agent.read_until_closed()
        assert [message["type"] for message in messages] == seen
        assert code is None
        assert thread_tags(witness) == expected


def test_answers_before_a_drop_arrive() -> None:
    """A drop takes nothing back of what was answered in the same turn."""
    with sandbox_with_faults("tag_chat_thread:drop=before") as (agent, _, _):
        core = agent.connection.protocol
        core.send_text(b'{"action": "get_chats_summary", "request_id": "7"}')
        core.send_text(json.dumps({"action": "tag_chat_thread", "payload": TAG_PAYLOAD}).encode())
        agent.connection.socket.sendall(b"".join(core.data_to_send()))
        assert agent.wait_for_response("7")["success"]
        with pytest.raises(ConnectionClosedError):
            agent.receive()


@pytest.mark.parametrize("code", [1000, 1008, 1011, 1012, 1013, 4000, 4999])
def test_the_connection_closes_with_any_code(code: int) -> None:
    """The request is neither acted on nor answered."""
    with sandbox_with_faults(f"tag_chat_thread:close={code}") as (agent, witness, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        assert agent.read_until_closed() == ([], code)
        assert thread_tags(witness) == []


def test_a_disconnect_names_its_reason_and_closes() -> None:
    """agent_disconnected comes with its reason (and region), then the close with 1000."""
    with sandbox_with_faults("*:disconnect=misdirected_connection,region=fra") as (agent, _, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        [push], code = agent.read_until_closed()
    assert push == {
        "action": "agent_disconnected",
        "type": "push",
        "payload": {"reason": "misdirected_connection", "data": {"region": "fra"}},
    }
    assert code == 1000


def test_a_disconnect_may_come_a_while_after_the_answer() -> None:
    """`at=answered,in=…` ends a session that began well."""
    with sandbox_with_faults("tag_chat_thread:disconnect=ping_timeout,at=answered,in=100ms") as (
        agent,
        _,
        _,
    ):
        assert agent.call("tag_chat_thread", TAG_PAYLOAD)["success"]
        assert agent.call("get_chats_summary")["success"]
        messages, code = agent.read_until_closed()
    assert [message["action"] for message in messages] == [
        "chat_thread_tagged",
        "agent_disconnected",
    ]
    assert messages[-1]["payload"] == {"reason": "ping_timeout"}
    assert code == 1000


def test_pushes_may_come_before_the_answer() -> None:
    """The order of answer and pushes is turned round."""
    with sandbox_with_faults("tag_chat_thread:push-first") as (agent, _, _):
        agent.call("tag_chat_thread", TAG_PAYLOAD)
        assert [push["action"] for push in agent.pushes] == ["chat_thread_tagged"]


def test_an_answer_may_come_twice() -> None:
    """Both answers are the same; it was acted on once."""
    with sandbox_with_faults("send_event:duplicate") as (agent, _, _):
        event = {"chat_id": CHAT, "event": {"type": "message", "text": "once"}}
        first = agent.call("send_event", event)
        assert agent.receive() == first
        agent.pushes.clear()
        agent.call("ping")
        assert [push["action"] for push in agent.pushes] == ["incoming_event"]


def test_a_strange_answer_may_come_before_the_right_one() -> None:
    """A response to a request that nobody made comes first."""
    with sandbox_with_faults("tag_chat_thread:foreign") as (agent, _, _):
        request_id = agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        foreign_response, own_response = agent.receive(), agent.receive()
        assert foreign_response["type"] == own_response["type"] == "response"
        assert foreign_response["request_id"] != request_id == own_response["request_id"]


def test_the_request_id_may_be_left_out() -> None:
    """Neither the answer nor the push can be matched by the id."""
    with sandbox_with_faults("tag_chat_thread:no-id") as (agent, _, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        assert ["request_id" in agent.receive() for _ in range(2)] == [False, False]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("json", b'{"action": "'),
        ("list", b"[]"),
        ("empty", b""),
        ("utf8", b'{"action": "\xff"}'),
        ("binary", b"\x00\x01\x02"),
    ],
)
def test_an_answer_may_be_broken(how: str, expected: bytes) -> None:
    """Something unreadable comes in place of the answer; the connection stays open."""
    with sandbox_with_faults(f"get_chats_summary:malformed={how}") as (agent, _, _):
        agent.send_request("get_chats_summary")
        assert agent.connection.recv(10, decode=False) == expected
        assert agent.call("ping")["success"]


def test_faults_combine_whatever_their_order() -> None:
    """An error that comes twice and late is what three faults on one request make."""
    specs = ("tag_chat_thread:duplicate", "*:delay=1ms", "tag_chat_thread:error=internal")
    with sandbox_with_faults(*specs) as (agent, _, _):
        first = agent.call("tag_chat_thread", TAG_PAYLOAD)
        assert agent.receive() == first
        assert error_of(first)["type"] == "internal"


def test_a_fault_strikes_the_nth_request_only() -> None:
    """The first and the third request are answered as ever."""
    with sandbox_with_faults("get_chats_summary:error=service_unavailable,nth=2") as (agent, _, _):
        answers = [agent.call("get_chats_summary")["success"] for _ in range(3)]
    assert answers == [True, False, True]


def test_pings_may_go_unanswered() -> None:
    """A server that no longer answers pings, but all else."""
    with sandbox_with_faults("ping:silent,nth=2-") as (agent, _, _):
        agent.send_request("ping")
        assert agent.call("get_chats_summary")["success"]
        assert agent.pushes == []

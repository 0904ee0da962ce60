"""The effects of faults, as a client that follows the documentation observes them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.independent_client import Client, Message, connected_client
from websockets.exceptions import ConnectionClosedError

from rtmcli.sandbox.server.fault_specs import parse_fault
from rtmcli.sandbox.server.options import ServerOptions
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

CHAT, THREAD = "PJ0MRSHTDG", "K600PKZON8"
TAG_PAYLOAD = {"chat_id": CHAT, "thread_id": THREAD, "tag": "slow"}


@contextmanager
def sandbox_with_faults(*specs: str) -> Iterator[tuple[Client, Client, Sandbox]]:
    """Run a sandbox with faults; yield a client, an observing client, and the sandbox."""
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
    """Return the tags of the thread."""
    response = observer.call("get_chat_threads", {"chat_id": CHAT, "thread_ids": [THREAD]})
    [thread] = response["payload"]["chat"]["threads"]
    return list(thread.get("tags", []))


def error_of(response: Message) -> Message:
    """Return the error of a failed response."""
    assert response["success"] is False
    error = response["payload"]["error"]
    assert isinstance(error, dict)
    return error


def test_error_prevents_execution() -> None:
    """The response has the type and its default message; nothing changes and no push is sent."""
    with sandbox_with_faults("tag_chat_thread:error=too_many_requests") as (agent, observer, _):
        error = error_of(agent.call("tag_chat_thread", TAG_PAYLOAD))
        assert error == {"type": "too_many_requests", "message": "Too many requests"}
        assert thread_tags(observer) == []
        assert agent.pushes == []


def test_error_may_follow_execution() -> None:
    """The request was executed and pushed despite the error."""
    with sandbox_with_faults("tag_chat_thread:error=internal,at=after") as (agent, observer, _):
        assert error_of(agent.call("tag_chat_thread", TAG_PAYLOAD))["type"] == "internal"
        assert observer.wait_for_push("chat_thread_tagged")["payload"] == TAG_PAYLOAD
        assert thread_tags(observer) == ["slow"]


def test_error_may_include_a_region() -> None:
    """A login may fail with misdirected_request and the region of the license."""
    spec = "login:error=misdirected_request,region=fra"
    with (
        run_sandbox(options=ServerOptions(faults=(parse_fault(spec),))) as sandbox,
        connected_client(sandbox.url) as client,
    ):
        error = error_of(client.login(sandbox.token))
    assert (error["type"], error["data"]) == ("misdirected_request", {"region": "fra"})


def test_delay_reorders_responses() -> None:
    """The request is executed at once; its response and push are delayed."""
    with sandbox_with_faults("tag_chat_thread:delay=300ms") as (agent, observer, _):
        request_id = agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        assert thread_tags(observer) == ["slow"]
        assert agent.call("get_chats_summary")["success"]
        assert agent.pushes == []
        assert agent.wait_for_response(request_id)["success"]
        assert agent.wait_for_push("chat_thread_tagged")["request_id"] == request_id


def test_silent_sends_no_response() -> None:
    """The push is sent, unless the fault applies before execution."""
    with sandbox_with_faults("tag_chat_thread:silent") as (agent, observer, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        agent.call("get_chats_summary")
        assert [message["type"] for message in agent.pushes] == ["push"]
        assert thread_tags(observer) == ["slow"]
    with sandbox_with_faults("tag_chat_thread:silent,at=before") as (agent, observer, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        agent.call("get_chats_summary")
        assert agent.pushes == []
        assert thread_tags(observer) == []


@pytest.mark.parametrize(
    ("stage", "received", "tags"),
    [("before", [], []), ("after", [], ["slow"]), ("answered", ["response", "push"], ["slow"])],
)
def test_drop_resets_the_connection(stage: str, received: list[str], tags: list[str]) -> None:
    """The reset comes before execution, after it, or after the response."""
    with sandbox_with_faults(f"tag_chat_thread:drop={stage}") as (agent, observer, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        messages, code = agent.read_until_closed()
        assert [message["type"] for message in messages] == received
        assert code is None
        assert thread_tags(observer) == tags


def test_earlier_responses_precede_a_drop() -> None:
    """Responses from the same iteration of the event loop are still sent."""
    with sandbox_with_faults("tag_chat_thread:drop=before") as (agent, _, _):
        core = agent.connection.protocol
        core.send_text(b'{"action": "get_chats_summary", "request_id": "7"}')
        core.send_text(json.dumps({"action": "tag_chat_thread", "payload": TAG_PAYLOAD}).encode())
        agent.connection.socket.sendall(b"".join(core.data_to_send()))
        assert agent.wait_for_response("7")["success"]
        with pytest.raises(ConnectionClosedError):
            agent.receive()


@pytest.mark.parametrize("code", [1000, 1008, 1011, 1012, 1013, 4000, 4999])
def test_close_uses_the_given_code(code: int) -> None:
    """The request is neither executed nor answered."""
    with sandbox_with_faults(f"tag_chat_thread:close={code}") as (agent, observer, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        assert agent.read_until_closed() == ([], code)
        assert thread_tags(observer) == []


def test_disconnect_pushes_its_reason() -> None:
    """agent_disconnected has the reason (and region), and the server closes with 1000."""
    with sandbox_with_faults("*:disconnect=misdirected_connection,region=fra") as (agent, _, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        [push], code = agent.read_until_closed()
    assert push == {
        "action": "agent_disconnected",
        "type": "push",
        "payload": {"reason": "misdirected_connection", "data": {"region": "fra"}},
    }
    assert code == 1000


def test_disconnect_may_follow_the_response() -> None:
    """`at=answered,in=…` ends the session later."""
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


def test_pushes_may_precede_the_response() -> None:
    """The order of response and pushes is reversed."""
    with sandbox_with_faults("tag_chat_thread:push-first") as (agent, _, _):
        agent.call("tag_chat_thread", TAG_PAYLOAD)
        assert [push["action"] for push in agent.pushes] == ["chat_thread_tagged"]


def test_duplicate_repeats_the_response() -> None:
    """Both responses are identical; the request is executed once."""
    with sandbox_with_faults("send_event:duplicate") as (agent, _, _):
        event = {"chat_id": CHAT, "event": {"type": "message", "text": "once"}}
        first = agent.call("send_event", event)
        assert agent.receive() == first
        agent.pushes.clear()
        agent.call("ping")
        assert [push["action"] for push in agent.pushes] == ["incoming_event"]


def test_foreign_sends_an_unknown_response_first() -> None:
    """Its request_id belongs to no request."""
    with sandbox_with_faults("tag_chat_thread:foreign") as (agent, _, _):
        request_id = agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        foreign_response, own_response = agent.receive(), agent.receive()
        assert foreign_response["type"] == own_response["type"] == "response"
        assert foreign_response["request_id"] != request_id == own_response["request_id"]


def test_no_id_omits_the_request_id() -> None:
    """Neither the response nor the push has it."""
    with sandbox_with_faults("tag_chat_thread:no-id") as (agent, _, _):
        agent.send_request("tag_chat_thread", TAG_PAYLOAD)
        assert ["request_id" in agent.receive() for _ in range(2)] == [False, False]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("json", b'{"action": "'),
        ("list", b"[]"),
        ("empty", b""),
        ("utf8", b'{"action": "\xff"}'),
        ("binary", b"\x00\x01\x02"),
    ],
)
def test_malformed_replaces_the_response(form: str, expected: bytes) -> None:
    """The connection stays open."""
    with sandbox_with_faults(f"get_chats_summary:malformed={form}") as (agent, _, _):
        agent.send_request("get_chats_summary")
        assert agent.connection.recv(10, decode=False) == expected
        assert agent.call("ping")["success"]


def test_faults_combine_in_any_order() -> None:
    """An error that is duplicated and delayed combines three faults."""
    specs = ("tag_chat_thread:duplicate", "*:delay=1ms", "tag_chat_thread:error=internal")
    with sandbox_with_faults(*specs) as (agent, _, _):
        first = agent.call("tag_chat_thread", TAG_PAYLOAD)
        assert agent.receive() == first
        assert error_of(first)["type"] == "internal"


def test_nth_selects_one_request() -> None:
    """The first and the third request succeed."""
    with sandbox_with_faults("get_chats_summary:error=service_unavailable,nth=2") as (agent, _, _):
        responses = [agent.call("get_chats_summary")["success"] for _ in range(3)]
    assert responses == [True, False, True]


def test_pings_may_be_silent() -> None:
    """Other requests are still answered."""
    with sandbox_with_faults("ping:silent,nth=2-") as (agent, _, _):
        agent.send_request("ping")
        assert agent.call("get_chats_summary")["success"]
        assert agent.pushes == []

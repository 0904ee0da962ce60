"""The fault server behaves correctly by default, and is scripted step by step."""

import time
from collections.abc import Iterator

import pytest
from support import fault_server
from support.fault_server import (
    CLOSE,
    LOGIN_RESPONSE,
    FaultServer,
    Opcode,
    Step,
    batch,
    call_function,
    delay,
    dripped,
    flood,
    frames,
    ignore,
    message,
    pause_reading,
    push,
    respond,
    respond_error,
    text,
    wait_for_gate,
)
from support.raw_client import (
    MASK,
    RawClient,
    logged_in_client,
    receive_message,
    response,
    send_request,
)
from websockets.sync.client import connect


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Run a server that fails the test on protocol violations by the client."""
    with FaultServer() as serving:
        yield serving


# Default behavior


def test_a_server_without_a_script_behaves_correctly(server: FaultServer) -> None:
    """It logs in, responds to every action, sends pongs, and completes the closing handshake."""
    with connect(server.url, proxy=None) as client:
        send_request(client, "login", "first")
        assert receive_message(client) == response("login", "first", payload=LOGIN_RESPONSE)
        send_request(client, "ban_customer", "second")
        assert receive_message(client) == response("ban_customer", "second")
        assert client.ping().wait(10)
    assert client.close_code == 1000


def test_it_records_what_it_received(server: FaultServer) -> None:
    """Requests are in wire order, with their connection, separate from the logins."""
    for action in ("get_archives", "send_event"):
        with logged_in_client(server, additional_headers={"X-Region": "fra"}) as client:
            send_request(client, action)
            receive_message(client)
    server.wait_for(lambda: len(server.connection_ends) == 2)
    assert [(seen.connection, seen.action) for seen in server.requests] == [
        (1, "get_archives"),
        (2, "send_event"),
    ]
    assert server.executed == server.requests
    assert [login.request_id for login in server.logins] == ["login", "login"]
    assert [each.headers["x-region"] for each in server.handshakes] == ["fra", "fra"]
    assert [server.count(key) for key in ("login", "*", "send_event", CLOSE)] == [2, 2, 1, 2]
    assert (server.connection_count, server.close_codes) == (2, [1000, 1000])
    assert (server.open_connections, server.connection_ends) == ([], {1: "fin", 2: "fin"})


def test_it_can_count_requests_without_keeping_them() -> None:
    """Without `keep_all`, only logins and control frames are kept."""
    with FaultServer(keep_all=False) as server:
        with logged_in_client(server) as client:
            send_request(client, "x")
            receive_message(client)
        server.wait_for(lambda: server.connection_ends)
    assert (server.requests, server.executed, len(server.logins)) == ([], [], 1)
    assert (server.count("*"), server.count_executed("x"), server.close_codes) == (1, 1, [1000])


def test_steps_run_after_the_response_to_the_awaited_request(server: FaultServer) -> None:
    """A push sent once the login is counted never overtakes the login's response."""
    for number in range(1, 21):
        with connect(server.url, proxy=None) as client:
            send_request(client, "login")
            server.wait_for("login", number)
            server.run_steps(push("incoming_event", {"n": number}))
            assert [receive_message(client)["action"], receive_message(client)["action"]] == [
                "login",
                "incoming_event",
            ]


def test_the_examples_of_the_package_run(server: FaultServer) -> None:
    """Every `server.` line in the package's docstring runs."""
    lines = [line.strip() for line in (fault_server.__doc__ or "").splitlines()]
    examples = [line for line in lines if line.startswith("server.")]
    with RawClient(server) as client:
        for example in examples:
            exec(example, {**vars(fault_server), "server": server})
        assert client.read_message()["action"] == "incoming_event"
        assert client.read_frame().payload == (1012).to_bytes(2) + b"restart"
    assert len(examples) == 10


def test_it_serves_ipv6() -> None:
    """The host may be the IPv6 loopback address."""
    with FaultServer(host="::1") as server, logged_in_client(server) as client:
        assert client.remote_address[0] == "::1"


# Scripts


def test_each_behavior_serves_one_occurrence_and_the_last_repeats(server: FaultServer) -> None:
    """`on` scripts each occurrence of an action."""
    server.on("send_event", respond_error("too_many_requests"), respond({"event_id": "E"}))
    with logged_in_client(server) as client:
        payloads = []
        for _ in range(3):
            send_request(client, "send_event")
            payloads.append(receive_message(client)["payload"])
    error = {"type": "too_many_requests", "message": "Too many requests"}
    assert payloads == [{"error": error}, {"event_id": "E"}, {"event_id": "E"}]
    assert (server.count("send_event"), server.count_executed("send_event")) == (3, 2)


def test_the_more_specific_script_takes_precedence(server: FaultServer) -> None:
    """An action precedes "*", a connection precedes both; "*" excludes login and ping."""
    server.on("*", respond({"rule": "*"}))
    server.on("tag_chat_thread", respond({"rule": "action"}))
    server.on("tag_chat_thread", respond({"rule": "connection"}), connection=2)
    seen = []
    for _ in range(2):
        with logged_in_client(server) as client:
            for action in ("ping", "follow_chat", "tag_chat_thread"):
                send_request(client, action)
                seen.append(receive_message(client)["payload"].get("rule"))
    assert seen == [None, "*", "action", None, "*", "connection"]


def test_a_trigger_without_behaviors_is_normal_again(server: FaultServer) -> None:
    """`on` without a behavior removes the script."""
    server.on("send_event", ignore())
    server.on("send_event")
    with logged_in_client(server) as client:
        send_request(client, "send_event")
        assert receive_message(client) == response("send_event")


# Responses and pushes


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (respond({"a": 1}), response("x", payload={"a": 1})),
        (respond(lambda request: {"for": request.request_id}), response("x", payload={"for": "1"})),
        (respond(success="true", request_id=7), response("x", success="true", request_id=7)),
        (
            respond(omit=["type", "payload"]),
            {"request_id": "1", "action": "x", "success": True},
        ),
        (
            respond_error("misdirected_request", "Wrong region", {"region": "fra"}),
            response(
                "x",
                success=False,
                payload={
                    "error": {
                        "type": "misdirected_request",
                        "message": "Wrong region",
                        "data": {"region": "fra"},
                    }
                },
            ),
        ),
        (
            push("incoming_event", {"a": 1}, with_request_id=True),
            {"action": "incoming_event", "type": "push", "payload": {"a": 1}, "request_id": "1"},
        ),
        (
            push("p", version="3.3"),
            {"action": "p", "type": "push", "payload": {}, "version": "3.3"},
        ),
        (message([None]), [None]),
        (text("7"), 7),
        (call_function(lambda context: context.send_json("own")), "own"),
    ],
    ids=lambda value: value.name if isinstance(value, Step) else "",
)
def test_a_step_sends_the_given_message(server: FaultServer, step: Step, expected: object) -> None:
    """Every field of an envelope can be added, replaced or omitted."""
    server.on("x", step)
    with logged_in_client(server) as client:
        send_request(client, "x")
        assert receive_message(client) == expected


def test_the_steps_of_a_behavior_run_in_order(server: FaultServer) -> None:
    """One list sends a push, a response with another id, and the response twice."""
    server.on(
        "x", [push("p", with_request_id=True), respond(request_id="other"), respond(), respond()]
    )
    with logged_in_client(server) as client:
        send_request(client, "x")
        seen = [
            (each["type"], each["request_id"])
            for each in (receive_message(client) for _ in range(4))
        ]
    assert seen == [
        ("push", "1"),
        ("response", "other"),
        ("response", "1"),
        ("response", "1"),
    ]
    assert len(server.executed) == 1


def test_a_flood_is_numbered(server: FaultServer) -> None:
    """Pushes of a flood are numbered from 1, so that a test can detect loss and reordering."""
    server.on("x", [flood(2_000, text="x" * 100), respond()])
    with logged_in_client(server) as client:
        send_request(client, "x")
        assert [receive_message(client)["payload"]["n"] for _ in range(2_000)] == list(
            range(1, 2_001)
        )
        assert receive_message(client) == response("x")


# Order and time


def test_batched_responses_are_sent_in_the_given_order(server: FaultServer) -> None:
    """`batch` shows whether a client relies on the order, and how many calls it has in flight."""
    server.on("x", batch(3, reversed, then=respond({"held": True})))
    with logged_in_client(server) as client:
        for request_id in "abc":
            send_request(client, "x", request_id)
        seen = [receive_message(client) for _ in range(3)]
    assert seen == [response("x", request_id, payload={"held": True}) for request_id in "cba"]
    assert server.peak_in_flight == 3


def test_a_batch_with_an_idle_time_does_not_wait_indefinitely(server: FaultServer) -> None:
    """With `idle`, the batch is released when no other request arrives."""
    server.on("x", batch(100, reversed, idle=0.05))
    with logged_in_client(server) as client:
        for request_id in "ab":
            send_request(client, "x", request_id)
        assert [receive_message(client)["request_id"] for _ in range(2)] == ["b", "a"]


def test_the_server_continues_reading_while_a_step_waits(server: FaultServer) -> None:
    """`wait_for_gate` delays one response, not the connection."""
    gate = server.make_gate()
    server.on("slow", [wait_for_gate(gate), respond()])
    with logged_in_client(server) as client:
        send_request(client, "slow", "slow")
        send_request(client, "fast", "fast")
        assert receive_message(client)["request_id"] == "fast"
        assert client.ping().wait(10)
        gate.open()
        assert receive_message(client)["request_id"] == "slow"


def test_a_delay_lasts_the_given_time(server: FaultServer) -> None:
    """`delay` delays the steps after it."""
    server.on("x", [delay(0.1), respond()])
    with logged_in_client(server) as client:
        start = time.monotonic()
        send_request(client, "x")
        receive_message(client)
        assert time.monotonic() - start >= 0.1


def test_a_server_that_pauses_reading_blocks_the_client(server: FaultServer) -> None:
    """After `pause_reading`, writes of the client block."""
    server.on("x", [respond(), pause_reading(server.make_gate())])
    with RawClient(server) as client:
        client.send_request("x")
        client.read_message()
        client.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.socket.sendall(frames.encode(Opcode.PONG, bytes(1 << 25), mask=MASK))
        assert server.count("x") == 1


def test_reading_resumes_when_the_gate_opens(server: FaultServer) -> None:
    """Data that was not read is read once the gate opens."""
    gate = server.make_gate()
    server.on("x", [respond(), pause_reading(gate)], respond())
    with RawClient(server) as client:
        client.send_request("x")
        client.read_message()
        client.send_request("x")
        gate.open()
        assert client.read_message() == response("x")


def test_a_dripped_message_comes_byte_by_byte(server: FaultServer) -> None:
    """`dripped` sends a message or a response byte by byte."""
    server.on("x", dripped(text("dripped"), interval=0.01))
    with RawClient(server) as client:
        start = time.monotonic()
        client.send_request("x")
        assert client.read_frame().payload == b"dripped"
        assert time.monotonic() - start >= 0.08

'''A scriptable RTM server for tests: it behaves normally except where a test scripts a fault.

It imports nothing from the package under test: it uses raw sockets, its own framing and the API
documents. A test reads:

    def test_a_call_that_may_have_run_is_not_sent_again() -> None:
        """A connection lost after the call leaves the outcome unknown: status 7, one execution."""
        with FaultServer() as server:
            server.on("send_event", [execute(), drop("rst")])
            result = run("send-event", "--chat-id", "A", "--text", "Hi", url=server.url)
        assert result.exit_code == 7
        assert server.count("send_event") == 1

`on(trigger, behavior, behavior, …)` assigns one behavior to each occurrence; the last one repeats.
A behavior is a step or a list of steps. A trigger is an action, "*", CONNECT, HANDSHAKE, PING or
CLOSE:

    server.on("get_archives", respond_error("too_many_requests"), respond({"chats": []}))
    server.on("start_chat", [push("incoming_chat", with_request_id=True), respond({"n": 1})])
    server.on("login", respond(), ignore())                       # the second login hangs
    server.on("*", batch(8, reversed))                            # responses in reverse order
    server.on(CONNECT, drop("rst"), drop("fin"), normal())
    server.on(HANDSHAKE, http_response(503), dripped(upgrade()), upgrade(accept="wrong"))
    server.on(CLOSE, ignore())                                    # never completes the close

The steps:

    messages    normal respond respond_error push flood message; execute, which sends nothing
    frames      text binary frame raw pings pongs compression_bomb fragmented(step) dripped(step)
    ends        close drop
    delays      ignore pause_reading wait_for_gate(gate) delay batch
    handshake   upgrade http_response
    other       call_function(function of a StepContext)

The test itself waits and acts without sleeping:

    server.wait_for("login")
    server.run_steps(push("incoming_event", {"chat_id": "A"}), close(1012, "restart"))

It reads what was on the wire: `requests`, `executed`, `logins`, `frames`, `close_codes`,
`connection_ends`, `count(trigger)`, `peak_in_flight`, and, on the monotonic clock, `accept_times`
and `Request.received_at`. If the client violates RFC 6455 or the envelope, the test fails, unless
the server is a `FaultServer(strict=False)`.

`TcpRelay` simulates a bad network to any server and `Proxy` is an HTTP proxy; `refusing_port` and
`hanging_port` are addresses that do not respond.
'''

from support.fault_server.delays import Gate, batch, delay, ignore, pause_reading, wait_for_gate
from support.fault_server.frames import Frame, Opcode
from support.fault_server.handshake import http_response, upgrade
from support.fault_server.ports import hanging_port, refusing_port
from support.fault_server.proxy import Proxy, ProxyRequest
from support.fault_server.records import ConnectionEvent, Handshake, ReceivedFrame, Request
from support.fault_server.responses import (
    LOGIN_RESPONSE,
    call_function,
    execute,
    flood,
    message,
    normal,
    push,
    respond,
    respond_error,
)
from support.fault_server.script import Behavior, Step, StepContext
from support.fault_server.server import FaultServer
from support.fault_server.tcp_relay import TcpRelay
from support.fault_server.violations import (
    binary,
    close,
    compression_bomb,
    dripped,
    drop,
    fragmented,
    frame,
    pings,
    pongs,
    raw,
    text,
)

CONNECT, HANDSHAKE, PING, CLOSE = ConnectionEvent

__all__ = [
    "CLOSE",
    "CONNECT",
    "HANDSHAKE",
    "LOGIN_RESPONSE",
    "PING",
    "Behavior",
    "ConnectionEvent",
    "FaultServer",
    "Frame",
    "Gate",
    "Handshake",
    "Opcode",
    "Proxy",
    "ProxyRequest",
    "ReceivedFrame",
    "Request",
    "Step",
    "StepContext",
    "TcpRelay",
    "batch",
    "binary",
    "call_function",
    "close",
    "compression_bomb",
    "delay",
    "dripped",
    "drop",
    "execute",
    "flood",
    "fragmented",
    "frame",
    "hanging_port",
    "http_response",
    "ignore",
    "message",
    "normal",
    "pause_reading",
    "pings",
    "pongs",
    "push",
    "raw",
    "refusing_port",
    "respond",
    "respond_error",
    "text",
    "upgrade",
    "wait_for_gate",
]

'''A fault server for the tests: an RTM server that does what the test tells it.

It knows nothing of the package it proves: raw sockets, own framing, the documents. A test reads:

    def test_a_call_that_may_have_run_is_not_sent_again() -> None:
        """A connection lost after the call leaves the outcome unknown: status 7, one execution."""
        with FaultServer() as server:
            server.on("send_event", [execute(), drop("rst")])
            done = run("send-event", "--chat-id", "A", "--text", "Hi", url=server.url)
        assert done.status == 7
        assert server.count("send_event") == 1

`on(key, behaviour, behaviour, …)` gives one behaviour to each occurrence, and the last one stays.
A behaviour is a step or a list of steps; a key an action, "*", CONNECT, HANDSHAKE, PING or CLOSE:

    server.on("get_archives", refuse("too_many_requests"), answer({"chats": []}))
    server.on("start_chat", [push("incoming_chat_thread", echo=True), answer({"chat_id": "A"})])
    server.on("login", answer(), silence())                       # the second login hangs
    server.on("*", hold(8, reversed))                             # answers in reverse order
    server.on(CONNECT, drop("rst"), drop("fin"), normal())
    server.on(HANDSHAKE, status(503), dripped(upgrade()), upgrade(accept="wrong"))
    server.on(CLOSE, silence())                                   # never completes the close

The steps:

    speak          normal answer refuse push flood message, and execute, which says nothing
    breach         text binary frame raw pings pongs bomb fragmented(step) dripped(step)
    end            close drop
    wait           silence stall after(gate) pause hold
    the handshake  upgrade status
    anything else  do(function of a Turn)

From its own side a test waits and acts, without sleeping:

    server.wait_for("login")
    server.play(push("incoming_event", {"chat_id": "A"}), close(1012, "restart"))

It reads what was on the wire: `requests`, `executed`, `logins`, `frames`, `close_codes`, `ended`,
`count(key)`, `peak_in_flight`, and, by the monotonic clock, `accepted` and `Request.at`. A client
that breaks RFC 6455 or the envelope fails the test, unless it is a `FaultServer(strict=False)`.

`Shim` is a bad line to any server, `Proxy` an HTTP proxy; `refusing_port` and `hanging_port` are
addresses where nobody answers.
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

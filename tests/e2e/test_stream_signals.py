"""A signal ends a stream soon; every outcome is reported, in complete lines."""

import signal
import time

import pytest
from support.fault_server import CLOSE, FaultServer, execute, ignore, message, respond
from support.process import start
from support.stream_data import record_statuses, request_lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_stream_and_every_outcome_is_reported(number: int) -> None:
    """T92: responses are printed, unknown calls are named, and the process dies of the signal."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("*", respond(), execute())
        assert process.stdin
        process.stdin.write(request_lines(3))
        process.stdin.flush()
        server.wait_for("x", 3)
        process.send_signal(number)
        assert process.wait(4) == -number  # although its input is open
        assert process.stdout
        assert process.stderr
        out, err = process.stdout.read(), process.stderr.read().decode()
    assert record_statuses(out) == ["ok", "unknown", "unknown"]
    assert "rtm: 1 ok, 2 unknown (input 2: " in err
    assert "); the input was not read beyond value 3" in err
    assert all(request.request_id in err for request in server.requests[1:])


def test_responses_soon_after_a_signal_count() -> None:
    """Calls in flight are awaited for a moment; nothing more is sent."""
    with FaultServer() as server, start("call", "-", "--window", "2", url=server.url) as process:
        server.on("*", ignore())
        assert process.stdin
        process.stdin.write(request_lines(9))
        process.stdin.flush()
        server.wait_for("x", 2)
        process.terminate()
        for request in server.requests:
            own = {"request_id": request.request_id, "payload": request.payload}
            server.run_steps(message({"type": "response", "action": "x", "success": True, **own}))
        out, err = process.communicate()
    assert (record_statuses(out), process.returncode) == (["ok", "ok"], -signal.SIGTERM)
    assert b"unknown" not in err
    assert server.count("x") == 2


@pytest.mark.parametrize("moment", ["idle", "login"])
def test_a_signal_with_nothing_in_flight_ends_at_once(moment: str) -> None:
    """T92: while waiting for input, or for the login response."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("login", ignore() if moment == "login" else respond())
        assert process.stdin
        process.stdin.write(request_lines(1))
        process.stdin.flush()
        server.wait_for("x" if moment == "idle" else "login")
        if moment == "idle":
            assert process.stdout
            assert process.stdout.readline() == b"{}\n"
        process.terminate()
        assert process.wait(4) == -signal.SIGTERM


def test_a_second_signal_ends_a_stream_at_once() -> None:
    """T94: responses are not awaited."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("*", execute())
        assert process.stdin
        process.stdin.write(request_lines(1))
        process.stdin.flush()
        server.wait_for("x")
        process.send_signal(signal.SIGINT)
        signaled_at = time.monotonic()
        while process.poll() is None:  # two signals at once may count as one
            process.send_signal(signal.SIGTERM)
        assert time.monotonic() - signaled_at < 1
        assert process.returncode in (-signal.SIGINT, -signal.SIGTERM)


def test_a_signal_while_output_is_not_read_leaves_complete_lines() -> None:
    """T70: within five seconds."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("*", respond({"text": "x" * 1000}))
        assert process.stdin
        process.stdin.write(request_lines(500))
        process.stdin.flush()
        server.wait_for("x", 100)
        process.terminate()
        assert process.wait(5) == -signal.SIGTERM
        assert process.stdout
        out = process.stdout.read()
    assert out.endswith(b"\n")
    assert set(record_statuses(out)) == {"ok"}


def test_a_signal_ends_a_stream_within_two_seconds() -> None:
    """T92: though output is not read, and the server does not answer the close frame."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("*", respond({"text": "x" * 10_000}))
        server.on(CLOSE, ignore())
        assert process.stdin
        process.stdin.write(request_lines(500))
        process.stdin.flush()
        server.wait_for("x", 20)
        process.terminate()
        signaled_at = time.monotonic()
        assert process.wait(5) == -signal.SIGTERM
        assert time.monotonic() - signaled_at < 2.5  # half a second for a busy machine

"""A server in a thread."""

import errno
import os
import threading

import pytest
from support.independent_client import connected_client

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server.loopback import create_listener, listener_url
from rtmcli.sandbox.server_thread import run_sandbox


def test_the_server_runs_within_the_block() -> None:
    """The port is closed when the block ends."""
    with run_sandbox() as sandbox, connected_client(sandbox.url, sandbox.token) as agent:
        assert agent.call("ping")["success"]
    with pytest.raises(ConnectionRefusedError), connected_client(sandbox.url):
        pass


def test_no_thread_is_left_running() -> None:
    """No thread or connection outlives the block."""
    before = set(threading.enumerate())  # some may end meanwhile
    with run_sandbox() as sandbox, connected_client(sandbox.url, sandbox.token):
        pass
    assert set(threading.enumerate()) - before == set()


def test_the_token_is_that_of_the_first_agent() -> None:
    """The license and the listening socket can be given."""
    license_ = License(seed=1)
    listener = create_listener()
    with run_sandbox(license_, listener=listener) as sandbox:
        assert sandbox.url == listener_url(listener, "/v3.0/agent/rtm/ws")
        assert sandbox.license is license_
        assert sandbox.token == license_.tokens[0].token


def test_call_threadsafe_returns_and_raises() -> None:
    """It returns the result, or raises the exception, and flushes pushes."""
    with run_sandbox() as sandbox, connected_client(sandbox.url, sandbox.token) as agent:
        assert sandbox.call_threadsafe(lambda server: server.connection_count) == 1
        with pytest.raises(ZeroDivisionError):
            sandbox.call_threadsafe(lambda _: 1 / 0)
        customer_id, facts = sandbox.license.visitors.start_visit()
        sandbox.call_threadsafe(lambda server: server.send_facts(facts))
        assert (
            agent.wait_for_push("customer_visit_started")["payload"]["customer_id"] == customer_id
        )


def test_two_servers_are_independent() -> None:
    """Each has its own license, port and state."""
    with run_sandbox() as first, run_sandbox() as second:
        assert first.url != second.url
        with connected_client(first.url, first.token) as agent:
            assert agent.call("ping")["success"]
        assert second.call_threadsafe(lambda server: server.connection_count) == 0


def test_an_unexpected_exception_ends_the_server() -> None:
    """T127: it is raised at the end of the block, not only logged by the event loop."""

    def end_with_exception() -> None:
        with run_sandbox() as sandbox:
            sandbox._runner.get_loop().call_soon_threadsafe(lambda: 1 // 0)
            sandbox._thread.join()
            assert not sandbox.is_running

    with pytest.raises(ZeroDivisionError):
        end_with_exception()


def test_an_error_of_the_system_is_reported_once() -> None:
    """T126: asyncio repeats it often; the server goes on."""
    warnings: list[str] = []
    with run_sandbox(on_warning=warnings.append) as sandbox:
        loop = sandbox._runner.get_loop()
        for number in (errno.EMFILE, errno.EIO, errno.EMFILE):
            context = {"message": "failed", "exception": OSError(number, os.strerror(number))}
            loop.call_soon_threadsafe(loop.call_exception_handler, context)
        sandbox.call_threadsafe(lambda _: None)  # after them
        assert sandbox.is_running
    assert warnings == [
        "new connections have to wait: too many open files",
        "failed: input/output error",
    ]

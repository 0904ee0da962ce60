"""A server beside the program that needs it."""

import threading

import pytest
from support.independent_client import connected_client

from rtmcli.sandbox.license import License
from rtmcli.sandbox.loopback import create_listener, listener_url
from rtmcli.sandbox.server_thread import run_sandbox


def test_the_server_answers_within_the_block_and_not_after_it() -> None:
    """The port is closed when the block ends."""
    with run_sandbox() as sandbox, connected_client(sandbox.url, sandbox.token) as agent:
        assert agent.call("ping")["success"]
    with pytest.raises(ConnectionRefusedError), connected_client(sandbox.url):
        pass


def test_nothing_is_left_running() -> None:
    """Neither a thread nor a connection outlives the block."""
    before = set(threading.enumerate())  # some of which may end meanwhile
    with run_sandbox() as sandbox, connected_client(sandbox.url, sandbox.token):
        pass
    assert set(threading.enumerate()) - before == set()


def test_the_token_is_that_of_the_first_agent() -> None:
    """The licence and the listening socket may be given."""
    license_ = License(seed=1)
    listener = create_listener()
    with run_sandbox(license_, listener=listener) as sandbox:
        assert sandbox.url == listener_url(listener)
        assert sandbox.license is license_
        assert sandbox.token == license_.tokens[0].token


def test_what_is_done_in_the_servers_thread_returns_and_raises_here() -> None:
    """`call` gives the result, or the exception, and sends what was pushed."""
    with run_sandbox() as sandbox, connected_client(sandbox.url, sandbox.token) as agent:
        assert sandbox.call_threadsafe(lambda server: server.connection_count) == 1
        with pytest.raises(ZeroDivisionError):
            sandbox.call_threadsafe(lambda _: 1 / 0)
        customer_id, deliveries = sandbox.license.visitors.start_visit()
        sandbox.call_threadsafe(lambda server: server.send_pushes(deliveries))
        assert (
            agent.wait_for_push("customer_visit_started")["payload"]["customer_id"] == customer_id
        )


def test_two_servers_do_not_know_each_other() -> None:
    """Each has its own licence, port and tokens' state."""
    with run_sandbox() as one, run_sandbox() as other:
        assert one.url != other.url
        with connected_client(one.url, one.token) as agent:
            assert agent.call("ping")["success"]
        assert other.call_threadsafe(lambda server: server.connection_count) == 0

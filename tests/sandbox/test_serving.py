"""A server beside the program that needs it."""

import threading

import pytest
from foreign import client

from rtmcli.sandbox.endpoint import listen, url_of
from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.serving import serving


def test_the_server_answers_within_the_block_and_not_after_it() -> None:
    """The port is closed when the block ends."""
    with serving() as sandbox, client(sandbox.url, sandbox.token) as agent:
        assert agent.call("ping")["success"]
    with pytest.raises(ConnectionRefusedError), client(sandbox.url):
        pass


def test_nothing_is_left_running() -> None:
    """Neither a thread nor a connection outlives the block."""
    before = set(threading.enumerate())  # some of which may end meanwhile
    with serving() as sandbox, client(sandbox.url, sandbox.token):
        pass
    assert set(threading.enumerate()) - before == set()


def test_the_token_is_that_of_the_first_agent() -> None:
    """The licence and the listening socket may be given."""
    licence = Licence(seed=1)
    listener = listen()
    with serving(licence, listener=listener) as sandbox:
        assert sandbox.url == url_of(listener)
        assert sandbox.licence is licence
        assert sandbox.token == licence.tokens[0].token


def test_what_is_done_in_the_servers_thread_returns_and_raises_here() -> None:
    """`call` gives the result, or the exception, and sends what was pushed."""
    with serving() as sandbox, client(sandbox.url, sandbox.token) as agent:
        assert sandbox.call(lambda server: server.connections) == 1
        with pytest.raises(ZeroDivisionError):
            sandbox.call(lambda _: 1 / 0)
        newcomer, told = sandbox.licence.visitors.arrive()
        sandbox.call(lambda server: server.tell(told))
        assert agent.push("customer_visit_started")["payload"]["customer_id"] == newcomer


def test_two_servers_do_not_know_each_other() -> None:
    """Each has its own licence, port and tokens' state."""
    with serving() as one, serving() as other:
        assert one.url != other.url
        with client(one.url, one.token) as agent:
            assert agent.call("ping")["success"]
        assert other.call(lambda server: server.connections) == 0

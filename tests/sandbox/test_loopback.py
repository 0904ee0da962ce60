"""The listening socket."""

import pytest

from rtmcli.sandbox.loopback import create_listener, listener_url


def test_the_url_has_the_documented_path() -> None:
    """The URL contains the port of the socket."""
    with create_listener() as listener:
        port = listener.getsockname()[1]
        assert listener_url(listener) == f"ws://127.0.0.1:{port}/v3.0/agent/rtm/ws"


def test_the_socket_is_bound_to_loopback() -> None:
    """Other machines cannot connect."""
    with create_listener() as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_port_in_use_is_an_error() -> None:
    """Two servers cannot use one port."""
    with create_listener() as listener, pytest.raises(OSError, match="in use"):
        create_listener(listener.getsockname()[1])


def test_a_port_can_be_reused_at_once() -> None:
    """A stopped server can be restarted on its port."""
    with create_listener() as listener:
        port = listener.getsockname()[1]
    with create_listener(port) as again:
        assert again.getsockname()[1] == port

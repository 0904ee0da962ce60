"""Where the server listens."""

import pytest

from rtmcli.sandbox.loopback import create_listener, listener_url


def test_the_url_leads_to_the_documented_path_on_loopback() -> None:
    """The URL names the port that was taken."""
    with create_listener() as listener:
        port = listener.getsockname()[1]
        assert listener_url(listener) == f"ws://127.0.0.1:{port}/v3.0/agent/rtm/ws"


def test_nobody_but_this_machine_is_served() -> None:
    """The socket is bound to loopback."""
    with create_listener() as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_port_in_use_is_an_error() -> None:
    """Two servers cannot have one port."""
    with create_listener() as listener, pytest.raises(OSError, match="in use"):
        create_listener(listener.getsockname()[1])


def test_a_port_is_free_again_at_once() -> None:
    """A server that was stopped can be started again on its port."""
    with create_listener() as listener:
        port = listener.getsockname()[1]
    with create_listener(port) as again:
        assert again.getsockname()[1] == port

"""The listening socket."""

import pytest

from rtmcli.sandbox.server.loopback import create_listener, is_loopback_authority, listener_url


def test_the_url_has_the_documented_path() -> None:
    """The URL contains the port of the socket."""
    with create_listener() as listener:
        port = listener.getsockname()[1]
        assert (
            listener_url(listener, "/v3.0/agent/rtm/ws")
            == f"ws://127.0.0.1:{port}/v3.0/agent/rtm/ws"
        )


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


@pytest.mark.parametrize(
    ("authority", "is_loopback"),
    [
        ("localhost", True),
        ("LocalHost:8730", True),
        ("app.localhost:3000", True),
        ("127.0.0.1", True),
        ("127.0.0.1:8730", True),
        ("127.8.9.10:80", True),
        ("[::1]", True),
        ("[::1]:8730", True),
        ("", False),
        ("example.com", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com:8730", False),
        ("mylocalhost", False),
        ("192.168.0.7:8730", False),
        ("0.0.0.0:8730", False),
        ("[::]:8730", False),
        ("[fe80::1]:8730", False),
        ("::1", False),
        ("localhost@example.com", False),
        ("example.com@localhost", False),
        ("localhost:80:80", False),
        ("localhost:x", False),
        ("localhost/path", False),
        (" localhost", False),
        ("localhost\n", False),
    ],
)
def test_loopback_authorities(authority: str, is_loopback: bool) -> None:
    """Only what certainly names this machine is accepted."""
    assert is_loopback_authority(authority) is is_loopback

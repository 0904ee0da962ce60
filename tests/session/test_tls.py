"""TLS: only a server with a certificate that holds, in a version that does, is spoken to."""

import ssl
from pathlib import Path

import pytest
import trustme
from support.certificates import FUTURE, PAST, limit_to_tls_1_1, server_context, write_ca_file
from support.connect import dial_failure, short_deadline
from support.fault_server import CONNECT, FaultServer, drop, ignore, raw

from rtmcli.errors import UsageError
from rtmcli.session.dial import Route, dial
from rtmcli.session.endpoint import parse_url
from rtmcli.session.tls import create_context


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("unknown", "unable to get local issuer certificate"),
        ("name", "certificate is not valid for"),
        ("expired", "certificate has expired"),
        ("early", "certificate is not yet valid"),
    ],
)
def test_a_certificate_that_does_not_hold_ends_it(tmp_path: Path, case: str, words: str) -> None:
    """The message says certificate and why; nothing is sent inside, and no other try is made."""
    context = {
        "unknown": lambda: server_context(ca=trustme.CA()),
        "name": lambda: server_context("other.test"),
        "expired": lambda: server_context(not_before=PAST.replace(year=2001), not_after=PAST),
        "early": lambda: server_context(not_before=FUTURE),
    }[case]()
    with FaultServer(tls=context) as server:
        error = dial_failure(Route(parse_url(server.url), ca_file=write_ca_file(tmp_path)))
        assert server.bytes_received == 0
    assert "certificate not accepted: " in error.message
    assert words in error.message
    assert not error.transient


def test_a_server_of_old_versions_is_refused(tmp_path: Path) -> None:
    """TLS 1.0 and 1.1 are no encryption."""
    with FaultServer(tls=limit_to_tls_1_1(server_context())) as server:
        error = dial_failure(Route(parse_url(server.url), ca_file=write_ca_file(tmp_path)))
        assert server.bytes_received == 0
    assert not error.transient


@pytest.mark.parametrize(
    ("steps", "words", "passing"),
    [
        ([drop("fin")], "the connection was closed", True),
        ([drop("rst")], "connection reset by peer", True),
        ([raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")], "wrong version number", False),
        ([ignore()], "timed out", True),
    ],
)
def test_a_handshake_that_breaks_off_may_be_tried_again(
    tmp_path: Path, steps: list[object], words: str, passing: bool
) -> None:
    """A lost connection passes; a server that speaks something else does not."""
    with FaultServer(tls=server_context()) as server:
        server.on(CONNECT, steps)  # type: ignore[arg-type]  # steps of any kind
        error = dial_failure(Route(parse_url(server.url), ca_file=write_ca_file(tmp_path)), 1.0)
    # A reset may be there before TLS begins.
    assert error.message.startswith(
        (f"TLS to 127.0.0.1:{server.port}: ", f"cannot connect to 127.0.0.1:{server.port}: ")
    )
    assert words in error.message
    assert error.transient is passing


@pytest.mark.parametrize("text", [None, "no certificate", ""])
def test_a_ca_file_that_is_none_is_a_mistake_of_the_user(tmp_path: Path, text: str | None) -> None:
    """It is told before anybody is connected to."""
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    with FaultServer(tls=server_context()) as server:
        with pytest.raises(UsageError, match=f"^--ca-file {path}: (no such file|contains no PEM)"):
            dial(Route(parse_url(server.url), ca_file=str(path)), short_deadline())
        assert server.connection_count == 0


def test_a_server_cannot_ask_for_renegotiation() -> None:
    """A server could ask for one handshake after the other, each of which costs both sides."""
    assert create_context(None).options & ssl.OP_NO_RENEGOTIATION

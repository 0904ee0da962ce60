"""TLS: only a server with a valid certificate and a current version is accepted."""

import ssl
from pathlib import Path

import pytest
import trustme
from support.certificates import (
    FUTURE,
    PAST,
    limit_to_tls_1_1,
    server_context,
    unusual_server,
    write_ca_file,
)
from support.connect import dial_failure, dialed, short_deadline
from support.fault_server import CONNECT, FaultServer, drop, ignore, raw

from rtmcli.errors import UsageError
from rtmcli.session.dial import Route, dial
from rtmcli.session.endpoint import parse_url
from rtmcli.session.tls import _certificate_advice, create_context


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("unknown", "unable to get local issuer certificate"),
        ("name", "certificate is not valid for"),
        ("expired", "certificate has expired"),
        ("early", "certificate is not yet valid"),
    ],
)
def test_an_invalid_certificate_is_rejected(tmp_path: Path, case: str, words: str) -> None:
    """The message says why; nothing is sent, and there is no other attempt."""
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
    assert error.advice
    assert not error.transient


def test_a_common_name_is_not_a_host_name(tmp_path: Path) -> None:
    """T132: a certificate without alternative names is refused; the advice says why."""
    context, ca_file = unusual_server(tmp_path, "localhost")
    with FaultServer(tls=context) as server:
        error = dial_failure(Route(parse_url(f"wss://localhost:{server.port}"), ca_file=ca_file))
    assert "certificate not accepted: " in error.message
    assert "the common name does not count" in error.advice


def test_a_private_ca_without_key_usage_is_accepted(tmp_path: Path) -> None:
    """T133: Python 3.13 checks strictly; a CA that the user names is trusted as it is."""
    context, ca_file = unusual_server(tmp_path, "x", "localhost")
    with (
        FaultServer(tls=context) as server,
        dialed(Route(parse_url(f"wss://localhost:{server.port}"), ca_file=ca_file)),
    ):
        pass
    assert not create_context(ca_file).verify_flags & ssl.VERIFY_X509_STRICT


def test_an_old_tls_version_is_rejected(tmp_path: Path) -> None:
    """TLS 1.0 and 1.1 are not secure."""
    with FaultServer(tls=limit_to_tls_1_1(server_context())) as server:
        error = dial_failure(Route(parse_url(server.url), ca_file=write_ca_file(tmp_path)))
        assert server.bytes_received == 0
    assert not error.transient


@pytest.mark.parametrize(
    ("steps", "words", "transient"),
    [
        ([drop("fin")], "the connection was closed", True),
        ([drop("rst")], "connection reset by peer", True),
        ([raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")], "wrong version number", False),
        ([ignore()], "timed out", True),
    ],
)
def test_a_lost_connection_during_the_handshake_is_transient(
    tmp_path: Path, steps: list[object], words: str, transient: bool
) -> None:
    """A server that does not speak TLS is not."""
    with FaultServer(tls=server_context()) as server:
        server.on(CONNECT, steps)  # type: ignore[arg-type]  # steps of any kind
        error = dial_failure(Route(parse_url(server.url), ca_file=write_ca_file(tmp_path)), 1.0)
    # A reset may be there before TLS begins.
    assert error.message.startswith(
        (f"TLS to 127.0.0.1:{server.port}: ", f"cannot connect to 127.0.0.1:{server.port}: ")
    )
    assert words in error.message
    assert error.transient is transient


@pytest.mark.parametrize("text", [None, "no certificate", ""])
def test_an_invalid_ca_file_is_a_usage_error(tmp_path: Path, text: str | None) -> None:
    """It is reported before connecting."""
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


@pytest.mark.parametrize(
    ("verify_code", "words"),
    [
        (20, "set --ca-file to the certificate of that CA"),
        (10, "renew the certificate"),
        (9, "correct the clock"),
        (62, "the common name does not count"),
        (79, "does not conform to RFC 5280"),
        (1, ""),
    ],
)
def test_the_advice_depends_on_what_is_wrong(verify_code: int, words: str) -> None:
    """Only newer versions of Python report the strict checks."""
    advice = _certificate_advice(verify_code)
    assert words in advice
    assert bool(advice) is bool(words)

"""TLS: the context and the handshake; only for `wss://`, as `ssl` takes 10 ms to load."""

import select
import socket
import ssl

from rtmcli import signals
from rtmcli.errors import ConnectFailed, UsageError, os_error_text
from rtmcli.files import read_file
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint

_MAX_CA_FILE_SIZE = 64 * 1024 * 1024  # bytes
_UNKNOWN_ISSUER = (18, 19, 20, 21)  # these are values of X509_V_ERR_… of OpenSSL
_NOT_YET_VALID = 9
_EXPIRED = 10
_WRONG_NAME = (62, 64)  # host, address
_STRICT = range(76, 95)  # what VERIFY_X509_STRICT adds


def create_context(ca_file: str | None, source_name: str = "--ca-file") -> ssl.SSLContext:
    """Create a context that verifies the server by a CA file, or by the system's CAs.

    `source_name` is what names the file, for errors.

    Raises:
        UsageError: the file cannot be read, or contains no certificate.

    """
    try:
        # As data: OpenSSL would read a FIFO in a call that no signal ends.
        context = ssl.create_default_context(cadata=_read_pem(ca_file) if ca_file else None)
    except ssl.SSLError:
        raise UsageError(f"{source_name} {ca_file}: contains no PEM certificate") from None
    except OSError as error:
        raise UsageError(f"{source_name} {ca_file}: {os_error_text(error)}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION  # a server could ask for one after the other
    context.hostname_checks_common_name = False
    if ca_file:  # Python 3.13 refuses a CA certificate without key usage, as many private CAs have
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _read_pem(path: str) -> str:
    # Comments may contain any character; certificates are ASCII.
    text = read_file(path, _MAX_CA_FILE_SIZE).data.decode("ascii", "ignore")
    if not text:  # for `ssl`, this would mean the system's CAs
        raise ssl.SSLError
    return text


def wrap(
    sock: socket.socket, context: ssl.SSLContext, endpoint: Endpoint, deadline: Deadline
) -> ssl.SSLSocket:
    """Start TLS on a connected, non-blocking socket; close it if that fails.

    Raises:
        ConnectFailed: the certificate is not valid, or the handshake failed or timed out.

    """
    wrapped = None
    try:
        wrapped = context.wrap_socket(
            sock, server_hostname=endpoint.host, do_handshake_on_connect=False
        )
        _do_handshake(wrapped, endpoint.address, deadline)
    except BaseException as error:
        (wrapped or sock).close()
        if isinstance(error, OSError):
            raise _connect_failed(endpoint.address, error) from None
        raise
    return wrapped


def _do_handshake(wrapped: ssl.SSLSocket, address: str, deadline: Deadline) -> None:
    while True:
        try:
            return wrapped.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
            wants_read = isinstance(error, ssl.SSLWantReadError)
            event = select.POLLIN if wants_read else select.POLLOUT
        if not signals.wait_for(wrapped, event, deadline.poll_timeout()):
            raise ConnectFailed(f"TLS to {address}: timed out", transient=True)


def _connect_failed(address: str, error: OSError) -> ConnectFailed:
    if isinstance(error, ssl.SSLCertVerificationError):
        message = f"TLS to {address}: certificate not accepted: {error.verify_message}"
        return ConnectFailed(message, advice=_certificate_advice(error.verify_code))
    if isinstance(error, ssl.SSLEOFError):
        return ConnectFailed(f"TLS to {address}: the connection was closed", transient=True)
    if isinstance(error, ssl.SSLError):
        return ConnectFailed(
            f"TLS to {address}: {(error.reason or str(error)).lower().replace('_', ' ')}"
        )
    return ConnectFailed(f"TLS to {address}: {os_error_text(error)}", transient=True)


def _certificate_advice(verify_code: int) -> str:
    """Return what to do about a certificate that is not accepted, if more is known."""
    if verify_code in _UNKNOWN_ISSUER:
        return (
            "no CA that is trusted here issued the certificate; if the server or a proxy has a "
            "private CA, set --ca-file to the certificate of that CA"
        )
    if verify_code == _EXPIRED:
        return "renew the certificate of the server, or correct the clock of this machine"
    if verify_code == _NOT_YET_VALID:
        return "correct the clock of this machine, or of the machine that issued the certificate"
    if verify_code in _WRONG_NAME:
        return (
            "is the host in the URL right? the certificate must list it as a subject alternative "
            "name; the common name does not count"
        )
    if verify_code in _STRICT:
        return (
            "the certificate does not conform to RFC 5280, which this version of Python requires "
            "of public CAs; if it is from a private CA, set --ca-file"
        )
    return ""

"""TLS: whom to trust, and the handshake; only for `wss://`, as `ssl` takes 10 ms to load."""

import select
import socket
import ssl

from rtmcli import signals
from rtmcli.errors import ConnectFailed, UsageError, os_error_text
from rtmcli.files import read_file
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint

_MAX_CA_FILE_SIZE = 64 * 1024 * 1024  # bytes


def create_context(ca_file: str | None) -> ssl.SSLContext:
    """Make what verifies a server: by the authorities of a file, else by those of the system.

    Raises:
        UsageError: the file is none of certificates.

    """
    try:
        # As data: OpenSSL would block on a FIFO, whatever signal arrives.
        context = ssl.create_default_context(cadata=_read_pem(ca_file) if ca_file else None)
    except ssl.SSLError:
        raise UsageError(f"--ca-file {ca_file}: contains no PEM certificate") from None
    except OSError as error:
        raise UsageError(f"--ca-file {ca_file}: {os_error_text(error)}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION  # a server could ask for one after the other
    return context


def _read_pem(path: str) -> str:
    # Comments may hold any character; the certificates themselves are ASCII.
    text = read_file(path, _MAX_CA_FILE_SIZE).data.decode("ascii", "ignore")
    if not text:  # which means the system's certificates to `ssl`
        raise ssl.SSLError
    return text


def wrap(
    sock: socket.socket, context: ssl.SSLContext, endpoint: Endpoint, deadline: Deadline
) -> ssl.SSLSocket:
    """Begin TLS on a connected socket, which is closed where that fails; it does not block.

    Raises:
        Failed: the certificate does not hold, the handshake broke off or took too long.

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
        return ConnectFailed(f"TLS to {address}: certificate not accepted: {error.verify_message}")
    if isinstance(error, ssl.SSLEOFError):
        return ConnectFailed(f"TLS to {address}: the connection was closed", transient=True)
    if isinstance(error, ssl.SSLError):
        return ConnectFailed(
            f"TLS to {address}: {(error.reason or str(error)).lower().replace('_', ' ')}"
        )
    return ConnectFailed(f"TLS to {address}: {os_error_text(error)}", transient=True)

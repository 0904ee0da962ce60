"""TLS: whom to trust, and the handshake; only for `wss://`, as `ssl` takes 10 ms to load."""

import select
import socket
import ssl

from rtmcli.errors import ConnectFailed, UsageError, os_error_text
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint


def create_context(ca_file: str | None) -> ssl.SSLContext:
    """Make what verifies a server: by the authorities of a file, else by those of the system.

    Raises:
        UsageError: the file is none of certificates.

    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        detail = (
            "holds no certificate in PEM"
            if isinstance(error, ssl.SSLError)
            else os_error_text(error)
        )
        raise UsageError(f"--ca-file {ca_file}: {detail}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


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
        poll = select.poll()
        poll.register(wrapped, event)
        if not poll.poll(deadline.poll_timeout()):
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

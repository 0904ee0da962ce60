"""TLS: whom to trust, and the handshake; only for `wss://`, as `ssl` takes 10 ms to load."""

import select
import socket
import ssl

from rtmcli.errors import UsageError
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint
from rtmcli.session.failure import Failed, cause_of


def trust(ca_file: str | None) -> ssl.SSLContext:
    """Make what verifies a server: by the authorities of a file, else by those of the system.

    Raises:
        UsageError: the file is none of certificates.

    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        why = "holds no certificate in PEM" if isinstance(error, ssl.SSLError) else cause_of(error)
        raise UsageError(f"--ca-file {ca_file}: {why}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def secure(
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
        _shake_hands(wrapped, endpoint.address, deadline)
    except BaseException as error:
        (wrapped or sock).close()
        if isinstance(error, OSError):
            raise _tls_failure(endpoint.address, error) from None
        raise
    return wrapped


def _shake_hands(wrapped: ssl.SSLSocket, name: str, deadline: Deadline) -> None:
    while True:
        try:
            return wrapped.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as wants:
            reads = isinstance(wants, ssl.SSLWantReadError)
            event = select.POLLIN if reads else select.POLLOUT
        poll = select.poll()
        poll.register(wrapped, event)
        if not poll.poll(deadline.milliseconds()):
            raise Failed(f"TLS to {name}: no answer in time", passing=True)


def _tls_failure(name: str, error: OSError) -> Failed:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failed(f"TLS to {name}: certificate not accepted: {error.verify_message}")
    if isinstance(error, ssl.SSLEOFError):
        return Failed(f"TLS to {name}: the connection was closed", passing=True)
    if isinstance(error, ssl.SSLError):
        return Failed(f"TLS to {name}: {(error.reason or str(error)).lower().replace('_', ' ')}")
    return Failed(f"TLS to {name}: {cause_of(error)}", passing=True)

"""A test certificate authority, and TLS servers with valid and invalid certificates."""

import functools
import ssl
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

PAST = datetime.now(UTC) - timedelta(days=2)
FUTURE = datetime.now(UTC) + timedelta(days=2)


@functools.cache
def certificate_authority() -> trustme.CA:
    """Return the certificate authority that the tests trust."""
    return trustme.CA(organization_name="The Authority of the Tests")


def write_ca_file(folder: Path) -> str:
    """Write the authority's certificate to a file; return the path."""
    path = folder / "ca.pem"
    certificate_authority().cert_pem.write_to_path(str(path))
    return str(path)


def server_context(
    *names: str,
    ca: trustme.CA | None = None,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> ssl.SSLContext:
    """Return a server context with a certificate for `names`, 127.0.0.1 by default."""
    certificate = (ca or certificate_authority()).issue_cert(
        *(names or ("127.0.0.1",)), not_before=not_before, not_after=not_after
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def limit_to_tls_1_1(context: ssl.SSLContext) -> ssl.SSLContext:
    """Limit a server to TLS 1.0 and 1.1."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context

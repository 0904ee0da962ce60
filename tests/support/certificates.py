"""A test certificate authority, and TLS servers with valid and invalid certificates."""

import functools
import ssl
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

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


def unusual_server(
    folder: Path, common_name: str, *alternative_names: str
) -> tuple[ssl.SSLContext, str]:
    """Return a server context, and the file of its CA, whose certificate has no key usage."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name, name = (
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
        for text in ("A private CA", common_name)
    )
    is_ca = x509.BasicConstraints(ca=True, path_length=None)
    ca_cert = _builder(ca_name, ca_name, ca_key).add_extension(is_ca, critical=True)
    builder = _builder(name, ca_name, key)
    if alternative_names:
        names = x509.SubjectAlternativeName([x509.DNSName(text) for text in alternative_names])
        builder = builder.add_extension(names, critical=False)
    ca_file, chain_file = folder / "ca.pem", folder / "server.pem"
    pem = serialization.Encoding.PEM
    ca_file.write_bytes(ca_cert.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    chain_file.write_bytes(
        builder.sign(ca_key, hashes.SHA256()).public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain_file)
    return context, str(ca_file)


def _builder(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(PAST)
        .not_valid_after(FUTURE)
    )


def limit_to_tls_1_1(context: ssl.SSLContext) -> ssl.SSLContext:
    """Limit a server to TLS 1.0 and 1.1."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context

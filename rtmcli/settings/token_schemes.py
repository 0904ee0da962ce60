"""The authorization scheme of a token: OAuth access tokens and personal access tokens.

An OAuth access token is sent as `Bearer`. A personal access token belongs to an account: it is
sent as `Basic`, with the Base64 of `ACCOUNT_ID:TOKEN`, which the vendor's console also shows ready
for use. The vendor documents them for its Web API; its SDKs send them at this login, too.
"""

import binascii
import re

SCHEMES = ("Bearer", "Basic")
_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_MAX_BASE64_LENGTH = 1000  # characters; longer ones are no personal access token


def scheme_and_credentials(token: str, account_id: str | None = None) -> tuple[str, str]:
    """Return the scheme with which a token is sent, and what follows it.

    A token that names its scheme keeps it.
    """
    first, _, remainder = token.partition(" ")
    scheme, credentials = first.capitalize(), remainder.lstrip(" ")
    if scheme in SCHEMES and credentials:
        return scheme, credentials
    if is_encoded_pair(token):
        return "Basic", token
    if account_id:
        pair = f"{account_id}:{token}".encode("utf-8", "surrogateescape")
        return "Basic", binascii.b2a_base64(pair, newline=False).decode()
    return "Bearer", token


def is_encoded_pair(token: str) -> bool:
    """Return whether a token is the Base64 of a UUID, a colon and more."""
    if len(token) > _MAX_BASE64_LENGTH or not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", token):
        return False
    try:
        decoded = binascii.a2b_base64(token, strict_mode=True)
    except binascii.Error:
        return False
    return re.match(rf"(?s){_UUID}:.".encode(), decoded) is not None


def describe_kind(token: str) -> str:
    """Name the kind of a token that has its scheme."""
    is_basic = token.startswith("Basic ")
    return "personal access token (Basic)" if is_basic else "access token (Bearer)"

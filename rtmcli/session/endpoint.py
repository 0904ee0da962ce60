"""Where a server is: URLs, regions and proxies, checked before anything is looked up.

`ws://` leads only to loopback. A region is a row of the catalogue's table or of `--region-url`;
nothing that a server says becomes part of a host name.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from rtmcli.catalogue import API
from rtmcli.errors import UsageError

_LOOPBACK = re.compile(r"127(\.[0-9]{1,3}){3}|::1|localhost", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_TOKEN_REGION = re.compile(r"(?:[A-Za-z]+ )?(?P<region>[a-z]{3})[:-]")


class Endpoint(NamedTuple):
    """One server's address."""

    secure: bool
    host: str
    port: int
    resource: str  # path and query

    @property
    def is_loopback(self) -> bool:
        """Tell whether the host can only be this machine."""
        return bool(_LOOPBACK.fullmatch(self.host))

    @property
    def address(self) -> str:
        """Spell host and port as messages do."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Proxy(NamedTuple):
    """An HTTP proxy that tunnels with CONNECT."""

    secure: bool
    host: str
    port: int
    user: str | None = None
    password: str | None = None

    @property
    def address(self) -> str:
        """Spell host and port; never the credentials."""
        return f"{self.host}:{self.port}"


def parse_url(url: str) -> Endpoint:
    """Read a `wss://` URL, or `ws://` to loopback; raise `UsageError` for any other."""
    parts, port = _split(url, "--url")
    if parts.scheme not in ("ws", "wss"):
        raise UsageError("--url must begin with wss:// (or ws:// to this machine)")
    if "@" in parts.netloc:
        raise UsageError("--url must not carry a user or password; tokens come from --token-file")
    if parts.fragment or url.endswith("#"):
        raise UsageError("--url must not have a fragment (#…)")
    secure = parts.scheme == "wss"
    resource = (parts.path or API.path) + (f"?{parts.query}" if parts.query else "")
    endpoint = Endpoint(secure, parts.hostname or "", port or (443 if secure else 80), resource)
    if not secure and not endpoint.is_loopback:
        raise UsageError("--url with ws:// may only lead to this machine; use wss://")
    return endpoint


def parse_proxy(url: str) -> Proxy:
    """Read a proxy's URL; raise `UsageError`, which never quotes it: it may hold a password."""
    parts, port = _split(url if "://" in url else f"http://{url}", "--proxy")
    if parts.scheme.startswith("socks"):
        raise UsageError("--proxy: SOCKS is not supported; name an http:// proxy, or none")
    if parts.scheme not in ("http", "https"):
        raise UsageError("--proxy must begin with http:// or https://, or be none")
    return Proxy(
        parts.scheme == "https",
        parts.hostname or "",
        port or (443 if parts.scheme == "https" else 8080),
        unquote(parts.username) if parts.username is not None else None,
        unquote(parts.password) if parts.password is not None else None,
    )


def _split(url: str, option: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError(f"{option} is no URL") from None
    if any(character <= " " or character >= "\x7f" for character in url):
        raise UsageError(f"{option} holds a character that no URL has")
    if not parts.hostname or not _HOST.fullmatch(parts.hostname) or port == 0:
        raise UsageError(f"{option} has no host, or no port between 1 and 65535")
    return parts, port


def region_endpoint(region: str) -> Endpoint:
    """Return the endpoint of a region of the catalogue; raise KeyError for another."""
    return Endpoint(secure=True, host=API.regions[region], port=443, resource=API.path)


def region_of(token: str) -> str | None:
    """Return the region that a token's prefix names, where it names a known one."""
    found = _TOKEN_REGION.match(token)
    return found["region"] if found and found["region"] in API.regions else None


def regions_for(
    endpoint: Endpoint, custom: bool, region_urls: Mapping[str, Endpoint]
) -> dict[str, Endpoint]:
    """Return where a hop may lead: the known regions, or with a custom URL only those named."""
    known = {} if custom else {region: region_endpoint(region) for region in API.regions}
    known.update(region_urls)
    return {region: other for region, other in known.items() if other != endpoint}

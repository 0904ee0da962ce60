"""Endpoints, regions and proxies: URLs are checked before any network access.

`ws://` is accepted for loopback only. Region names map to fixed hosts of the catalogue or of
`--region-url`; no text from a server becomes part of a host name.

A wrong value raises ValueError with the rest of a sentence that begins with the name of the
setting. The message never quotes the value, which may hold a password.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.service import PATH_PATTERN, REGIONS

_MAX_HOST_LENGTH = 254  # characters, with the final dot
_MAX_LABEL_LENGTH = 63  # characters between dots
_REGION_PREFIX = r"(?:[A-Za-z]+ )?(?P<region>[a-z]{3})[:-]"
_NOT_IN_USERINFO = r"[^!-~]|[#/?\[\]\\]"
_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


class Endpoint(NamedTuple):
    """The address of a server."""

    secure: bool
    host: str
    port: int
    resource: str  # path and query; `for_api` completes it

    @property
    def is_loopback(self) -> bool:
        """Return whether the host is certainly this machine."""
        address = _ip_address(self.host)
        if isinstance(address, IPv6Address):  # a mapped IPv4 address may leave this machine
            return address.is_loopback and not address.ipv4_mapped
        return address.is_loopback if address else self.host == "localhost"

    @property
    def address(self) -> str:
        """Return host and port, as messages show them."""
        return _address(self.host, self.port)

    @property
    def host_header(self) -> str:
        """Return the value of the HTTP `Host` header; the default port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


class Proxy(NamedTuple):
    """An HTTP proxy, used with CONNECT."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None

    @property
    def address(self) -> str:
        """Return host and port, without the credentials."""
        return _address(self.host, self.port)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def parse_url(url: str) -> Endpoint:
    """Parse a `wss://` URL, or a `ws://` URL to loopback; raise ValueError for any other."""
    if "://" not in url:
        raise ValueError("has no scheme; it must begin with wss:// (or ws:// to this machine)")
    parts, port = _split_url(url)
    if parts.scheme not in ("ws", "wss"):
        raise ValueError("must begin with wss:// (or ws:// to this machine)")
    if "@" in parts.netloc:
        raise ValueError("must not contain a user or password; see rtm help tokens for tokens")
    if "#" in url:
        raise ValueError("must not have a fragment (#…)")
    secure = parts.scheme == "wss"
    resource = parts.path + (f"?{parts.query}" if parts.query else "")
    endpoint = Endpoint(secure, parts.hostname or "", port or (443 if secure else 80), resource)
    if not secure and not endpoint.is_loopback:
        raise ValueError("with ws:// must point to this machine; use wss://")
    return endpoint


def parse_proxy(url: str) -> Proxy:
    """Parse the URL of a proxy; raise ValueError if `rtm` cannot use it."""
    url = url if "://" in url else f"http://{url}"
    userinfo = url.partition("://")[2].rpartition("@")[0]
    if re.search(_NOT_IN_USERINFO, userinfo):
        raise ValueError(
            "has a character in its user or password that URLs do not allow there; "
            "percent-encode it (%23 for #, %2F for /, %3F for ?, %20 for a space)"
        )
    parts, port = _split_url(url)
    if parts.scheme.startswith("socks"):
        raise ValueError(
            "names a SOCKS proxy, which rtm does not support; use an HTTP proxy (http://HOST:PORT)"
        )
    if parts.scheme == "https":
        # Most users who write https:// mean a proxy that speaks plain HTTP.
        raise ValueError(
            "must begin with http://: rtm speaks plain HTTP with a proxy, "
            "and TLS with the server through it"
        )
    if parts.scheme != "http":
        raise ValueError("must begin with http://, or be none")
    return Proxy(
        parts.hostname or "",
        port or 80,
        unquote(parts.username) if parts.username is not None else None,
        unquote(parts.password) if parts.password is not None else None,
    )


def _split_url(url: str) -> tuple[SplitResult, int | None]:
    if any(character <= " " or character >= "\x7f" for character in url):
        raise ValueError("contains a character that URLs do not allow")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # the message would quote the URL
        raise ValueError("is not a URL") from None
    if not _is_host(parts.hostname or "") or port == 0:
        raise ValueError("has no valid host, or no port from 1 to 65535")
    return parts, port


def _is_host(text: str) -> bool:
    labels = text.removesuffix(".").split(".")
    has_valid_lengths = len(text) <= _MAX_HOST_LENGTH and all(
        len(label) <= _MAX_LABEL_LENGTH for label in labels
    )
    has_valid_characters = all(
        label.replace("-", "").replace("_", "").isalnum() for label in labels
    )
    return (has_valid_lengths and has_valid_characters) or (
        "%" not in text and _ip_address(text) is not None
    )


def _ip_address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def proxy_from_environ(endpoint: Endpoint, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the proxy variable that applies to an endpoint, and its URL; or None."""
    if endpoint.is_loopback or _bypasses_proxy(endpoint, environ):
        return None
    candidates = ((name, environ.get(name, "")) for name in _PROXY_VARIABLES)
    return next((found for found in candidates if found[1]), None)


def _bypasses_proxy(endpoint: Endpoint, environ: Mapping[str, str]) -> bool:
    """Return whether `no_proxy` lists the host, its domain or network, or everything."""
    host = endpoint.host.lower().rstrip(".")
    rules = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    for rule in rules.lower().replace(",", " ").split():
        if "/" in rule:
            if _is_in_network(host, rule):
                return True
            continue
        name, _, port = rule.partition(":") if rule.count(":") == 1 else (rule, "", "")
        name = name.removeprefix("*").strip(".[]")
        if port not in ("", str(endpoint.port)):
            continue
        if rule == "*" or (name and f".{host}".endswith(f".{name}")):
            return True
    return False


def _is_in_network(host: str, network: str) -> bool:
    """Return whether a host is an address in a network; names are not looked up."""
    address = _ip_address(host)
    try:
        return address is not None and address in ip_network(network, strict=False)
    except ValueError:
        return False


def version_in_url(endpoint: Endpoint) -> str | None:
    """Return the API version that a URL's path names, None if the path has another form."""
    match = re.fullmatch(PATH_PATTERN, endpoint.resource.partition("?")[0])
    return match and match["version"]


def for_api(endpoint: Endpoint, api: Api, query: Mapping[str, str | None] = {}) -> Endpoint:
    """Complete the resource for a version of the API: its path, and the parameters it takes.

    A path of another form is left alone, and so is a parameter that the URL has already.
    """
    path, _, given = endpoint.resource.partition("?")
    if not path or re.fullmatch(PATH_PATTERN, path):
        path = api.path
    present = {name for name, _ in parse_qsl(given, keep_blank_values=True)}
    added = {
        name: value
        for name in api.query_params
        if (value := query.get(name)) and name not in present
    }
    parts = [*([given] if given else []), *([urlencode(added, quote_via=quote)] if added else [])]
    return endpoint._replace(resource=path + (f"?{'&'.join(parts)}" if parts else ""))


def region_endpoint(region: str) -> Endpoint:
    """Return the endpoint of a region of the catalogue; raise KeyError for any other."""
    return Endpoint(secure=True, host=REGIONS[region], port=443, resource="")


def region_from_token(token: str) -> str | None:
    """Return the region that a token's prefix names, if it is known."""
    match = re.match(_REGION_PREFIX, token)
    return match["region"] if match and match["region"] in REGIONS else None


def allowed_regions(
    has_custom_url: bool, region_urls: Mapping[str, Endpoint]
) -> dict[str, Endpoint]:
    """Return the regions that a server may redirect to.

    With a custom URL, these are only the regions of `region_urls`.
    """
    allowed = {} if has_custom_url else {region: region_endpoint(region) for region in REGIONS}
    allowed.update(region_urls)
    return allowed

"""Parsing URLs, proxies and regions."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.catalogue.v3_0 import API
from rtmcli.catalogue.versions import load
from rtmcli.session.endpoint import (
    Endpoint,
    Proxy,
    allowed_regions,
    for_api,
    parse_proxy,
    parse_url,
    proxy_from_environ,
    region_endpoint,
    region_from_token,
    version_in_url,
)

PASSWORD = "s3cr3t-pw"
LONGEST_HOST = ".".join(["a" * 63] * 3 + ["a" * 61, ""])  # 254 characters, with the final dot


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("wss://example.com", Endpoint(True, "example.com", 443, API.path)),
        ("WSS://Example.com:1/x?a=b&c", Endpoint(True, "example.com", 1, "/x?a=b&c")),
        ("wss://[2001:db8::1]:8443/", Endpoint(True, "2001:db8::1", 8443, "/")),
        ("ws://127.0.0.1:8730", Endpoint(False, "127.0.0.1", 8730, API.path)),
        ("ws://127.1.2.3/x", Endpoint(False, "127.1.2.3", 80, "/x")),
        ("ws://[::1]:5/x", Endpoint(False, "::1", 5, "/x")),
        ("ws://LocalHost:5/x", Endpoint(False, "localhost", 5, "/x")),
        ("wss://a_b-c.example.com.", Endpoint(True, "a_b-c.example.com.", 443, API.path)),
        (f"wss://{LONGEST_HOST}", Endpoint(True, LONGEST_HOST, 443, API.path)),
    ],
)
def test_a_url_names_an_endpoint(url: str, endpoint: Endpoint) -> None:
    """Port and path have defaults; the path is that of the catalogue."""
    assert for_api(parse_url(url), API) == endpoint


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "//", "ws://", "wss://", "wss:///x", "wss://:1", "http://example.com",
        "https://example.com", "ftp://example.com", "example.com",
        "ws://example.com", "ws://127.0.0.1.evil.com", "ws://127.0.0.1@evil.com",
        "ws://evil.com#@127.0.0.1", "ws://evil.com\\@127.0.0.1", "ws://127.0.0.1\t.evil.com",
        "ws://0.0.0.0", "ws://localhost.evil.com", "ws://127.1", "ws://2130706433",
        "ws://[::ffff:127.0.0.1]", "ws://10.0.0.1",
        f"wss://user:{PASSWORD}@example.com", f"wss://{PASSWORD}@example.com", "wss://@example.com",
        "wss://example.com#f", "wss://example.com#", "wss://example.com:0",
        "wss://example.com:65536", f"wss://example.com:{PASSWORD}", "wss://exa mple.com",
        "wss://example.com/\n", "wss://example.com/\x7f", "wss://exämple.com", "wss://[::1",
        "wss://ex%61mple.com", "wss://example.com,evil.com", "wss://.example.com", "wss://a..b",
        "wss://" + "a" * 64, f"wss://a{LONGEST_HOST}", "wss://_", "wss://a.-", "ws://127.0.0.999",
        "wss://[:::]", "wss://[fe80::1%eth0]", "wss://[fe80::1%25eth0]",
    ],
)  # fmt: skip
def test_an_unsafe_url_is_an_error_that_does_not_quote_it(url: str) -> None:
    """No ws:// beyond this machine, no user, no fragment, no invalid host."""
    with pytest.raises(ValueError, match=r"^(must|is|has|contains|with) ") as caught:
        parse_url(url)
    assert PASSWORD not in str(caught.value)


@given(st.text(max_size=40) | st.from_regex(r"wss?://[!-~]{0,40}", fullmatch=True))
def test_any_text_is_a_url_or_an_error(url: str) -> None:
    """ws:// leads to this machine only."""
    try:
        endpoint = parse_url(url)
    except ValueError:
        return
    assert endpoint.secure or endpoint.is_loopback
    assert endpoint.host
    assert 1 <= endpoint.port <= 65535


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://proxy:3128", Proxy("proxy", 3128)),
        ("proxy:3128", Proxy("proxy", 3128)),
        ("http://proxy", Proxy("proxy", 80)),
        ("http://[::1]:8080/", Proxy("::1", 8080)),
        ("http://me:p%40ss@proxy:1", Proxy("proxy", 1, "me", "p@ss")),
        ("http://me@proxy:1", Proxy("proxy", 1, "me")),
    ],
)
def test_a_proxy_has_a_host_and_perhaps_a_user(url: str, proxy: Proxy) -> None:
    """The scheme may be left out; user and password are percent-encoded."""
    assert parse_proxy(url) == proxy


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (f"socks5://u:{PASSWORD}@p:1", "names a SOCKS proxy"),
        ("socks4a://p:1", "names a SOCKS proxy"),
        (f"https://u:{PASSWORD}@p", "must begin with http://"),
        ("ftp://p", "must begin with http://, or be none"),
        (f"http://u:{PASSWORD}@bad path", "contains a character"),
        (f"http://u:{PASSWORD}@", "has no valid host"),
        (f"u:{PASSWORD}", "is not a URL"),
    ],
)
def test_an_invalid_proxy_is_an_error_that_does_not_quote_it(url: str, message: str) -> None:
    """The message says what to do."""
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        parse_proxy(url)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("character", [*"#/?[]\\", " ", "\t", "ü", "\x7f"])
@pytest.mark.parametrize("place", ["u:{}{}x", "u{}:{}"])
def test_what_a_proxys_password_must_encode_is_explained(character: str, place: str) -> None:
    """T147: a password is often pasted as it is; the message does not quote it."""
    for scheme in ("", "http://"):
        with pytest.raises(ValueError, match="percent-encode it") as caught:
            parse_proxy(f"{scheme}{place.format(PASSWORD, character)}@proxy:3128")
        assert PASSWORD not in str(caught.value)
    encoded = quote(character, safe="")
    assert parse_proxy(f"u:x{encoded}y@p").password == f"x{character}y"


@pytest.mark.parametrize(
    ("rules", "host", "bypassed"),
    [
        ("*", "example.com", True),
        ("example.com", "example.com", True),
        ("example.com", "api.example.com", True),
        (".example.com", "api.example.com", True),
        ("*.example.com", "api.example.com", True),
        ("ple.com", "example.com", False),
        ("other.com, EXAMPLE.com", "example.com", True),
        ("other.com example.com", "example.com", True),
        ("example.com:443", "example.com", True),
        ("example.com:80", "example.com", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("[2001:db8::1]", "2001:db8::1", True),
        (",", "example.com", False),
        (".", "example.com", False),
        ("", "example.com", False),
    ],
)
def test_no_proxy_names_hosts_and_domains(rules: str, host: str, bypassed: bool) -> None:
    """A rule is a host or a domain, optionally with a port, or everything."""
    endpoint = Endpoint(True, host, 443, "/")
    found = proxy_from_environ(endpoint, {"https_proxy": "http://p", "no_proxy": rules})
    assert found == (None if bypassed else ("https_proxy", "http://p"))


def test_loopback_never_has_a_proxy() -> None:
    """Whatever the variables say."""
    for url in ("ws://127.0.0.1", "wss://localhost", "ws://[::1]"):
        assert proxy_from_environ(parse_url(url), {"https_proxy": "http://p"}) is None


@pytest.mark.parametrize(
    ("token", "region"),
    [
        ("Bearer dal:abc", "dal"),
        ("Bearer fra-abc", "fra"),
        ("fra:abc", "fra"),
        ("Bearer abc:fra:abc", None),
        ("Bearer mars:abc", None),
        ("Bearer fra", None),
        ("Bearer fra.evil.com:abc", None),
        ("", None),
    ],
)
def test_a_token_may_begin_with_its_region(token: str, region: str | None) -> None:
    """Only known regions count."""
    assert region_from_token(token) == region


@pytest.mark.parametrize(
    ("url", "resource"),
    [
        ("wss://h", "/v3.6/agent/rtm/ws?organization_id=a%2Fb"),
        ("wss://h/v3.0/agent/rtm/ws", "/v3.6/agent/rtm/ws?organization_id=a%2Fb"),
        ("wss://h/v3.0/agent/rtm/ws?x=1", "/v3.6/agent/rtm/ws?x=1&organization_id=a%2Fb"),
        ("wss://h/other?organization_id=own", "/other?organization_id=own"),
        ("wss://h/v3.0/agent/rtm/ws/", "/v3.0/agent/rtm/ws/?organization_id=a%2Fb"),
    ],
)
def test_the_path_of_a_url_follows_the_version(url: str, resource: str) -> None:
    """A path of another form is left alone; a parameter in the URL takes precedence."""
    endpoint = for_api(parse_url(url), load("3.6"), {"organization_id": "a/b"})
    assert endpoint.resource == resource


def test_a_version_takes_only_its_own_query_parameters() -> None:
    """API 3.0 has none; an unknown organization is left out."""
    assert for_api(parse_url("wss://h"), API, {"organization_id": "x"}).resource == API.path
    assert for_api(parse_url("wss://h"), load("3.6"), {"organization_id": None}).resource == (
        "/v3.6/agent/rtm/ws"
    )


@pytest.mark.parametrize(
    ("url", "version"),
    [
        ("wss://h/v3.6/agent/rtm/ws", "3.6"),
        ("wss://h/v3.6/agent/rtm/ws?x=1", "3.6"),
        ("wss://h/v3.6/agent/rtm/ws/x", None),
        ("wss://h", None),
    ],
)
def test_a_url_may_name_a_version(url: str, version: str | None) -> None:
    """Only if its path is the documented one."""
    assert version_in_url(parse_url(url)) == version


def test_allowed_regions_are_known_or_named() -> None:
    """With a custom URL, only those of --region-url."""
    default, other = region_endpoint("dal"), region_endpoint("fra")
    custom = parse_url("ws://127.0.0.1:1")
    assert allowed_regions(False, {}) == {"dal": default, "fra": other}
    assert allowed_regions(True, {}) == {}
    assert allowed_regions(True, {"fra": other, "dal": custom}) == {"fra": other, "dal": custom}


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [(Endpoint(True, "x", 1, "/"), "x:1"), (Proxy("::1", 2), "[::1]:2")],
)
def test_an_address_is_host_and_port(endpoint: Endpoint | Proxy, address: str) -> None:
    """An IPv6 address is in brackets."""
    assert endpoint.address == address


@pytest.mark.parametrize(
    ("rules", "host", "bypassed"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.1.2.3/8", "10.200.0.1", True),
        ("192.168.0.0/16,10.0.0.0/8", "11.0.0.1", False),
        ("fd00::/8", "fd12::1", True),
        ("fd00::/8", "10.0.0.1", False),
        ("10.0.0.0/8", "ten.example.com", False),
        ("10.0.0.0/33, /, x/8", "10.0.0.1", False),
    ],
)
def test_no_proxy_names_networks(rules: str, host: str, bypassed: bool) -> None:
    """T147: CIDR matches addresses; a name is not looked up for it."""
    endpoint = Endpoint(True, host, 443, "/")
    found = proxy_from_environ(endpoint, {"https_proxy": "http://p", "no_proxy": rules})
    assert (found is None) is bypassed

"""Connecting as a whole process: HTTP, TLS, proxies, login, regions.

Each test asserts the exit status, standard output, standard error and what reached the server.
SEND_EVENT must never be sent twice; if connecting fails, it was not sent.
"""

import contextlib
import json
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from support.certificates import FUTURE, PAST, limit_to_tls_1_1, server_context, write_ca_file
from support.fault_server import (
    CONNECT,
    HANDSHAKE,
    ConnectionEvent,
    FaultServer,
    Proxy,
    drop,
    hanging_port,
    http_response,
    ignore,
    message,
    normal,
    push,
    refusing_port,
    respond,
    respond_error,
    upgrade,
)
from support.process import CommandResult, install_sitecustomize, run, startup_time

SEND_EVENT = ("send-event", "--chat-id", "PJ0MRSHTDG", "--text", "hello")
FAST_RETRIES = ("--backoff", "1ms")
HOST = "rtm.test"  # a name that only a test's proxy or resolver knows


def call(*options: str, url: str | None, **env: str) -> CommandResult:
    """Run SEND_EVENT with short delays between attempts."""
    return run(*SEND_EVENT, *FAST_RETRIES, *options, url=url, env=env)


def expect_failure(result: CommandResult, exit_code: int) -> str:
    """Check the exit code and that standard error is one line; return that line."""
    assert (result.exit_code, result.stdout) == (exit_code, ""), result.stderr
    assert result.stderr.startswith(("rtm: send_event: ", "rtm: login: "))
    assert result.stderr.count("\n") == 1
    return result.stderr


# --- HTTP responses instead of the upgrade ---


@pytest.mark.parametrize(
    ("code", "tries"),
    [(200, 1), (401, 3), (403, 3), (404, 1), (426, 1), (429, 3), (500, 3), (502, 3), (503, 3),
     (504, 3)],
)  # fmt: skip
def test_an_http_error_instead_of_the_upgrade_is_reported(code: int, tries: int) -> None:
    """T07, T114: only transient errors are retried; the message has no body, nor the word token."""
    with FaultServer() as server:
        server.on(HANDSHAKE, http_response(code, body="<b>gateway</b> dal:test-token-Zx81_Qy42"))
        error = expect_failure(call(url=server.url), 5)
        assert server.connection_count == tries
        assert server.logins == []
    assert f"127.0.0.1:{server.port} refused the connection with HTTP {code}" in error
    assert "gateway" not in error
    assert "token" not in error


def test_a_region_that_cannot_be_reached_is_no_connection() -> None:
    """T114: a misdirected call was not executed, so 5 for a call and for each value of a stream."""
    misdirected = respond_error("misdirected_request", data={"region": "fra"})
    with FaultServer() as server, refusing_port() as port:
        server.on("send_event", misdirected)
        options = ("--region-url", f"fra=ws://127.0.0.1:{port}", *FAST_RETRIES)
        error = expect_failure(call(*options[:2], url=server.url), 5)
        line = json.dumps({"action": "send_event", "payload": {}})
        streamed = run("call", "-", *options, url=server.url, stdin=line * 3)
    records = [json.loads(record)["error"] for record in streamed.stdout.splitlines()]
    assert "not sent" in error
    assert streamed.exit_code == 5
    assert [record["status"] for record in records] == ["not_sent"] * 3


def test_an_overloaded_gateway_is_retried() -> None:
    """After a 503 and a 429, the upgrade succeeds and the call is sent once."""
    with FaultServer() as server:
        server.on(HANDSHAKE, http_response(503), http_response(429), upgrade())
        result = call(url=server.url)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "{}\n", "")
        assert server.count("send_event") == 1


def test_a_wrong_accept_header_is_not_a_websocket_server() -> None:
    """T07: a wrong Sec-WebSocket-Accept is not retried."""
    with FaultServer() as server:
        server.on(HANDSHAKE, upgrade(accept="d3JvbmcgcHJvb2Y="))
        error = expect_failure(call(url=server.url), 5)
        assert server.connection_count == 1
    assert "is not a WebSocket server" in error


def test_two_hundred_headers_are_too_many() -> None:
    """T07: a response with too many headers is refused."""
    with FaultServer() as server:
        server.on(HANDSHAKE, upgrade(headers=[(f"X-{n}", "x") for n in range(200)]))
        expect_failure(call(url=server.url), 5)
        assert server.logins == []


@pytest.mark.parametrize(
    ("code", "scheme", "host"),
    [(301, "ws", "127.0.0.1"), (302, "wss", "localhost"), (303, "ws", "127.0.0.2"),
     (307, "http", "127.0.0.1"), (308, "https", "localhost"), (302, "", "127.0.0.1")],
)  # fmt: skip
def test_a_redirect_is_never_followed(code: int, scheme: str, host: str) -> None:
    """T08: whatever host, port or scheme it names, rtm does not connect there."""
    with FaultServer() as server, FaultServer(host="127.0.0.1") as elsewhere:
        location = f"{scheme}:".lstrip(":") + f"//{host}:{elsewhere.port}/v3.0/agent/rtm/ws"
        server.on(HANDSHAKE, http_response(code, headers=[("Location", location)]))
        error = expect_failure(call(url=server.url), 5)
        assert (server.connection_count, elsewhere.connection_count) == (1, 0)
    assert f"HTTP {code}" in error
    assert str(elsewhere.port) not in error


# --- DNS and TCP ---


def test_an_unknown_host_is_reported() -> None:
    """T02: the message names the host, and the process ends in time."""
    result = call("--timeout", "3s", url="wss://nowhere.invalid")
    assert "cannot find nowhere.invalid: " in expect_failure(result, 5)
    assert result.duration < 5 + startup_time()


def test_an_unresponsive_address_ends_at_the_time_limit() -> None:
    """A connection attempt without a response ends at --max-time."""
    with hanging_port() as port:
        result = call("--max-time", "2s", url=f"ws://127.0.0.1:{port}")
    assert f"cannot connect to 127.0.0.1:{port}: timed out" in expect_failure(result, 5)
    assert 1.9 < result.duration < 4 + startup_time()


# A name with four addresses.
RESOLVER_CODE = """
import socket
def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    if flags & socket.AI_NUMERICHOST:
        raise socket.gaierror(socket.EAI_NONAME, "no number")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in {addresses!r}]
socket.getaddrinfo = getaddrinfo
"""


def test_four_unresponsive_addresses_share_the_time(tmp_path: Path) -> None:
    """T04: all four are tried within --max-time."""
    with contextlib.ExitStack() as stack:
        hosts = [f"127.0.0.{number}" for number in range(2, 6)]
        addresses = [(host, stack.enter_context(hanging_port(host))) for host in hosts]
        env = install_sitecustomize(tmp_path, RESOLVER_CODE.format(addresses=addresses))
        result = call("--max-time", "3s", url=f"wss://{HOST}", **env)
    assert f"cannot connect to {HOST}:443: timed out" in expect_failure(result, 5)
    assert 2.9 < result.duration < 4 + startup_time()


@pytest.mark.parametrize(
    ("event", "message"),
    [
        pytest.param(CONNECT, ": timed out", id="before TLS"),
        pytest.param(HANDSHAKE, "the WebSocket handshake timed out", id="after TLS"),
    ],
)
def test_a_server_that_stops_responding_ends_at_the_timeout(
    tmp_path: Path, event: ConnectionEvent, message: str
) -> None:
    """T05: it accepts, or completes the TLS handshake, and then sends nothing."""
    with FaultServer(tls=server_context(), strict=False) as server:
        server.on(event, ignore())
        result = call("--timeout", "1s", "--ca-file", write_ca_file(tmp_path), url=server.url)
        assert server.count("*") == 0
    assert message in expect_failure(result, 5)
    assert 0.9 < result.duration < 3 + startup_time()


# --- TLS ---


def test_a_private_certificate_authority_can_be_configured(tmp_path: Path) -> None:
    """T11: --ca-file, RTM_CA_FILE and SSL_CERT_FILE name the file to trust."""
    pem = write_ca_file(tmp_path)
    with FaultServer(tls=server_context()) as server:
        for options, env in (
            (("--ca-file", pem), {}),
            ((), {"RTM_CA_FILE": pem}),
            ((), {"SSL_CERT_FILE": pem}),
        ):
            result = call(*options, url=server.url, **env)
            assert (result.exit_code, result.stdout, result.stderr) == (0, "{}\n", "")
        assert server.count("send_event") == 3


BAD_CERTIFICATES: dict[str, Callable[[], ssl.SSLContext]] = {
    "other authority": lambda: server_context(ca=trustme.CA()),
    "other name": lambda: server_context("other.test"),
    "expired": lambda: server_context(not_before=PAST.replace(year=2001), not_after=PAST),
    "not yet valid": lambda: server_context(not_before=FUTURE),
    "no CA file": server_context,
}


@pytest.mark.parametrize("case", BAD_CERTIFICATES)
def test_an_invalid_certificate_is_refused(tmp_path: Path, case: str) -> None:
    """T09: one attempt, no application data, and a message about the certificate."""
    options = () if case == "no CA file" else ("--ca-file", write_ca_file(tmp_path))
    with FaultServer(tls=BAD_CERTIFICATES[case]()) as server:
        error = expect_failure(call(*options[:2], url=server.url), 5)
        assert (server.connection_count, server.bytes_received) == (1, 0)
    assert "certificate not accepted" in error


def test_old_versions_of_tls_are_refused(tmp_path: Path) -> None:
    """T10: a server limited to TLS 1.0 and 1.1 receives no application data."""
    with FaultServer(tls=limit_to_tls_1_1(server_context())) as server:
        error = expect_failure(call("--ca-file", write_ca_file(tmp_path), url=server.url), 5)
        assert (server.connection_count, server.bytes_received) == (1, 0)
    assert f"TLS to 127.0.0.1:{server.port}" in error


def test_a_missing_ca_file_is_reported_before_connecting() -> None:
    """It is a usage error: status 2, and no connection."""
    with FaultServer(tls=server_context()) as server:
        error = expect_failure(call("--ca-file", "/nonexistent.pem", url=server.url), 2)
        assert server.connection_count == 0
    assert "--ca-file /nonexistent.pem: no such file or directory" in error


@pytest.mark.parametrize("size", [0, 1, 16_383, 16_384, 16_385, 65_536, 3_000_000])
def test_messages_of_every_size_pass_through_tls(tmp_path: Path, size: int) -> None:
    """Messages larger than TLS records, buffers and windows arrive complete in both directions."""
    text, payload = "x" * size, tmp_path / "payload.json"
    payload.write_text(f'{{"text":"{text}"}}')
    with FaultServer(tls=server_context()) as server:
        server.on("send_event", respond({"text": text}))
        options = ("--ca-file", write_ca_file(tmp_path))
        result = run("call", "send_event", f"@{payload}", *options, url=server.url)
        assert (result.exit_code, result.stderr) == (0, "")
        assert server.requests[0].payload == {"text": text}
        assert result.stdout == f'{{"text":"{text}"}}\n'


def test_a_tls_key_log_file_gets_a_warning(tmp_path: Path) -> None:
    """T108: SSLKEYLOGFILE exposes the connection: one warning, and the call is sent."""
    env = {"SSLKEYLOGFILE": str(tmp_path / "keys")}
    with FaultServer(tls=server_context()) as server:
        result = call("--ca-file", write_ca_file(tmp_path), url=server.url, **env)
    assert (result.exit_code, result.stdout) == (0, "{}\n")
    assert result.stderr.startswith("rtm: warning: SSLKEYLOGFILE is set: ")
    assert result.stderr.count("\n") == 1


# --- Proxies ---


@pytest.mark.parametrize("by", ["--proxy", "RTM_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_a_proxy_sees_only_one_connect_request(tmp_path: Path, by: str) -> None:
    """T13: the token is sent inside TLS, whichever option or variable names the proxy."""
    with (
        FaultServer(tls=server_context(HOST)) as server,
        Proxy({f"{HOST}:443": server.port}) as proxy,
    ):
        options = ("--proxy", proxy.url) if by == "--proxy" else ()
        env = {} if by == "--proxy" else {by: proxy.url}
        result = call("--ca-file", write_ca_file(tmp_path), *options, url=f"wss://{HOST}", **env)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "{}\n", "")
        [request] = proxy.requests
        assert request.request_line == f"CONNECT {HOST}:443 HTTP/1.1"
        assert request.headers == {"host": f"{HOST}:443"}


def test_only_the_proxy_gets_the_proxy_password(tmp_path: Path) -> None:
    """T13: the right password works, a wrong one gets a 407, and neither is printed."""
    pem = write_ca_file(tmp_path)
    with (
        FaultServer(tls=server_context(HOST)) as server,
        Proxy({f"{HOST}:443": server.port}, credentials="me:right-pw-1") as proxy,
    ):
        for password, exit_code in (("right-pw-1", 0), ("wrong-pw-2", 5)):
            url = proxy.url.replace("://", f"://me:{password}@")
            result = call("--ca-file", pem, "-v", url=f"wss://{HOST}", RTM_PROXY=url)
            assert result.exit_code == exit_code
            assert password not in result.stderr
        assert "refused the password (HTTP 407)" in result.stderr
        assert server.count("send_event") == 1


def test_an_unreachable_proxy_is_reported() -> None:
    """T13: the message names the proxy."""
    with refusing_port() as port:
        result = call(url=f"wss://{HOST}", HTTPS_PROXY=f"http://127.0.0.1:{port}")
    assert f"cannot connect to the proxy 127.0.0.1:{port}: connection refused" in expect_failure(
        result, 5
    )


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://u:s3cr3t-pw@bad path", "contains a character that URLs do not allow"),
        ("socks5://u:s3cr3t-pw@h:1080", "names a SOCKS proxy, which rtm does not support; "),
        ("https://u:s3cr3t-pw@h:443", "must begin with http://: "),
    ],
)
@pytest.mark.parametrize("by", ["RTM_PROXY", "https_proxy"])
def test_an_invalid_proxy_url_is_a_usage_error_that_does_not_quote_it(
    by: str, url: str, reason: str
) -> None:
    """T13: status 2; the message names the variable and the reason, but not the password."""
    error = expect_failure(call(url=f"wss://{HOST}", **{by: url}), 2)
    assert f"usage: {by} {reason}" in error
    assert "s3cr3t-pw" not in error


def test_loopback_addresses_do_not_use_a_proxy() -> None:
    """Proxy variables are ignored for loopback addresses, even if they are invalid."""
    with FaultServer() as server, Proxy({}) as proxy:
        for url in (proxy.url, "socks5://x:1", "http://bad path"):
            result = call(url=server.url, https_proxy=url, ALL_PROXY=url)
            assert (result.exit_code, result.stderr) == (0, "")
        assert proxy.connection_count == 0


def test_a_dry_run_ignores_proxies() -> None:
    """A dry run sends nothing, so an invalid proxy variable is not an error."""
    result = run(*SEND_EVENT, "--dry-run", token=None, env={"https_proxy": "socks5://x y"})
    assert (result.exit_code, result.stderr) == (0, "")


# --- Login ---


@pytest.mark.parametrize("kind", ["authentication", "license_expired", "seats_limit_exceeded"])
def test_a_refused_login_is_not_retried(kind: str) -> None:
    """T15: one connection, status 4, the server's message, and no call."""
    with FaultServer() as server:
        server.on("login", respond_error(kind, "No\x1b[31m entry"))
        error = expect_failure(call(url=server.url), 4)
        assert (server.connection_count, len(server.logins), server.requests) == (1, 1, [])
    assert f"{kind}: No\\u001b[31m entry" in error


def test_a_login_without_a_response_ends_at_the_timeout() -> None:
    """T17: no call is sent before the login's response."""
    with FaultServer() as server:
        server.on("login", ignore())
        result = call("--timeout", "1s", url=server.url)
        assert server.requests == []
    assert "the login was not answered in time" in expect_failure(result, 5)
    assert result.duration < 3 + startup_time()


def test_other_messages_before_the_login_response_are_skipped() -> None:
    """T18: only the response to the login counts."""
    ping = message({"action": "ping", "type": "response", "success": True, "request_id": "1"})
    with FaultServer() as server:
        server.on("login", [push("incoming_event", with_request_id=True), ping, respond()])
        result = call(url=server.url)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "{}\n", "")


def test_a_lost_login_is_retried() -> None:
    """A login is safe to repeat, so a lost one is retried."""
    with FaultServer() as server:
        server.on("login", drop("rst"), normal())
        result = call(url=server.url)
        assert (result.exit_code, len(server.logins), server.count("send_event")) == (0, 2, 1)


# --- Regions ---


@pytest.mark.parametrize(
    "step",
    [
        respond_error("misdirected_request", data={"region": "fra"}),
        push("agent_disconnected", {"reason": "misdirected_connection", "data": {"region": "fra"}}),
    ],
    ids=["error", "push"],
)
def test_a_redirect_to_another_region_is_followed_once(step: Any) -> None:
    """T19: rtm connects to the region that the server names, and sends the call once there."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("login", step)
        result = call("--region-url", f"fra={fra.url}", url=dal.url)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "{}\n", "")
        assert (len(dal.logins), len(fra.logins)) == (1, 1)
        assert (dal.count("send_event"), fra.count("send_event")) == (0, 1)


def test_a_misdirected_call_is_sent_to_the_right_region() -> None:
    """The error proves that the call was not executed: it is sent to that region, once."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("send_event", respond_error("misdirected_request", data={"region": "fra"}))
        result = call("--region-url", f"fra={fra.url}", url=dal.url)
        assert (result.exit_code, result.stderr) == (0, "")
        assert (dal.executed, fra.count("send_event")) == ([], 1)


def test_regions_that_redirect_to_each_other_are_an_error() -> None:
    """T21: two regions that name each other get one connection each."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("login", respond_error("misdirected_request", data={"region": "fra"}))
        fra.on("login", respond_error("misdirected_request", data={"region": "dal"}))
        options = ("--region-url", f"fra={fra.url}", "--region-url", f"dal={dal.url}")
        error = expect_failure(call(*options, url=dal.url), 5)
        assert (dal.connection_count, fra.connection_count) == (1, 1)
    assert "each region names the other as the right one" in error


@pytest.mark.parametrize(
    "region", ["evil.com", "fra.evil.com", "../fra", "mars", "", None, 5, ["fra"], {"fra": 1}]
)
def test_an_unknown_region_is_never_used_as_a_host(region: object) -> None:
    """Only regions of the table are followed."""
    with FaultServer() as server, FaultServer() as other:
        server.on("login", respond_error("misdirected_request", data={"region": region}))
        error = expect_failure(call("--region-url", f"fra={other.url}", url=server.url), 5)
        assert (server.connection_count, other.connection_count) == (1, 0)
    assert "RTM_URL rules it out; set the region instead" in error


def test_a_custom_url_is_never_left_for_another_region() -> None:
    """If the user named the server, even a valid region is not followed."""
    with FaultServer() as server:
        server.on("login", respond_error("misdirected_request", data={"region": "fra"}))
        expect_failure(call(url=server.url), 5)
        assert server.connection_count == 1


@pytest.mark.parametrize(
    ("token", "options", "region"),
    [("dal:abcdefgh", (), "dal"), ("fra-abcdefgh", (), "fra"),
     ("fra:abcdefgh", ("--region", "dal"), "dal"), ("abcdefgh", ("--region", "fra"), "fra")],
)  # fmt: skip
def test_the_token_or_the_option_selects_the_region(
    token: str, options: tuple[str, ...], region: str
) -> None:
    """The option takes precedence over the token's prefix."""
    with FaultServer() as dal, FaultServer() as fra:
        urls = ("--region-url", f"fra={fra.url}", "--region-url", f"dal={dal.url}")
        result = run(*SEND_EVENT, *options, *urls, token=token)
        assert result.exit_code == 0
        counts = {"dal": dal.connection_count, "fra": fra.connection_count}
        assert counts == {"dal": 0, "fra": 0, region: 1}


# --- URLs ---


@pytest.mark.parametrize(
    "url",
    ["ws://example.com", "ws://127.0.0.1.evil.com", "ws://127.0.0.1@evil.com", "wss://u:p@h",
     "http://h", "wss://h#f", "ws://0.0.0.0", "wss://", "x"],
)  # fmt: skip
@pytest.mark.parametrize("by", ["--url", "RTM_URL"])
def test_an_unsafe_url_is_refused_before_dns(by: str, url: str) -> None:
    """T106: no name is resolved; the message begins with the option or the variable."""
    options = ("--url", url) if by == "--url" else ()
    result = call(*options, url=url if by == "RTM_URL" else None)
    assert expect_failure(result, 2).startswith(f"rtm: send_event: usage: {by} ")
    assert result.duration < 2 + startup_time()


def test_localhost_is_a_loopback_address() -> None:
    """The name localhost works like 127.0.0.1."""
    with FaultServer() as server:
        result = call(url=server.url.replace("127.0.0.1", "localhost"))
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_ipv6_address_is_written_in_brackets() -> None:
    """The IPv6 loopback address works too."""
    with FaultServer(host="::1") as server:
        result = call(url=server.url)
    assert (result.exit_code, result.stderr) == (0, "")


def test_more_verbose_logs_each_step(tmp_path: Path) -> None:
    """-vv logs addresses, TLS parameters and the agent."""
    with FaultServer(tls=server_context()) as server:
        result = call("-vv", "--ca-file", write_ca_file(tmp_path), url=server.url)
    lines = result.stderr.splitlines()
    assert lines[1:4] == [
        "rtm: authorities: certificates 1",
        "rtm: dns: addresses 127.0.0.1",
        f"rtm: tcp: address 127.0.0.1, port {server.port}",
    ]
    assert lines[4].startswith("rtm: tls: protocol TLSv1.3, issuer The Authority of the Tests, ")
    assert lines[5] == "rtm: websocket: api 3.0"
    assert lines[6].startswith("rtm: login: agent agent@example.com, permission administrator")


def test_verbose_logs_attempts() -> None:
    """-v logs each attempt, each delay and the login."""
    with FaultServer() as server:
        server.on("login", drop("rst"), normal())
        result = call("-v", url=server.url)
    lines = result.stderr.splitlines()
    address = f"127.0.0.1:{server.port}"
    assert lines[0] == f"rtm: connecting to {address}"
    assert lines[1].startswith(
        "rtm: the connection was lost, before the login response; trying again in "
    )
    assert lines[2:] == [f"rtm: connecting to {address}", "rtm: logged in as agent@example.com"]

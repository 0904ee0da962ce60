"""Tokens that expire, as clients of both versions observe it."""

import io
import json

import pytest
from support.independent_client import Client, connected_client

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server.frame_log import FrameLog
from rtmcli.sandbox.server.options import ServerOptions
from rtmcli.sandbox.server.server import Server
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

VERSIONS = ("3.0", "3.6")


def read_disconnect_reason(client: Client) -> str:
    """Read until the connection ends; return the reason of its last push."""
    messages, code = client.read_until_closed()
    assert code == 1000
    payload = messages[-1]["payload"]
    return str(payload.get("reason") or payload.get("cause"))


@pytest.mark.parametrize("version", VERSIONS)
def test_an_expired_token_disconnects_and_is_refused(version: str) -> None:
    """The reason is access_token_expired, then the login fails with authentication."""
    options = ServerOptions(token_lifetime=0.15)
    with run_sandbox(options=options) as sandbox:
        with connected_client(sandbox.urls[version], sandbox.token) as client:
            assert read_disconnect_reason(client) == "access_token_expired"
        with connected_client(sandbox.urls[version]) as client:
            assert client.error_type("login", token=f"Bearer {sandbox.token}") == "authentication"


def renew(sandbox: Sandbox, times: int = 1) -> str:
    """Renew the token; return the new one."""
    for _ in range(times):
        sandbox.call_threadsafe(Server.renew_token)
    return sandbox.license.tokens[0].token


def test_update_session_keeps_the_connection(sandbox: Sandbox) -> None:
    """The connection has the new token; another one with the old token ends."""
    url = sandbox.urls["3.6"]
    with (
        connected_client(url, sandbox.token) as renewed,
        connected_client(sandbox.urls["3.0"], sandbox.token) as other,
    ):
        renewed.result("update_session", token=f"Bearer {renew(sandbox)}")
        renew(sandbox, times=2)
        assert read_disconnect_reason(other) == "access_token_expired"
        assert renewed.call("ping")["success"]
        renew(sandbox)
        assert read_disconnect_reason(renewed) == "access_token_expired"


def test_other_agents_keep_their_tokens(sandbox: Sandbox) -> None:
    """Only the first agent's token is renewed."""
    token = sandbox.license.tokens[1].token
    with connected_client(sandbox.url, token) as other:
        renew(sandbox, times=4)
        assert other.call("ping")["success"]


def test_new_tokens_are_reported_and_redacted() -> None:
    """The observer gets each; the frame log shows none, wherever they occur."""
    log, observed = io.BytesIO(), list[str]()
    license_ = License()
    frame_log = FrameLog(log, [each.token for each in license_.tokens])
    with run_sandbox(license_, frame_log=frame_log, token_observer=observed.append) as sandbox:
        token = renew(sandbox)
        with connected_client(sandbox.url, token) as client:
            client.call("unknown", {"text": token})
    assert observed == [token]
    assert token.partition(":")[2] not in log.getvalue().decode()
    assert all(json.loads(line) for line in log.getvalue().splitlines())

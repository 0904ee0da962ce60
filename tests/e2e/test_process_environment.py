"""The process in its surroundings: closed and full streams, signals, bare environments."""

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


def test_a_full_disk_is_told_after_the_call() -> None:
    """T89: executed once, status 74, and standard error says that it was executed."""
    with FaultServer() as server:
        result = run_shell('"$RTM" send-event --chat-id a --text b >/dev/full', url=server.url)
    assert (result.returncode, server.count("send_event")) == (74, 1)
    assert result.stderr == (
        b"rtm: send_event: not written: send_event was executed, but its response is lost: "
        b"standard output not written: no space left on device\n"
    )


def test_a_closed_standard_output_stops_the_call_before_it_is_sent() -> None:
    """T91: nobody would see the answer, so nothing is sent."""
    with FaultServer() as server:
        result = run_shell('"$RTM" send-event --chat-id a --text b >&-', url=server.url)
        assert server.connection_count == 0
    assert result.returncode == 74
    assert b"nothing was sent" in result.stderr


def test_all_streams_closed_is_no_hang_and_no_crash() -> None:
    """T91: with nothing open the status alone tells."""
    with FaultServer() as server:
        result = run_shell('"$RTM" send-event --chat-id a --text b <&- >&- 2>&-', url=server.url)
        assert server.connection_count == 0
    assert result.returncode == 74


def test_a_closed_standard_error_never_reaches_the_socket() -> None:
    """T90: the right status, and the server sees nothing that is no frame."""
    with FaultServer() as server:  # strict: a foreign byte on the socket would be a complaint
        server.on("send_event", execute())
        script = '"$RTM" send-event --chat-id a --text b --timeout 0.3s 2>&-'
        result = run_shell(script, url=server.url)
    assert (result.returncode, result.stdout, result.stderr) == (7, b"", b"")


def test_a_reader_that_is_gone_ends_us_silently() -> None:
    """A closed pipe is status 141, and nobody is bothered."""
    with FaultServer() as server:
        result = run_shell('"$RTM" get-archives | true; echo "${PIPESTATUS[0]}"', url=server.url)
    assert result.stdout in (b"141\n", b"0\n")
    assert result.stderr == b""


@pytest.mark.parametrize("arguments", ["--help", "ban-customer --help", "--version"])
@pytest.mark.parametrize("stdout", [">/dev/full", ">&-"])
def test_help_that_cannot_be_written_is_told(arguments: str, stdout: str) -> None:
    """Help into a full disk or a closed stream is status 74 too."""
    result = run_shell(f'"$RTM" {arguments} {stdout}')
    assert (result.returncode, result.stderr.count(b"\n")) == (74, 1)


# Where the server is silent, in each phase that it takes part in.
PHASE_TRIGGERS: dict[str, str | ConnectionEvent] = {
    "TLS": CONNECT,
    "HTTP": HANDSHAKE,
    "login": "login",
    "in flight": "send_event",
    "closing": CLOSE,
}
PHASES = ("DNS", "TCP", *PHASE_TRIGGERS, "backoff")
LONG_WAITS = ("--backoff", "1h", "--backoff-cap", "1h", "--timeout", "9h", "--max-time", "9h")
# A resolver that tells by a file that it was asked, and answers never.
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
    """Start a call that acts, and yield it once it is in that phase, where nothing goes on."""
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
def test_a_signal_ends_a_call_wherever_it_is(name: str, number: int, tmp_path: Path) -> None:
    """T92: within two seconds, by the signal itself; what may have been executed is named."""
    with call_in_phase(name, tmp_path) as (server, process):
        asked = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert time.monotonic() - asked < 2.5  # a busy machine has half a second to itself
    assert (process.returncode, out) == (-number, b"{}\n" if name == "closing" else b"")
    assert (b"outcome unknown" in err) == (name == "in flight")
    sent = [request.request_id.encode() in err for request in server.requests]
    assert sent == {"in flight": [True], "closing": [False]}.get(name, [])


def test_a_second_signal_ends_at_once() -> None:
    """T94: the server is silent, and so is the closing; two Ctrl-C end it."""
    with FaultServer() as server:
        server.on("*", ignore())
        process = start(*SEND_EVENT, url=server.url)
        server.wait_for("send_event")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=4)
    assert process.returncode == -signal.SIGINT


def test_nohup_keeps_us_alive() -> None:
    """T93: an ignored SIGHUP stays ignored."""
    with FaultServer() as server:
        gate = server.make_gate()
        server.on("send_event", [execute(), wait_for_gate(gate), respond({})])
        process = start(*SEND_EVENT, url=server.url, wrapper=["nohup"], stdin=subprocess.DEVNULL)
        server.wait_for("send_event")
        process.send_signal(signal.SIGHUP)
        gate.open()
        out, _ = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, b"{}\n")


def test_an_empty_environment_is_enough() -> None:
    """T95: no HOME, no PATH, no terminal: the call works and standard error stays empty."""
    with FaultServer() as server:
        bare = ("env", "-i", f"RTM_URL={server.url}", f"RTM_TOKEN={TOKEN}")
        result = run(*SEND_EVENT, wrapper=bare, cwd=Path("/"))
    assert result[:3] == (0, "{}\n", "")


def test_a_service_that_ignores_sigpipe_ends_as_quietly() -> None:
    """T95: where the system has it ignored, a reader that is gone is status 141 all the same."""
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
    """T85: the C locale and ASCII for Python change no byte."""
    with FaultServer() as server:
        server.on("get_archives", respond({"text": "é 😀"}))
        env = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
        result = run("get-archives", url=server.url, env=env)
    assert result[:3] == (0, '{"text":"é 😀"}\n', "")


# The wall clock jumps a day forward and two back, at every look.
JUMPING_CLOCK_CODE = """
import itertools, time
now, jumps = time.time, itertools.cycle((0, 86_400, -86_400))
time.time = lambda: now() + next(jumps)
"""


def test_a_clock_that_jumps_ends_nothing_and_saves_nothing(tmp_path: Path) -> None:
    """T75: an answer that takes a while is awaited, and one that never comes is given up."""
    env = install_sitecustomize(tmp_path, JUMPING_CLOCK_CODE)
    with FaultServer() as server:
        server.on("send_event", [delay(0.3), respond()], [execute(), ignore()])
        sound = run(*SEND_EVENT, url=server.url, env=env)
        late = run(*SEND_EVENT, "--timeout", "0.5s", url=server.url, env=env)
    assert sound[:3] == (0, "{}\n", "")
    assert (late.exit_code, server.count("send_event")) == (7, 2)
    assert 0.5 <= late.duration < 4 + startup_time()


def test_a_silent_pipe_on_standard_input_is_not_awaited() -> None:
    """A command under ssh or in a while loop neither reads nor waits for its standard input."""
    with FaultServer() as server:
        process = start(*SEND_EVENT, url=server.url)  # its standard input stays open, and silent
        assert process.wait(timeout=10) == 0
        process.communicate()


def test_no_core_is_ever_dumped() -> None:
    """T107: the soft limit for cores is zero once the process runs."""
    with FaultServer() as server:
        server.on("send_event", ignore())
        process = start(*SEND_EVENT, url=server.url)
        server.wait_for("send_event")
        soft, _ = resource.prlimit(process.pid, resource.RLIMIT_CORE)
        process.kill()
        process.communicate()
    assert soft == 0


def test_the_token_is_in_no_argument() -> None:
    """T102: what everybody may read of the process does not hold the token."""
    with FaultServer() as server:
        server.on("send_event", ignore())
        process = start(*SEND_EVENT, url=server.url)
        server.wait_for("send_event")
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.kill()
        process.communicate()
    assert b"test-token" not in arguments


def test_on_a_terminal_the_result_is_indented_and_coloured() -> None:
    """A person gets several lines and colours, unless NO_COLOR says otherwise."""
    assert "\x1b[" in run_on_terminal({})
    assert run_on_terminal({"NO_COLOR": "1"}) == (
        '{\n  "action": "close_thread",\n  "payload": {\n    "chat_id": "a"\n  }\n}\n'
    )


def run_on_terminal(env: dict[str, str]) -> str:
    """Run a dry run on a terminal of its own and return what it shows."""
    with Terminal() as terminal:
        words = ("close-thread", "--chat-id", "a", "-n")
        process = terminal.run(RTM, *words, env={**environment(), "TERM": "xterm", **env})
        shown = terminal.read_to_end()
        process.wait(TIMEOUT)
    return shown


def test_refused_connections_leave_standard_output_empty() -> None:
    """A failed call prints no result: standard output is empty."""
    with refusing_port() as port:
        result = run(*SEND_EVENT, "--backoff", "1ms", url=f"ws://127.0.0.1:{port}/")
    assert (result.exit_code, result.stdout) == (5, "")

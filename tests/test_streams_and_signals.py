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
from faults import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
    FaultServer,
    Moment,
    after,
    answer,
    execute,
    hanging_port,
    pause,
    push,
    refusing_port,
    silence,
)
from running import (
    PATIENCE,
    RTM,
    TOKEN,
    Process,
    customized,
    environment,
    run,
    shell,
    start,
    startup,
)
from terminals import Terminal

N = ("send-event", "--chat-id", "PJ0MRSHTDG", "--text", "hello")


def test_a_full_disk_is_told_after_the_call() -> None:
    """T89: executed once, status 74, and standard error says that it was executed."""
    with FaultServer() as server:
        done = shell('"$RTM" send-event --chat-id a --text b >/dev/full', url=server.url)
    assert (done.returncode, server.count("send_event")) == (74, 1)
    assert done.stderr == (
        b"rtm: send_event: not written: send_event was executed, but its answer is lost: "
        b"standard output not written: no space left on device\n"
    )


def test_a_closed_standard_output_stops_the_call_before_it_is_sent() -> None:
    """T91: nobody would see the answer, so nothing is sent."""
    with FaultServer() as server:
        done = shell('"$RTM" send-event --chat-id a --text b >&-', url=server.url)
        assert server.connections == 0
    assert done.returncode == 74
    assert b"nothing was sent" in done.stderr


def test_all_streams_closed_is_no_hang_and_no_crash() -> None:
    """T91: with nothing open the status alone tells."""
    with FaultServer() as server:
        done = shell('"$RTM" send-event --chat-id a --text b <&- >&- 2>&-', url=server.url)
        assert server.connections == 0
    assert done.returncode == 74


def test_a_closed_standard_error_never_reaches_the_socket() -> None:
    """T90: the right status, and the server sees nothing that is no frame."""
    with FaultServer() as server:  # strict: a foreign byte on the socket would be a complaint
        server.on("send_event", execute())
        script = '"$RTM" send-event --chat-id a --text b --timeout 0.3s 2>&-'
        done = shell(script, url=server.url)
    assert (done.returncode, done.stdout, done.stderr) == (7, b"", b"")


def test_a_reader_that_is_gone_ends_us_silently() -> None:
    """A closed pipe is status 141, and nobody is bothered."""
    with FaultServer() as server:
        done = shell('"$RTM" get-archives | true; echo "${PIPESTATUS[0]}"', url=server.url)
    assert done.stdout in (b"141\n", b"0\n")
    assert done.stderr == b""


@pytest.mark.parametrize("arguments", ["--help", "ban-customer --help", "--version"])
@pytest.mark.parametrize("stdout", [">/dev/full", ">&-"])
def test_help_that_cannot_be_written_is_told(arguments: str, stdout: str) -> None:
    """Help into a full disk or a closed stream is status 74 too."""
    done = shell(f'"$RTM" {arguments} {stdout}')
    assert (done.returncode, done.stderr.count(b"\n")) == (74, 1)


# Where the server is silent, in each phase that it takes part in.
SILENT_AT: dict[str, str | Moment] = {
    "TLS": CONNECT,
    "HTTP": HANDSHAKE,
    "login": "login",
    "in flight": "send_event",
    "closing": CLOSE,
}
PHASES = ("DNS", "TCP", *SILENT_AT, "backoff")
FOR_EVER = ("--backoff", "1h", "--backoff-cap", "1h", "--timeout", "9h", "--max-time", "9h")
# A resolver that tells by a file that it was asked, and answers never.
RESOLVER = """
import os, pathlib, socket
def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    if flags & socket.AI_NUMERICHOST:
        raise socket.gaierror(socket.EAI_NONAME, "no number")
    os.open({asked!r}, os.O_WRONLY)
    os.read(os.pipe()[0], 1)
socket.getaddrinfo = getaddrinfo
"""


@contextmanager
def phase(name: str, folder: Path) -> Iterator[tuple[FaultServer, Process]]:
    """Start a call that acts, and yield it once it is in that phase, where nothing goes on."""
    asked = folder / "asked"
    os.mkfifo(asked)
    with FaultServer(strict=False) as server, hanging_port() as hole, refusing_port() as nobody:
        if name in SILENT_AT:
            server.on(SILENT_AT[name], silence())
        address = {
            "DNS": "wss://rtm.test",
            "TCP": f"ws://127.0.0.1:{hole}",
            "TLS": server.url.replace("ws:", "wss:"),
            "backoff": f"ws://127.0.0.1:{nobody}",
        }.get(name, server.url)
        options = ("-v", "--close-timeout", "60s", *(FOR_EVER if name == "backoff" else ()))
        env = customized(folder, RESOLVER.format(asked=str(asked))) if name == "DNS" else {}
        with start(*N, *options, url=address, env=env) as process:
            if name in SILENT_AT:
                server.wait_for(SILENT_AT[name])
            elif name == "DNS":
                os.close(os.open(asked, os.O_RDONLY))
            else:
                assert process.stderr
                words = "connecting to" if name == "TCP" else "trying again in"
                while words not in process.stderr.readline().decode():
                    pass
            yield server, process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("name", PHASES)
def test_a_signal_ends_a_call_wherever_it_is(name: str, number: int, tmp_path: Path) -> None:
    """T92: within two seconds, by the signal itself; what may have been executed is named."""
    with phase(name, tmp_path) as (server, process):
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
        server.on("*", silence())
        process = start(*N, url=server.url)
        server.wait_for("send_event")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=4)
    assert process.returncode == -signal.SIGINT


def test_nohup_keeps_us_alive() -> None:
    """T93: an ignored SIGHUP stays ignored."""
    with FaultServer() as server:
        gate = server.gate()
        server.on("send_event", [execute(), after(gate), answer({})])
        process = start(*N, url=server.url, before=["nohup"], stdin=subprocess.DEVNULL)
        server.wait_for("send_event")
        process.send_signal(signal.SIGHUP)
        gate.open()
        out, _ = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, b"{}\n")


def test_an_empty_environment_is_enough() -> None:
    """T95: no HOME, no PATH, no terminal: the call works and standard error stays empty."""
    with FaultServer() as server:
        bare = ("env", "-i", f"RTM_URL={server.url}", f"RTM_TOKEN={TOKEN}")
        done = run(*N, before=bare, cwd=Path("/"))
    assert done[:3] == (0, "{}\n", "")


def test_a_service_that_ignores_sigpipe_ends_as_quietly() -> None:
    """T95: where the system has it ignored, a reader that is gone is status 141 all the same."""
    with FaultServer() as server:
        server.on("login", [answer(), push("incoming_event"), push("incoming_event")])
        done = shell(
            "trap '' PIPE; \"$RTM\" listen | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}",
            url=server.url,
        )
        called = shell("trap '' PIPE; \"$RTM\" get-archives", url=server.url)
    assert (done.stdout, done.stderr) == (b"141\n", b"")
    assert (called.returncode, called.stdout, called.stderr) == (0, b"{}\n", b"")


def test_any_locale_writes_utf8() -> None:
    """T85: the C locale and ASCII for Python change no byte."""
    with FaultServer() as server:
        server.on("get_archives", answer({"text": "é 😀"}))
        env = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
        done = run("get-archives", url=server.url, env=env)
    assert done[:3] == (0, '{"text":"é 😀"}\n', "")


# The wall clock jumps a day forward and two back, at every look.
CLOCK = """
import itertools, time
now, jumps = time.time, itertools.cycle((0, 86_400, -86_400))
time.time = lambda: now() + next(jumps)
"""


def test_a_clock_that_jumps_ends_nothing_and_saves_nothing(tmp_path: Path) -> None:
    """T75: an answer that takes a while is awaited, and one that never comes is given up."""
    env = customized(tmp_path, CLOCK)
    with FaultServer() as server:
        server.on("send_event", [pause(0.3), answer()], [execute(), silence()])
        sound = run(*N, url=server.url, env=env)
        late = run(*N, "--timeout", "0.5s", url=server.url, env=env)
    assert sound[:3] == (0, "{}\n", "")
    assert (late.status, server.count("send_event")) == (7, 2)
    assert 0.5 <= late.seconds < 4 + startup()


def test_a_silent_pipe_on_standard_input_is_not_awaited() -> None:
    """A command under ssh or in a while loop neither reads nor waits for its standard input."""
    with FaultServer() as server:
        process = start(*N, url=server.url)  # its standard input stays open, and silent
        assert process.wait(timeout=10) == 0
        process.communicate()


def test_no_core_is_ever_dumped() -> None:
    """T107: the soft limit for cores is zero once the process runs."""
    with FaultServer() as server:
        server.on("send_event", silence())
        process = start(*N, url=server.url)
        server.wait_for("send_event")
        soft, _ = resource.prlimit(process.pid, resource.RLIMIT_CORE)
        process.kill()
        process.communicate()
    assert soft == 0


def test_the_token_is_in_no_argument() -> None:
    """T102: what everybody may read of the process does not hold the token."""
    with FaultServer() as server:
        server.on("send_event", silence())
        process = start(*N, url=server.url)
        server.wait_for("send_event")
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.kill()
        process.communicate()
    assert b"test-token" not in arguments


def test_on_a_terminal_the_result_is_indented_and_coloured() -> None:
    """A person gets several lines and colours, unless NO_COLOR says otherwise."""
    assert "\x1b[" in on_terminal({})
    assert on_terminal({"NO_COLOR": "1"}) == (
        '{\n  "action": "close_thread",\n  "payload": {\n    "chat_id": "a"\n  }\n}\n'
    )


def on_terminal(env: dict[str, str]) -> str:
    """Run a dry run on a terminal of its own and return what it shows."""
    with Terminal() as terminal:
        words = ("close-thread", "--chat-id", "a", "-n")
        process = terminal.run(RTM, *words, env={**environment(), "TERM": "xterm", **env})
        shown = terminal.rest()
        process.wait(PATIENCE)
    return shown


def test_refused_connections_leave_standard_output_empty() -> None:
    """A failed call prints no result: standard output is empty."""
    with refusing_port() as port:
        done = run(*N, "--backoff", "1ms", url=f"ws://127.0.0.1:{port}/")
    assert (done.status, done.out) == (5, "")

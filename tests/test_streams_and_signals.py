"""The process in its surroundings: closed and full streams, signals, bare environments."""

import resource
import signal
import subprocess
from pathlib import Path

import pytest
from faults import CONNECT, HANDSHAKE, FaultServer, after, answer, execute, refusing_port, silence
from running import PATIENCE, RTM, environment, run, start
from terminals import Terminal

N = ("send-event", "--chat-id", "PJ0MRSHTDG", "--text", "hello")


def shell(server: FaultServer, script: str) -> subprocess.CompletedProcess[bytes]:
    """Run a shell script in which $RTM is the tool."""
    env = {**environment(server.url), "RTM": RTM}
    return subprocess.run(["bash", "-c", script], env=env, capture_output=True, check=False)


def test_a_full_disk_is_told_after_the_call() -> None:
    """T89: executed once, status 74, and standard error says that it was executed."""
    with FaultServer() as server:
        done = shell(server, '"$RTM" send-event --chat-id a --text b >/dev/full')
    assert (done.returncode, server.count("send_event")) == (74, 1)
    assert done.stderr == (
        b"rtm: send_event: not written: send_event was executed, but its answer is lost: "
        b"standard output not written: no space left on device\n"
    )


def test_a_closed_standard_output_stops_the_call_before_it_is_sent() -> None:
    """T91: nobody would see the answer, so nothing is sent."""
    with FaultServer() as server:
        done = shell(server, '"$RTM" send-event --chat-id a --text b >&-')
        assert server.connections == 0
    assert done.returncode == 74
    assert b"nothing was sent" in done.stderr


def test_all_streams_closed_is_no_hang_and_no_crash() -> None:
    """T91: with nothing open the status alone tells."""
    with FaultServer() as server:
        done = shell(server, '"$RTM" send-event --chat-id a --text b <&- >&- 2>&-')
        assert server.connections == 0
    assert done.returncode == 74


def test_a_closed_standard_error_never_reaches_the_socket() -> None:
    """T90: the right status, and the server sees nothing that is no frame."""
    with FaultServer() as server:  # strict: a foreign byte on the socket would be a complaint
        server.on("send_event", execute())
        done = shell(server, '"$RTM" send-event --chat-id a --text b --timeout 0.3s 2>&-')
    assert (done.returncode, done.stdout, done.stderr) == (7, b"", b"")


def test_a_reader_that_is_gone_ends_us_silently() -> None:
    """A closed pipe is status 141, and nobody is bothered."""
    with FaultServer() as server:
        done = shell(server, '"$RTM" get-archives | true; echo "${PIPESTATUS[0]}"')
    assert done.stdout in (b"141\n", b"0\n")
    assert done.stderr == b""


@pytest.mark.parametrize("arguments", ["--help", "ban-customer --help", "--version"])
@pytest.mark.parametrize("stdout", [">/dev/full", ">&-"])
def test_help_that_cannot_be_written_is_told(arguments: str, stdout: str) -> None:
    """Help into a full disk or a closed stream is status 74 too."""
    done = subprocess.run(
        ["bash", "-c", f'"{RTM}" {arguments} {stdout}'], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr.count(b"\n")) == (74, 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_flight_names_what_is_unknown(number: int) -> None:
    """T92: within two seconds, death by the signal itself, and the request's id."""
    with FaultServer() as server:
        server.on("send_event", [execute(), silence()])
        process = start(*N, url=server.url)
        server.wait_for("send_event")
        process.send_signal(number)
        out, err = process.communicate(timeout=4)
    assert (process.returncode, out) == (-number, b"")
    assert server.requests[0].request_id.encode() in err
    assert b"outcome unknown" in err


@pytest.mark.parametrize("moment", [CONNECT, HANDSHAKE, "login"])
def test_a_signal_before_the_call_ends_at_once(moment: str) -> None:
    """T92: while connecting or logging in nothing is unknown, so nothing is said."""
    with FaultServer(strict=False) as server:
        server.on(moment, silence())
        process = start(*N, url=server.url)
        server.wait_for(moment)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=4)
    assert (process.returncode, out, err) == (-signal.SIGTERM, b"", b"")


def test_a_signal_between_two_tries_ends_at_once() -> None:
    """T92: while waiting to try again."""
    with FaultServer() as server:
        server.on(CONNECT, silence())
        process = start(*N, "--timeout", "60s", url=server.url)
        server.wait_for(CONNECT)
        process.terminate()
        process.communicate(timeout=4)
    assert process.returncode == -signal.SIGTERM


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
        process = subprocess.Popen(
            ["nohup", RTM, *N],
            env=environment(server.url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        server.wait_for("send_event")
        process.send_signal(signal.SIGHUP)
        gate.open()
        out, _ = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, b"{}\n")


def test_an_empty_environment_is_enough() -> None:
    """T95: no HOME, no PATH, no terminal: the call works and standard error stays empty."""
    with FaultServer() as server:
        env = {"RTM_URL": server.url, "RTM_TOKEN": "dal:bare-environment"}
        done = subprocess.run([RTM, *N], env=env, capture_output=True, check=False, cwd="/")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"{}\n", b"")


def test_any_locale_writes_utf8() -> None:
    """T85: the C locale and ASCII for Python change no byte."""
    with FaultServer() as server:
        server.on("get_archives", answer({"text": "é 😀"}))
        env = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
        done = run("get-archives", url=server.url, env=env)
    assert done[:3] == (0, '{"text":"é 😀"}\n', "")


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

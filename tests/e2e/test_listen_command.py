"""`rtm listen -- COMMAND`: a command that starts with the listening."""

import signal
from pathlib import Path

import pytest
from support.fault_server import FaultServer, close, normal, push, respond_error
from support.listen_process import FAST_RETRIES, ListenProcess
from support.process import TOKEN, run

ENVIRONMENT = 'echo "${#RTM_TOKEN} $RTM_URL [$NOTIFY_SOCKET$WATCHDOG_USEC$WATCHDOG_PID]" >&2'


def test_the_command_starts_once_after_the_first_login() -> None:
    """A reconnection does not start it again, and its success does not end the listening."""
    with FaultServer() as server:
        server.on("login", [normal(), close(1012)], normal())
        command = ("--count", "1", "--", "echo", "started")
        with ListenProcess(server.url, *FAST_RETRIES, *command) as listener:
            listener.wait_for_stderr("reconnected")
            server.run_steps(push("incoming_event", {}))
            assert listener.wait() == 0
            assert listener.stderr_text.count("started\n") == 1
            assert [each["type"] for each in listener.remaining_records()] == ["rtm.gap", "push"]


def test_the_command_does_not_start_without_a_login() -> None:
    """The listener has its own status then."""
    with FaultServer() as server:
        server.on("login", respond_error("authentication"))
        result = run("listen", "--", "echo", "started", url=server.url)
    assert (result.exit_code, "started" in result.stderr) == (4, False)


@pytest.mark.parametrize(("script", "status"), [("exit 3", 3), ("kill -9 $$", 137)])
def test_a_command_that_fails_ends_the_listening(script: str, status: int) -> None:
    """With its status."""
    with FaultServer() as server:
        result = run("listen", "--", "sh", "-c", script, url=server.url)
    message = f"rtm: listen: the command ended with status {status}\n"
    assert (result.exit_code, result.stdout, result.stderr) == (status, "", message)


def test_the_command_inherits_the_environment(tmp_path: Path) -> None:
    """The token, too; but it does not speak for a service of systemd."""
    env = {"NOTIFY_SOCKET": str(tmp_path), "WATCHDOG_USEC": "9000000", "WATCHDOG_PID": "1"}
    command = ("--error-format", "text", "--for", "20s", "--", "sh", "-c", f"{ENVIRONMENT}; exit 3")
    with FaultServer() as server:
        # The format of errors in the command's words is not that of the listener.
        result = run("listen", *command, "--error-format", "json", url=server.url, env=env)
        assert f"{len(TOKEN)} {server.url} []\n" in result.stderr
    assert result.stderr.endswith("rtm: listen: the command ended with status 3\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_command_too(number: signal.Signals) -> None:
    """It gets SIGTERM, whatever the signal is."""
    script = "trap 'echo ended >&2; exit' TERM; echo started >&2; while :; do sleep 0.01; done"
    with FaultServer() as server, ListenProcess(server.url, "--", "sh", "-c", script) as listener:
        listener.wait_for_stderr("started")
        listener.send_signal(number)
        assert listener.wait() == -number
        assert listener.stderr_text == "started\nended\n"


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--", "no-such-program"), 127, "no-such-program: command not found"),
        (("echo", "x"), 2, "unexpected argument echo; a command goes after --"),
        (("x", "--", "echo"), 2, "unexpected argument x; a command goes after --"),
    ],
)
def test_a_command_that_cannot_start_is_an_error_at_once(
    words: tuple[str, ...], status: int, message: str
) -> None:
    """Before anything is connected."""
    result = run("listen", *words)
    assert (result.exit_code, result.stderr) == (status, f"rtm: listen: usage: {message}\n")

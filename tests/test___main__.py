"""Start and end of the process: lazy loading, signals, exit status."""

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.fault_server import CLOSE, FaultServer, execute, ignore
from support.process import (
    RTM,
    TIMEOUT,
    environment,
    install_sitecustomize,
    require_program,
    run,
    start,
)
from support.terminal import Terminal

import rtmcli
from rtmcli import __version__

SEND_EVENT = ("send-event", "--chat-id", "PJ0MRSHTDG", "--text", "hello")

# Modules that take long to load, and the commands that may load them.
HEAVY_MODULES = {
    "asyncio",
    "csv",
    "email",
    "hashlib",
    "orjson",
    "pydantic",
    "random",
    "rich",
    "rtmcli.flows",
    "rtmcli.sandbox",
    "rtmcli.session.transport",
    "ssl",
    "tomli_w",
    "tomllib",
    "websockets",
}
JSON_MODULES = {"orjson"}
CALL_MODULES = {"orjson", "rtmcli.flows", "rtmcli.session.transport"}
ALLOWED_MODULES: dict[tuple[str, ...], set[str]] = {
    ("--help",): set(),
    ("--version",): set(),
    ("help", "payload"): set(),
    ("ban-custmer",): set(),
    ("ban-customer", "--custmer-id", "x"): set(),
    ("ban-customer", "--help"): JSON_MODULES,  # its example
    ("ban-customer",): JSON_MODULES,  # the payload is checked
    ("close-thread", "--chat-id", "a", "--dry-run"): JSON_MODULES,
    ("close-thread", "--skeleton"): JSON_MODULES,
    ("close-thread", "--chat-id", "a"): CALL_MODULES,
    ("close-thread", "--chat-id", "a", "--proxy", "none", "-v"): CALL_MODULES,
    ("get-customers", "--output", "json"): CALL_MODULES,
    ("get-customers", "--output", "csv"): CALL_MODULES | {"csv"},
    ("get-customers", "--output", "table"): CALL_MODULES | {"rich"},
}


def loaded_modules(*arguments: str, url: str) -> set[str]:
    """Run a command; return the modules that it loads."""
    return imported_modules("-m", "rtmcli", *arguments, url=url)


def imported_modules(*arguments: str, url: str = "") -> set[str]:
    """Run Python; return the modules that it loads."""
    command = [sys.executable, "-X", "importtime", *arguments]
    # Coverage measurement loads more.
    env = {name: text for name, text in environment(url).items() if not name.startswith("COV")}
    result = subprocess.run(
        command, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize("arguments", ALLOWED_MODULES, ids=" ".join)
def test_nothing_heavy_is_loaded_before_it_is_needed(arguments: tuple[str, ...]) -> None:
    """Each command loads what it needs; a call loads neither ssl nor websockets."""
    with FaultServer() as server:
        modules = loaded_modules(*arguments, url=server.url)
        is_call = ALLOWED_MODULES[arguments] >= CALL_MODULES
        assert bool(server.requests) == is_call
    assert "rtmcli.cli.app" in modules
    assert {name for name in HEAVY_MODULES if name in modules} <= ALLOWED_MODULES[arguments]


def test_only_the_requested_command_is_loaded() -> None:
    """No module of another command is loaded."""
    modules = loaded_modules("close-thread", "--chat-id", "a", "-n", url="ws://127.0.0.1:9/")
    others = {"call", "listen", "sandbox", "methods", "config", "doctor", "completion", "help"}
    assert {name for name in modules if name.startswith("rtmcli.cli.commands.")} & {
        f"rtmcli.cli.commands.{other}" for other in others
    } == set()


def test_the_package_runs_as_a_module_too() -> None:
    """`python -m rtmcli` is `rtm`."""
    command = [sys.executable, "-m", "rtmcli", "--version"]
    result = subprocess.run(command, env=environment(), capture_output=True, check=False)
    assert (result.returncode, result.stdout.decode()) == (0, f"rtm {__version__}\n")
    assert run("--version").stdout == result.stdout.decode()


def test_closed_streams_are_filled_before_a_socket_takes_their_number() -> None:
    """T90, T91: the three descriptors are always open; other ones are not changed."""
    script = (
        "import os, rtmcli.__main__ as main\n"
        "for number in (0, 2): os.close(number)\n"
        "main._open_missing_streams()\n"
        "print([os.readlink(f'/proc/self/fd/{number}') for number in (0, 2)])\n"
        "print(os.open('/', os.O_RDONLY) > 2)\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert result.stdout == b"['/dev/null', '/dev/null']\nTrue\n"


def wait_until_blocked(server: FaultServer, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has sent its call and waits for the response."""
    server.wait_for("send_event")
    status = Path(f"/proc/{process.pid}/stat")
    while status.read_text().rpartition(")")[2].split()[0] != "S":
        time.sleep(0.001)


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_of_any_kind_ends_the_process(second: int) -> None:
    """T94: during a closing handshake that the server does not answer."""
    with FaultServer() as server:
        server.on("send_event", [execute(), ignore()])
        server.on(CLOSE, ignore())
        process = start(*SEND_EVENT, "--close-timeout", "60s", url=server.url)
        wait_until_blocked(server, process)
        process.send_signal(signal.SIGTERM)
        server.wait_for(CLOSE)
        process.send_signal(second)
        process.communicate(timeout=10)
    assert process.returncode == -second


SIGNAL_IN_THREAD_CODE = """
import os, signal, sys, threading
from rtmcli.__main__ import main
def strike():
    os.read(int(sys.argv.pop(1)), 1)
    signal.raise_signal(signal.SIGINT)
thread = threading.Thread(target=strike)
thread.start()
main()
"""


def test_a_signal_ends_a_wait_that_it_does_not_interrupt() -> None:
    """T94: another thread receives it, so no system call of the main thread is interrupted."""
    read, write = os.pipe()
    words = ("config", "set", "token")
    with Terminal() as terminal:
        process = terminal.run(
            *(sys.executable, "-c", SIGNAL_IN_THREAD_CODE, str(read), *words),
            env=environment(),
            pass_fds=[read],
        )
        os.close(read)
        terminal.wait_for_text("Token: ")
        os.write(write, b"!")
        os.close(write)
        assert process.wait(TIMEOUT) == -signal.SIGINT


def failing_syscall(call: str, error: str) -> list[str]:
    """Return the strace command under which a system call always fails."""
    options = ("-e", f"trace={call}", "-e", f"inject={call}:error={error}")
    return [require_program("strace"), "-qq", "-f", "-e", "signal=none", "-o", os.devnull, *options]


def test_without_a_pipe_a_call_is_made() -> None:
    """If the system has no descriptor left for the self-pipe, a signal ends the process at once."""
    with FaultServer() as server:
        result = run(*SEND_EVENT, url=server.url, wrapper=failing_syscall("pipe2", "EMFILE"))
    assert (result.exit_code, result.stderr) == (0, "")


def test_without_a_thread_no_name_is_looked_up() -> None:
    """It is not an internal error: status 5."""
    url = "wss://nowhere.invalid/"
    result = run(
        *SEND_EVENT, "--backoff", "1ms", url=url, wrapper=failing_syscall("clone3", "EAGAIN")
    )
    assert (result.exit_code, "cannot find nowhere.invalid" in result.stderr) == (5, True)


RAISE_WHEN_IMPORTED_CODE = """
import importlib.abc, signal, sys
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, *_):
        if name == {name!r}:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize(
    "name", ["rtmcli.errors", "rtmcli.cli.app", "typer", "orjson", "dataclasses", "socket"]
)
def test_ctrl_c_while_modules_are_loaded_leaves_no_traceback(name: str, tmp_path: Path) -> None:
    """T134: before and after the handlers are installed, and while a module in C loads others."""
    code = RAISE_WHEN_IMPORTED_CODE.format(name=name)
    # Coverage would import some of these modules before our code does.
    without_coverage = {"COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}
    with FaultServer() as server:
        env = install_sitecustomize(tmp_path, code) | without_coverage
        result = run(*SEND_EVENT, url=server.url, env=env)
        assert server.count("send_event") == 0
    assert (result.exit_code, result.stdout, result.stderr) == (-signal.SIGINT, "", "")


RAISE_AT_LINE_CODE = """
import signal, sys
def trace(frame, event, _):
    if not frame.f_code.co_filename.endswith("rtmcli/__main__.py"):
        return None
    if event == "line" and frame.f_lineno == {line}:
        sys.settrace(None)
        signal.raise_signal(signal.SIGINT)
    return trace
sys.settrace(trace)
"""


def early_lines() -> list[int]:
    """Return the lines of `__main__` from the first import to the start of the command line."""
    tree = ast.parse(Path(rtmcli.__file__).with_name("__main__.py").read_text())
    first, *others = (node for node in tree.body if not isinstance(node, ast.Expr))
    assert isinstance(first, ast.Try)
    [main] = (node for node in others if isinstance(node, ast.FunctionDef) and node.name == "main")
    before_run = [node for node in main.body if isinstance(node, ast.Expr)][1:-1]
    imports = [node for node in others if isinstance(node, ast.Import | ast.ImportFrom)]
    return [node.lineno for node in (*first.body, *imports, *before_run)]


@pytest.mark.parametrize("line", early_lines())
def test_ctrl_c_at_any_early_line_leaves_no_traceback(line: int, tmp_path: Path) -> None:
    """T134: from the first import on; the process dies of the signal."""
    code = RAISE_AT_LINE_CODE.format(line=line)
    with FaultServer() as server:
        result = run(*SEND_EVENT, url=server.url, env=install_sitecustomize(tmp_path, code))
        assert server.count("send_event") == 0
    assert (result.exit_code, result.stdout, result.stderr) == (-signal.SIGINT, "", "")


def test_an_ignored_signal_stays_ignored_after_another() -> None:
    """T93: nohup's choice holds after the first signal."""
    with FaultServer() as server:
        server.on("send_event", [execute(), ignore()])
        server.on(CLOSE, ignore())
        words = (*SEND_EVENT, "--close-timeout", "0.5s")
        process = start(*words, url=server.url, wrapper=["nohup"], stdin=subprocess.DEVNULL)
        wait_until_blocked(server, process)
        process.send_signal(signal.SIGTERM)
        server.wait_for(CLOSE)
        process.send_signal(signal.SIGHUP)
        _, err = process.communicate(timeout=10)
    assert process.returncode == -signal.SIGTERM
    assert server.requests[0].request_id.encode() in err


def test_output_is_complete_without_teardown() -> None:
    """Also through a pipe."""
    read, write = os.pipe()
    with os.fdopen(read, "rb") as reader:
        process = subprocess.Popen([RTM, "methods", "--json"], stdout=write, env=environment())
        os.close(write)
        text = reader.read()
    assert process.wait(timeout=10) == 0
    assert text.endswith(b"}\n")
    assert len(text) > 10_000

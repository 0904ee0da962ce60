"""A forked `rtm` runs as a process that starts from nothing."""

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import forked_process
from support.process import RTM, environment, run, start

CONFIG_LIST = ("config", "list", "--json")


def forked(
    *arguments: str, timeout: float = 20.0, **env: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a forked process."""
    command = [RTM, *arguments]
    env = environment(overrides=env)
    return forked_process.run(command, input=b"", env=env, cwd=None, timeout=timeout)


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("ban-custmer",), ("ban-customer", "--dry-run"), ("methods", "--json")],
)
def test_a_forked_run_equals_a_started_one(arguments: tuple[str, ...]) -> None:
    """It prints the same and exits with the same status."""
    process = start(*arguments)
    stdout, stderr = process.communicate(timeout=20)
    result = forked(*arguments)
    assert (result.returncode, result.stdout, result.stderr) == (process.returncode, stdout, stderr)


def test_a_run_has_its_environment_and_its_folder(tmp_path: Path) -> None:
    """No variable of the server or of another run is there; relative paths work."""
    (tmp_path / "config.toml").write_text('[profiles.default]\ntimeout = "7s"\n')
    env = environment(token=None, overrides={"RTM_CONFIG": "config.toml"})
    command = [RTM, "sandbox", "--", "env"]
    result = forked_process.run(command, input=b"", env=env, cwd=tmp_path, timeout=20)
    names = {line.partition(b"=")[0] for line in result.stdout.splitlines()}
    assert {name.encode() for name in env} <= names
    assert not any(name.startswith((b"PYTEST", b"FORK")) for name in names)
    listed = run("config", "list", token=None, env={"RTM_CONFIG": "config.toml"}, cwd=tmp_path)
    assert "7s" in listed.stdout


def test_a_run_has_no_other_descriptors() -> None:
    """A command that it starts inherits the standard streams, and nothing of the server."""
    result = forked("sandbox", "--", "sh", "-c", "ls /proc/$$/fd")
    assert result.stdout.split() == [b"0", b"1", b"2"]


def test_standard_input_may_be_larger_than_a_pipe() -> None:
    """All of it is read, in order; a run that reads nothing ends all the same."""
    values = "".join(f'{{"n":{n}}}\n' for n in range(20_000))
    result = run("call", "-", "--dry-run", stdin=values)
    assert result.exit_code == 2
    assert run("--version", stdin=values).exit_code == 0


def test_the_signal_that_ended_a_run_is_its_status() -> None:
    """As with `subprocess`, the number is negative."""
    result = forked("sandbox", "--", "sh", "-c", "kill -KILL $PPID")
    assert result.returncode == -signal.SIGKILL


def test_a_run_inherits_the_limits_of_the_test() -> None:
    """As from any parent, also if they have changed since the last run."""
    show_limit = ("sandbox", "--", "sh", "-c", "ulimit -n")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert forked(*show_limit).stdout == b"%d\n" % soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    try:
        assert forked(*show_limit).stdout == b"100\n"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_run_that_hangs_is_killed() -> None:
    """Its output so far is in the error."""
    with pytest.raises(subprocess.TimeoutExpired) as caught:
        forked("sandbox", "--port", "0", timeout=1.0)
    assert json.loads(caught.value.output)["url"]


def test_a_variable_that_python_reads_needs_a_start() -> None:
    """A fork cannot apply it."""
    assert forked_process.can_fork({"RTM_URL": "ws://a", "HOME": "/"})
    for name in ("PYTHONPATH", "LC_ALL", "LANG", "LD_PRELOAD", "TZ"):
        assert not forked_process.can_fork({name: ""})


def test_the_server_ends_with_the_process_that_uses_it() -> None:
    """`stop` waits for its end; the next run starts another one."""
    code = (
        "import sys; sys.path.insert(0, 'tests'); from support import forked_process, process\n"
        "for _ in range(2):\n"
        "    assert process.run('--version').exit_code == 0\n"
        "    forked_process.stop()\n"
        "process.run('--version')\n"  # and it ends if nothing stops the server
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code]
    output = subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=20)
    assert (output.stdout, output.stderr) == (b"", b"")  # read until the server closed it, too

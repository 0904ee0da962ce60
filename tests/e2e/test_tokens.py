"""Tokens: their sources, their format, and that no output contains them."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from support.fault_server import (
    FaultServer,
    Step,
    StepContext,
    call_function,
    respond,
    respond_error,
)
from support.process import (
    TOKEN,
    CommandResult,
    run,
    run_shell,
    start,
    startup_time,
    unprivileged_wrapper,
)

CALL = ("get-customers",)
SECRET = "Zx81-Qy42_secret"


def call_without_token(
    *options: str, url: str, token: str | None = None, **env: str
) -> CommandResult:
    """Make a call without the default token of the tests."""
    result = run(*CALL, "--backoff", "1ms", *options, url=url, token=token, env=env)
    assert SECRET not in result.stdout + result.stderr
    return result


def login_tokens(server: FaultServer) -> list[str]:
    """Return the tokens of the logins."""
    return [request.payload["token"] for request in server.logins]


def write_file(path: Path, text: str, mode: int = 0o600) -> str:
    """Write a file; return its path."""
    path.write_text(text, newline="")
    path.chmod(mode)
    return str(path)


def write_profile(tmp_path: Path, *lines: str, mode: int = 0o600) -> dict[str, str]:
    """Write a configuration with one profile; return the environment that names it."""
    text = "\n".join(["[profiles.default]", *lines, ""])
    return {"RTM_CONFIG": write_file(tmp_path / "config.toml", text, mode)}


def replace_file(path: str, text: str) -> Step:
    """Return a step that replaces the contents of a file."""

    def write(_: StepContext) -> None:
        Path(path).write_text(text)

    return call_function(write)


# --- Format of tokens ---


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("scheme", ["", "Bearer ", "bearer "])
def test_a_newline_and_a_scheme_in_a_token_file_are_removed(
    tmp_path: Path, scheme: str, end: str
) -> None:
    """T22: the login is the same with and without them."""
    path = write_file(tmp_path / "token", f"{scheme}{SECRET}{end}")
    with FaultServer() as server:
        assert call_without_token("--token-file", path, url=server.url).exit_code == 0
        assert login_tokens(server) == [f"Bearer {SECRET}"]


def test_a_personal_token_keeps_its_scheme() -> None:
    """The scheme Basic is kept."""
    with FaultServer() as server:
        assert call_without_token(url=server.url, RTM_TOKEN=f"Basic {SECRET}").exit_code == 0
        assert login_tokens(server) == [f"Basic {SECRET}"]


@pytest.mark.parametrize(
    "text",
    ["", "\n", f"{SECRET} {SECRET}", f"{SECRET}\0", f"{SECRET}\x1b[31m", f"{SECRET}\n{SECRET}"],
)
def test_an_invalid_token_is_refused_without_quoting_it(tmp_path: Path, text: str) -> None:
    """T23: status 2, no connection; the message names the file but not its contents."""
    path = write_file(tmp_path / "token", text)
    with FaultServer() as server:
        result = call_without_token("--token-file", path, url=server.url)
        assert (result.exit_code, server.connection_count) == (2, 0)
    assert result.stderr.startswith(f"rtm: get_customers: usage: --token-file {path} ")


def test_a_token_can_come_from_standard_input() -> None:
    """`--token-file -` reads it; then the payload cannot come from there, too."""
    with FaultServer() as server:
        result = run(*CALL, "--token-file", "-", url=server.url, token=None, stdin=f"{SECRET}\n")
        assert (result.exit_code, result.stderr) == (0, "")
        assert login_tokens(server) == [f"Bearer {SECRET}"]
        result = run(*CALL, "-", "--token-file", "-", url=server.url, token=None, stdin=SECRET)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "standard input cannot be both the token and the stream of values" in result.stderr


def test_a_token_can_come_from_a_descriptor() -> None:
    """Shell process substitution works."""
    with FaultServer() as server:
        command = f'"$RTM" get-customers --token-file <(echo {SECRET})'
        result = run_shell(command, url=server.url, token=None)
        assert (result.returncode, result.stderr) == (0, b"")
        assert login_tokens(server) == [f"Bearer {SECRET}"]


# --- Precedence of sources ---


@pytest.mark.parametrize("empty", [{}, {"RTM_TOKEN": ""}])
def test_without_a_token_there_is_no_prompt_and_no_connection(empty: dict[str, str]) -> None:
    """T24: status 4 at once; the message says how to set a token."""
    with FaultServer() as server:
        result = call_without_token(url=server.url, **empty)
        assert (result.exit_code, result.stdout, server.connection_count) == (4, "", 0)
    assert "no token: set RTM_TOKEN" in result.stderr
    assert result.duration < 1 + startup_time()


def test_a_variable_overrides_the_profile(tmp_path: Path) -> None:
    """A flag overrides both."""
    env = write_profile(tmp_path, 'token = "profile-token"')
    path = write_file(tmp_path / "token", "file-token")
    with FaultServer() as server:
        call_without_token(url=server.url, **env)
        call_without_token(url=server.url, **env, RTM_TOKEN="variable-token")
        call_without_token("--token-file", path, url=server.url, **env, RTM_TOKEN="variable-token")
        assert login_tokens(server) == [
            "Bearer profile-token",
            "Bearer variable-token",
            "Bearer file-token",
        ]


def test_a_configured_token_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """T97: status 2, no connection, and the message says how to fix it."""
    env = write_profile(tmp_path, f'token = "{SECRET}"', mode=0o644)
    with FaultServer() as server:
        result = call_without_token(url=server.url, **env)
        assert (result.exit_code, result.stdout, server.connection_count) == (2, "", 0)
    assert f"chmod 600 {env['RTM_CONFIG']}" in result.stderr


def test_a_token_file_that_others_can_read_gets_a_warning(tmp_path: Path) -> None:
    """T97, T117: it is used, behind a link, too; with -q nothing at all is printed."""
    write_file(tmp_path / "real", SECRET, 0o444)
    (tmp_path / "link").symlink_to("real")
    with FaultServer() as server:
        result = call_without_token("--token-file", str(tmp_path / "link"), url=server.url)
        quiet = call_without_token("--token-file", str(tmp_path / "link"), "-q", url=server.url)
    assert (result.exit_code, result.stdout) == (0, "{}\n")
    assert result.stderr.startswith(f"rtm: warning: --token-file {tmp_path}/link: ")
    assert result.stderr.count("\n") == 1
    assert quiet[:3] == (0, "", "")


def test_a_token_on_a_read_only_mount_gets_no_warning(tmp_path: Path) -> None:
    """T117: containers mount secrets so; -v tells. Only root can mount."""
    path = write_file(tmp_path / "token", SECRET, 0o444)
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    wrapper = ("unshare", "-m", "sh", "-c", script, str(tmp_path))
    if subprocess.run([*wrapper, "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a folder")
    with FaultServer() as server:
        arguments = (*CALL, "--token-file", path)
        silent = run(*arguments, url=server.url, token=None, wrapper=wrapper)
        verbose = run(*arguments, "-v", url=server.url, token=None, wrapper=wrapper)
    assert silent[:3] == (0, "{}\n", "")
    assert f"rtm: --token-file {path}: readable by others; another user" in verbose.stderr


# --- Token commands ---


def test_a_command_gets_neither_token_nor_input(tmp_path: Path) -> None:
    """T102, T104: its environment has no token, and it cannot read our standard input."""
    seen = tmp_path / "seen"
    env = {"RTM_TOKEN": ""}
    env |= write_profile(tmp_path, f"token_command = 'env > {seen}; cat >> {seen}; echo {SECRET}'")
    with FaultServer() as server:
        result = run(*CALL, "-", url=server.url, token=None, stdin='{"limit": 5}', env=env)
        assert result.exit_code == 0
        assert [request.payload for request in server.requests] == [{"limit": 5}]
        assert login_tokens(server) == [f"Bearer {SECRET}"]
    assert "RTM_URL=" in seen.read_text()
    assert "RTM_TOKEN" not in seen.read_text()
    assert "limit" not in seen.read_text()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("exit 1", "failed with exit status 1"),
        ("true", "is empty"),
        (f"echo {SECRET}; echo {SECRET}", "contains a space or another character"),
        (f"printf '{SECRET}\\033[31m'", "contains a space or another character"),
        (f"echo {SECRET} >&2; exit 7", "failed with exit status 7"),
        ("no-such-command", "failed with exit status 127"),
    ],
)
def test_a_command_that_fails_is_an_auth_error(tmp_path: Path, command: str, reason: str) -> None:
    """T104: status 4, and no connection."""
    env = write_profile(tmp_path, f"token_command = ['sh', '-c', '''{command}''']")
    with FaultServer() as server:
        result = run(*CALL, url=server.url, token=None, env=env)
        assert (result.exit_code, result.stdout, server.connection_count) == (4, "", 0)
    assert reason in result.stderr


def test_a_command_that_hangs_is_killed_at_max_time(tmp_path: Path) -> None:
    """T104: --max-time limits the token command, too."""
    env = write_profile(tmp_path, f"token_command = 'echo $$ > {tmp_path}/pid; sleep 600'")
    with FaultServer() as server:
        result = call_without_token("--max-time", "1s", url=server.url, **env)
        assert (result.exit_code, server.connection_count) == (4, 0)
    assert re.search(r"printed no token within (1|0\.[0-9]) s$", result.stderr.strip())
    assert result.duration < 4 + startup_time()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.slow
def test_a_command_that_hangs_is_killed_after_ten_seconds(tmp_path: Path) -> None:
    """T104: it has ten seconds even if --max-time is longer."""
    env = write_profile(tmp_path, "token_command = 'sleep 600'")
    with FaultServer() as server:
        result = call_without_token(url=server.url, **env)
        assert (result.exit_code, server.connection_count) == (4, 0)
    assert "printed no token within 10 s" in result.stderr
    assert 10 <= result.duration < 11 + startup_time()


@pytest.mark.parametrize("key", ["token_file", "token_command"])
def test_a_replaced_token_is_reread_after_an_authentication_error(tmp_path: Path, key: str) -> None:
    """The source is read once more, and the call is made."""
    path = write_file(tmp_path / "token", "old-token")
    value = f"'{path}'" if key == "token_file" else f"['cat', '{path}']"
    env = write_profile(tmp_path, f"{key} = {value}")

    with FaultServer() as server:
        server.on(
            "login", [replace_file(path, "new-token"), respond_error("authentication")], respond()
        )
        result = call_without_token(url=server.url, **env)
        assert (result.exit_code, result.stderr) == (0, "")
        assert login_tokens(server) == ["Bearer old-token", "Bearer new-token"]
        assert server.count("get_customers") == 1


def test_a_token_that_stays_the_same_is_tried_once(tmp_path: Path) -> None:
    """A second login with the same token would fail, too."""
    env = write_profile(tmp_path, f"token_command = 'echo {SECRET}'")
    with FaultServer() as server:
        server.on("login", respond_error("authentication"))
        assert call_without_token(url=server.url, **env).exit_code == 4
        assert len(server.logins) == 1


def test_a_token_is_reread_only_once(tmp_path: Path) -> None:
    """A source that always returns another token does not cause a loop."""
    env = write_profile(tmp_path, "token_command = 'date +token-%N'")
    with FaultServer() as server:
        server.on("login", respond_error("authentication"))
        assert call_without_token(url=server.url, **env).exit_code == 4
        assert len(server.logins) == 2


# --- Unusual environments ---


def test_a_call_works_without_a_home_folder(tmp_path: Path) -> None:
    """T99: without HOME, a user name and write permission, the variable is enough."""
    tmp_path.chmod(0o555)
    with FaultServer() as server:
        clean_env = ("env", "-i", f"RTM_TOKEN={TOKEN}", f"RTM_URL={server.url}")
        result = run(*CALL, wrapper=(*unprivileged_wrapper(), *clean_env), cwd=tmp_path)
    assert result[:3] == (0, "{}\n", "")
    assert list(tmp_path.iterdir()) == []


def test_a_call_works_with_a_read_only_home_folder() -> None:
    """T100: calls work; a change of the configuration fails with the reason."""
    unprivileged = unprivileged_wrapper()
    with FaultServer() as server, tempfile.TemporaryDirectory() as folder:
        variables = [f"{name}={folder}" for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")]
        variables += [f"RTM_TOKEN={TOKEN}", f"RTM_URL={server.url}"]
        Path(folder).chmod(0o555)
        result = run(*CALL, wrapper=(*unprivileged, "env", "-i", *variables))
        refused = run(
            "config", "set", "timeout", "5s", wrapper=(*unprivileged, "env", "-i", *variables)
        )
        assert list(Path(folder).iterdir()) == []
    assert result[:3] == (0, "{}\n", "")
    assert (refused.exit_code, "permission denied" in refused.stderr) == (2, True)


def test_an_unusable_configuration_folder_is_ignored(tmp_path: Path) -> None:
    """If a file is in the place of the folder, there is no configuration."""
    (tmp_path / ".config").write_text("")
    with FaultServer() as server:
        result = run(*CALL, url=server.url, env={"RTM_CONFIG": "", "HOME": str(tmp_path)})
    assert (result.exit_code, result.stderr) == (0, "")


# --- No output contains a token ---


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("get-customers", "--help"),
        ("help", "environment"),
        ("--version",),
        ("get-customers", "--limti", "5"),
        ("get-customers", TOKEN),
        (TOKEN,),
        ("config", "list"),
        ("config", "list", "--json"),
        ("config", "get", "token"),
        ("config", "set", "token", TOKEN),
        ("config", "set", TOKEN, "x"),
        ("config", TOKEN),
        ("completion", "bash"),
        ("completion", TOKEN),
        ("send-event", "--chat-id", "A", "--text", TOKEN, "--dry-run"),
        ("login", "--dry-run"),
        ("help", TOKEN),
    ],
)
def test_commands_without_a_connection_print_no_token(arguments: tuple[str, ...]) -> None:
    """T105: help, completion, usage errors and dry runs print no eight characters of it."""
    result = run(*arguments)
    for length in range(8, len(TOKEN)):
        assert TOKEN[-length:] not in result.stdout + result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("login", '{"token": "%s"}'),
        ("login", "--set", "token=%s"),
        ("call", "login", '{"token": "%s"}'),
        ("call", '{"action": "login", "payload": {"token": "%s"}}'),
    ],
)
def test_a_token_in_the_arguments_of_a_login_is_refused(arguments: tuple[str, ...]) -> None:
    """T103: arguments are public: status 2, no connection, and the message does not quote it."""
    with FaultServer() as server:
        result = call_without_token(url=server.url, token=TOKEN)
        assert result.exit_code == 0
        result = run(*(text.replace("%s", SECRET) for text in arguments), url=server.url)
        assert (result.exit_code, result.stdout, server.connection_count) == (2, "", 1)
    assert SECRET not in result.stderr


def test_a_streamed_login_is_not_sent() -> None:
    """T103: a login in a stream gets an error record that does not quote the token."""
    value = f'{{"action": "login", "payload": {{"token": "{SECRET}"}}}}\n'
    with FaultServer() as server:
        result = run("call", "-", url=server.url, stdin=value)
        assert result.exit_code == 2
        assert SECRET not in str(login_tokens(server))
    assert SECRET not in result.stdout + result.stderr


def test_the_process_list_shows_no_token() -> None:
    """T102: the arguments of a running call contain no token."""
    with FaultServer() as server:
        server.on("get_customers", [])
        with start(*CALL, url=server.url) as process:
            server.wait_for("get_customers")
            arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            process.kill()
    assert b"get-customers" in arguments
    assert TOKEN.encode() not in arguments

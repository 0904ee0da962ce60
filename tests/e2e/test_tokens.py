"""Tokens, whole process: where they come from, what they may be, and that nothing shows them."""

import os
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
    """Make a call without the usual token of the tests."""
    result = run(*CALL, "--backoff", "1ms", *options, url=url, token=token, env=env)
    assert SECRET not in result.stdout + result.stderr
    return result


def login_tokens(server: FaultServer) -> list[str]:
    """Return the tokens that logins brought."""
    return [request.payload["token"] for request in server.logins]


def write_file(path: Path, text: str, mode: int = 0o600) -> str:
    """Write a file and return its path."""
    path.write_text(text, newline="")
    path.chmod(mode)
    return str(path)


def write_profile(tmp_path: Path, *lines: str, mode: int = 0o600) -> dict[str, str]:
    """Write a configuration of one profile and return the environment that names it."""
    text = "\n".join(["[profiles.default]", *lines, ""])
    return {"RTM_CONFIG": write_file(tmp_path / "config.toml", text, mode)}


def replace_file(path: str, text: str) -> Step:
    """Make a step that gives a file other contents."""

    def write(_: StepContext) -> None:
        Path(path).write_text(text)

    return call_function(write)


# --- what a source may hold ---


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("scheme", ["", "Bearer ", "bearer "])
def test_a_token_file_gives_exactly_the_token(tmp_path: Path, scheme: str, end: str) -> None:
    """T22: a line end and a scheme make no difference on the wire."""
    path = write_file(tmp_path / "token", f"{scheme}{SECRET}{end}")
    with FaultServer() as server:
        assert call_without_token("--token-file", path, url=server.url).exit_code == 0
        assert login_tokens(server) == [f"Bearer {SECRET}"]


def test_a_personal_token_keeps_its_scheme() -> None:
    """Basic stays Basic."""
    with FaultServer() as server:
        assert call_without_token(url=server.url, RTM_TOKEN=f"Basic {SECRET}").exit_code == 0
        assert login_tokens(server) == [f"Basic {SECRET}"]


@pytest.mark.parametrize(
    "text",
    ["", "\n", f"{SECRET} {SECRET}", f"{SECRET}\0", f"{SECRET}\x1b[31m", f"{SECRET}\n{SECRET}"],
)
def test_what_no_token_holds_is_refused_unquoted(tmp_path: Path, text: str) -> None:
    """T23: status 2, nobody is connected to; the message names the file and nothing of it."""
    path = write_file(tmp_path / "token", text)
    with FaultServer() as server:
        result = call_without_token("--token-file", path, url=server.url)
        assert (result.exit_code, server.connection_count) == (2, 0)
    assert result.stderr.startswith(f"rtm: get_customers: usage: --token-file {path} ")


def test_a_token_comes_by_standard_input() -> None:
    """`--token-file -` reads it there, and a payload cannot come the same way."""
    with FaultServer() as server:
        result = run(*CALL, "--token-file", "-", url=server.url, token=None, stdin=f"{SECRET}\n")
        assert (result.exit_code, result.stderr) == (0, "")
        assert login_tokens(server) == [f"Bearer {SECRET}"]
        result = run(*CALL, "-", "--token-file", "-", url=server.url, token=None, stdin=SECRET)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "standard input cannot be both the token and the payload" in result.stderr


def test_a_token_comes_by_a_descriptor() -> None:
    """Process substitution works as with any program."""
    with FaultServer() as server:
        command = f'"$RTM" get-customers --token-file <(echo {SECRET})'
        result = run_shell(command, url=server.url, token=None)
        assert (result.returncode, result.stderr) == (0, b"")
        assert login_tokens(server) == [f"Bearer {SECRET}"]


# --- which source counts ---


@pytest.mark.parametrize("empty", [{}, {"RTM_TOKEN": ""}])
def test_without_a_token_there_is_no_prompt_and_no_connection(empty: dict[str, str]) -> None:
    """T24: status 4 at once; the message says where a token may come from."""
    with FaultServer() as server:
        result = call_without_token(url=server.url, **empty)
        assert (result.exit_code, result.stdout, server.connection_count) == (4, "", 0)
    assert "no token: set RTM_TOKEN" in result.stderr
    assert result.duration < 1 + startup_time()


def test_a_variable_goes_before_the_profile(tmp_path: Path) -> None:
    """And the flag before both."""
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


def test_a_configured_token_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """T97: status 2, how to mend it, and no connection."""
    env = write_profile(tmp_path, f'token = "{SECRET}"', mode=0o644)
    with FaultServer() as server:
        result = call_without_token(url=server.url, **env)
        assert (result.exit_code, result.stdout, server.connection_count) == (2, "", 0)
    assert f"chmod 600 {env['RTM_CONFIG']}" in result.stderr


def test_a_token_file_that_others_may_read_is_a_warning(tmp_path: Path) -> None:
    """T97: a mounted secret, read-only and behind a link, is used; one line warns of it."""
    write_file(tmp_path / "real", SECRET, 0o444)
    (tmp_path / "link").symlink_to("real")
    with FaultServer() as server:
        result = call_without_token("--token-file", str(tmp_path / "link"), url=server.url)
    assert (result.exit_code, result.stdout) == (0, "{}\n")
    assert result.stderr.startswith(f"rtm: warning: --token-file {tmp_path}/link: ")
    assert result.stderr.count("\n") == 1


# --- commands ---


def test_a_command_gets_neither_token_nor_input(tmp_path: Path) -> None:
    """T102, T104: its environment has no token, its input is empty, ours is left for calls."""
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
    ("command", "words"),
    [
        ("exit 1", "failed with exit status 1"),
        ("true", "is empty"),
        (f"echo {SECRET}; echo {SECRET}", "holds a space or another character"),
        (f"printf '{SECRET}\\033[31m'", "holds a space or another character"),
        (f"echo {SECRET} >&2; exit 7", "failed with exit status 7"),
        ("no-such-command", "failed with exit status 127"),
    ],
)
def test_a_command_that_fails_is_a_lack_of_a_token(
    tmp_path: Path, command: str, words: str
) -> None:
    """T104: status 4, and nobody is connected to."""
    env = write_profile(tmp_path, f"token_command = ['sh', '-c', '''{command}''']")
    with FaultServer() as server:
        result = run(*CALL, url=server.url, token=None, env=env)
        assert (result.exit_code, result.stdout, server.connection_count) == (4, "", 0)
    assert words in result.stderr


def test_a_command_that_hangs_is_killed_in_time(tmp_path: Path) -> None:
    """T104: it never has more time than the whole command."""
    env = write_profile(tmp_path, f"token_command = 'echo $$ > {tmp_path}/pid; sleep 600'")
    with FaultServer() as server:
        result = call_without_token("--max-time", "1s", url=server.url, **env)
        assert (result.exit_code, server.connection_count) == (4, 0)
    assert "printed no token within 1 s" in result.stderr
    assert result.duration < 4 + startup_time()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.slow
def test_a_command_that_hangs_has_ten_seconds(tmp_path: Path) -> None:
    """T104: and no more, however long the whole may take."""
    env = write_profile(tmp_path, "token_command = 'sleep 600'")
    with FaultServer() as server:
        result = call_without_token(url=server.url, **env)
        assert (result.exit_code, server.connection_count) == (4, 0)
    assert "printed no token within 10 s" in result.stderr
    assert 10 <= result.duration < 11 + startup_time()


@pytest.mark.parametrize("key", ["token_file", "token_command"])
def test_a_token_that_was_replaced_meanwhile_is_read_again(tmp_path: Path, key: str) -> None:
    """Refused with authentication, the source is asked once more, and the call is made."""
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
    """There is no use in logging in with it again."""
    env = write_profile(tmp_path, f"token_command = 'echo {SECRET}'")
    with FaultServer() as server:
        server.on("login", respond_error("authentication"))
        assert call_without_token(url=server.url, **env).exit_code == 4
        assert len(server.logins) == 1


def test_a_token_is_renewed_once_only(tmp_path: Path) -> None:
    """A source that always has another token does not make a loop."""
    env = write_profile(tmp_path, "token_command = 'date +token-%N'")
    with FaultServer() as server:
        server.on("login", respond_error("authentication"))
        assert call_without_token(url=server.url, **env).exit_code == 4
        assert len(server.logins) == 2


# --- odd places ---


def test_a_lost_home_costs_nothing_but_the_configuration(tmp_path: Path) -> None:
    """T99: with no HOME, no name and no right to write where it is, the variable suffices."""
    tmp_path.chmod(0o555)
    with FaultServer() as server:
        given = ("env", "-i", f"RTM_TOKEN={TOKEN}", f"RTM_URL={server.url}")
        result = run(*CALL, wrapper=(*unprivileged_wrapper(), *given), cwd=tmp_path)
    assert result[:3] == (0, "{}\n", "")
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_nobody_may_write_to_is_no_obstacle() -> None:
    """T100: calls are made, and what would have to be written is refused with the reason."""
    who = unprivileged_wrapper()
    with FaultServer() as server, tempfile.TemporaryDirectory() as folder:
        given = [f"{name}={folder}" for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")]
        given += [f"RTM_TOKEN={TOKEN}", f"RTM_URL={server.url}"]
        Path(folder).chmod(0o555)
        result = run(*CALL, wrapper=(*who, "env", "-i", *given))
        refused = run("config", "set", "timeout", "5s", wrapper=(*who, "env", "-i", *given))
        assert list(Path(folder).iterdir()) == []
    assert result[:3] == (0, "{}\n", "")
    assert (refused.exit_code, "permission denied" in refused.stderr) == (2, True)


def test_a_configuration_folder_that_cannot_be_used_is_none(tmp_path: Path) -> None:
    """A file in the place of the folder means that there is no configuration."""
    (tmp_path / ".config").write_text("")
    with FaultServer() as server:
        result = run(*CALL, url=server.url, env={"RTM_CONFIG": "", "HOME": str(tmp_path)})
    assert (result.exit_code, result.stderr) == (0, "")


# --- nothing shows it ---


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
def test_what_connects_to_nobody_shows_no_token(arguments: tuple[str, ...]) -> None:
    """T105: help, completion, mistakes and dry runs; nor do eight characters of it show."""
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
def test_a_login_with_a_token_of_its_own_is_refused(arguments: tuple[str, ...]) -> None:
    """T103: arguments are public: status 2, nothing is echoed, nobody is connected to."""
    with FaultServer() as server:
        result = call_without_token(url=server.url, token=TOKEN)
        assert result.exit_code == 0
        result = run(*(text.replace("%s", SECRET) for text in arguments), url=server.url)
        assert (result.exit_code, result.stdout, server.connection_count) == (2, "", 1)
    assert SECRET not in result.stderr


def test_a_streamed_login_is_not_sent() -> None:
    """T103: a value of a stream that would log in is that value's error, and is not echoed."""
    value = f'{{"action": "login", "payload": {{"token": "{SECRET}"}}}}\n'
    with FaultServer() as server:
        result = run("call", "-", url=server.url, stdin=value)
        assert result.exit_code == 2
        assert SECRET not in str(login_tokens(server))
    assert SECRET not in result.stdout + result.stderr


def test_a_child_and_the_process_list_see_no_token() -> None:
    """T102: the arguments of a running call hold none."""
    with FaultServer() as server:
        server.on("get_customers", [])
        with start(*CALL, url=server.url) as process:
            server.wait_for("get_customers")
            arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            process.kill()
    assert b"get-customers" in arguments
    assert TOKEN.encode() not in arguments

"""`rtm config`: paths, values, tokens, and changes of the file."""

import json
import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.fault_server import FaultServer
from support.process import RTM, TIMEOUT, TOKEN, CommandResult, environment, require_program, run
from support.terminal import Terminal

from rtmcli.settings.profiles import SETTING_NAMES

SECRET = "Zx81-Qy42-secret-of-many-characters"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home directory without a configuration."""
    return tmp_path


def run_config(home: Path, *arguments: str, stdin: str = "", **env: str) -> CommandResult:
    """Run `rtm config` with this home directory."""
    variables = {"RTM_CONFIG": "", "HOME": str(home), **env}
    result = run("config", *arguments, token=None, stdin=stdin, env=variables)
    assert SECRET not in result.stdout + result.stderr
    return result


def config_output(home: Path, *arguments: str, **env: str) -> str:
    """Run `rtm config` successfully; return its output."""
    result = run_config(home, *arguments, **env)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def config_error(home: Path, *arguments: str, stdin: str = "", **env: str) -> str:
    """Run `rtm config` with an error; return the message."""
    result = run_config(home, *arguments, stdin=stdin, **env)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("rtm: config: usage: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("rtm: config: usage: ").rstrip("\n")


def config_file(home: Path) -> Path:
    """Return the path of the file."""
    return home / ".config" / "rtmcli" / "config.toml"


def load_object(text: str) -> dict[str, object]:
    """Parse the output of --json."""
    value = json.loads(text)
    assert isinstance(value, dict)
    return value


# --- showing ---


def test_path_prints_the_path_of_the_file(home: Path) -> None:
    """Whether it exists or not."""
    assert config_output(home, "path") == f"{config_file(home)}\n"
    assert config_output(home, "path", "--json", RTM_CONFIG="/x/y.toml") == '"/x/y.toml"\n'
    assert config_error(home, "path", HOME="nowhere").startswith("there is no home directory")


def test_list_names_the_origin_of_each_value(home: Path) -> None:
    """Flag, variable, profile or default; the table and the JSON agree."""
    config_output(home, "set", "timezone", "Europe/Warsaw")
    words = ("list", "--timeout", "5s", "--no-reconnect")
    table = config_output(home, *words, RTM_AUTHOR_ID="bot")
    rows = {line.split()[0]: line.split()[1:] for line in table.splitlines() if line}
    assert rows["timeout"] == ["5s", "--timeout"]
    assert rows["reconnect"] == ["false", "--no-reconnect"]
    assert rows["author_id"] == ["bot", "RTM_AUTHOR_ID"]
    assert rows["timezone"] == ["Europe/Warsaw", "profile", "default"]
    assert rows["max_time"] == ["1m", "default"]
    assert rows["proxy"] == ["-", "default"]
    settings = load_object(config_output(home, *words, "--json", RTM_AUTHOR_ID="bot"))["settings"]
    assert isinstance(settings, dict)
    assert set(settings) <= set(rows)
    assert settings["timeout"] == {"value": 5.0, "origin": "flag", "source": "--timeout"}
    assert settings["author_id"] == {
        "value": "bot",
        "origin": "variable",
        "source": "RTM_AUTHOR_ID",
    }
    assert settings["timezone"] == {"value": "Europe/Warsaw", "origin": "profile"}
    assert settings["max_time"] == {"value": 60.0, "origin": "default"}


def test_list_shows_no_token_and_no_password(home: Path) -> None:
    """At most the last four characters of a token, and its source; the host of a proxy."""
    assert run_config(home, "set", "token", stdin=SECRET).exit_code == 0
    proxy = {"RTM_PROXY": "http://me:s3cr3t-pw@proxy:3128"}
    for words in (("list",), ("list", "--json")):
        listed = config_output(home, *words, **proxy)
        assert "***ters" in listed
        assert "token of the profile default" in listed
        assert "http://***@proxy:3128" in listed
        assert "s3cr3t-pw" not in listed


def test_list_runs_no_command(home: Path) -> None:
    """Showing the configuration has no side effects."""
    marker = home / "ran"
    config_output(home, "set", "token_command", f"touch {marker}; echo {'x' * 30}")
    assert "token_command of the profile default" in config_output(home, "list")
    assert not marker.exists()


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [("timeout", "90", "90s"), ("reconnect", "no", "false"), ("rate", "2.50", "2.5"),
     ("region", "fra", "fra"), ("window", "3", "3"), ("retry_idempotent", "true", "true"),
     ("verbose", "2", "2"), ("url", "wss://h/x", "wss://h/x")],
)  # fmt: skip
def test_get_prints_the_value_in_effect(home: Path, key: str, value: str, shown: str) -> None:
    """As text, or an empty line if it is not set."""
    before = config_output(home, "get", key)
    config_output(home, "set", key, value)
    assert config_output(home, "get", key) == f"{shown}\n" != before


def test_every_listed_setting_can_be_set(home: Path) -> None:
    """Except the profile, which default_profile selects."""
    listed = load_object(config_output(home, "list", "--json"))["settings"]
    assert isinstance(listed, dict)
    assert set(listed) - {"profile"} == set(SETTING_NAMES)


def test_get_of_an_unset_value_is_not_an_error() -> None:
    """It is an empty line or null, also under `set -e`."""
    home = Path("/nonexistent")
    assert config_output(home, "get", "region") == "\n"
    assert config_output(home, "get", "region", "--json") == "null\n"
    assert config_output(home, "get", "default_profile") == "\n"


def test_get_never_shows_a_token(home: Path) -> None:
    """Not even to a script that asks for it."""
    assert run_config(home, "set", "token", stdin=SECRET).exit_code == 0
    assert "a token is never shown" in config_error(home, "get", "token")


# --- changing ---


def test_a_value_that_is_set_is_used(home: Path) -> None:
    """A call uses the profile that the command wrote."""
    with FaultServer() as server:
        env = {"RTM_CONFIG": "", "HOME": str(home)}
        for words in (("url", server.url), ("author_id", "my-bot"), ("timezone", "UTC")):
            config_output(home, "set", "--profile", "work", *words)
        assert run_config(home, "set", "token", "--profile", "work", stdin=SECRET).exit_code == 0
        called = run("get-customers", "--profile", "work", token=None, env=env)
        assert (called.exit_code, called.stdout, called.stderr) == (0, "{}\n", "")
        assert server.logins[0].payload["token"] == f"Bearer {SECRET}"
        assert server.logins[0].payload["timezone"] == "UTC"
        assert server.requests[0].message["author_id"] == "my-bot"


def test_only_default_profile_changes_which_one_is_used(home: Path) -> None:
    """Setting a value in a profile does not affect other commands."""
    config_output(home, "set", "timeout", "1s", "--profile", "work")
    assert config_output(home, "get", "timeout") == "20s\n"
    config_output(home, "set", "default_profile", "work")
    assert config_output(home, "get", "timeout") == "1s\n"
    assert config_output(home, "get", "timeout", RTM_PROFILE="work") == "1s\n"
    config_output(home, "set", "timeout", "2s", RTM_PROFILE="other")
    assert config_output(home, "get", "timeout") == "1s\n"
    config_output(home, "unset", "default_profile")
    assert config_output(home, "get", "timeout") == "20s\n"


def test_unset_removes_a_value(home: Path) -> None:
    """The default is used again; doing it twice is not an error."""
    config_output(home, "set", "timeout", "1s")
    for _ in range(2):
        config_output(home, "unset", "timeout")
        assert config_output(home, "get", "timeout") == "20s\n"


def test_comments_and_other_profiles_are_kept(home: Path) -> None:
    """A file may be edited by hand."""
    text = '# a comment\n[profiles.a]\nregion = "fra"  # another\n\n[profiles.b]\n'
    config_file(home).parent.mkdir(parents=True)
    config_file(home).write_text(text)
    config_output(home, "set", "timeout", "5s", "--profile", "b")
    assert config_file(home).read_text() == text + 'timeout = "5s"\n'
    config_output(home, "unset", "timeout", "--profile", "b")
    assert config_file(home).read_text() == text


def test_several_words_are_a_command_without_a_shell(home: Path) -> None:
    """A string is passed to the shell; a list is executed directly."""
    config_output(home, "set", "token_command", "--", "printf", "%s", "a;b")
    assert (
        'token_command = [\n    "printf",\n    "%s",\n    "a;b",\n]'
        in config_file(home).read_text()
    )
    config_output(home, "set", "token_command", "printf a")
    assert 'token_command = "printf a"' in config_file(home).read_text()


def test_a_relative_path_is_made_absolute(home: Path) -> None:
    """It is relative to the working directory, not to the file."""
    env = {"RTM_CONFIG": "", "HOME": str(home)}
    result = run("config", "set", "ca_file", "ca.pem", token=None, env=env, cwd=home)
    assert result.exit_code == 0
    assert config_output(home, "get", "ca_file") == f"{home / 'ca.pem'}\n"


@pytest.mark.parametrize("umask", ["000", "077"])
def test_file_and_directory_are_private(home: Path, umask: str) -> None:
    """T96: with any umask."""
    command = f'umask {umask}; exec "{RTM}" config set timeout 5s'
    env = environment(overrides={"RTM_CONFIG": "", "HOME": str(home)})
    subprocess.run(["sh", "-c", command], env=env, check=True)
    assert stat.S_IMODE(config_file(home).stat().st_mode) == 0o600
    assert stat.S_IMODE(config_file(home).parent.stat().st_mode) == 0o700


def test_a_symbolic_link_is_rejected(home: Path) -> None:
    """T96: status 2, and its target is not changed."""
    config_file(home).parent.mkdir(parents=True)
    (home / "target").write_text("# precious\n")
    config_file(home).symlink_to(home / "target")
    assert "is a symbolic link" in config_error(home, "set", "timeout", "5s")
    assert (home / "target").read_text() == "# precious\n"


def test_a_directory_that_cannot_be_created_is_an_error(home: Path) -> None:
    """Such as when a file has its name."""
    (home / ".config").write_text("")
    assert "not a directory" in config_error(home, "set", "timeout", "5s")


@pytest.mark.parametrize(
    ("call", "k", "value"),
    [("fchmod", 1, "1s"), ("write", 1, "1s"), ("fsync", 1, "1s"), ("rename", 1, "1s"),
     ("fsync", 2, "2s")],
)  # fmt: skip
def test_a_kill_in_the_middle_leaves_a_complete_file(
    home: Path, call: str, k: int, value: str
) -> None:
    """T96: killed at any step, the file is the old one or, after the last, the new one."""
    config_output(home, "set", "timeout", "1s")
    kill = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={k}"]
    strace = [require_program("strace"), "-qq", "-f", "-o", os.devnull, *kill]
    env = {"RTM_CONFIG": "", "HOME": str(home)}
    killed = run("config", "set", "timeout", "2s", token=None, env=env, wrapper=strace)
    assert killed.exit_code in (-signal.SIGKILL, 128 + signal.SIGKILL)
    assert config_file(home).read_text() == f'[profiles.default]\ntimeout = "{value}"\n'
    assert stat.S_IMODE(config_file(home).stat().st_mode) == 0o600


# --- tokens ---


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_token_is_read_from_standard_input(home: Path, end: str) -> None:
    """Without the line end, with a scheme if there is one."""
    assert run_config(home, "set", "token", stdin=f"Basic {SECRET}{end}").exit_code == 0
    assert config_file(home).read_text() == f'[profiles.default]\ntoken = "Basic {SECRET}"\n'
    assert stat.S_IMODE(config_file(home).stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "\n", f"{SECRET} {SECRET}", f"{SECRET}\n{SECRET}\n"])
def test_an_invalid_token_is_not_stored(home: Path, text: str) -> None:
    """It is not quoted, and no file is created."""
    assert config_error(home, "set", "token", stdin=text).startswith("the token ")
    assert not config_file(home).exists()


def test_a_token_as_an_argument_is_rejected(home: Path) -> None:
    """Other users could read it, so it is neither stored nor printed."""
    message = config_error(home, "set", "token", SECRET)
    assert "config set token takes no value" in message
    assert not config_file(home).exists()


def test_the_prompt_does_not_show_the_token(home: Path) -> None:
    """On a terminal."""
    with token_prompt(home) as (terminal, process):
        terminal.send_keys(f"{SECRET}\n")
        assert terminal.read_to_end().split() == ["Token:"]
        assert process.wait(TIMEOUT) == 0
    assert config_file(home).read_text() == f'[profiles.default]\ntoken = "{SECRET}"\n'


@pytest.mark.parametrize(("key", "status"), [("\x03", -signal.SIGINT), ("\x04", 2)])
def test_a_prompt_can_be_ended(home: Path, key: str, status: int) -> None:
    """Ctrl-C ends the command by its signal, Ctrl-D is no token; no file is created."""
    with token_prompt(home) as (terminal, process):
        terminal.send_keys(key)
        assert process.wait(TIMEOUT) == status
    assert not config_file(home).exists()


@contextmanager
def token_prompt(home: Path) -> Iterator[tuple[Terminal, subprocess.Popen[bytes]]]:
    """Run `rtm config set token` on a terminal until it shows the prompt."""
    env = environment(token=None, overrides={"RTM_CONFIG": "", "HOME": str(home)})
    with Terminal() as terminal:
        process = terminal.run(RTM, "config", "set", "token", env=env)
        terminal.wait_for_text("Token: ")
        yield terminal, process


# --- errors ---


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("lst",), "config needs one of path, list, get, set, unset; did you mean list?"),
        (("get",), "config get takes one KEY"),
        (("get", "a", "b"), "config get takes one KEY"),
        (("path", "x"), "config path takes nothing more"),
        (("set",), "config set takes a KEY and a VALUE"),
        (("set", "timeout"), "timeout takes one VALUE"),
        (("set", "timeout", "1", "2"), "timeout takes one VALUE"),
        (("set", "timeout", "soon"), "timeout must be a duration such as 500ms, 10s, 5m or 1h"),
        (("set", "tiemout", "1"), "there is no setting tiemout; did you mean timeout?"),
        (("get", "nothing"), "there is no setting nothing"),
        (("unset", "regoin"), "there is no setting regoin; did you mean region?"),
        (
            ("set", "close_timeout", "1"),
            "close_timeout cannot be set in a profile; use --close-timeout or RTM_CLOSE_TIMEOUT",
        ),
        (
            ("set", "profile", "x"),
            "profile cannot be set in a profile; use --profile or RTM_PROFILE or default_profile",
        ),
        (("set", "url", "ws://example.com"), "url with ws:// must point to this machine"),
        (("set", "region", "mars"), "region must be dal or fra"),
        (("set", "default_profile"), "default_profile takes one NAME"),
        (("set", "default_profile", "nobody"), "there is no profile nobody"),
        (
            ("set", "timeout", "1", "--profile", "a.b"),
            "the name of a profile may contain only letters, digits",
        ),
        (("unset", "timeout", "--profile", "nobody"), "there is no profile nobody"),
        (("list", "--profile", "nobody"), "--profile: there is no profile nobody"),
        (("set", "timeout", "--", "-5"), "timeout must be a duration"),
    ],
)
def test_a_usage_error_is_one_line(home: Path, words: tuple[str, ...], message: str) -> None:
    """Status 2, the nearest name if there is one, and no file is created."""
    assert config_error(home, *words).startswith(message)
    assert not config_file(home).exists()


def test_an_invalid_file_is_reported_and_not_changed(home: Path) -> None:
    """With its path and line, but never its contents."""
    config_file(home).parent.mkdir(parents=True)
    text = f'[profiles.x]\ntoken = "{SECRET}\n'
    config_file(home).write_text(text)
    config_file(home).chmod(0o600)
    for words in (("list",), ("get", "timeout"), ("set", "timeout", "1"), ("unset", "timeout")):
        assert config_error(home, *words) == f"{config_file(home)}:2: is not valid TOML"
    env = {"RTM_CONFIG": "", "HOME": str(home)}
    called = run("get-customers", token=TOKEN, url="ws://127.0.0.1:9", env=env)
    assert (called.exit_code, called.stdout) == (2, "")
    assert called.stderr == f"rtm: get_customers: usage: {config_file(home)}:2: is not valid TOML\n"
    assert config_file(home).read_text() == text


def test_an_unknown_profile_stops_a_call(home: Path) -> None:
    """The nearest name is suggested."""
    config_output(home, "set", "timeout", "1", "--profile", "production")
    env = {"RTM_CONFIG": "", "HOME": str(home), "RTM_PROFILE": "prodction"}
    called = run("get-customers", url="ws://127.0.0.1:9", env=env)
    assert called.exit_code == 2
    assert "RTM_PROFILE: there is no profile prodction" in called.stderr
    assert "did you mean production?" in called.stderr


def test_the_null_device_is_an_empty_configuration() -> None:
    """RTM_CONFIG=/dev/null means no configuration, and it is never replaced."""
    home = Path("/nonexistent")
    assert '"profiles":[]' in config_output(home, "list", "--json", RTM_CONFIG=os.devnull)
    message = config_error(home, "set", "timeout", "1", RTM_CONFIG=os.devnull)
    assert message == f"{os.devnull} is not a regular file"

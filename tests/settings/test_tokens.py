"""Tokens: the order of the sources, the syntax, and reading a source again."""

import os
import threading
from math import inf
from pathlib import Path
from typing import Any

import pytest

from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import AuthError, UsageError
from rtmcli.settings.resolve import load_settings
from rtmcli.settings.tokens import (
    TokenSource,
    find_token_source,
    parse_command_output,
    parse_token,
    report_exposure,
    reread,
)

SECRET = "Zx81-Qy42"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def token_source(flags: dict[str, Any], environ: dict[str, str]) -> TokenSource:
    """Return the source for a command line in an environment."""
    environ = {"RTM_CONFIG": os.devnull, "PATH": os.defpath, **environ}
    return find_token_source(load_settings(API, flags, environ), environ)


def write_config(tmp_path: Path, *lines: str) -> dict[str, str]:
    """Write a configuration with one profile; return the environment that names it."""
    path = tmp_path / "config.toml"
    path.write_text("\n".join(["[profiles.default]", *lines, ""]))
    path.chmod(0o600)
    return {"RTM_CONFIG": str(path)}


def write_token_file(tmp_path: Path, text: str | bytes, mode: int = 0o600) -> str:
    """Write a token file and return its path."""
    path = tmp_path / "token"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("abc", "Bearer abc"),
        ("abc\n", "Bearer abc"),
        ("abc\r\n", "Bearer abc"),
        ("Bearer abc", "Bearer abc"),
        ("bearer  abc\n", "Bearer abc"),
        ("BASIC abc=", "Basic abc="),
        ("dal:a-b_c/d+e==", "Bearer dal:a-b_c/d+e=="),
    ],
)
def test_a_token_gets_its_scheme(text: str, token: str) -> None:
    """Line ends are removed, a scheme is kept, a bare token gets Bearer."""
    assert parse_token(text, "RTM_TOKEN") == token


@pytest.mark.parametrize(
    "text",
    ["", "\n", f"{SECRET} {SECRET}", f"{SECRET}\0", f"{SECRET}\x1b[31m", f"{SECRET}\n{SECRET}",
     f" {SECRET}", f"{SECRET} ", f"Bearer {SECRET} x",
     f"Token {SECRET}", "Bearer ", "Bearer", f"{SECRET}é", f"{SECRET}\x7f", f"{SECRET}\udcff"],
)  # fmt: skip
def test_an_invalid_token_is_rejected_and_never_quoted(text: str) -> None:
    """Spaces, control and non-ASCII characters are errors that name the source only."""
    if text == "Bearer":
        assert parse_token(text, "RTM_TOKEN") == "Bearer Bearer"  # it could be one
        return
    with pytest.raises(UsageError) as caught:
        parse_token(text, "RTM_TOKEN")
    assert caught.value.message.startswith("RTM_TOKEN ")
    assert SECRET not in caught.value.message


PRECEDENCE = [
    ("--token-file", "Bearer flag-file"),
    ("RTM_TOKEN", "Bearer variable"),
    ("RTM_TOKEN_FILE", "Bearer variable-file"),
    ("RTM_TOKEN_COMMAND", "Bearer variable-command"),
    ("token_command", "Bearer profile-command"),
    ("token_file", "Bearer profile-file"),
    ("token", "Bearer profile"),
]


@pytest.mark.parametrize("first", range(len(PRECEDENCE)))
def test_the_first_source_is_used(tmp_path: Path, first: int) -> None:
    """The flag, then the variables, then the profile."""
    for name in ("flag-file", "variable-file", "profile-file"):
        (tmp_path / name).write_text(name)
        (tmp_path / name).chmod(0o600)
    there = [name for name, _ in PRECEDENCE[first:]]
    variables = {
        "RTM_TOKEN": "variable",
        "RTM_TOKEN_FILE": str(tmp_path / "variable-file"),
        "RTM_TOKEN_COMMAND": "echo variable-command",
    }
    environ = {name: value for name, value in variables.items() if name in there}
    lines = {
        "token_command": 'token_command = "echo profile-command"',
        "token_file": 'token_file = "profile-file"',
        "token": 'token = "profile"',
    }
    environ |= write_config(tmp_path, *(line for name, line in lines.items() if name in there))
    flags = {"token_file": str(tmp_path / "flag-file")} if "--token-file" in there else {}
    found = token_source(flags, environ)
    assert found.read(60.0) == PRECEDENCE[first][1]
    assert found.name.startswith(PRECEDENCE[first][0])


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "no token: set RTM_TOKEN, "),
        ({"RTM_TOKEN": ""}, "set RTM_TOKEN (it is set, but empty)"),
    ],
)
def test_without_a_source_the_error_lists_the_options(environ: dict[str, str], words: str) -> None:
    """An empty variable is not a source, and the message says so."""
    with pytest.raises(AuthError) as caught:
        token_source({}, environ)
    assert words in caught.value.message


def test_finding_the_source_does_not_read_it(tmp_path: Path) -> None:
    """`rtm config list` runs no command."""
    marker = tmp_path / "ran"
    found = token_source({}, {"RTM_TOKEN_COMMAND": f"touch {marker}; echo x"})
    assert not marker.exists()
    found.read(60.0)
    assert marker.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", " is empty"),
        (f"{SECRET}\n{SECRET}", " contains a space"),
        (b"\xff" * 9, " contains a space"),
        ("x" * 70_000, ": larger than 65536 bytes"),
    ],
)
def test_a_file_without_a_valid_token_is_an_error(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    """The message names the option and the path, and quotes nothing."""
    path = write_token_file(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        token_source({"token_file": path}, {}).read(60.0)
    assert caught.value.message.startswith(f"--token-file {path}{words}")
    assert SECRET not in caught.value.message


@pytest.mark.parametrize("path", ["/nonexistent/token", "/", "a\0b"])
def test_a_file_that_cannot_be_read_is_an_error(path: str) -> None:
    """A missing file, a directory, or an invalid path."""
    with pytest.raises(UsageError, match=r"^--token-file "):
        token_source({"token_file": path}, {}).read(60.0)


def exposure_report(flags: dict[str, Any], environ: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the warnings and the log lines about the token file; the token is read, too."""
    environ = {"RTM_CONFIG": os.devnull, **environ}
    settings = load_settings(API, flags, environ)
    found, warnings, log = find_token_source(settings, environ), list[str](), list[str]()
    report_exposure(found, settings, warnings.append, log.append)
    return warnings, log


@pytest.mark.parametrize("source", ["--token-file", "RTM_TOKEN_FILE", "token_file"])
@pytest.mark.parametrize("mode", [0o400, 0o600, 0o440, 0o640, 0o444, 0o644])
def test_a_file_of_ours_that_everyone_can_read_is_a_warning(
    tmp_path: Path, source: str, mode: int
) -> None:
    """T117: a group may read it; whichever source names the file, it is used."""
    real, link = write_token_file(tmp_path, "abc", mode), tmp_path / "link"
    link.symlink_to(real)
    name = source
    flags, environ = {}, {"RTM_CONFIG": os.devnull}
    if source == "--token-file":
        flags = {"token_file": str(link)}
    elif source == "RTM_TOKEN_FILE":
        environ = {"RTM_TOKEN_FILE": str(link)}
    else:
        environ = write_config(tmp_path, f"token_file = '{link}'")
        name = "token_file of the profile default"
    warning = f"{name} {link}: readable by others; run chmod 600 {link}"
    assert exposure_report(flags, environ) == ([warning] if mode & 0o004 else [], [])
    assert token_source(flags, environ).read(60.0) == "Bearer abc"


@as_root
@pytest.mark.parametrize("mode", [0o444, 0o440])
def test_a_file_of_another_user_that_others_can_read_is_only_logged(
    tmp_path: Path, mode: int
) -> None:
    """T117: we cannot change it."""
    path = write_token_file(tmp_path, "abc", mode)
    os.chown(path, 54_321, -1)
    report = f"--token-file {path}: readable by others; another user owns or mounts it"
    assert exposure_report({"token_file": path}, {}) == ([], [report])


def test_a_private_file_is_no_warning(tmp_path: Path) -> None:
    """Nor is a pipe, a missing file, standard input or another source."""
    os.mkfifo(tmp_path / "pipe", 0o644)
    for path in (
        write_token_file(tmp_path, "abc"),
        str(tmp_path / "pipe"),
        str(tmp_path / "no"),
        "a\0b",
        "-",
    ):
        assert exposure_report({"token_file": path}, {}) == ([], [])
    assert exposure_report({}, {"RTM_TOKEN": "abc"}) == ([], [])


@pytest.mark.parametrize(
    ("output", "token", "lifetime"),
    [
        ("dal:abc\n", "Bearer dal:abc", inf),
        ('{"access_token": "dal:abc", "expires_in": 28800}\n', "Bearer dal:abc", 28800),
        ('{"access_token": "dal:abc", "token_type": "Bearer"}', "Bearer dal:abc", inf),
    ],
)
def test_a_command_may_print_the_json_of_a_token_endpoint(
    output: str, token: str, lifetime: float
) -> None:
    """It says how long the token is valid."""
    found = parse_command_output(output, "the output", None)
    assert (found, getattr(found, "lifetime", inf)) == (token, lifetime)


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        (f'{{"access_token": "{SECRET}"', "is not valid JSON"),
        (f'{{"token": "{SECRET}"}}', "has no string access_token"),
        (f'{{"access_token": "{SECRET}", "expires_in": "soon"}}', "is not a number of seconds"),
        (f'{{"access_token": "{SECRET}", "expires_in": true}}', "is not a number of seconds"),
        (f'{{"access_token": "{SECRET}", "expires_in": 0}}', "is not a number of seconds"),
        ('{"access_token": ""}', "is empty"),
    ],
)
def test_other_json_is_an_error_that_does_not_quote_it(output: str, problem: str) -> None:
    """The message names the command."""
    with pytest.raises(AuthError) as caught:
        parse_command_output(output, "the output", None)
    assert caught.value.message.startswith("the output ")
    assert problem in caught.value.message
    assert SECRET not in caught.value.message


def test_an_account_makes_a_personal_access_token(tmp_path: Path) -> None:
    """From the variable or the profile, for every source."""
    environ = write_config(tmp_path, "account_id = 'me'\ntoken = 'pat'")
    assert token_source({}, environ).read(60.0) == "Basic bWU6cGF0"
    environ = {"RTM_ACCOUNT_ID": "me", "RTM_TOKEN": "pat"}
    assert token_source({}, environ).read(60.0) == "Basic bWU6cGF0"


def test_a_missing_token_names_the_profiles(tmp_path: Path) -> None:
    """T150: if there are some and none was chosen."""
    config = tmp_path / "config.toml"
    config.write_text("[profiles.work]\n[profiles.home]\n")
    with pytest.raises(AuthError, match=r"or choose a profile with --profile: home, work; see"):
        token_source({}, {"RTM_CONFIG": str(config)})


def test_a_failed_command_is_an_authentication_error(tmp_path: Path) -> None:
    """Its output must be a valid token."""
    for text in ("exit 1", "true", f"echo {SECRET}; echo {SECRET}", f"printf '{SECRET}\\033'"):
        found = token_source(
            {}, write_config(tmp_path, f"token_command = ['sh', '-c', '''{text}''']")
        )
        with pytest.raises(AuthError) as caught:
            found.read(60.0)
        assert "token_command of the profile default" in caught.value.message
        assert SECRET not in caught.value.message


def test_a_command_may_take_the_remaining_time(tmp_path: Path) -> None:
    """If it takes longer when read again, the result is None."""
    environ = write_config(tmp_path, "token_command = 'sleep 60'") | {"PATH": os.environ["PATH"]}
    settings = load_settings(API, {}, environ)
    found = find_token_source(settings, environ)
    with pytest.raises(AuthError, match=r"printed no token within 0.1 s"):
        found.read(0.1)
    assert reread(found, settings, 0.1) is None


def test_a_command_does_not_inherit_the_token(tmp_path: Path) -> None:
    """RTM_TOKEN is removed, even if it is not used."""
    command = write_config(tmp_path, "token_command = 'echo ${RTM_TOKEN-none}'")
    settings = load_settings(API, {}, command)
    environ = {**command, "RTM_TOKEN": SECRET, "PATH": os.defpath}
    assert find_token_source(settings, environ).read(60.0) == "Bearer none"


def test_rereading_returns_the_current_token(tmp_path: Path) -> None:
    """A file, a command or a profile may have another one now."""
    path = write_token_file(tmp_path, "old")
    environ = write_config(tmp_path, "token = 'old'") | {"PATH": os.defpath}
    for flags, variables in (
        ({"token_file": path}, {}),
        ({}, {"RTM_TOKEN_COMMAND": f"cat {path}"}),
        ({}, environ),
    ):
        write_token_file(tmp_path, "old")
        write_config(tmp_path, "token = 'old'")
        env = {"RTM_CONFIG": os.devnull, "PATH": os.defpath, **variables}
        settings = load_settings(API, flags, env)
        found = find_token_source(settings, env)
        assert found.read(60.0) == "Bearer old"
        write_token_file(tmp_path, "new")
        write_config(tmp_path, "token = 'new'")
        assert reread(found, settings, 60.0) == "Bearer new"


def test_a_source_that_fails_on_rereading_returns_none(tmp_path: Path) -> None:
    """The server's error for the first token says more."""
    path = write_token_file(tmp_path, "abc")
    environ = {"RTM_CONFIG": os.devnull}
    settings = load_settings(API, {"token_file": path}, environ)
    found = find_token_source(settings, environ)
    Path(path).write_text("")
    assert reread(found, settings, 60.0) is None
    Path(path).unlink()
    assert reread(found, settings, 60.0) is None


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    """Process substitution works, and a second read does not block."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("abc\n",))
    writer.start()
    environ = {"RTM_CONFIG": os.devnull}
    settings = load_settings(API, {"token_file": str(pipe)}, environ)
    found = find_token_source(settings, environ)
    assert found.read(60.0) == "Bearer abc"
    writer.join()
    assert reread(found, settings, 60.0) is None


@pytest.mark.parametrize("mode", [0o602, 0o646])
def test_a_token_file_that_others_can_write_is_rejected(tmp_path: Path, mode: int) -> None:
    """T120: a stranger could make the user act as someone else."""
    path = write_token_file(tmp_path, "abc", mode)
    settings = load_settings(API, {"token_file": path}, {"RTM_CONFIG": os.devnull})
    source = find_token_source(settings, {})
    with pytest.raises(UsageError, match=f"--token-file {path}: writable by others"):
        source.read(1)


@pytest.mark.parametrize("text", ["\ufefftok", "tok\r", "tok\r\n", "tok\n\n", "\ufefftok\r\n\r\n"])
def test_a_byte_order_mark_and_final_line_ends_are_dropped(tmp_path: Path, text: str) -> None:
    """T139: editors add them; in a variable, too."""
    assert parse_token(text, "RTM_TOKEN") == "Bearer tok"
    path = write_token_file(tmp_path, text.encode())
    assert token_source({"token_file": path}, {}).read(1) == "Bearer tok"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('"tok"', "is in quotes; remove them"),
        ("Bearer 'tok'", "is in quotes; remove them"),
        ("tok\u200b", "zero width space, character 4"),
        ("to\xa0k", "no-break space, character 3"),
        ("Bearer to\u2060k", "word joiner, character 10"),
    ],
)
def test_what_a_paste_adds_to_a_token_is_named(text: str, problem: str) -> None:
    """T139: an invisible character is named with its position."""
    with pytest.raises(UsageError) as caught:
        parse_token(text, "RTM_TOKEN")
    assert caught.value.message.startswith("RTM_TOKEN ")
    assert caught.value.message.endswith(problem)


def test_a_path_may_begin_at_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T140: the shell leaves ~ as it is in --token-file=~/x and in variables of systemd."""
    monkeypatch.setenv("HOME", str(tmp_path))
    path = Path(write_token_file(tmp_path, "tok"))
    assert token_source({"token_file": f"~/{path.name}"}, {}).read(1) == "Bearer tok"
    assert token_source({}, {"RTM_TOKEN_FILE": f"~/{path.name}"}).read(1) == "Bearer tok"
    (tmp_path / "c.toml").write_text("[profiles.default]\ntoken_file = '" + str(path) + "'\n")
    assert token_source({}, {"RTM_CONFIG": "~/c.toml"}).read(1) == "Bearer tok"

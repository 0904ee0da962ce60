"""The configuration file: its path, its contents, and its errors."""

import grp
import os
import pwd
from pathlib import Path

import pytest

from rtmcli.errors import UsageError
from rtmcli.settings.profiles import (
    Config,
    InaccessibleConfigError,
    Profile,
    config_path,
    load,
    select,
)

STRANGER = 54_321  # a user who does not exist
SECRET = "dal:Zx81-Qy42"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to other users")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the configuration file of a test."""
    return tmp_path / "config.toml"


def config_environ(path: Path) -> dict[str, str]:
    """Return an environment that names the file."""
    return {"RTM_CONFIG": str(path)}


def write_config(path: Path, text: str | bytes, mode: int = 0o600) -> dict[str, str]:
    """Write a configuration file and return the environment that names it."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return config_environ(path)


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"RTM_CONFIG": "/x/y.toml", "XDG_CONFIG_HOME": "/c", "HOME": "/h"}, "/x/y.toml"),
        ({"RTM_CONFIG": "", "XDG_CONFIG_HOME": "/c", "HOME": "/h"}, "/c/rtmcli/config.toml"),
        ({"XDG_CONFIG_HOME": "c", "HOME": "/h"}, "/h/.config/rtmcli/config.toml"),
        ({"HOME": "/h"}, "/h/.config/rtmcli/config.toml"),
        ({"HOME": "h"}, None),
    ],
)
def test_the_path_of_the_file(variables: dict[str, str], place: str | None) -> None:
    """RTM_CONFIG, else an absolute XDG_CONFIG_HOME, else the home directory."""
    assert config_path(variables) == (Path(place) if place else None)


def test_without_home_the_password_database_is_used() -> None:
    """HOME may be missing, as under systemd."""
    home = pwd.getpwuid(os.getuid()).pw_dir
    assert config_path({}) == Path(home, ".config/rtmcli/config.toml")


def test_a_user_without_any_home_has_no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container, a user may have neither HOME nor an entry in the password database."""
    monkeypatch.setattr(os, "getuid", lambda: 54_321)
    assert config_path({}) is None
    assert load({}) == Config()


def test_a_missing_file_is_empty(tmp_path: Path) -> None:
    """Most users have no configuration file."""
    folder = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert load(folder) == Config(tmp_path / "rtmcli" / "config.toml")
    assert select(None, "", folder) == Profile()


def test_a_file_named_by_rtm_config_must_exist(path: Path) -> None:
    """Unless it is about to be created."""
    with pytest.raises(UsageError, match=r"config\.toml: no such file or directory"):
        load(config_environ(path))
    assert load(config_environ(path), must_exist=False) == Config(path)


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n"])
def test_an_empty_file_is_valid(path: Path, text: str) -> None:
    """It sets nothing."""
    assert load(write_config(path, text)).profiles == {}
    assert load({"RTM_CONFIG": os.devnull}).profiles == {}


def test_profiles_contain_values_of_each_type(path: Path) -> None:
    """Durations are strings or numbers; a list of words differs from a string for the shell."""
    env = write_config(
        path,
        'default_profile = "work"\n[profiles.work]\ntimeout = "5m"\nmax_time = 90\nwindow = 4\n'
        'reconnect = false\ntoken_command = ["pass", "show"]\nrate = 0.5\n'
        "[profiles.home]\ntoken_command = 'pass show'\n",
    )
    config = load(env)
    assert config.default_profile == "work"
    assert config.profiles == {
        "work": {
            "timeout": 300.0,
            "max_time": 90.0,
            "window": 4,
            "reconnect": False,
            "token_command": ("pass", "show"),
            "rate": 0.5,
        },
        "home": {"token_command": "pass show"},
    }


def test_a_byte_order_mark_is_accepted(path: Path) -> None:
    """Some editors write one."""
    env = write_config(path, b'\xef\xbb\xbfdefault_profile = "x"\r\n[profiles.x]\r\n')
    assert load(env).default_profile == "x"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (f'default_profile = "{SECRET}\n', 1, "is not valid TOML"),
        (f"[profiles.x]\n{SECRET}\n", 2, "is not valid TOML"),
        (f'[profiles.x]\ntoken = "{SECRET}"\ntoken = "{SECRET}"\n', 3, "is not valid TOML"),
        (b"# caf\xe9 " + SECRET.encode() + b"\n", 1, "is not UTF-8"),
        (b"[profiles.x]\n\xff\xfe", 2, "is not UTF-8"),
        ('[profiles.x]\ntokn = "y"\n', 2, "unknown setting; did you mean token?"),
        (f'[profiles.x]\n"{SECRET}" = 1\n', 2, "unknown setting; see rtm config --help"),
        ("[profile.x]\n", 1, "unknown setting; did you mean profiles?"),
        ('\ntimeout = "5s"\n', 2, "a setting belongs to a profile: [profiles.NAME]"),
        ("default_profile = 5\n", 1, "default_profile must be a string"),
        ("profiles = 5\n", 1, "a profile is a table: [profiles.NAME]"),
        ("[profiles]\nx = 5\n", 2, "a profile is a table: [profiles.NAME]"),
        ("[[profiles.x]]\n", 1, "a profile is a table: [profiles.NAME]"),
        ("[profiles.x]\n\ntoken = 123\n", 3, "token must be a string"),
        (f'[profiles.x]\nproxy = "http://u:{SECRET}@b d"\n', 2, "proxy contains a character"),
        ('[profiles.x]\n[profiles.y]\nregion = "mars"\n', 3, "region must be dal or fra"),
        ("[profiles.x]\nreconnect = 'yes'\n", 2, "reconnect must be true or false"),
        ("[profiles.x]\nclose_timeout = 1\n", 2, "unknown setting"),
    ],
)
def test_an_error_names_path_and_line(
    path: Path, text: str | bytes, line: int, message: str
) -> None:
    """It says what is expected, and quotes nothing of the file."""
    with pytest.raises(UsageError) as caught:
        load(write_config(path, text))
    assert caught.value.message.startswith(f"{path}:{line}: {message}")
    assert SECRET not in caught.value.message


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """A directory, or a file that is too large."""
    with pytest.raises(UsageError, match="is a directory"):
        load(config_environ(tmp_path))
    with pytest.raises(UsageError, match="larger than 1048576 bytes"):
        load(write_config(tmp_path / "big.toml", "#" * 1_048_577))


def test_a_large_file_is_read_in_linear_time(path: Path) -> None:
    """T131: 3,000 profiles are not too many, and an error after 60,000 lines has its line."""
    text = "".join(f"[profiles.p{number}]\ntimeout = '5s'\n" for number in range(3000))
    assert len(load(write_config(path, text)).profiles) == 3000
    with pytest.raises(UsageError) as caught:
        load(write_config(path, text + "\n" * 60_000 + "timout = 5\n"))
    assert caught.value.message.startswith(f"{path}:66001: unknown setting")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o601])
def test_a_token_that_others_can_read_is_rejected(path: Path, mode: int) -> None:
    """The message says how to fix it."""
    env = write_config(path, f'[profiles.x]\ntoken = "{SECRET}"\n', mode)
    with pytest.raises(UsageError, match=rf"is readable by others; run chmod 600 {path}"):
        load(env)


def test_a_file_without_a_token_may_have_any_mode(path: Path) -> None:
    """It contains no secret."""
    assert load(write_config(path, "[profiles.x]\n", 0o644)).profiles == {"x": {}}


def test_the_file_may_be_a_symbolic_link(tmp_path: Path) -> None:
    """Many users keep it in a repository; the mode of the target is checked."""
    write_config(tmp_path / "real.toml", f'[profiles.x]\ntoken = "{SECRET}"\n', 0o600)
    link = tmp_path / "link.toml"
    link.symlink_to("real.toml")
    assert load(config_environ(link)).profiles["x"]["token"] == SECRET


def test_paths_start_at_the_home_directory_or_at_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile does not depend on the working directory."""
    monkeypatch.setenv("HOME", "/home/me")
    env = write_config(path, "[profiles.x]\ntoken_file = '~/t'\nca_file = 'ca.pem'\n")
    values = load(env).profiles["x"]
    assert values == {"token_file": "/home/me/t", "ca_file": str(path.parent / "ca.pem")}


def test_the_profile_called_default_is_used_if_none_is_named(path: Path) -> None:
    """Without default_profile, too."""
    env = write_config(path, "[profiles.default]\ntimeout = 1\n[profiles.x]\n")
    assert select(None, "", env) == Profile("default", {"timeout": 1.0})
    assert select("x", "--profile", env) == Profile("x", {})


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (
            "[profiles.work]\n",
            "wrok",
            "--profile: there is no profile wrok in {}; did you mean work?",
        ),
        ("[profiles.work]\n", "x", "--profile: there is no profile x in {}"),
        ("default_profile = 'y'", None, "default_profile in {}: there is no profile y in {}"),
    ],
)
def test_an_unknown_profile_is_an_error(
    path: Path, text: str, name: str | None, message: str
) -> None:
    """The message says what named it, and suggests the nearest name."""
    with pytest.raises(UsageError) as caught:
        select(name, "--profile", write_config(path, text))
    assert caught.value.message == message.format(path, path)


def test_a_profile_without_a_file_is_an_error(tmp_path: Path) -> None:
    """A named profile must exist."""
    with pytest.raises(UsageError, match=r"no profile x \(there is no configuration file\)"):
        select("x", "--profile", {"XDG_CONFIG_HOME": str(tmp_path)})


@pytest.mark.parametrize("text", ["", "[profiles.x]\n", "not TOML", "[profiles.x]\nbad = 1\n"])
def test_a_file_that_others_can_write_is_rejected(path: Path, text: str) -> None:
    """T120: nothing of it counts: its commands would run as the user."""
    env = write_config(path, text, 0o646)
    with pytest.raises(UsageError) as caught:
        load(env)
    assert caught.value.message == f"{path} is writable by others; run chmod go-w {path}"


def test_the_private_group_of_the_owner_may_write(path: Path) -> None:
    """T120: Debian and Ubuntu give each user a group and the umask 002."""
    env = write_config(path, "[profiles.x]\n", 0o664)
    user = pwd.getpwuid(os.getuid())
    os.chown(path, -1, user.pw_gid)
    others = set(grp.getgrgid(user.pw_gid).gr_mem) - {user.pw_name}
    others |= {each.pw_name for each in pwd.getpwall() if each.pw_gid == user.pw_gid}
    if others - {user.pw_name}:
        pytest.skip("the group of this user has other members")
    assert load(env).profiles == {"x": {}}


@as_root
def test_a_default_file_that_may_not_be_read_is_another_error(path: Path) -> None:
    """It can be ignored if nothing of it is needed; one that the user named cannot."""
    write_config(path, "")
    os.seteuid(STRANGER)
    try:
        with pytest.raises(InaccessibleConfigError, match="permission denied"):
            load({"XDG_CONFIG_HOME": str(path.parent)})
        with pytest.raises(UsageError, match=r"^RTM_CONFIG: .*: permission denied$"):
            load(config_environ(path))
    finally:
        os.seteuid(0)


@as_root
def test_another_group_must_not_write(path: Path) -> None:
    """T120: its members are strangers."""
    env = write_config(path, "[profiles.x]\n", 0o664)
    os.chown(path, -1, 54_321)
    with pytest.raises(UsageError, match="is writable by others"):
        load(env)


@as_root
def test_a_default_file_of_another_user_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T120: unless RTM_CONFIG names it, or it belongs to the user who called sudo."""
    path = tmp_path / "rtmcli" / "config.toml"
    path.parent.mkdir()
    named, environ = write_config(path, "[profiles.x]\n"), {"XDG_CONFIG_HOME": str(tmp_path)}
    os.chown(path, 54_321, -1)
    with pytest.raises(InaccessibleConfigError, match="belongs to another user"):
        load(environ)
    assert load(named).profiles == {"x": {}}
    monkeypatch.setenv("SUDO_UID", "54321")
    assert load(environ).profiles == {"x": {}}

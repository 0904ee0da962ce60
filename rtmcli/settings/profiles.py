"""The configuration file: a default and named profiles, in TOML.

It lies at `RTM_CONFIG`, else `$XDG_CONFIG_HOME/rtmcli/config.toml`, else
`~/.config/rtmcli/config.toml`, and looks so::

    default_profile = "work"

    [profiles.work]
    region = "fra"
    token_command = ["pass", "show", "livechat"]
    timeout = "30s"

Where nothing names a profile, the one called `default` holds, if there is one. What is wrong with
the file is told by its path and line, and never quoted: it may hold a token.
"""

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rtmcli.errors import UsageError
from rtmcli.protocol import nearest
from rtmcli.row import Row
from rtmcli.settings.kinds import PATH
from rtmcli.settings.rows import NAMES, SETTINGS

VARIABLE = "RTM_CONFIG"
DEFAULT_PROFILE = "default_profile"
PROFILES = "profiles"
UNNAMED = "default"  # the profile that holds where nothing names one
KEYS = tuple(setting.name for setting in SETTINGS if setting.in_profile)
_LIMIT = 64 * 1024  # bytes; finding the line of a mistake reads the file over and over
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Config(Row):
    """What the configuration file holds; the values of profiles have been read."""

    path: Path | None = None
    text: str = ""
    default_profile: str | None = None
    profiles: Mapping[str, Mapping[str, Any]] = {}


class Profile(Row):
    """The profile that holds; without a name there is none."""

    name: str = ""
    values: Mapping[str, Any] = {}


def config_path(environ: Mapping[str, str]) -> Path | None:
    """Say where the configuration file lies, or would; None where there is no home for it."""
    if environ.get(VARIABLE):
        return Path(environ[VARIABLE])
    folder = environ.get("XDG_CONFIG_HOME", "")
    if not folder.startswith("/"):  # a relative one is to be ignored, says its specification
        home = _home(environ)
        folder = f"{home}/.config" if home else ""
    return Path(folder, "rtmcli", "config.toml") if folder else None


def _home(environ: Mapping[str, str]) -> str:
    home = environ.get("HOME")
    if not home:
        import pwd  # noqa: PLC0415  # under systemd, and few other places

        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return ""
    return home if home.startswith("/") else ""


def choose(name: str | None, source: str, environ: Mapping[str, str]) -> Profile:
    """Return the profile of that name, which `source` gave, else the file's default."""
    config = load(environ)
    if name is None:
        name, source = config.default_profile, f"{DEFAULT_PROFILE} in {config.path}"
    if name is None:
        if UNNAMED not in config.profiles:
            return Profile()
        name = UNNAMED
    if name not in config.profiles:
        where = f"in {config.path}" if config.text else "as there is no configuration file"
        raise UsageError(
            f"{source}: there is no profile {name} {where}{nearest.hint(name, config.profiles)}"
        )
    return Profile(name, config.profiles[name])


def load(environ: Mapping[str, str], *, must_exist: bool = True) -> Config:
    """Read the configuration file; where there is none, it is empty.

    Raises:
        UsageError: it cannot be read, or it is wrong. One that `RTM_CONFIG` names must exist.

    """
    path = config_path(environ)
    if path is None:
        return Config()
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_LIMIT + 1)
    except OSError as error:
        absent = isinstance(error, FileNotFoundError | NotADirectoryError)
        if absent and not (must_exist and environ.get(VARIABLE)):
            return Config(path)
        raise UsageError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None
    if len(data) > _LIMIT:
        raise UsageError(f"{path} is larger than 64 KiB")
    if not data.strip():  # such as /dev/null
        return Config(path)
    return _checked(path, _text(path, data), mode)


def _text(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: is not UTF-8") from None


def _checked(path: Path, text: str, mode: int) -> Config:
    from rtmcli.settings import toml  # noqa: PLC0415  # most have no file

    try:
        document = toml.parse(text)
    except toml.NoToml as error:
        raise UsageError(f"{path}:{error.line}: is no TOML") from None
    try:
        profiles = _read(document, path.parent)
    except _Mistake as mistake:
        line = toml.line_of(text, mistake.keys)
        raise UsageError(f"{path}:{line}: {mistake}") from None
    secret = any("token" in profile for profile in profiles.values())
    if secret and stat.S_ISREG(mode) and mode & _OTHERS:
        raise UsageError(f"{path} holds a token, and not only you may read it: chmod 600 {path}")
    return Config(path, text, document.get(DEFAULT_PROFILE), profiles)


class _Mistake(Exception):
    """What is wrong with the value at `keys`."""

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.keys = keys


def _read(document: Mapping[str, Any], folder: Path) -> dict[str, dict[str, Any]]:
    for key in document:
        if key in KEYS:
            raise _Mistake(f"a setting belongs to a profile: [{PROFILES}.NAME]", key)
        if key not in (DEFAULT_PROFILE, PROFILES):
            raise _Mistake(_unknown(key, [DEFAULT_PROFILE, PROFILES]), key)
    if not isinstance(document.get(DEFAULT_PROFILE, ""), str):
        raise _Mistake(f"{DEFAULT_PROFILE} must be a text", DEFAULT_PROFILE)
    tables = document.get(PROFILES, {})
    if not isinstance(tables, dict):
        raise _Mistake(f"a profile is a table: [{PROFILES}.NAME]", PROFILES)
    return {name: _read_profile(name, table, folder) for name, table in tables.items()}


def _read_profile(name: str, table: Any, folder: Path) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise _Mistake(f"a profile is a table: [{PROFILES}.NAME]", PROFILES, name)
    values = {}
    for key, value in table.items():
        if key not in KEYS:
            raise _Mistake(_unknown(key, KEYS), PROFILES, name, key)
        try:
            values[key] = NAMES[key].kind.from_profile(value)
        except ValueError as error:
            raise _Mistake(f"{key} {error}", PROFILES, name, key) from None
        if NAMES[key].kind is PATH:
            values[key] = _located(values[key], folder)
    return values


def _unknown(key: str, known: Iterable[str]) -> str:
    """Say that nothing has this name, without quoting it: it may be a token out of its place."""
    return f"there is no such setting{nearest.hint(key, known, '; see rtm config --help')}"


def _located(path: str, folder: Path) -> str:
    """Find a file that a profile names: at home after `~/`, else beside the configuration."""
    if path.startswith("~/"):
        return os.path.expanduser(path)  # noqa: PTH111  # Path.expanduser() may raise
    return str(folder / path)

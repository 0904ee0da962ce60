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
from typing import Any, NamedTuple

from rtmcli import files
from rtmcli.errors import UsageError, os_error_text
from rtmcli.protocol import suggestions
from rtmcli.settings.definitions import BY_NAME, SETTINGS
from rtmcli.settings.types import PATH

CONFIG_ENVVAR = "RTM_CONFIG"
DEFAULT_PROFILE_KEY = "default_profile"
PROFILES_TABLE = "profiles"
DEFAULT_NAME = "default"  # the profile that holds where nothing names one
SETTING_NAMES = tuple(setting.name for setting in SETTINGS if setting.in_profile)
_MAX_FILE_SIZE = 64 * 1024  # bytes; finding the line of a mistake reads the file over and over
_NON_OWNER_BITS = stat.S_IRWXG | stat.S_IRWXO


class Config(NamedTuple):
    """What the configuration file holds; the values of profiles have been read."""

    path: Path | None = None
    text: str = ""
    default_profile: str | None = None
    profiles: Mapping[str, Mapping[str, Any]] = {}


class Profile(NamedTuple):
    """The profile that holds; without a name there is none."""

    name: str = ""
    values: Mapping[str, Any] = {}


def config_path(environ: Mapping[str, str]) -> Path | None:
    """Say where the configuration file lies, or would; None where there is no home for it."""
    if environ.get(CONFIG_ENVVAR):
        return Path(environ[CONFIG_ENVVAR])
    folder = environ.get("XDG_CONFIG_HOME", "")
    if not folder.startswith("/"):  # a relative one is to be ignored, says its specification
        home = _home_directory(environ)
        folder = f"{home}/.config" if home else ""
    return Path(folder, "rtmcli", "config.toml") if folder else None


def _home_directory(environ: Mapping[str, str]) -> str:
    home = environ.get("HOME")
    if not home:
        import pwd  # under systemd, and few other places

        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return ""
    return home if home.startswith("/") else ""


def select(name: str | None, source_name: str, environ: Mapping[str, str]) -> Profile:
    """Return the profile of that name, which `source` gave, else the file's default."""
    config = load(environ)
    if name is None:
        name, source_name = config.default_profile, f"{DEFAULT_PROFILE_KEY} in {config.path}"
    if name is None:
        if DEFAULT_NAME not in config.profiles:
            return Profile()
        name = DEFAULT_NAME
    if name not in config.profiles:
        where = f"in {config.path}" if config.text else "as there is no configuration file"
        raise UsageError(
            f"{source_name}: there is no profile {name} {where}"
            f"{suggestions.did_you_mean(name, config.profiles)}"
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
        data, mode = files.read_file(path, _MAX_FILE_SIZE)
    except OSError as error:
        absent = isinstance(error, FileNotFoundError | NotADirectoryError)
        if absent and not (must_exist and environ.get(CONFIG_ENVVAR)):
            return Config(path)
        raise UsageError(f"{path}: {os_error_text(error)}") from None
    if not data.strip():  # such as /dev/null
        return Config(path)
    return _parse_config(path, _decode(path, data), mode)


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: is not UTF-8") from None


def _parse_config(path: Path, text: str, mode: int) -> Config:
    from rtmcli.settings import toml  # most have no file

    try:
        document = toml.loads(text)
    except toml.TOMLError as error:
        raise UsageError(f"{path}:{error.line}: is no TOML") from None
    try:
        profiles = _parse_profiles(document, path.parent)
    except _ConfigError as config_error:
        line = toml.line_of(text, config_error.keys)
        raise UsageError(f"{path}:{line}: {config_error}") from None
    holds_token = any("token" in profile for profile in profiles.values())
    if holds_token and stat.S_ISREG(mode) and mode & _NON_OWNER_BITS:
        raise UsageError(f"{path} holds a token and is readable by others; run chmod 600 {path}")
    return Config(path, text, document.get(DEFAULT_PROFILE_KEY), profiles)


class _ConfigError(Exception):
    """What is wrong with the value at `keys`."""

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.keys = keys


def _parse_profiles(document: Mapping[str, Any], folder: Path) -> dict[str, dict[str, Any]]:
    for key in document:
        if key in SETTING_NAMES:
            raise _ConfigError(f"a setting belongs to a profile: [{PROFILES_TABLE}.NAME]", key)
        if key not in (DEFAULT_PROFILE_KEY, PROFILES_TABLE):
            raise _ConfigError(_unknown_setting(key, [DEFAULT_PROFILE_KEY, PROFILES_TABLE]), key)
    if not isinstance(document.get(DEFAULT_PROFILE_KEY, ""), str):
        raise _ConfigError(f"{DEFAULT_PROFILE_KEY} must be a text", DEFAULT_PROFILE_KEY)
    tables = document.get(PROFILES_TABLE, {})
    if not isinstance(tables, dict):
        raise _ConfigError(f"a profile is a table: [{PROFILES_TABLE}.NAME]", PROFILES_TABLE)
    return {name: _parse_profile(name, table, folder) for name, table in tables.items()}


def _parse_profile(name: str, table: Any, folder: Path) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise _ConfigError(f"a profile is a table: [{PROFILES_TABLE}.NAME]", PROFILES_TABLE, name)
    values = {}
    for key, value in table.items():
        if key not in SETTING_NAMES:
            raise _ConfigError(_unknown_setting(key, SETTING_NAMES), PROFILES_TABLE, name, key)
        try:
            values[key] = BY_NAME[key].type.from_profile(value)
        except ValueError as error:
            raise _ConfigError(f"{key} {error}", PROFILES_TABLE, name, key) from None
        if BY_NAME[key].type is PATH:
            values[key] = _resolve_path(values[key], folder)
    return values


def _unknown_setting(key: str, known: Iterable[str]) -> str:
    """Say that nothing has this name, without quoting it: it may be a token out of its place."""
    return (
        f"there is no such setting{suggestions.did_you_mean(key, known, '; see rtm config --help')}"
    )


def _resolve_path(path: str, folder: Path) -> str:
    """Find a file that a profile names: at home after `~/`, else beside the configuration."""
    if path.startswith("~/"):
        return os.path.expanduser(path)  # noqa: PTH111  # Path.expanduser() may raise
    return str(folder / path)

"""The configuration file: a default and named profiles, in TOML.

Its path is `RTM_CONFIG`, else `$XDG_CONFIG_HOME/rtmcli/config.toml`, else
`~/.config/rtmcli/config.toml`, and it looks like this::

    default_profile = "work"

    [profiles.work]
    region = "fra"
    token_command = ["pass", "show", "livechat"]
    timeout = "30s"

If no profile is named, the one called `default` is used, if it exists. An error names the path and
line, but never quotes the file, because it may contain a token.
"""

import os
import stat
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from rtmcli import files
from rtmcli.errors import UsageError, os_error_text
from rtmcli.protocol import suggestions
from rtmcli.settings import permissions
from rtmcli.settings.definitions import BY_NAME, SETTINGS
from rtmcli.settings.types import PATH

CONFIG_ENVVAR = "RTM_CONFIG"
DEFAULT_PROFILE_KEY = "default_profile"
PROFILES_TABLE = "profiles"
DEFAULT_NAME = "default"  # the profile that is used if none is named
SETTING_NAMES = tuple(setting.name for setting in SETTINGS if setting.in_profile)
_MAX_FILE_SIZE = 1024 * 1024  # bytes
_NON_OWNER_BITS = stat.S_IRWXG | stat.S_IRWXO


class InaccessibleConfigError(UsageError):
    """The default file is unreadable or another user's; it can be ignored if it is not needed."""


class Config(NamedTuple):
    """The parsed configuration file."""

    path: Path | None = None
    text: str = ""
    default_profile: str | None = None
    profiles: Mapping[str, Mapping[str, Any]] = {}


class Profile(NamedTuple):
    """The profile in use; an empty name means none."""

    name: str = ""
    values: Mapping[str, Any] = {}


def config_path(environ: Mapping[str, str]) -> Path | None:
    """Return the path of the configuration file, None if there is no home directory."""
    if environ.get(CONFIG_ENVVAR):
        return Path(PATH.parse(environ[CONFIG_ENVVAR]))
    folder = environ.get("XDG_CONFIG_HOME", "")
    if not folder.startswith("/"):  # by its specification, a relative path is ignored
        home = _home_directory(environ)
        folder = f"{home}/.config" if home else ""
    return Path(folder, "rtmcli", "config.toml") if folder else None


def _home_directory(environ: Mapping[str, str]) -> str:
    home = environ.get("HOME")
    if not home:
        import pwd  # rarely needed, such as under systemd

        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return ""
    return home if home.startswith("/") else ""


def select(name: str | None, source_name: str, environ: Mapping[str, str]) -> Profile:
    """Return the named profile, or the default one if `name` is None.

    `source_name` is the flag or variable with the name, for errors.
    """
    config = load(environ)
    if name is None:
        name, source_name = config.default_profile, f"{DEFAULT_PROFILE_KEY} in {config.path}"
    if name is None:
        if DEFAULT_NAME not in config.profiles:
            return Profile()
        name = DEFAULT_NAME
    if name not in config.profiles:
        where = f"in {config.path}" if config.text else "(there is no configuration file)"
        raise UsageError(
            f"{source_name}: there is no profile {name} {where}"
            f"{suggestions.did_you_mean(name, config.profiles)}"
        )
    return Profile(name, config.profiles[name])


def load(environ: Mapping[str, str], *, must_exist: bool = True) -> Config:
    """Read the configuration file; a missing file is empty, unless `RTM_CONFIG` names it.

    Raises:
        UsageError: the file cannot be read, or is not valid.

    """
    path, is_named = config_path(environ), bool(environ.get(CONFIG_ENVVAR))
    if path is None:
        return Config()
    return _load(path, _identify(path), is_named=is_named, must_exist=must_exist and is_named)


def _identify(path: Path) -> tuple[int, ...]:
    """Return numbers that change with the file, or, as a pipe can be read only once, its number."""
    try:
        found = path.stat()
    except OSError:
        return ()
    changes = (found.st_ctime_ns, found.st_size) if stat.S_ISREG(found.st_mode) else ()
    return (found.st_dev, found.st_ino, *changes)


@lru_cache(maxsize=1)  # the version of the API is chosen by it before a command reads it again
def _load(path: Path, _identity: tuple[int, ...], *, is_named: bool, must_exist: bool) -> Config:
    try:
        file = files.read_file(path, _MAX_FILE_SIZE)
    except OSError as error:
        absent = isinstance(error, FileNotFoundError | NotADirectoryError)
        if absent and not must_exist:
            return Config(path)
        message = f"{f'{CONFIG_ENVVAR}: ' if is_named else ''}{path}: {os_error_text(error)}"
        if isinstance(error, PermissionError) and not is_named:
            raise InaccessibleConfigError(message) from None
        raise UsageError(message) from None
    _check_trusted(path, file, is_named=is_named)
    if not file.data.strip():  # such as /dev/null
        return Config(path)
    return _parse_config(path, _decode(path, file.data), file.mode)


def _check_trusted(path: Path, file: files.FileContent, *, is_named: bool) -> None:
    """Refuse a file that strangers can write: its commands would run."""
    if permissions.is_writable_by_strangers(file):
        raise UsageError(f"{path} is writable by others; run chmod go-w {path}")
    if not is_named and not permissions.is_trusted_owner(file.uid):
        raise InaccessibleConfigError(
            f"{path} belongs to another user; to use it, name it with {CONFIG_ENVVAR}"
        )


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: is not UTF-8") from None


def _parse_config(path: Path, text: str, mode: int) -> Config:
    from rtmcli.settings import toml  # loads tomllib

    try:
        document = toml.loads(text)
    except toml.TOMLError as error:
        raise UsageError(f"{path}:{error.line}: is not valid TOML") from None
    try:
        profiles = _parse_profiles(document, path.parent)
    except _ConfigError as config_error:
        line = toml.line_of(text, config_error.keys)
        raise UsageError(f"{path}:{line}: {config_error}") from None
    holds_token = any("token" in profile for profile in profiles.values())
    if holds_token and stat.S_ISREG(mode) and mode & _NON_OWNER_BITS:
        raise UsageError(f"{path} contains a token and is readable by others; run chmod 600 {path}")
    return Config(path, text, document.get(DEFAULT_PROFILE_KEY), profiles)


class _ConfigError(Exception):
    """The value at `keys` is not valid."""

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
        raise _ConfigError(f"{DEFAULT_PROFILE_KEY} must be a string", DEFAULT_PROFILE_KEY)
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
    """Return an error message that does not quote the key: it may be a misplaced token."""
    return f"unknown setting{suggestions.did_you_mean(key, known, '; see rtm config --help')}"


def _resolve_path(path: str, folder: Path) -> str:
    """Resolve a path of a profile: `~/` is the home directory, others start at the file."""
    if path.startswith("~/"):
        return os.path.expanduser(path)  # noqa: PTH111  # Path.expanduser() may raise
    return str(folder / path)

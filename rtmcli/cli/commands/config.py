"""`rtm config`: show and change the configuration file, and show each setting's value."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rtmcli import files
from rtmcli.catalogue.api import Api
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.connection import settings_from_options
from rtmcli.cli.help.formatting import HelpEntry, HelpText, help_entry
from rtmcli.cli.help.layout import layout_for
from rtmcli.cli.io import stderr, stdout
from rtmcli.cli.io.stderr import redactor
from rtmcli.cli.io.stdin import STDIN, read_hidden_line
from rtmcli.cli.options import (
    CONNECTION_OPTIONS,
    JSON_OPTION,
    STYLE_OPTIONS,
    Argument,
    Option,
    known_options,
)
from rtmcli.cli.settings_table import (
    align_columns,
    encode_lines,
    format_table,
    format_value,
    settings_as_json,
)
from rtmcli.errors import AuthError, UsageError, os_error_text
from rtmcli.protocol import suggestions
from rtmcli.protocol.escaping import truncate
from rtmcli.settings import profiles, toml
from rtmcli.settings.definitions import BY_NAME
from rtmcli.settings.profiles import (
    DEFAULT_NAME,
    DEFAULT_PROFILE_KEY,
    PROFILES_TABLE,
    SETTING_NAMES,
)
from rtmcli.settings.tokens import find_token_source, parse_token
from rtmcli.settings.types import PATH, PROFILE_NAME, Completion, any_text
from rtmcli.settings.writing import atomic_update

TOKEN = "token"  # noqa: S105  # the setting's name
_OWN_PARAMS: tuple[Option | Argument, ...] = (
    Argument("verb", any_text("VERB", ["path", "list", "get", "set", "unset"]), "What to do."),
    Argument(
        "words",
        any_text("[KEY [VALUE...]]", [DEFAULT_PROFILE_KEY, *SETTING_NAMES]),
        "A setting, and its value.",
        multiple=True,
        following=(
            (DEFAULT_PROFILE_KEY, PROFILE_NAME),
            *(
                (name, BY_NAME[name].type)
                for name in SETTING_NAMES
                if BY_NAME[name].type.completion not in (Completion.TEXT, Completion.NONE)
            ),
        ),
    ),
    JSON_OPTION,
    *STYLE_OPTIONS,
)
_MAX_TOKEN_BYTES = 64 * 1024  # bytes
_FILE_EQUIVALENTS = {"profile": (DEFAULT_PROFILE_KEY,)}  # keys of the file that replace a setting


def command(api: Api) -> Command:
    """Return the command."""
    cli_params = (*_OWN_PARAMS, *known_options(api, CONNECTION_OPTIONS))
    return make_command(api, "config", cli_params, run, _help_text)


def _help_text() -> HelpText:
    return HelpText(
        ("rtm config set", "timeout 30s", "--profile work"),
        'The configuration file is TOML: default_profile = "NAME", then tables [profiles.NAME] with'
        " settings. Without default_profile, the profile called default is used, if it exists;"
        " --profile and RTM_PROFILE select another. To change which profile other commands use,"
        " run rtm config set default_profile.\n\n"
        'Durations are strings such as "30s" or numbers of seconds. A token_command that is a list'
        " is executed directly; a string is passed to the shell. It has no standard input, and ten"
        " seconds to print the token. Paths start at the home directory (~/) or at the file's.",
        leading_entries=(
            HelpEntry("path", "Print the path of the file."),
            HelpEntry("list", "Print each setting's value and where it comes from."),
            HelpEntry(
                "get KEY", "Print the value that holds; an empty line (null) where none does."
            ),
            HelpEntry("set KEY VALUE...", "Set a value; several make a list (token_command)."),
            HelpEntry("set token", "Read the token from a hidden prompt or standard input."),
            HelpEntry("unset KEY", "Remove a value."),
            help_entry(JSON_OPTION),
        ),
        leading_title="What to do",
        replaces_own_options=True,
        facts=(
            HelpEntry("Keys", ", ".join((DEFAULT_PROFILE_KEY, *SETTING_NAMES))),
            HelpEntry("File", "RTM_CONFIG, else ~/.config/rtmcli/config.toml (or XDG_CONFIG_HOME)"),
        ),
    )


def run(api: Api, options: Mapping[str, Any]) -> None:
    """Run the subcommand."""
    subcommand, arguments = options["verb"], options["words"] or []
    if subcommand is None:
        from rtmcli.cli.commands.help import help_for  # rarely needed

        stderr.write_help(help_for(api, "config", layout_for(stderr.STDERR, os.environ)))
    if subcommand not in _SUBCOMMANDS:
        raise UsageError(
            f"config needs one of {', '.join(_SUBCOMMANDS)}"
            f"{suggestions.did_you_mean(subcommand or '', _SUBCOMMANDS)}"
        )
    handler, min_arguments, max_arguments = _SUBCOMMANDS[subcommand]
    if not min_arguments <= len(arguments) <= max_arguments:
        raise UsageError(
            f"config {subcommand} takes {_ARGUMENTS_TEXT[min_arguments, max_arguments]}; "
            "see rtm config --help"
        )
    handler(api, options, arguments)


def _run_path(_api: Api, options: Mapping[str, Any], _: Sequence[str]) -> None:
    path = str(_require_config_path())
    _print(options, path, [path])


def _run_list(api: Api, options: Mapping[str, Any], _: Sequence[str]) -> None:
    settings = settings_from_options(api, options)
    path = profiles.config_path(os.environ)
    try:
        source = find_token_source(settings, os.environ).name
    except AuthError:
        source = "none"
    file, profile_names = str(path) if path else None, list(profiles.load(os.environ).profiles)
    record = {
        "path": file,
        "profiles": profile_names,
        "token": source,
        "settings": settings_as_json(settings),
    }
    summary_rows = [
        ("file", file or "none"),
        ("profiles", " ".join(profile_names) or "none"),
        ("token from", source),
    ]
    _print(options, record, [*align_columns(summary_rows), "", *format_table(settings)])


def _run_get(api: Api, options: Mapping[str, Any], arguments: Sequence[str]) -> None:
    key = arguments[0]
    if key == DEFAULT_PROFILE_KEY:
        name = profiles.load(os.environ).default_profile
        _print(options, name, [name or ""])
        return
    _check_known(key, BY_NAME)
    if key == TOKEN:
        raise UsageError("a token is never shown; rtm config list names its source")
    settings = settings_from_options(api, options)
    record = settings_as_json({key: settings[key]}).get(key, {"value": settings[key].value})
    _print(options, record["value"], [format_value(key, settings[key])])


def _run_set(_api: Api, options: Mapping[str, Any], arguments: Sequence[str]) -> None:
    key, *values = arguments
    _check_profile_key(key)
    value = _read_token(values) if key == TOKEN else _parse_value(key, values)
    _update_file(options, key, value)


def _run_unset(_api: Api, options: Mapping[str, Any], arguments: Sequence[str]) -> None:
    _check_profile_key(arguments[0])
    _update_file(options, arguments[0], None)


_SUBCOMMANDS: dict[
    str, tuple[Callable[[Api, Mapping[str, Any], Sequence[str]], None], int, int]
] = {
    "path": (_run_path, 0, 0),
    "list": (_run_list, 0, 0),
    "get": (_run_get, 1, 1),
    "set": (_run_set, 1, 1000),
    "unset": (_run_unset, 1, 1),
}
_ARGUMENTS_TEXT = {(0, 0): "nothing more", (1, 1): "one KEY", (1, 1000): "a KEY and a VALUE"}


def _update_file(options: Mapping[str, Any], key: str, value: Any) -> None:
    """Set a value in the file, or remove it, under a lock."""
    path = _require_config_path()

    def updated_text() -> str | None:
        config = profiles.load(os.environ, must_exist=False)
        if key == DEFAULT_PROFILE_KEY:
            if value is not None:
                _check_known(value, config.profiles, "profile")
            return _edit_text(config.text, [key], value)
        name = options["profile"] or os.environ.get(BY_NAME["profile"].envvar)
        name = name or config.default_profile or DEFAULT_NAME
        if value is None and name not in config.profiles:
            _check_known(name, config.profiles, "profile")
        if not re.fullmatch("[A-Za-z0-9_-]{1,64}", name):
            raise UsageError("the name of a profile may contain only letters, digits, - and _")
        return _edit_text(config.text, [PROFILES_TABLE, name, key], value)

    atomic_update(path, updated_text)


def _edit_text(text: str, keys: Sequence[str], value: Any) -> str | None:
    """Return the text with the new value, None if nothing changes."""
    is_unchanged = toml.get_path(toml.loads(text), keys) == value
    return None if is_unchanged else toml.with_value(text, keys, value)


def _parse_value(key: str, values: Sequence[str]) -> Any:
    """Parse the value of a key; return it as the file stores it."""
    if key == DEFAULT_PROFILE_KEY:
        if len(values) != 1:
            raise UsageError("default_profile takes one NAME")
        return values[0]
    setting_type = BY_NAME[key].type
    try:
        value = setting_type.to_profile(values)
    except ValueError as error:
        raise UsageError(f"{key} {error}") from None
    if setting_type is PATH:  # a relative path in the file starts at the file
        return os.path.abspath(value)  # noqa: PTH100  # Path.resolve() would follow links
    return value


def _read_token(values: Sequence[str]) -> str:
    """Read a token from a hidden prompt, or from standard input."""
    if values:
        raise UsageError(
            "config set token takes no value, because every user of this machine can read "
            "arguments; it asks for the token, or reads it from standard input. "
            "A token that was passed as an argument has been exposed; revoke it"
        )
    if os.isatty(STDIN):
        data = read_hidden_line(b"Token: ")
    else:
        try:
            data = files.read_descriptor(STDIN, _MAX_TOKEN_BYTES)
        except OSError as error:
            raise UsageError(f"standard input: {os_error_text(error)}") from None
    text = data.decode("utf-8", "replace")
    redactor.add(text.strip())
    parse_token(text, "the token")
    return text.strip()


def _require_config_path() -> Path:
    path = profiles.config_path(os.environ)
    if path is None:
        raise UsageError("there is no home directory for the configuration file; set RTM_CONFIG")
    return path


def _check_known(name: str, known: Iterable[str], noun: str = "setting") -> None:
    if name not in known:
        raise UsageError(
            f"there is no {noun} {truncate(name)}{suggestions.did_you_mean(name, known)}"
        )


def _check_profile_key(key: str) -> None:
    """Raise `UsageError` if a profile cannot contain this setting."""
    if key in BY_NAME and key not in SETTING_NAMES:
        alternatives = (BY_NAME[key].option, BY_NAME[key].envvar, *_FILE_EQUIVALENTS.get(key, ()))
        raise UsageError(f"{key} cannot be set in a profile; use {' or '.join(alternatives)}")
    _check_known(key, (DEFAULT_PROFILE_KEY, *SETTING_NAMES))


def _print(options: Mapping[str, Any], value: Any, text_lines: Iterable[str]) -> None:
    if options["json"]:
        stdout.ResultPrinter(options, os.environ).print_value(value)
    else:
        stdout.write(encode_lines(text_lines))

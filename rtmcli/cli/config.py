"""`rtm config`: the configuration file, and which value of each setting holds."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rtmcli.cli import output
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.connection import settings_of
from rtmcli.cli.inputs import STDIN
from rtmcli.cli.options import CONNECTION, OUTPUT, Argument, Option
from rtmcli.cli.origins import columns, lines, records, shown, table
from rtmcli.cli.page import Entry, Guide, entry
from rtmcli.cli.report import HIDDEN
from rtmcli.errors import AuthError, UsageError
from rtmcli.protocol import nearest
from rtmcli.protocol.escaping import shortened
from rtmcli.settings import profiles, toml
from rtmcli.settings.kinds import COMMAND, PATH
from rtmcli.settings.profiles import DEFAULT_PROFILE, KEYS, PROFILES, UNNAMED
from rtmcli.settings.rows import NAMES
from rtmcli.settings.tokens import find_source, parse_token
from rtmcli.settings.writing import rewrite

TOKEN = "token"  # noqa: S105  # the name of the setting
JSON = Option("json", ("--json",), "Print JSON.")
STYLE = tuple(row for row in OUTPUT if row.name in ("compact", "pretty", "color", "error_format"))
ROWS: tuple[Option | Argument, ...] = (
    Argument("verb", "VERB", "What to do.", choices=("path", "list", "get", "set", "unset")),
    Argument(
        "words",
        "[KEY [VALUE...]]",
        "A setting, and its value.",
        many=True,
        choices=(DEFAULT_PROFILE, *KEYS),  # and values
    ),
    JSON,
    *STYLE,
    *CONNECTION,
)
_TOKEN_LIMIT = 64 * 1024  # bytes
_CHOOSES = {"profile": (DEFAULT_PROFILE,)}  # what a file has in place of a setting


def command() -> Command:
    """Make the command."""
    return make_command("config", ROWS, run, _guide)


def _guide() -> Guide:
    return Guide(
        ("rtm config set", "timeout 30s", "--profile work"),
        "The configuration file is TOML: tables [profiles.NAME] with settings, and before them"
        ' default_profile = "NAME". Without that the profile called default holds, if there is'
        " one; --profile and RTM_PROFILE name another. Only rtm config set default_profile changes"
        " which one other commands use.\n\n"
        'Durations are texts such as "30s" or numbers of seconds. A token_command that is a list'
        " of words runs as it is; one that is a text is for the shell. It gets no standard input,"
        " and ten seconds to print the token. Paths begin at home (~/) or beside the file.",
        entries=(
            Entry("path", "Print where the file lies."),
            Entry("list", "Print each setting's value and where it comes from."),
            Entry("get KEY", "Print the value that holds; an empty line (null) where none does."),
            Entry("set KEY VALUE...", "Set a value; several make a list (token_command)."),
            Entry("set token", "Read the token from a hidden prompt or standard input."),
            Entry("unset KEY", "Remove a value."),
            entry(JSON),
        ),
        title="What to do",
        complete=True,
        facts=(
            Entry("Keys", ", ".join((DEFAULT_PROFILE, *KEYS))),
            Entry("File", "RTM_CONFIG, else ~/.config/rtmcli/config.toml (or XDG_CONFIG_HOME)"),
        ),
    )


def run(options: Mapping[str, Any]) -> None:
    """Do what the verb says."""
    verb, words = options["verb"], options["words"] or []
    if verb not in _VERBS:
        raise UsageError(
            f"config does one of {', '.join(_VERBS)}{nearest.hint(verb or '', _VERBS)}"
        )
    act, least, most = _VERBS[verb]
    if not least <= len(words) <= most:
        raise UsageError(f"config {verb} takes {_TAKES[least, most]}; see rtm config --help")
    act(options, words)


def _path(options: Mapping[str, Any], _: Sequence[str]) -> None:
    path = str(_writable_path())
    _print(options, path, [path])


def _list(options: Mapping[str, Any], _: Sequence[str]) -> None:
    settings = settings_of(options)
    path = profiles.config_path(os.environ)
    try:
        source = find_source(settings, os.environ).name
    except AuthError:
        source = "none"
    file, names = str(path) if path else None, list(profiles.load(os.environ).profiles)
    record = {"path": file, "profiles": names, "token": source, "settings": records(settings)}
    about = [
        ("file", file or "none"),
        ("profiles", " ".join(names) or "none"),
        ("token from", source),
    ]
    _print(options, record, [*columns(about), "", *table(settings)])


def _get(options: Mapping[str, Any], words: Sequence[str]) -> None:
    key = words[0]
    if key == DEFAULT_PROFILE:
        name = profiles.load(os.environ).default_profile
        _print(options, name, [name or ""])
        return
    _check(key, NAMES)
    if key == TOKEN:
        raise UsageError("a token is never shown; rtm config list names its source")
    settings = settings_of(options)
    record = records({key: settings[key]}).get(key, {"value": settings[key].value})
    _print(options, record["value"], [shown(key, settings[key])])


def _set(options: Mapping[str, Any], words: Sequence[str]) -> None:
    key, *rest = words
    _check_key(key)
    value = _secret(rest) if key == TOKEN else _value(key, rest)
    _change(options, key, value)


def _unset(options: Mapping[str, Any], words: Sequence[str]) -> None:
    _check_key(words[0])
    _change(options, words[0], None)


_VERBS: dict[str, tuple[Callable[[Mapping[str, Any], Sequence[str]], None], int, int]] = {
    "path": (_path, 0, 0),
    "list": (_list, 0, 0),
    "get": (_get, 1, 1),
    "set": (_set, 1, 1000),
    "unset": (_unset, 1, 1),
}
_TAKES = {(0, 0): "nothing more", (1, 1): "one KEY", (1, 1000): "a KEY and a VALUE"}


def _change(options: Mapping[str, Any], key: str, value: Any) -> None:
    """Set a value in the file, or remove it, while nobody else changes the file."""
    path = _writable_path()

    def changed() -> str | None:
        config = profiles.load(os.environ, must_exist=False)
        if key == DEFAULT_PROFILE:
            if value is not None:
                _check(value, config.profiles, "profile")
            return _edited(config.text, [key], value)
        name = options["profile"] or os.environ.get(NAMES["profile"].variable)
        name = name or config.default_profile or UNNAMED
        if value is None and name not in config.profiles:
            _check(name, config.profiles, "profile")
        if not re.fullmatch("[A-Za-z0-9_-]{1,64}", name):
            raise UsageError("a profile's name has letters, digits, - and _ only")
        return _edited(config.text, [PROFILES, name, key], value)

    rewrite(path, changed)


def _edited(text: str, keys: Sequence[str], value: Any) -> str | None:
    """Return the text with the value, None where nothing changes."""
    same = toml.find(toml.parse(text), keys) == value
    return None if same else toml.with_value(text, keys, value)


def _value(key: str, words: Sequence[str]) -> Any:
    """Read the value of a key as the file will hold it."""
    if key == DEFAULT_PROFILE:
        if len(words) != 1:
            raise UsageError("default_profile takes one NAME")
        return words[0]
    kind = NAMES[key].kind
    if kind is COMMAND and len(words) > 1:
        return list(words)
    if len(words) != 1:
        raise UsageError(f"{key} takes one VALUE")
    try:
        value = kind.read(words[0])
    except ValueError as error:
        raise UsageError(f"{key} {error}") from None
    if kind is PATH:  # in the file it would begin beside the file
        return os.path.abspath(value)  # noqa: PTH100  # Path.resolve() would follow links
    return words[0] if str in kind.types else value


def _secret(words: Sequence[str]) -> str:
    """Read a token from whoever types it, unseen, or from standard input."""
    if words:
        raise UsageError(
            "config set token takes no value, as everybody on this machine can read it there: "
            "it asks for the token, or reads it from standard input. "
            "A token that was typed as an argument is no secret any more"
        )
    if os.isatty(STDIN):
        import getpass  # noqa: PLC0415  # only here

        try:
            text = getpass.getpass("Token: ")
        except EOFError:
            text = ""
    else:
        with open(STDIN, "rb", closefd=False) as file:
            text = file.read(_TOKEN_LIMIT).decode("ascii", "replace")
    HIDDEN.add(text.strip())
    parse_token(text, "the token")
    return text.strip()


def _writable_path() -> Path:
    path = profiles.config_path(os.environ)
    if path is None:
        raise UsageError("there is no home folder for the configuration: set RTM_CONFIG")
    return path


def _check(name: str, known: Iterable[str], what: str = "setting") -> None:
    if name not in known:
        raise UsageError(f"there is no {what} {shortened(name)}{nearest.hint(name, known)}")


def _check_key(key: str) -> None:
    """Raise `UsageError` where a profile cannot hold this."""
    if key in NAMES and key not in KEYS:
        ways = (NAMES[key].option, NAMES[key].variable, *_CHOOSES.get(key, ()))
        raise UsageError(f"{key} is kept in no profile: use {' or '.join(ways)}")
    _check(key, (DEFAULT_PROFILE, *KEYS))


def _print(options: Mapping[str, Any], record: Any, texts: Iterable[str]) -> None:
    if options["json"]:
        output.Output(options, os.environ).value(record)
    else:
        output.write(lines(texts))

"""Where the token comes from, and what a token may look like.

The first source that is there counts. No flag takes a token, as everybody on the machine can read
the arguments of a process.
"""

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rtmcli.errors import AuthError, RtmError, UsageError
from rtmcli.row import Row
from rtmcli.settings import profiles
from rtmcli.settings.resolve import FLAG, PROFILE, VARIABLE, Value
from rtmcli.settings.rows import TOKEN

STDIN = "-"  # in place of a file: standard input
_SOURCES = (
    (FLAG, "token_file"),
    (VARIABLE, "token"),
    (VARIABLE, "token_file"),
    (VARIABLE, "token_command"),
    (PROFILE, "token_command"),
    (PROFILE, "token_file"),
    (PROFILE, "token"),
)
_LIMIT = 64 * 1024  # bytes of a token file
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SCHEMES = ("Bearer", "Basic")


class Source(Row):
    """Where a token comes from; `ask` returns the token as it goes on the wire.

    A command may take as many seconds as it is told. It raises `UsageError` where the source
    cannot be read, or holds what no token holds, and `AuthError` where a command fails.
    """

    name: str  # as messages call it
    setting: str
    origin: str
    ask: Callable[[float], str]


def find_source(settings: Mapping[str, Value], environ: Mapping[str, str]) -> Source:
    """Return the source that counts, without asking it; raise `AuthError` where there is none."""
    for origin, setting in _SOURCES:
        if settings[setting].origin == origin:
            return _source(settings, setting, environ)
    empty = " (it is set, but empty)" if TOKEN in environ else ""
    raise AuthError(
        f"no token: set {TOKEN}{empty}, name its file with --token-file, "
        "or keep it in a profile; see rtm help tokens"
    )


def _source(settings: Mapping[str, Value], setting: str, environ: Mapping[str, str]) -> Source:
    found, profile = settings[setting], settings["profile"].value
    name = found.source or f"{setting} of the profile {profile}"
    if setting == "token_file":
        name = f"{name} {found.value}"

    def ask(patience: float) -> str:
        match setting:
            case "token":
                return parse_token(_token(found, profile, environ), name)
            case "token_file":
                return parse_token(_read(found, name), name)
            case _:
                return _ask(found.value, patience, environ, name)

    return Source(name, setting, found.origin, ask)


def ask_again(source: Source, settings: Mapping[str, Value], patience: float) -> str | None:
    """Ask a source once more; None where it can be read once only, or fails now."""
    path = settings["token_file"].value
    if source.setting == "token_file" and not (path != STDIN and Path(path).is_file()):
        return None  # a pipe: it is empty by now, and might keep us waiting
    try:
        return source.ask(patience)
    except RtmError:  # what the server said about the first token tells more
        return None


def parse_token(text: str, source: str) -> str:
    """Check a token and give it its scheme; raise `UsageError`, which never quotes it."""
    if text.endswith("\n"):
        text = text[:-1].removesuffix("\r")
    if not text:
        raise UsageError(f"{source} is empty, and a token is wanted")
    first, _, rest = text.partition(" ")
    scheme, bare = first.capitalize(), rest.lstrip(" ")
    if scheme not in _SCHEMES or not bare:
        scheme, bare = "Bearer", text
    if not (bare.isascii() and bare.isprintable()) or " " in bare:
        raise UsageError(f"{source} holds a space or another character that no token has")
    return f"{scheme} {bare}"


def is_exposed(settings: Mapping[str, Value]) -> str:
    """Say what is wrong where others may read a token's file that was named for this command."""
    found = settings["token_file"]
    if found.origin not in (FLAG, VARIABLE) or found.value == STDIN:
        return ""
    try:
        mode = Path(found.value).stat().st_mode
    except OSError:
        return ""
    if not stat.S_ISREG(mode) or not mode & _OTHERS:
        return ""
    return f"{found.source} {found.value}: not only you may read it: chmod 600 {found.value}"


def _token(found: Value, profile: str, environ: Mapping[str, str]) -> str:
    """Return the token that a variable or profile holds; a profile's is read anew each time."""
    if found.origin == PROFILE:
        return str(profiles.choose(profile, "--profile", environ).values.get("token", ""))
    return str(found.value)


def _ask(
    command: str | Sequence[str], patience: float, environ: Mapping[str, str], name: str
) -> str:
    from rtmcli.settings import token_command  # noqa: PLC0415  # few need it

    others = {key: value for key, value in environ.items() if key != TOKEN}
    printed = token_command.ask(command, others, name, min(token_command.PATIENCE, patience))
    try:
        return parse_token(printed, f"what {name} printed")
    except UsageError as error:
        raise AuthError(error.message) from None


def _read(found: Value, name: str) -> str:
    path = found.value
    try:
        with open(0 if path == STDIN else path, "rb", closefd=path != STDIN) as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_LIMIT + 1)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "cannot be read").lower()
        raise UsageError(f"{name}: {why}") from None
    if found.origin == PROFILE and stat.S_ISREG(mode) and mode & _OTHERS:
        raise UsageError(f"{name}: not only you may read it: chmod 600 {path}")
    if len(data) > _LIMIT:
        raise UsageError(f"{name} is larger than 64 KiB, which no token is")
    return data.decode("ascii", "replace")

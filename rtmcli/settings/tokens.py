"""The sources of the token, and its syntax.

The first source that is set is used. No flag takes a token, because every user of the machine can
read the arguments of a process.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from rtmcli import files
from rtmcli.errors import AuthError, RtmError, UsageError, os_error_text
from rtmcli.session.options import Token
from rtmcli.settings import permissions, profiles
from rtmcli.settings.definitions import TOKEN_ENVVAR
from rtmcli.settings.permissions import Exposure
from rtmcli.settings.resolve import ENVVAR, FLAG, PROFILE, Resolved, describe_source
from rtmcli.settings.token_schemes import scheme_and_credentials

STDIN = "-"  # as the name of a file
_PRECEDENCE = (
    (FLAG, "token_file"),
    (ENVVAR, "token"),
    (ENVVAR, "token_file"),
    (ENVVAR, "token_command"),
    (PROFILE, "token_command"),
    (PROFILE, "token_file"),
    (PROFILE, "token"),
)
_MAX_FILE_SIZE = 64 * 1024  # bytes of a token file
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"


class TokenSource(NamedTuple):
    """A source of the token; `read` returns the token with its scheme.

    The argument of `read` limits the time of a command, in seconds. It raises `UsageError` if the
    source cannot be read or contains no valid token, and `AuthError` if a command fails.
    """

    name: str  # for messages
    setting: str
    origin: str
    read: Callable[[float], str]


def find_token_source(settings: Mapping[str, Resolved], environ: Mapping[str, str]) -> TokenSource:
    """Return the source to use, without reading it; raise `AuthError` if there is none."""
    for origin, setting in _PRECEDENCE:
        if settings[setting].origin == origin:
            return _make_source(settings, setting, environ)
    empty = " (it is set, but empty)" if TOKEN_ENVVAR in environ else ""
    chosen = settings["profile"].value
    names = [] if chosen else sorted(profiles.load(environ).profiles)
    choice = f", or choose a profile with --profile: {', '.join(names)}" if names else ""
    if chosen:
        empty += f" (the profile {chosen} has none)"
    raise AuthError(
        f"no token: set {TOKEN_ENVVAR}{empty}, name its file with --token-file, "
        f"or store it in a profile{choice}; see rtm help tokens"
    )


def _make_source(
    settings: Mapping[str, Resolved], setting: str, environ: Mapping[str, str]
) -> TokenSource:
    resolved, name = settings[setting], describe_source(settings, setting)
    if setting == "token_file":
        name = f"{name} {resolved.value}"

    account_id = settings["account_id"].value

    def read(timeout: float) -> str:
        match setting:
            case "token":
                return parse_token(_read_value(settings, environ), name, account_id)
            case "token_file":
                return parse_token(_read_file(resolved.value, name), name, account_id)
            case _:
                output = _run_command(resolved.value, timeout, environ, name)
                return parse_command_output(output, f"the output of {name}", account_id)

    return TokenSource(name, setting, resolved.origin, read)


def reread(source: TokenSource, settings: Mapping[str, Resolved], timeout: float) -> str | None:
    """Read a source again; return None if it fails, or can be read only once."""
    path = settings["token_file"].value
    if source.setting == "token_file" and not (path != STDIN and Path(path).is_file()):
        return None  # a pipe: it is empty now, and reading it could block
    try:
        return source.read(timeout)
    except RtmError:  # the server's error for the first token says more
        return None


def parse_token(text: str, source_name: str, account_id: str | None = None) -> str:
    """Check a token and add its scheme; raise `UsageError`, which never quotes it."""
    text = text.removeprefix("\ufeff").rstrip("\r\n")
    if not text:
        raise UsageError(f"{source_name} is empty; it must contain a token")
    scheme, credentials = scheme_and_credentials(text, account_id)
    given = credentials if text.endswith(credentials) else text  # without its scheme
    if given[0] in _QUOTES or given[-1] in _QUOTES:
        raise UsageError(f"{source_name} is in quotes; remove them")
    position = _find_invalid_character(text, len(text) - len(given))
    if position is not None:
        raise UsageError(
            f"{source_name} contains a space or another character that is not valid in a token: "
            f"{_describe_character(text[position])}, character {position + 1}"
        )
    return f"{scheme} {credentials}"


def _find_invalid_character(text: str, start: int) -> int | None:
    return next((i for i in range(start, len(text)) if not "!" <= text[i] <= "~"), None)


def _describe_character(character: str) -> str:
    """Name a character, which may be invisible; a letter could be a part of the secret."""
    import unicodedata  # only for an error

    if "\ud800" <= character <= "\udfff":
        return "a byte that is not UTF-8"
    if character.isalnum():
        return "a letter that is not ASCII"
    return unicodedata.name(character, f"U+{ord(character):04X}").lower()


def report_exposure(
    source: TokenSource,
    settings: Mapping[str, Resolved],
    on_warning: Callable[[str], None],
    on_status: Callable[[str], None],
) -> None:
    """Report a token file that others can read: as a warning if its mode can be changed."""
    path = settings["token_file"].value
    if source.setting != "token_file" or path == STDIN:
        return
    match permissions.exposure_of(path):
        case Exposure.CHANGEABLE:
            on_warning(f"{source.name}: readable by others; run chmod 600 {path}")
        case Exposure.UNCHANGEABLE:
            on_status(f"{source.name}: readable by others; another user owns or mounts it")


def _read_value(settings: Mapping[str, Resolved], environ: Mapping[str, str]) -> str:
    """Return the token of a variable or profile; the profile is read again each time."""
    if settings["token"].origin == PROFILE:
        name = describe_source(settings, "profile")
        profile = profiles.select(settings["profile"].value, name, environ)
        return str(profile.values.get("token", ""))
    return str(settings["token"].value)


def parse_command_output(output: str, source_name: str, account_id: str | None) -> str:
    """Return the token that a command printed: as text, or as JSON of a token endpoint.

    The JSON is one line, `{"access_token", "expires_in"?}`; the lifetime is in seconds. Raises
    `AuthError`, which never quotes the output.
    """
    lifetime: float | None = None
    try:
        if output.lstrip().startswith("{"):
            output, lifetime = _parse_token_response(output, source_name)
        token = parse_token(output, source_name, account_id)
    except UsageError as error:
        raise AuthError(error.message) from None
    if lifetime is None:
        return token
    expiring_token = Token(token)
    expiring_token.lifetime, expiring_token.read_at = lifetime, monotonic()
    return expiring_token


def _parse_token_response(output: str, source_name: str) -> tuple[str, float | None]:
    import json  # only for such a command

    try:
        response = json.loads(output)
    except ValueError:
        raise UsageError(f"{source_name} is not valid JSON") from None
    token, lifetime = response.get("access_token"), response.get("expires_in")
    if not isinstance(token, str):
        raise UsageError(f"{source_name} has no string access_token")
    is_number = isinstance(lifetime, int | float) and not isinstance(lifetime, bool)
    if lifetime is not None and not (is_number and lifetime > 0):
        raise UsageError(f"{source_name} has an expires_in that is not a number of seconds")
    return token, lifetime


def _run_command(
    command: str | Sequence[str], timeout: float, environ: Mapping[str, str], source_name: str
) -> str:
    from rtmcli.settings import token_command  # loads subprocess

    command_environ = {key: value for key, value in environ.items() if key != TOKEN_ENVVAR}
    return token_command.run(
        command, command_environ, source_name, min(token_command.DEFAULT_TIMEOUT, timeout)
    )


def _read_file(path: str, source_name: str) -> str:
    try:
        if path == STDIN:
            return files.read_descriptor(0, _MAX_FILE_SIZE).decode("utf-8", "surrogateescape")
        file = files.read_file(path, _MAX_FILE_SIZE)
    except OSError as error:
        raise UsageError(f"{source_name}: {os_error_text(error)}") from None
    if permissions.is_writable_by_strangers(file):
        raise UsageError(f"{source_name}: writable by others; run chmod go-w {path}")
    return file.data.decode("utf-8", "surrogateescape")

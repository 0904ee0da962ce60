"""Where the token comes from, and what a token may look like.

The first source that is there counts: `--token-file`, `RTM_TOKEN`. No flag takes a token, as
everybody on the machine can read the arguments of a process.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from rtmcli.errors import AuthError, UsageError

VARIABLE = "RTM_TOKEN"
_LIMIT = 64 * 1024  # bytes of a token file
_SCHEME = re.compile(r"(?i:(bearer|basic)) +(?P<token>\S+)")
_TOKEN = re.compile(r"[!-~]+")


def find_token(token_file: str | None, environ: Mapping[str, str]) -> str:
    """Return the token as it goes on the wire, with its scheme.

    Raises:
        AuthError: there is no token.
        UsageError: its file cannot be read, or it holds what no token holds.

    """
    if token_file:
        return parse_token(_read(token_file), f"--token-file {token_file}")
    if VARIABLE in environ:
        return parse_token(environ[VARIABLE], VARIABLE)
    raise AuthError(f"no token: set {VARIABLE}, or name its file with --token-file")


def parse_token(text: str, source: str) -> str:
    """Check a token and give it its scheme; raise `UsageError`, which never quotes it."""
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise UsageError(f"{source} is empty, and a token is wanted")
    found = _SCHEME.fullmatch(text)
    bare = found["token"] if found else text
    if not _TOKEN.fullmatch(bare):
        raise UsageError(f"{source} holds a space or another character that no token has")
    scheme = "Basic" if found and found[1].lower() == "basic" else "Bearer"
    return f"{scheme} {bare}"


def _read(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            return file.read(_LIMIT).decode("ascii")
    except OSError as error:
        why = (error.strerror or "cannot be read").lower()
        raise UsageError(f"--token-file {path}: {why}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--token-file {path} holds a character that no token has") from None

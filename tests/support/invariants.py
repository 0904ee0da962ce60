"""Invariants of every run of the tool.

- There is no traceback.
- Neither stream contains eight characters of the token, plain or encoded.
- A call prints complete lines of JSON, even if it failed or was interrupted.
- With JSON errors, every line of standard error is one JSON object.
- It ends at most one second after its `--max-time`.
- It leaves no file in the home folder that all runs share.

`process`, `listen_process` and `terminal` check them on everything they start.
"""

import base64
import functools
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from rtmcli.catalogue.v3_0 import API

SHARED_HOME = tempfile.TemporaryDirectory(prefix="rtm-home-")  # must stay empty
GRACE_PERIOD = 1.0  # seconds beyond the limit
_MIN_LEAK_LENGTH = 8  # characters of a token that count as a leak
_JSON_COMMANDS = {"call", "listen", *API.methods, *(name.replace("_", "-") for name in API.methods)}
_NON_JSON_OPTIONS = {"--help", "-h", "--pretty", "--color", "--color=always", "--output"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}
_DEFAULT_MAX_TIME = 60.0  # seconds of a single call


def check_output(
    arguments: Sequence[str], env: Mapping[str, str], stdout: bytes, stderr: bytes
) -> None:
    """Check the output of a run, or the beginning of it."""
    for stream in (stdout, stderr):
        assert b"Traceback" not in stream, stream.decode(errors="replace")
        leaked = [piece for piece in encoded_pieces(env.get("RTM_TOKEN", "")) if piece in stream]
        assert not leaked, f"the token was printed: {leaked}"
    if prints_json(arguments):
        assert stdout[-1:] in (b"", b"\n"), f"the last line is incomplete: {stdout[-99:]!r}"
        for line in stdout.split(b"\n")[:-1]:
            json.loads(line, parse_int=str)  # of any length
    if wants_json_errors(arguments, env):
        for line in stderr.split(b"\n")[:-1]:
            assert isinstance(json.loads(line), dict), f"not a JSON object: {line!r}"
    assert not list(Path(SHARED_HOME.name).iterdir()), "a file was left behind"


def check_duration(
    arguments: Sequence[str],
    env: Mapping[str, str],
    seconds: float,
    startup_time: Callable[[], float],
) -> None:
    """Check that a run ended in time; `startup_time` is called only if it seems late."""
    limit = time_limit(arguments, env)
    if limit is not None and seconds > limit + GRACE_PERIOD:
        assert seconds <= limit + GRACE_PERIOD + startup_time(), f"{seconds:.1f} s is too long"


def wants_json_errors(arguments: Sequence[str], env: Mapping[str, str]) -> bool:
    """Return whether errors are JSON; a command after `--` has its own format."""
    if "--" in arguments:
        return False
    error_format = env.get("RTM_ERROR_FORMAT")
    for name, value in pairwise(arguments):
        error_format = value if name == "--error-format" else error_format
    return error_format == "json"


def prints_json(arguments: Sequence[str]) -> bool:
    """Return whether a command prints one line of JSON for each value, and nothing else."""
    return (
        bool(arguments) and arguments[0] in _JSON_COMMANDS and not _NON_JSON_OPTIONS & {*arguments}
    )


def time_limit(arguments: Sequence[str], env: Mapping[str, str]) -> float | None:
    """Return the time limit of a run in seconds; None if it has no valid limit."""
    text = env.get("RTM_MAX_TIME")
    for name, value in pairwise(arguments):
        text = value if name == "--max-time" else text
    if text is not None:
        found = _DURATION.fullmatch(text)
        return float(found[1]) * _UNITS[found[2]] if found else None
    return None if "-" in arguments or arguments[:1] == ("listen",) else _DEFAULT_MAX_TIME


@functools.lru_cache
def encoded_pieces(token: str) -> frozenset[bytes]:
    """Return every substring of eight characters of a token, in each encoding."""
    secret = token.rpartition(" ")[2]
    if len(secret) < _MIN_LEAK_LENGTH:
        return frozenset()
    encoded = [secret, quote(secret, safe=""), json.dumps(secret)[1:-1]]
    encoded += [
        encode(b"x" * start + secret.encode()).decode()[4:-4]
        for start in range(3)  # Base64 depends on the offset, except for the first and last groups
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
    ]
    return frozenset(substrings(encoded))


def substrings(texts: Iterable[str]) -> Iterable[bytes]:
    """Yield every substring of eight characters."""
    for text in texts:
        for start in range(len(text) - _MIN_LEAK_LENGTH + 1):
            yield text[start : start + _MIN_LEAK_LENGTH].encode()

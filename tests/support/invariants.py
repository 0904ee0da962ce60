"""What holds of every run of the tool, whatever a test asks beside it.

- No traceback.
- The token on neither stream: not whole, not eight characters of it, not encoded.
- What a call prints is whole lines of JSON, even where it failed or was interrupted.
- It ends two seconds after its `--max-time` at the latest.
- It leaves no file behind in the home folder that all runs of a test share.

`running` and `hearing` ask this of all that they start.
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

from rtmcli.catalogue import API

SHARED_HOME = tempfile.TemporaryDirectory(prefix="rtm-home-")  # empty, and to be left so
GRACE_PERIOD = 2.0  # seconds beyond the limit
_MIN_LEAK_LENGTH = 8  # characters that give a token away
_JSON_COMMANDS = {"call", "listen", *API.methods, *(name.replace("_", "-") for name in API.methods)}
_NON_JSON_OPTIONS = {"--help", "-h", "--pretty", "--color", "--color=always"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}
_DEFAULT_MAX_TIME = 60.0  # seconds of a single call


def check_output(
    arguments: Sequence[str], env: Mapping[str, str], stdout: bytes, stderr: bytes
) -> None:
    """Check what a run has printed; `out` and `err` may be the beginning of it."""
    for stream in (stdout, stderr):
        assert b"Traceback" not in stream, stream.decode(errors="replace")
        leaked = [piece for piece in encoded_pieces(env.get("RTM_TOKEN", "")) if piece in stream]
        assert not leaked, f"the token was shown: {leaked}"
    if prints_json(arguments):
        assert stdout[-1:] in (b"", b"\n"), f"the last line is torn: {stdout[-99:]!r}"
        for line in stdout.split(b"\n")[:-1]:
            json.loads(line, parse_int=str)  # of any length
    assert not list(Path(SHARED_HOME.name).iterdir()), "a file was left behind"


def check_duration(
    arguments: Sequence[str],
    env: Mapping[str, str],
    seconds: float,
    startup_time: Callable[[], float],
) -> None:
    """Check that a run ended in time, `startup` being asked only where it seems that it did not."""
    limit = time_limit(arguments, env)
    if limit is not None and seconds > limit + GRACE_PERIOD:
        assert seconds <= limit + GRACE_PERIOD + startup_time(), f"{seconds:.1f} s are too long"


def prints_json(arguments: Sequence[str]) -> bool:
    """Tell whether all that a command prints is a line of JSON for each value."""
    return (
        bool(arguments) and arguments[0] in _JSON_COMMANDS and not _NON_JSON_OPTIONS & {*arguments}
    )


def time_limit(arguments: Sequence[str], env: Mapping[str, str]) -> float | None:
    """Return the seconds that a run may take; None where nothing limits it, or in a wrong way."""
    text = env.get("RTM_MAX_TIME")
    for name, value in pairwise(arguments):
        text = value if name == "--max-time" else text
    if text is not None:
        found = _DURATION.fullmatch(text)
        return float(found[1]) * _UNITS[found[2]] if found else None
    return None if "-" in arguments or arguments[:1] == ("listen",) else _DEFAULT_MAX_TIME


@functools.lru_cache
def encoded_pieces(token: str) -> frozenset[bytes]:
    """Spell a token in the ways that it may show: each piece of it of eight characters."""
    secret = token.rpartition(" ")[2]
    if len(secret) < _MIN_LEAK_LENGTH:
        return frozenset()
    encoded = [secret, quote(secret, safe=""), json.dumps(secret)[1:-1]]
    encoded += [
        encode(b"x" * start + secret.encode()).decode()[4:-4]
        for start in range(3)  # wherever it begins, what lies away from the ends is the same
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
    ]
    return frozenset(substrings(encoded))


def substrings(texts: Iterable[str]) -> Iterable[bytes]:
    """Cut texts into all their pieces of eight characters."""
    for text in texts:
        for start in range(len(text) - _MIN_LEAK_LENGTH + 1):
            yield text[start : start + _MIN_LEAK_LENGTH].encode()

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

HOME = tempfile.TemporaryDirectory(prefix="rtm-home-")  # empty, and to be left so
SLACK = 2.0  # seconds beyond the limit
_LONG_ENOUGH = 8  # characters that give a token away
_PRINT_JSON = {"call", "listen", *API.methods, *(name.replace("_", "-") for name in API.methods)}
_MAY_PRINT_MORE = {"--help", "-h", "--pretty", "--color", "--color=always"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}
_USUAL_LIMIT = 60.0  # seconds of a single call


def examine(arguments: Sequence[str], env: Mapping[str, str], out: bytes, err: bytes) -> None:
    """Check what a run has printed; `out` and `err` may be the beginning of it."""
    for stream in (out, err):
        assert b"Traceback" not in stream, stream.decode(errors="replace")
        shown = [piece for piece in spellings(env.get("RTM_TOKEN", "")) if piece in stream]
        assert not shown, f"the token was shown: {shown}"
    if prints_json(arguments):
        assert out[-1:] in (b"", b"\n"), f"the last line is torn: {out[-99:]!r}"
        for line in out.split(b"\n")[:-1]:
            json.loads(line, parse_int=str)  # of any length
    assert not list(Path(HOME.name).iterdir()), "a file was left behind"


def examine_time(
    arguments: Sequence[str], env: Mapping[str, str], seconds: float, startup: Callable[[], float]
) -> None:
    """Check that a run ended in time, `startup` being asked only where it seems that it did not."""
    limit = limit_of(arguments, env)
    if limit is not None and seconds > limit + SLACK:
        assert seconds <= limit + SLACK + startup(), f"{seconds:.1f} s are too long"


def prints_json(arguments: Sequence[str]) -> bool:
    """Tell whether all that a command prints is a line of JSON for each value."""
    return bool(arguments) and arguments[0] in _PRINT_JSON and not _MAY_PRINT_MORE & {*arguments}


def limit_of(arguments: Sequence[str], env: Mapping[str, str]) -> float | None:
    """Return the seconds that a run may take; None where nothing limits it, or in a wrong way."""
    text = env.get("RTM_MAX_TIME")
    for name, value in pairwise(arguments):
        text = value if name == "--max-time" else text
    if text is not None:
        found = _DURATION.fullmatch(text)
        return float(found[1]) * _UNITS[found[2]] if found else None
    return None if "-" in arguments or arguments[:1] == ("listen",) else _USUAL_LIMIT


@functools.lru_cache
def spellings(token: str) -> frozenset[bytes]:
    """Spell a token in the ways that it may show: each piece of it of eight characters."""
    bare = token.rpartition(" ")[2]
    if len(bare) < _LONG_ENOUGH:
        return frozenset()
    spelled = [bare, quote(bare, safe=""), json.dumps(bare)[1:-1]]
    spelled += [
        encode(b"x" * start + bare.encode()).decode()[4:-4]
        for start in range(3)  # wherever it begins, what lies away from the ends is the same
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
    ]
    return frozenset(pieces(spelled))


def pieces(texts: Iterable[str]) -> Iterable[bytes]:
    """Cut texts into all their pieces of eight characters."""
    for text in texts:
        for start in range(len(text) - _LONG_ENOUGH + 1):
            yield text[start : start + _LONG_ENOUGH].encode()

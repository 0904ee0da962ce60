"""The time limit of the process: `--max-time`, or its default.

It ends every wait that has no deadline of its own: for a file or a pipe to read, and for a reader
of standard output and standard error. The default ends only the waits for input, because a person
may read a long output at leisure.
"""

from math import ceil, inf
from time import monotonic

_OUTPUT_GRACE_PERIOD = 0.4  # seconds after the limit, to write what is known
_MAX_POLL_MS = 2**31 - 1  # the longest timeout that `poll` takes

_end = _output_end = inf
_source_name = "--max-time"


def start(seconds: float, output_seconds: float = inf, source_name: str = "--max-time") -> None:
    """Start the time limit of the command, and that of its output."""
    global _end, _output_end, _source_name  # there is one command in a process
    now = monotonic()
    _end, _output_end, _source_name = (
        now + seconds,
        now + output_seconds + _OUTPUT_GRACE_PERIOD,
        source_name,
    )


def source_name() -> str:
    """Return what set the limit, as messages name it: the flag, the variable or the profile."""
    return _source_name


def end() -> float:
    """Return when the command must be over, on the monotonic clock; `inf` if there is no limit."""
    return _end


def remaining() -> float:
    """Return the seconds that are left, never below zero."""
    return max(0.0, _end - monotonic())


def output_remaining() -> float:
    """Return the seconds that are left to write output, never below zero."""
    return max(0.0, _output_end - monotonic())


def poll_timeout(seconds: float) -> int | None:
    """Return seconds as `poll` takes them: in milliseconds, None without a limit."""
    return None if seconds == inf else min(ceil(seconds * 1000), _MAX_POLL_MS)

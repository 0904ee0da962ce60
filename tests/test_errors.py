"""The exception tree that scripts rely on."""

import errno
import os
import re

import pytest

from rtmcli import errors
from rtmcli.errors import ConnectFailed, NotConnected, os_error_text, unexpected_error

# Class, exit code and status.
ERROR_TABLE = """
RtmError        1  internal
UsageError      2  usage
Refused         3  refused
AuthError       4  auth
NotConnected    5  not_sent
Busy            6  busy
OutcomeUnknown  7  unknown
NotConfirmed    8  not_confirmed
PartlyFailed    9  partly_failed
Disconnected    10 disconnected
NotWritten      74 not_written
"""


def test_each_error_has_its_exit_code_and_status() -> None:
    """Scripts rely on both; the table lists every class."""
    rows = [line.split() for line in ERROR_TABLE.strip().splitlines()]
    found: list[type[errors.RtmError]] = [errors.RtmError]
    found += [cls for cls in errors.RtmError.__subclasses__() if cls.__module__ == errors.__name__]
    assert [[cls.__name__, str(cls.exit_code), cls.status] for cls in found] == rows


def test_the_docstring_shows_the_tree() -> None:
    """The module's docstring lists each class with its exit code, in order."""
    drawn = re.findall(r"^ +(?:[├└]── )?(\w+) +(\d+) ", errors.__doc__ or "", re.MULTILINE)
    assert drawn == [tuple(line.split()[:2]) for line in ERROR_TABLE.strip().splitlines()]


def test_an_error_stores_its_facts() -> None:
    """The type defaults to the status if the server sent none."""
    error = errors.Refused("no", type="validation", action="a", request_id="1", data={"x": 1})
    assert (str(error), error.message, error.type) == ("no", "no", "validation")
    assert (error.action, error.request_id, error.data) == ("a", "1", {"x": 1})
    assert errors.Busy("later").type == "busy"


def test_a_signal_is_not_an_error() -> None:
    """An `except Exception` does not catch it."""
    assert not issubclass(errors.Interrupted, Exception)
    with pytest.raises(errors.Interrupted) as raised:
        raise errors.Interrupted(15)
    assert (raised.value.signum, raised.value.unknown_calls) == (15, [])


def test_a_failed_attempt_is_permanent_by_default() -> None:
    """Only an attempt marked as transient is repeated."""
    assert isinstance(ConnectFailed("gone"), NotConnected)
    assert not ConnectFailed("gone").transient
    assert ConnectFailed("gone", transient=True).transient


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (TimeoutError(), "timed out"),
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), "timed out"),
        (OSError(errno.EPIPE, os.strerror(errno.EPIPE)), "broken pipe"),
        (OSError("Out of Luck"), "out of luck"),
        (ConnectionResetError(), "connectionreseterror"),
    ],
)
def test_an_os_error_is_described_in_lower_case(error: OSError, text: str) -> None:
    """By the system's text, or by the exception's name if there is none."""
    assert os_error_text(error) == text


@pytest.mark.parametrize(
    ("error", "exit_code", "message"),
    [
        (ValueError("secret"), 1, "this is a bug of rtm: ValueError"),
        (OSError(12, "Cannot allocate"), 5, "the system refused a request of rtm: cannot allocate"),
        (MemoryError(), 5, "rtm ran out of memory"),
    ],
)
def test_an_unexpected_error_is_reported_without_its_text(
    error: Exception, exit_code: int, message: str
) -> None:
    """T130: the text may quote a secret; only that of the operating system is known."""
    found = unexpected_error(error)
    assert (found.exit_code, found.message) == (exit_code, message)

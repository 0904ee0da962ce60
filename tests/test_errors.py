"""The error tree: what scripts rely on."""

import errno
import os
import re

import pytest

from rtmcli import errors
from rtmcli.errors import ConnectFailed, NotConnected, os_error_text

# Class, exit status, and the word that records give for it.
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


def test_statuses_and_words_are_a_contract_with_scripts() -> None:
    """Each error has its own status and word, and no error is missing."""
    rows = [line.split() for line in ERROR_TABLE.strip().splitlines()]
    found: list[type[errors.RtmError]] = [errors.RtmError]
    found += [
        kind for kind in errors.RtmError.__subclasses__() if kind.__module__ == errors.__name__
    ]
    assert [[kind.__name__, str(kind.exit_code), kind.status] for kind in found] == rows


def test_the_tree_is_drawn_as_it_is() -> None:
    """The docstring shows each class with its status, in the tree's order."""
    drawn = re.findall(r"^ +(?:[├└]── )?(\w+) +(\d+) ", errors.__doc__ or "", re.MULTILINE)
    assert drawn == [tuple(line.split()[:2]) for line in ERROR_TABLE.strip().splitlines()]


def test_an_error_keeps_its_facts() -> None:
    """What the server said and which call it befell; its own word where the server gave none."""
    error = errors.Refused("no", type="validation", action="a", request_id="1", data={"x": 1})
    assert (str(error), error.message, error.type) == ("no", "no", "validation")
    assert (error.action, error.request_id, error.data) == ("a", "1", {"x": 1})
    assert errors.Busy("later").type == "busy"


def test_a_signal_is_no_error() -> None:
    """No handler of errors may swallow a signal."""
    assert not issubclass(errors.Interrupted, Exception)
    with pytest.raises(errors.Interrupted) as raised:
        raise errors.Interrupted(15)
    assert (raised.value.signum, raised.value.unknown_request_ids) == (15, [])


def test_a_failure_is_for_good_unless_it_says_that_it_passes() -> None:
    """Nothing was sent; only who names a failure passing has another try made."""
    assert isinstance(ConnectFailed("gone"), NotConnected)
    assert not ConnectFailed("gone").transient
    assert ConnectFailed("gone", transient=True).transient


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "no answer in time"),
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), "no answer in time"),
        (OSError(errno.EPIPE, os.strerror(errno.EPIPE)), "broken pipe"),
        (OSError("Out of Luck"), "out of luck"),
        (ConnectionResetError(), "connectionreseterror"),
    ],
)
def test_a_cause_is_told_by_the_words_of_the_system(error: OSError, words: str) -> None:
    """Its words in lower case; the name of the error where there are none."""
    assert os_error_text(error) == words

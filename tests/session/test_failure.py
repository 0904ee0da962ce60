"""Why there is no way to a server: in one form, whichever part of the way is missing."""

import errno
import os

import pytest

from rtmcli.errors import NotConnected
from rtmcli.session.failure import Failed, cause_of


def test_a_failure_is_for_good_unless_it_says_that_it_passes() -> None:
    """Nothing was sent; only who names a failure passing has another try made."""
    assert isinstance(Failed("gone"), NotConnected)
    assert not Failed("gone").passing
    assert Failed("gone", passing=True).passing


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
    assert cause_of(error) == words

"""Suggestions for a slip of the finger."""

import pytest

from rtmcli.protocol.suggestions import did_you_mean

CANDIDATES = ["ban-customer", "get-customers", "update-customer"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("ban-costumer", "; did you mean ban-customer?"),
        ("get-customer", "; did you mean get-customers or ban-customer?"),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_the_nearest_word_is_named(word: str, said: str) -> None:
    """The nearest first, if any is near enough; otherwise nothing."""
    assert did_you_mean(word, CANDIDATES) == said


def test_two_words_that_are_as_near_are_both_named() -> None:
    """But no more than two."""
    assert did_you_mean("tag", ["tags", "tagg", "tagz"]).count(" or ") == 1


def test_without_a_near_word_something_else_may_be_said() -> None:
    """Such as where to look."""
    assert did_you_mean("xyz", CANDIDATES, "; see rtm --help") == "; see rtm --help"

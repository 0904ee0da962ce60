"""Suggestions for misspelled words."""

import pytest

from rtmcli.protocol.suggestions import did_you_mean, nearest

CANDIDATES = ["ban-customer", "get-customers", "update-customer"]


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [
        ("ban-costumer", "; did you mean ban-customer?"),
        ("get-customer", "; did you mean get-customers or ban-customer?"),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_similar_words_are_suggested(word: str, suggestion: str) -> None:
    """The most similar first; nothing if none is similar enough."""
    assert did_you_mean(word, CANDIDATES) == suggestion


def test_at_most_two_words_are_suggested() -> None:
    """Even if more are equally similar."""
    assert did_you_mean("tag", ["tags", "tagg", "tagz"]).count(" or ") == 1


def test_the_default_is_returned_if_no_word_is_similar() -> None:
    """For example a reference to the help."""
    assert did_you_mean("xyz", CANDIDATES, "; see rtm --help") == "; see rtm --help"


@pytest.mark.parametrize(
    ("word", "match"),
    [
        ("custmer_id", "customer_id"),
        ("customerId", "customer_id"),
        ("tpye", "type"),
        ("types", "type"),
        ("created_at", ""),
        ("", ""),
        ("type" * 1000, ""),
    ],
)
def test_the_nearest_candidate_is_what_was_meant(word: str, match: str) -> None:
    """T144: typing errors, plurals and camel case; not words that share some letters."""
    assert nearest(word, frozenset({"customer_id", "type", "name"})) == match

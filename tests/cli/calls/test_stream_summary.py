"""The exit status of a stream."""

from collections import Counter

import pytest

from rtmcli.cli.calls.stream_summary import EXIT_CODES, exit_code_for
from rtmcli.errors import AuthError, Busy, NotConnected, OutcomeUnknown, Refused, UsageError


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ({}, 0),
        ({"ok": 5}, 0),
        ({"ok": 5, "refused": 1}, 9),
        ({"busy": 1}, 9),
        ({"usage": 1, "refused": 1}, 2),
        ({"not_sent": 1, "usage": 1}, 5),
        ({"auth": 1, "not_sent": 1}, 4),
        ({"unknown": 1, "auth": 1, "not_sent": 1, "usage": 1, "refused": 1, "busy": 1}, 7),
    ],
)
def test_the_most_severe_record_decides(counts: dict[str, int], status: int) -> None:
    """The order is: unknown, not authorized, not sent, not valid, refused."""
    assert exit_code_for(Counter(counts)) == status


def test_every_status_of_a_record_has_an_exit_status() -> None:
    """That of the error, except for calls that the server refused: they share 9."""
    errors = (OutcomeUnknown, AuthError, NotConnected, UsageError, Refused, Busy)
    assert {error.status: error.exit_code for error in errors} == EXIT_CODES | {
        "refused": 3,
        "busy": 6,
    }

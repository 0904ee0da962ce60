"""Which push a call waits for. `tests/e2e/test_wait.py` tests the waiting."""

from typing import Any

import pytest

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.calls.wait import make_waiter
from rtmcli.errors import UsageError

NO_OPTIONS = {"wait": None, "wait_for": None, "wait_timeout": None, "no_validate": None}
BAN = API.methods["ban_customer"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wait_timeout": 1.0}, "--wait-timeout needs --wait or --wait-for"),
        (
            {"wait": True, "wait_for": "customer_banned"},
            "--wait-for replaces --wait; give one of them",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], message: str) -> None:
    """A timeout needs something to wait for, and only one push confirms a call."""
    with pytest.raises(UsageError) as info:
        make_waiter(API, BAN, NO_OPTIONS | options)
    assert info.value.message == message


def test_a_push_must_be_one_of_the_version() -> None:
    """The error suggests the nearest name; `--no-validate` accepts any."""
    options = NO_OPTIONS | {"wait_for": "customer_baned"}
    with pytest.raises(UsageError, match="customer_banned"):
        make_waiter(API, BAN, options)
    assert make_waiter(API, BAN, options | {"no_validate": True})
    assert make_waiter(API, BAN, NO_OPTIONS | {"wait": True})

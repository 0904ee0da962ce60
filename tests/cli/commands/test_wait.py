"""`--wait-timeout`; tests/e2e/test_wait.py tests the wait."""

import pytest

from rtmcli.cli.commands.wait import wait_timeout
from rtmcli.errors import UsageError


@pytest.mark.parametrize(("text", "seconds"), [(None, 10.0), ("500ms", 0.5), ("2m", 120.0)])
def test_the_timeout_is_a_duration(text: str | None, seconds: float) -> None:
    """The default is ten seconds."""
    assert wait_timeout({"wait_timeout": text}) == seconds


def test_a_timeout_of_zero_is_rejected() -> None:
    """It would always expire."""
    with pytest.raises(UsageError, match="--wait-timeout must be more than zero"):
        wait_timeout({"wait_timeout": "0s"})

"""`--wait-timeout`; what waiting does stands in tests/e2e/test_wait.py."""

import pytest

from rtmcli.cli.commands.wait import wait_timeout
from rtmcli.errors import UsageError


@pytest.mark.parametrize(("text", "seconds"), [(None, 10.0), ("500ms", 0.5), ("2m", 120.0)])
def test_patience_is_a_duration(text: str | None, seconds: float) -> None:
    """Ten seconds where nothing is said."""
    assert wait_timeout({"wait_timeout": text}) == seconds


def test_no_patience_at_all_is_refused() -> None:
    """A wait of nothing would always fail."""
    with pytest.raises(UsageError, match="--wait-timeout must be more than zero"):
        wait_timeout({"wait_timeout": "0s"})

"""`--max-items`; what following pages does stands in tests/test_all_pages.py."""

import pytest

from rtmcli.cli.paging import most
from rtmcli.errors import UsageError


@pytest.mark.parametrize(("text", "wanted"), [(None, None), ("1", 1), ("250", 250)])
def test_a_number_of_items_is_whole(text: str | None, wanted: int | None) -> None:
    """All of them where nothing is said."""
    assert most({"max_items": text}) == wanted


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "", "²"])
def test_anything_else_is_refused(text: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match="--max-items must be a whole number from 1 on"):
        most({"max_items": text})

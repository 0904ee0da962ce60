"""`--max-items`; what following pages does stands in tests/e2e/test_all_pages.py."""

import pytest

from rtmcli.cli.commands.all_pages import parse_max_items
from rtmcli.errors import UsageError


@pytest.mark.parametrize(("text", "wanted"), [(None, None), ("1", 1), ("250", 250)])
def test_a_number_of_items_is_whole(text: str | None, wanted: int | None) -> None:
    """All of them where nothing is said."""
    assert parse_max_items({"max_items": text}) == wanted


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "", "²"])
def test_anything_else_is_refused(text: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match="--max-items must be a whole number from 1 on"):
        parse_max_items({"max_items": text})

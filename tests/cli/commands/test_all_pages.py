"""`--max-items`; tests/e2e/test_all_pages.py tests the pages."""

import pytest

from rtmcli.cli.commands.all_pages import parse_max_items
from rtmcli.errors import UsageError


@pytest.mark.parametrize(("text", "expected"), [(None, None), ("1", 1), ("250", 250)])
def test_max_items_is_a_whole_number(text: str | None, expected: int | None) -> None:
    """By default all items are printed."""
    assert parse_max_items({"max_items": text}) == expected


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "", "²"])
def test_anything_else_is_rejected(text: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match="--max-items must be a whole number, 1 or more"):
        parse_max_items({"max_items": text})

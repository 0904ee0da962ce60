"""Cells from items, and texts from values."""

from typing import Any

import pytest

from rtmcli.cli.io.formats import cells
from rtmcli.cli.io.formats.cells import item_cells, redact_value, to_text
from rtmcli.protocol.json_codec import RawNumber
from rtmcli.protocol.redaction import Redactor


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        ("a\nb", "a\nb"),
        (None, ""),
        (True, "true"),
        (0, "0"),
        (-1.5, "-1.5"),
        (RawNumber("12345678901234567890123"), "12345678901234567890123"),
        ({"a": [1]}, '{"a":[1]}'),
        ([], "[]"),
    ],
)
def test_a_value_has_a_text(value: Any, text: str) -> None:
    """A string is itself, null is nothing, all else is JSON."""
    assert to_text(value) == text


def test_an_item_has_one_cell_for_each_column() -> None:
    """Values of arrays are joined; a missing one, null and a wrong type are empty."""
    item = {"id": "A", "users": [{"name": "Ann"}, {"name": None}, {"name": "Bo"}], "n": 0, "x": 5}
    columns = ("id", "users.name", "n", "missing.path", "x.y")
    assert item_cells(item, columns) == ["A", "Ann, Bo", "0", "", ""]
    assert item_cells("not an object", columns) == [""] * 5


def test_secrets_are_redacted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in JSON: a whole secret only, in any member; other values stay the same object."""
    monkeypatch.setattr(cells, "redactor", Redactor(["dal:sesame-open"]))
    assert redact_value({"a": ["Bearer dal:sesame-open"]}) == {"a": ["Bearer ***"]}
    value = {"a": "dal:sesame"}
    assert redact_value(value) is value

"""Lists as a table: aligned, as wide as the terminal, and inert."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.cli.io.formats.table import TableFormatter, column_widths, short_names

COLUMNS = ("id", "user.name")
COLOR = re.compile("\x1b\\[[0-9;]*m")
texts = st.text(st.characters() | st.sampled_from("\x1b\r\n\t[]/日é\u0301"), max_size=60)


def format_items(
    *pages: list[Any], terminal_width: int | None = None, use_color: bool = False
) -> list[str]:
    """Format pages of items; return the lines."""
    formatter = TableFormatter(COLUMNS, terminal_width=terminal_width, use_color=use_color)
    data = b"".join(map(formatter.format_items, pages)).decode()
    assert data.endswith("\n")
    return data[:-1].split("\n")


def item(id_: str, name: Any) -> dict[str, Any]:
    """Return an item."""
    return {"id": id_, "user": {"name": name}}


def test_columns_are_aligned() -> None:
    """Two spaces between them, none at the end; wide characters count as two cells."""
    assert format_items([item("A", "Ann"), item("日本", "Bo"), item("C", None)]) == [
        "id    name",
        "A     Ann",
        "日本  Bo",
        "C",
    ]


def test_the_first_page_decides_the_widths() -> None:
    """In a file, a longer cell of a later page makes its line longer; the header comes once."""
    assert format_items([item("A", "Ann")], [item("ABCDEF", "Bo")], [item("B", "Cy")]) == [
        "id  name",
        "A   Ann",
        "ABCDEF  Bo",
        "B   Cy",
    ]


def test_a_terminal_folds_long_cells() -> None:
    """Nothing is cut; the text continues in its column, on later pages, too."""
    assert format_items([item("ABCDEFGH", "Ann")], [item("B", "abcdefgh")], terminal_width=10) == [
        "id    name",
        "ABCD  Ann",
        "EFGH",
        "B     abcd",
        "      efgh",
    ]


def test_a_long_cell_is_folded_at_a_space() -> None:
    """If it has one where it is too long, and inside a word otherwise."""
    lines = format_items([item("A", "Ann Lee, Jo, Bartholomew")], terminal_width=12)
    assert lines == ["id  name", "A   Ann Lee,", "    Jo,", "    Bartholo", "    mew"]


def test_an_empty_list_is_the_header() -> None:
    """As for CSV."""
    assert format_items([]) == ["id  name"]


def test_the_header_is_bold_on_a_terminal() -> None:
    """Nothing else is colored."""
    lines = format_items([item("A", "[b]Ann[/b]")], use_color=True)
    assert lines == ["\x1b[1mid  name\x1b[0m", "A   [b]Ann[/b]"]


@given(st.lists(st.tuples(texts, texts)), st.sampled_from([40, 80, 200]))
def test_lines_fit_the_terminal_and_lose_nothing(rows: list[tuple[str, str]], width: int) -> None:
    """Whatever the text: the pieces of each column are the whole cell, and none is a control."""
    lines = format_items([item(*row) for row in rows], terminal_width=width)
    assert all(cell_len(line) <= width for line in lines)
    shown = "".join(lines)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", shown)
    kept, expected = (
        sorted(re.sub(r"\s", "", text)) for text in (shown, "".join(format_items_unfolded(rows)))
    )
    assert kept == expected


def format_items_unfolded(rows: list[tuple[str, str]]) -> list[str]:
    """Format the same rows for a file."""
    return format_items([item(*row) for row in rows])


@pytest.mark.parametrize("version", VERSIONS)
def test_names_of_columns_are_short_and_different(version: str) -> None:
    """The end of the path, as long as needed."""
    for method in load(version).methods.values():
        names = short_names(method.columns)
        assert len(set(names)) == len(names)
        assert all(
            f".{path}".endswith(f".{name}")
            for path, name in zip(method.columns, names, strict=True)
        )


def test_a_name_is_not_the_end_of_another_path() -> None:
    """`id` alone would be ambiguous, unless it is a path itself."""
    assert short_names(("chat.id", "chat.thread.id", "chat.users.name")) == [
        "chat.id",
        "thread.id",
        "name",
    ]
    assert short_names(("id", "last.id")) == ["id", "last.id"]


@pytest.mark.parametrize(
    ("lengths", "terminal_width", "widths"),
    [
        ((36, 10, 20), 80, [36, 10, 20]),
        ((36, 10, 20), 50, [18, 10, 18]),
        ((36, 3, 20), 10, [4, 3, 4]),
        ((500, 1, 1), None, [100, 1, 1]),
    ],
)
def test_the_widest_columns_become_narrower(
    lengths: tuple[int, ...], terminal_width: int | None, widths: list[int]
) -> None:
    """Down to a minimum; without a terminal, only the alignment of very long texts is given up."""
    assert column_widths([["x" * length for length in lengths]], terminal_width) == widths


def test_ids_are_not_folded() -> None:
    """Other columns become narrower instead, since people copy ids."""
    customer_id = "b7eff798-f8df-4364-8059-649c35c9ed0c"
    rows = [["id", "email", "last.thread_id"], [customer_id, "a-long-name@example.com", "K600"]]
    assert [column_widths(rows, width) for width in (120, 70, 60)] == [
        [36, 23, 14],
        [36, 16, 14],
        [36, 6, 14],
    ]
    assert sum(column_widths(rows, 30)) + 4 == 30

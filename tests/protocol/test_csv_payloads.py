"""Payloads of a stream of CSV bytes."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Method, Param, ParamType
from rtmcli.protocol.csv_payloads import CSVParser
from rtmcli.protocol.json_codec import RawNumber
from rtmcli.protocol.json_stream import StreamItem, UnreadableInput

METHOD = Method(
    "act",
    "Act.",
    params=(
        Param("id", ParamType.STRING),
        Param("n", ParamType.INTEGER),
        Param("ratio", ParamType.NUMBER),
        Param("any_id", ParamType.ID),
        Param("is_on", ParamType.BOOLEAN),
        Param("is_set", ParamType.OPTIONAL_BOOLEAN),
        Param("tags", ParamType.STRINGS),
        Param("numbers", ParamType.INTEGERS),
        Param("objects", ParamType.OBJECTS),
        Param("ban", ParamType.OBJECT),
        Param("ban.days", ParamType.INTEGER),
        Param("event.type", ParamType.STRING),
        Param("event.text", ParamType.STRING, alias="--text", implies=("event.type", "message")),
        Param("token", ParamType.STRING, set_by_session=True),
    ),
)


def parse(data: str | bytes, parser: CSVParser | None = None) -> list[StreamItem]:
    """Parse a whole input."""
    parser = parser or CSVParser(METHOD)
    parser.feed(data.encode() if isinstance(data, str) else data)
    parser.feed_eof()
    items = []
    while item := parser.next_item():
        items.append(item)
    return items


@pytest.mark.parametrize(
    ("header", "cell", "payload"),
    [
        ("id", "007", {"id": "007"}),
        ("--id", '{"a":1}', {"id": '{"a":1}'}),
        (" id ", " x ", {"id": " x "}),
        ("n", "-5", {"n": -5}),
        ("ratio", "0.50", {"ratio": 0.5}),
        ("ratio", "1e400", {"ratio": RawNumber("1e400")}),
        ("any_id", "7", {"any_id": 7}),
        ("any-id", "007", {"any_id": "007"}),
        ("is_on", "TRUE", {"is_on": True}),
        ("--is-on", "false", {"is_on": False}),
        ("is_set", "null", {"is_set": None}),
        ("tags", "a", {"tags": ["a"]}),
        ("tags", '["a", "b"]', {"tags": ["a", "b"]}),
        ("numbers", "1", {"numbers": [1]}),
        ("numbers", " [1,2]", {"numbers": [1, 2]}),
        ("objects", '{"a":1}', {"objects": [{"a": 1}]}),
        ("objects", '[{"a":1},{}]', {"objects": [{"a": 1}, {}]}),
        ("ban", '{"days":5}', {"ban": {"days": 5}}),
        ("--ban-days", "5", {"ban": {"days": 5}}),
        ("ban-days", "5", {"ban": {"days": 5}}),
        ("text", "hi", {"event": {"type": "message", "text": "hi"}}),
        ("--event-text", "hi", {"event": {"type": "message", "text": "hi"}}),
    ],
)
def test_a_cell_is_converted_by_the_type_of_its_parameter(
    header: str, cell: str, payload: dict[str, Any]
) -> None:
    """The header names the path or a flag of the parameter."""
    quoted = cell.replace('"', '""')
    assert parse(f'{header}\n"{quoted}"\n') == [StreamItem(1, payload, "", "line 2")]


@pytest.mark.parametrize(
    ("row", "payload"),
    [
        ("a,,", {"id": "a"}),
        (',5,"{""days"":1,""x"":2}"', {"ban": {"days": 5, "x": 2}}),
    ],
)
def test_an_empty_cell_is_not_given(row: str, payload: dict[str, Any]) -> None:
    """The member of an object refines the object, whichever column comes first."""
    assert [item.value for item in parse(f"id,ban.days,ban\n{row}")] == [payload]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'=1+2", "=1+2"),
        ("'+1", "+1"),
        ("'-1", "-1"),
        ("'@x", "@x"),
        ("'\t", "\t"),
        ("'\rx", "\rx"),
        ("'a", "'a"),
        ("''=x", "'=x"),
        ("'", "'"),
        ("=1", "=1"),
        ("a'=", "a'="),
    ],
)
def test_the_mark_before_a_formula_is_removed(cell: str, text: str) -> None:
    """Exactly what protects a spreadsheet, and nothing else."""
    [item] = parse(f'id\n"{cell}"\n')
    assert item.value == {"id": text}


@pytest.mark.parametrize(
    ("header", "row", "error"),
    [
        ("id,n", "a,x", 'line 2, column n: must be an integer, not "x"'),
        ("n,ratio", "1.5,x", 'column n: must be an integer, not "1.5"; column ratio: must be'),
        ("is_on", "yes", 'line 2, column is_on: must be true or false, not "yes"'),
        ("is_on", "null", 'line 2, column is_on: must be true or false, not "null"'),
        ("tags", "[a", "line 2, column tags: is not a valid JSON array: "),
        ("ban", "{", "line 2, column ban: is not valid JSON: "),
        ("ban,ban.days", "[],5", "line 2, column ban.days: cannot be set: "),
        ("id,n", "a", "line 2: the number of cells is 1, in the header 2"),
        ("id,n", "a,1,", "line 2: the number of cells is 3, in the header 2"),
        ("id,n", ",", "line 2 has no values; remove the row"),
        ("id,n", '"', "line 2: the input ends within a quoted cell"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(header: str, row: str, error: str) -> None:
    """The row is an item with an error."""
    [item] = parse(f"{header}\n{row}")
    assert error in item.error
    assert (item.number, item.value, item.error.isprintable()) == (1, None, True)


def test_parsing_goes_on_after_a_bad_cell_but_not_after_a_bad_quote() -> None:
    """Input counts rows of data, messages name lines; what follows a bad quote is ignored."""
    parser = CSVParser(METHOD)
    items = parse(b'id\n"a\nb"\n\n\xff\nc\n"d"e\nf\n', parser)
    assert [(item.number, item.value, item.position) for item in items] == [
        (1, {"id": "a\nb"}, "line 2"),
        (2, None, ""),
        (3, {"id": "c"}, "line 6"),
        (4, None, ""),
    ]
    assert items[1].error.startswith("line 5, column id: not UTF-8; ")
    assert items[3].error.startswith("line 7: invalid CSV: ")
    assert items[3].error.endswith("; the rest of the input is ignored")
    assert (parser.stopped, parser.item_count) == (True, 4)
    fed = parser.bytes_fed
    parser.feed(b"g\n")
    assert (parser.next_item(), parser.bytes_fed, parser.bytes_parsed < fed) == (None, fed, True)


def test_cells_that_a_flag_overrides_are_ignored() -> None:
    """As the members of a JSON value that a flag overrides."""
    parser = CSVParser(METHOD, ("n",))
    assert [item.value for item in parse("id,n\na,x\n", parser)] == [{"id": "a"}]


def test_text_is_kept_without_validation() -> None:
    """As flags do with --no-validate."""
    parser = CSVParser(METHOD, lenient=True)
    assert [item.value for item in parse("n,is_on,tags\nx,yes,[a\n", parser)] == [
        {"n": "x", "is_on": "yes", "tags": "[a"}
    ]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (
            "Name,id,,\x1b[2J\n",
            (
                "line 1: the header has columns that are not parameters: Name, column 3, which has"
                " no name, \\u001b[2J; drop or rename them; the parameters are id, n, ratio, "
            ),
        ),
        ("id;token", "line 1: the header has columns that are not parameters: token; "),
        (
            "Ban Days;id\n",
            (
                "line 1: the header has columns that are not parameters: "
                "Ban Days (did you mean ban.days?); "
            ),
        ),
        ("id,n,id\n", "line 1: column id appears twice; drop one"),
        ("ban.days,--ban-days\n", "line 1: columns ban.days and --ban-days are the same parameter"),
        (b"\n\xff\n", "line 2: the header is not UTF-8; "),
        (b"id\n".decode().encode("utf-16"), "it is UTF-16; "),
        ('"id', "line 1: the input ends within a quoted cell"),
    ],
)
def test_a_header_that_cannot_be_used_makes_the_input_unreadable(
    data: str | bytes, error: str
) -> None:
    """The error lists what to drop and what there is."""
    parser = CSVParser(METHOD)
    with pytest.raises(UnreadableInput) as caught:
        parse(data, parser)
    assert str(caught.value).startswith(error)
    assert (parser.item_count, parser.stopped, parser.next_item()) == (0, True, None)


def test_many_unknown_columns_are_counted() -> None:
    """A method without parameters says so."""
    parser = CSVParser(Method("act", "Act."))
    with pytest.raises(UnreadableInput, match=r"x19 and 5 more; .* the method has no parameters"):
        parse(",".join(f"x{number}" for number in range(25)), parser)


def test_an_input_without_a_header_is_empty() -> None:
    """It has no payloads, and is no error."""
    assert parse("\ufeff\r\n") == []

"""TOML text: lines of errors, and edits that keep the rest."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.settings.toml import TOMLError, get_path, line_of, loads, with_value

FILE = """\
# mine
default_profile = "work"   # the usual one

[profiles.work]
region = "fra"
# from the vault
token_command = [
    "pass",
    "show",
]

[profiles.home]
note = '''
[profiles.fake]
region = 1
'''
timeout = 5
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a = 1\nb = "open\n', 2),
        ("a = 1\na = 2\n", 2),
        ("a = [1,\n", 2),
        ("= 1", 1),
        ("a = 1979-99-99\n", 1),
        ("a = " + "[" * 5000 + "\n", 2),
        ("a = " + "9" * 5000 + "\n", 2),
    ],
)
def test_an_error_has_a_line(text: str, line: int) -> None:
    """It counts from 1; if the parser names none, it is the last one."""
    with pytest.raises(TOMLError) as caught:
        loads(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["default_profile"], 2),
        (["profiles"], 4),
        (["profiles", "work"], 4),
        (["profiles", "work", "token_command"], 7),
        (["profiles", "home", "note"], 13),
        (["profiles", "home", "timeout"], 17),
    ],
)
def test_the_line_of_a_key(keys: list[str], line: int) -> None:
    """It is the first line of the statement, also after multi-line values."""
    assert line_of(FILE, keys) == line


@pytest.mark.parametrize(
    ("text", "keys", "line"),
    [
        ("\n" * 60_000 + "x = 1\n", ["x"], 60_001),
        (
            "".join(f"[profiles.p{number}]\ntimeout = 5\n" for number in range(3000)),
            ["profiles", "p2999", "timeout"],
            6000,
        ),
        ("a = [\n" + "1,\n" * 50_000 + "]\nb = 2\n", ["b"], 50_003),
        ("a = '''" + "\n" * 60_000 + "'''\nb = 2\n", ["b"], 60_002),
    ],
    ids=["blank lines", "profiles", "a long array", "a long string"],
)
def test_the_time_is_proportional_to_the_text(text: str, keys: list[str], line: int) -> None:
    """T131: to parse it once for each of these lines would exceed the time limit of a test."""
    assert line_of(text, keys) == line
    assert get_path(loads(with_value(text, keys, 7)), keys) == 7


def test_lines_may_end_as_on_windows() -> None:
    """Each statement has its line."""
    text = FILE.replace("\n", "\r\n")
    assert line_of(text, ["profiles", "home", "timeout"]) == 17
    assert with_value(text, ["profiles", "home", "timeout"], None) == text.replace(
        "timeout = 5\r\n", ""
    )


@pytest.mark.parametrize(
    "value",
    [
        '""" [ \\""" { # """',
        '"""x"""""',
        "''' [ \\'''''",
        '" \\" [ # "',
        "' \\'",
        "[ '[', { a = 1 } ] # [",
        "[[\n1, # ]\n], [\n2]]",
    ],
)
def test_brackets_and_quotes_in_values_do_not_count(value: str) -> None:
    """Only brackets outside of strings and comments join lines."""
    assert line_of(f"[[t]]\nx = {value}\n[y]\nz = 1\n", ["y", "z"]) == value.count("\n") + 4


def test_a_value_is_replaced_in_place() -> None:
    """Comments and order are kept."""
    edited = with_value(FILE, ["profiles", "work", "token_command"], "pass show x")
    before, _, after = FILE.partition('token_command = [\n    "pass",\n    "show",\n]\n')
    assert edited == before + 'token_command = "pass show x"\n' + after


def test_a_new_value_comes_first_in_its_table() -> None:
    """It follows the header of an existing table."""
    edited = with_value(FILE, ["profiles", "home", "region"], "dal")
    assert edited == FILE.replace("[profiles.home]\n", '[profiles.home]\nregion = "dal"\n')


def test_a_new_table_comes_last() -> None:
    """It is added with its value."""
    edited = with_value(FILE, ["profiles", "new", "timeout"], "5s")
    assert edited == FILE + '\n[profiles.new]\ntimeout = "5s"\n'


def test_a_top_level_value_comes_before_the_tables() -> None:
    """After a table, it would belong to that table."""
    assert with_value("[profiles.a]\n", ["x"], "y") == 'x = "y"\n[profiles.a]\n'


def test_a_value_is_removed_with_its_line() -> None:
    """Nothing else is removed."""
    edited = with_value(FILE, ["profiles", "home", "timeout"], None)
    assert edited == FILE.replace("timeout = 5\n", "")


@pytest.mark.parametrize(
    "text",
    [
        'profiles = { work = { region = "fra" } }\n',
        'profiles.work.region = "fra"\n',
        "profiles = {}\n",
        "",
    ],
)
def test_another_layout_is_rewritten(text: str) -> None:
    """If a line cannot be edited, the values are still right."""
    edited = with_value(text, ["profiles", "work", "timeout"], "5s")
    expected = loads(text).get("profiles", {}).get("work", {}) | {"timeout": "5s"}
    assert loads(edited) == {"profiles": {"work": expected}}


names = st.sampled_from(["a", "b", "c"])
values = st.one_of(
    st.text(max_size=8), st.integers(-5, 5), st.booleans(), st.lists(st.text(max_size=3))
)
edits = st.lists(st.tuples(names, names, st.none() | values), max_size=12)


@given(edits)
def test_edits_result_in_the_document_they_describe(
    changes: list[tuple[str, str, Any]],
) -> None:
    """After any edits, a TOML parser reads what they say."""
    document: dict[str, Any] = {}
    text = "# a comment\n"
    for profile, key, value in changes:
        tables: dict[str, dict[str, Any]] = document.setdefault("profiles", {})
        if value is None:
            if key not in tables.get(profile, {}):
                continue
            del tables[profile][key]
        else:
            tables.setdefault(profile, {})[key] = value
        text = with_value(text, ["profiles", profile, key], value)
        assert tomllib.loads(text) == document
        assert text.startswith("# a comment\n")


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["a"], {"b": 1}),
        (["a", "b"], 1),
        (["a", "b", "c"], None),
        (["x"], None),
        ([], {"a": {"b": 1}}),
    ],
)
def test_the_value_at_a_path(keys: list[str], value: Any) -> None:
    """A missing one is None."""
    assert get_path({"a": {"b": 1}}, keys) == value

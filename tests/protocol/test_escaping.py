"""Escaping of characters that control a terminal, in JSON and in text."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.escaping import (
    escape_cell,
    escape_json,
    escape_line,
    escape_text,
    excerpt,
    guard_formula,
    unguard_formula,
)
from rtmcli.protocol.json_codec import dumps

UNSAFE = "\x7f\x80\x85\x9b\x9f\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
characters = st.characters(codec="utf-8")
unsafe_texts = st.text(
    st.one_of(characters, st.sampled_from(UNSAFE), st.characters(categories=["Cc"]))
)


@given(st.recursive(unsafe_texts, lambda inner: st.dictionaries(unsafe_texts, inner, max_size=3)))
def test_escaped_json_is_safe_and_has_the_same_value(value: object) -> None:
    """It contains no character that a terminal interprets."""
    escaped = escape_json(dumps(value)).decode()
    assert json.loads(escaped) == value
    assert not [character for character in escaped if is_unsafe(character)]


@given(unsafe_texts)
def test_escaped_text_is_safe_and_one_line(text: str) -> None:
    """Line ends are escaped, too."""
    escaped = escape_text(text)
    assert not [character for character in escaped if is_unsafe(character)]
    assert len(escaped.splitlines()) <= 1


@given(unsafe_texts)
def test_safe_characters_are_unchanged(text: str) -> None:
    """In text and in JSON."""
    safe = "".join(character for character in text if not is_unsafe(character))
    assert escape_text(safe) == safe
    assert escape_json(safe.encode()).decode() == safe


@pytest.mark.parametrize("character", [*UNSAFE, *map(chr, (*range(0x20), 0xD800, 0xDFFF))])
def test_each_unsafe_character_is_escaped_in_text(character: str) -> None:
    """These are control characters, direction marks and lone surrogates."""
    assert escape_text(f"a{character}b") == f"a\\u{ord(character):04x}b"


@pytest.mark.parametrize("character", UNSAFE)
def test_each_unsafe_character_is_escaped_in_json(character: str) -> None:
    """Also if it is the only unsafe one."""
    assert escape_json(f'"{character}"'.encode()) == b'"\\u%04x"' % ord(character)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ""),
        (b"plain", "plain"),
        (b"\x1b[2J\r\n", "\\u001b[2J\\u000d\\u000a"),
        (b"\xff\x00", "\\xff\\u0000"),
        (b"x" * 10, "x" * 10),
        (b"x" * 11, "x" * 10 + "…"),
        ("é".encode() * 5 + b"x", "é" * 5 + "…"),
    ],
)
def test_an_excerpt_is_short_and_safe(data: bytes, expected: str) -> None:
    """The limit is in bytes; invalid UTF-8 is escaped."""
    assert excerpt(data, 10) == expected


def is_unsafe(character: str) -> bool:
    """Return whether a terminal may interpret a character, by its Unicode properties."""
    direction = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    return (
        unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs")
        or unicodedata.bidirectional(character) in direction
        or character in "\u061c\u200e\u200f"
    )


@given(unsafe_texts)
def test_a_line_has_no_line_end_and_no_margin(text: str) -> None:
    """White space becomes one space; all else is escaped."""
    line = escape_line(text)
    assert line == escape_text(line) == " ".join(line.split())


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a\tb\r\nc", "a\tb\r\nc"),
        ("\u200fa\u2028", "\u200fa\u2028"),
        ("\x00\x1b[2J\x7f\x9b", "\\u0000\\u001b[2J\\u007f\\u009b"),
        ("\ud800", "\\ud800"),
    ],
)
def test_a_cell_keeps_tabs_line_ends_and_marks(text: str, cell: str) -> None:
    """They belong to the data; other control characters are escaped."""
    assert escape_cell(text) == cell


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("", ""),
        ("=", "'="),
        ("+1", "+1"),
        ("-1,5", "'-1,5"),
        ("@a", "'@a"),
        ("1+1", "1+1"),
        ("'=", "''="),
    ],
)
def test_a_formula_follows_an_apostrophe(text: str, guarded: str) -> None:
    """A number is no formula."""
    assert guard_formula(text) == guarded


@given(st.text("'=+-@\t\r1a", max_size=5))
def test_the_apostrophe_of_a_formula_can_be_removed(text: str) -> None:
    """Exactly what was added, and nothing else."""
    assert unguard_formula(guard_formula(text)) == text
    assert unguard_formula(f"x{text}") == f"x{text}"

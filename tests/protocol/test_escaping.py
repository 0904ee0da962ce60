"""Escaping: what a terminal would obey gets out neither as JSON nor as text."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.escaping import escape_json, escape_text, excerpt
from rtmcli.protocol.json_codec import dumps

UNSAFE = "\x7f\x80\x85\x9b\x9f\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
characters = st.characters(codec="utf-8")
unsafe_texts = st.text(
    st.one_of(characters, st.sampled_from(UNSAFE), st.characters(categories=["Cc"]))
)


@given(st.recursive(unsafe_texts, lambda inner: st.dictionaries(unsafe_texts, inner, max_size=3)))
def test_json_keeps_its_value_and_loses_what_a_terminal_obeys(value: object) -> None:
    """Escaped JSON reads the same, and holds no character that a terminal would obey."""
    shown = escape_json(dumps(value)).decode()
    assert json.loads(shown) == value
    assert not [character for character in shown if is_unsafe(character)]


@given(unsafe_texts)
def test_text_loses_what_a_terminal_obeys_and_stays_on_its_line(text: str) -> None:
    """Escaped text holds no control character at all, line ends included."""
    shown = escape_text(text)
    assert not [character for character in shown if is_unsafe(character)]
    assert len(shown.splitlines()) <= 1


@given(unsafe_texts)
def test_nothing_else_is_changed(text: str) -> None:
    """Without what a terminal obeys a text stays as it is, as text and as JSON."""
    harmless = "".join(character for character in text if not is_unsafe(character))
    assert escape_text(harmless) == harmless
    assert escape_json(harmless.encode()).decode() == harmless


@pytest.mark.parametrize("character", [*UNSAFE, *map(chr, (*range(0x20), 0xD800, 0xDFFF))])
def test_each_obeyed_character_is_spelled_out(character: str) -> None:
    """Each control character, direction mark and half of a surrogate shows as its number."""
    assert escape_text(f"a{character}b") == f"a\\u{ord(character):04x}b"


@pytest.mark.parametrize("character", UNSAFE)
def test_each_obeyed_character_that_json_may_hold_is_spelled_out_in_it(character: str) -> None:
    """Alone in its text it is seen as well."""
    assert escape_json(f'"{character}"'.encode()) == b'"\\u%04x"' % ord(character)


@pytest.mark.parametrize(
    ("data", "quote"),
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
def test_an_excerpt_is_short_and_harmless(data: bytes, quote: str) -> None:
    """Anything at all is quoted on one line, up to the limit in bytes."""
    assert excerpt(data, 10) == quote


def is_unsafe(character: str) -> bool:
    """Tell whether a terminal obeys a character, by what Unicode says of it."""
    direction = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    return (
        unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs")
        or unicodedata.bidirectional(character) in direction
        or character in "\u061c\u200e\u200f"
    )

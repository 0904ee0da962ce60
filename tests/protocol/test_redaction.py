"""Masking: whatever a token is, and however it is spelled, it does not pass."""

import base64
import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.redaction import PLACEHOLDER, Redactor

TOKEN = "dal:Zx81_Qy42-e+/='\"\\%~,{}"
tokens = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=80)

ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": lambda token: token,
    "JSON": lambda token: json.dumps(token)[1:-1],
    "JSON in JSON": lambda token: json.dumps(json.dumps(token)[1:-1])[1:-1],
    "repr": lambda token: repr(token)[1:-1],
    "URL": lambda token: quote(token, safe=""),
    "URL in lower case": lambda token: re.sub("%..", lambda code: code[0].lower(), quote(token)),
    "path": quote,
    "form": quote_plus,
    "Base64": lambda token: base64.b64encode(token.encode()).decode(),
    "Base64 for URLs": lambda token: base64.urlsafe_b64encode(token.encode()).decode(),
}
every_encoding = pytest.mark.parametrize("spell", ENCODINGS.values(), ids=ENCODINGS)


@every_encoding
@given(token=tokens)
def test_no_spelling_of_a_token_passes_in_text(spell: Callable[[str], str], token: str) -> None:
    """However a token is spelled, neither it nor a piece of eight characters is left in a line."""
    spelled = spell(token)
    hidden = Redactor([token]).redact_text(f"\t{spelled}\t".encode()).decode()
    assert PLACEHOLDER.decode() in hidden
    assert not fragments(spelled) & fragments(hidden)


@every_encoding
def test_no_spelling_of_a_token_passes_in_json(spell: Callable[[str], str]) -> None:
    """However a token is spelled inside a JSON string, JSON comes back, with asterisks in it."""
    document = {"message": f"bad token: {spell(TOKEN)}", "success": False}
    hidden = Redactor([f"Bearer {TOKEN}"]).redact_json(json.dumps(document).encode())
    assert json.loads(hidden)["message"].rstrip("=") == "bad token: ***"
    assert json.loads(hidden)["success"] is False


@given(token=tokens, before=st.binary(max_size=5), after=st.binary(max_size=5))
def test_base64_of_a_longer_text_gives_nothing_away(
    token: str, before: bytes, after: bytes
) -> None:
    """Wherever a token begins in what is put into Base64, at most three characters of it show."""
    encoded = base64.b64encode(before + token.encode() + after)
    left = Redactor([token]).redact_text(encoded)
    assert PLACEHOLDER in left
    assert (
        len(left) - len(PLACEHOLDER)
        <= len(base64.b64encode(before)) + len(base64.b64encode(after)) + 4
    )


@given(tokens, st.integers(0, 80), st.integers(8, 80))
def test_a_piece_of_a_token_does_not_pass_in_text(token: str, start: int, length: int) -> None:
    """What is left of a token after a line was cut short is hidden from eight characters on."""
    piece = token[start : start + length]
    hidden = Redactor([token]).redact_text(f"cut: {piece}".encode())
    assert hidden == (b"cut: ***" if len(piece) >= 8 else f"cut: {piece}".encode())


@pytest.mark.parametrize(
    ("token", "shown", "hidden"),
    [
        ("12345678", b'{"id":123456789,"n":1}', b'{"id":"***","n":1}'),
        ("12345678", b'{"id":"a12345678b"}', b'{"id":"a***b"}'),
        ("some-token", b'{"some-token":{"x":"y"}}', b'{"***":{"x":"y"}}'),
    ],
)
def test_json_stays_json_whatever_the_token(token: str, shown: bytes, hidden: bytes) -> None:
    """A number that holds the token is replaced as a whole, by a string."""
    assert Redactor([token]).redact_json(shown) == hidden


@pytest.mark.parametrize(
    ("token", "words", "left"),
    [
        ("nabcdefgh", "\nabcdefgh", "***"),  # \\n and the rest spell the token, too
        ("u2028abcd", "\u2028abcd", "***"),
        ("abcdefg\\", "abcdefg\n", "***"),
        ('"abcdefg', "abcdefg", "abcdefg"),  # the quotation mark is not of the string
        ("abcdefgh", "\nabcdefgh\n", "\n***\n"),
        ("abcdefgh", "nothing\n", "nothing\n"),
    ],
)
@pytest.mark.parametrize("hide", [Redactor.redact_json, Redactor.redact_fragments_in_json])
def test_hiding_in_json_cuts_no_escape(
    hide: Callable[[Redactor, bytes], bytes], token: str, words: str, left: str
) -> None:
    """Where a secret, or a piece, begins or ends within an escape, all of the escape is hidden."""
    hidden = hide(Redactor([token]), json.dumps({"message": words, "exit": 3}).encode())
    assert json.loads(hidden) == {"message": left, "exit": 3}


@given(st.text(max_size=30), st.integers(0, 20), st.integers(8, 20))
def test_json_stays_json_whatever_piece_is_hidden(words: str, start: int, length: int) -> None:
    """Any stretch of a line of JSON may be the token; its strings lose it, and no more."""
    line = json.dumps([words])
    token = line[2:-2][start : start + length].replace(" ", "").ljust(8, "x")
    hidden = Redactor([token]).redact_fragments_in_json(line.encode())
    assert len(json.loads(hidden)) == 1
    assert not fragments(token) & fragments(hidden.decode()) or "***" in token


@pytest.mark.parametrize("word", ["true", "type", "test123"])
def test_an_ordinary_word_is_no_secret(word: str) -> None:
    """A secret of fewer than eight characters would blot out words, and is not hidden."""
    assert Redactor([word]).redact_text(f"a {word} word".encode()) == f"a {word} word".encode()


def test_a_scheme_is_not_part_of_the_secret() -> None:
    """`Bearer ` before a token may be shown, and the token is hidden without it too."""
    redactor = Redactor(["Bearer abcdefgh1234"])
    assert redactor.redact_text(b"Bearer abcdefgh1234, abcdefgh1234") == b"Bearer ***, ***"


def test_a_secret_may_be_added_at_any_time() -> None:
    """A renewed token is hidden from then on, and the old one still is."""
    redactor = Redactor(["first-token"])
    assert redactor.redact_json(b'"first-token second-token"') == b'"*** second-token"'
    redactor.add("second-token")
    assert redactor.redact_json(b'"first-token second-token"') == b'"*** ***"'


def test_without_secrets_everything_passes() -> None:
    """A mask that hides nothing changes nothing."""
    assert Redactor().redact_json(b'{"a":1}') == b'{"a":1}'
    assert Redactor().redact_text(b"a line") == b"a line"


def fragments(text: str) -> set[str]:
    """Return every piece of eight characters."""
    return {text[start : start + 8] for start in range(len(text) - 7)}

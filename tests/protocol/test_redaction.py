"""Redaction of any token in any of its encodings."""

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
every_encoding = pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)


@every_encoding
@given(token=tokens)
def test_all_encodings_are_redacted_in_text(encode: Callable[[str], str], token: str) -> None:
    """No fragment of eight characters remains."""
    encoded = encode(token)
    redacted = Redactor([token]).redact_text(f"\t{encoded}\t".encode()).decode()
    assert PLACEHOLDER.decode() in redacted
    assert not fragments(encoded) & fragments(redacted)


@every_encoding
def test_all_encodings_are_redacted_in_json(encode: Callable[[str], str]) -> None:
    """The result is JSON with the placeholder in the string."""
    document = {"message": f"bad token: {encode(TOKEN)}", "success": False}
    redacted = Redactor([f"Bearer {TOKEN}"]).redact_json(json.dumps(document).encode())
    assert json.loads(redacted)["message"].rstrip("=") == "bad token: ***"
    assert json.loads(redacted)["success"] is False


@given(token=tokens, before=st.binary(max_size=5), after=st.binary(max_size=5))
def test_base64_of_a_longer_text_is_redacted(token: str, before: bytes, after: bytes) -> None:
    """At any offset of the token, at most a few Base64 characters of it remain."""
    encoded = base64.b64encode(before + token.encode() + after)
    redacted = Redactor([token]).redact_text(encoded)
    assert PLACEHOLDER in redacted
    assert (
        len(redacted) - len(PLACEHOLDER)
        <= len(base64.b64encode(before)) + len(base64.b64encode(after)) + 4
    )


@given(tokens, st.integers(0, 80), st.integers(8, 80))
def test_fragments_of_a_token_are_redacted_in_text(token: str, start: int, length: int) -> None:
    """A truncated token is redacted if it has at least eight characters."""
    fragment = token[start : start + length]
    redacted = Redactor([token]).redact_text(f"cut: {fragment}".encode())
    assert redacted == (b"cut: ***" if len(fragment) >= 8 else f"cut: {fragment}".encode())


@pytest.mark.parametrize(
    ("token", "data", "redacted"),
    [
        ("12345678", b'{"id":123456789,"n":1}', b'{"id":"***","n":1}'),
        ("12345678", b'{"id":"a12345678b"}', b'{"id":"a***b"}'),
        ("some-token", b'{"some-token":{"x":"y"}}', b'{"***":{"x":"y"}}'),
    ],
)
def test_redacted_json_is_json(token: str, data: bytes, redacted: bytes) -> None:
    """A number that contains the token is replaced by a string."""
    assert Redactor([token]).redact_json(data) == redacted


@pytest.mark.parametrize(
    ("token", "text", "redacted"),
    [
        ("nabcdefgh", "\nabcdefgh", "***"),  # the n of \\n is the first character of the token
        ("u2028abcd", "\u2028abcd", "***"),
        ("abcdefg\\", "abcdefg\n", "***"),
        ('"abcdefg', "abcdefg", "abcdefg"),  # the quote is not part of the string
        ("abcdefgh", "\nabcdefgh\n", "\n***\n"),
        ("abcdefgh", "nothing\n", "nothing\n"),
    ],
)
@pytest.mark.parametrize("redact", [Redactor.redact_json, Redactor.redact_fragments_in_json])
def test_escapes_in_json_are_replaced_as_a_whole(
    redact: Callable[[Redactor, bytes], bytes], token: str, text: str, redacted: str
) -> None:
    """If a secret or a fragment begins or ends within an escape, the result is still JSON."""
    result = redact(Redactor([token]), json.dumps({"message": text, "exit": 3}).encode())
    assert json.loads(result) == {"message": redacted, "exit": 3}


@given(st.text(max_size=30), st.integers(0, 20), st.integers(8, 20))
def test_json_with_redacted_fragments_is_json(text: str, start: int, length: int) -> None:
    """Any part of the JSON text may be the token."""
    line = json.dumps([text])
    token = line[2:-2][start : start + length].replace(" ", "").ljust(8, "x")
    redacted = Redactor([token]).redact_fragments_in_json(line.encode())
    assert len(json.loads(redacted)) == 1
    assert not fragments(token) & fragments(redacted.decode()) or "***" in token


@pytest.mark.parametrize("word", ["true", "type", "test123"])
def test_a_short_secret_is_not_redacted(word: str) -> None:
    """A secret of fewer than eight characters may be an ordinary word."""
    assert Redactor([word]).redact_text(f"a {word} word".encode()) == f"a {word} word".encode()


def test_a_scheme_is_not_part_of_the_secret() -> None:
    """`Bearer ` is not redacted, and the token is redacted also without it."""
    redactor = Redactor(["Bearer abcdefgh1234"])
    assert redactor.redact_text(b"Bearer abcdefgh1234, abcdefgh1234") == b"Bearer ***, ***"


def test_secrets_can_be_added_later() -> None:
    """After a refresh, both the old and the new token are redacted."""
    redactor = Redactor(["first-token"])
    assert redactor.redact_json(b'"first-token second-token"') == b'"*** second-token"'
    redactor.add("second-token")
    assert redactor.redact_json(b'"first-token second-token"') == b'"*** ***"'


def test_without_secrets_nothing_is_changed() -> None:
    """In JSON and in text."""
    assert Redactor().redact_json(b'{"a":1}') == b'{"a":1}'
    assert Redactor().redact_text(b"a line") == b"a line"


def fragments(text: str) -> set[str]:
    """Return all fragments of eight characters."""
    return {text[start : start + 8] for start in range(len(text) - 7)}

"""The redaction of members that hold secrets."""

import pytest

from rtmcli.sandbox.server.member_redaction import redact_invalid_json, redact_members


def test_secret_members_are_redacted_at_any_depth() -> None:
    """Whatever they hold; other members are kept."""
    message = {"a": [{"token": "x", "b": 1}], "firebase_token": {"c": ["y"]}, "d": "token"}
    assert redact_members(message) == {
        "a": [{"token": "***", "b": 1}],
        "firebase_token": "***",
        "d": "token",
    }


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ('{"token": "a b\\"c", }', '{"token": "***", }'),
        ('{"token":\n"cut o', '{"token":\n"***"'),
        ("Authorization: Bearer abc def", "Authorization: Bearer *** def"),
        ("Basic abc", "Basic ***"),
        ("Bearers abc", "Bearers abc"),
        ('{"tokens": "a"', '{"tokens": "a"'),
    ],
)
def test_secrets_in_invalid_json_are_redacted(text: str, redacted: str) -> None:
    """The rest of the text stays as it is."""
    assert redact_invalid_json(text) == redacted

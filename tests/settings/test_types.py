"""Types of values: parse text and TOML, format without secrets."""

from typing import Any

import pytest

from rtmcli.session.endpoint import Proxy, parse_url
from rtmcli.settings import types
from rtmcli.settings.types import Completion, ServerUrl, ValueType

PASSWORD = "s3cr3t-pw"
STRING = types.string("ID")
INTEGER = types.integer("N")
COUNT = types.integer("N", 1)
WINDOW = types.integer("N", 1, 10)
RATE = types.rate("N")
WORDS = types.choice(("auto", "always", "never"), "WHEN")


def server_url(text: str) -> ServerUrl:
    """Return the value of a URL setting."""
    return ServerUrl(text, parse_url(text))


@pytest.mark.parametrize(
    ("value_type", "text", "value"),
    [
        (STRING, "a b", "a b"),
        (types.BOOLEAN, "yes", True),
        (types.BOOLEAN, "TRUE", True),
        (types.BOOLEAN, "0", False),
        (types.BOOLEAN, "off", False),
        (types.DURATION, "1m", 60.0),
        (types.REGION, "fra", "fra"),
        (types.URL, "wss://example.com/x", server_url("wss://example.com/x")),
        (types.PROXY, "none", "none"),
        (types.PROXY, "proxy:3128", Proxy("proxy", 3128)),
        (types.REGION_URLS, "fra=ws://[::1]:1 dal=ws://127.0.0.1:2",
         {"fra": server_url("ws://[::1]:1"), "dal": server_url("ws://127.0.0.1:2")}),
        (types.VERBOSITY, "true", 1),
        (types.VERBOSITY, "off", 0),
        (types.VERBOSITY, "2", 2),
        (INTEGER, "0", 0),
        (INTEGER, "12", 12),
        (INTEGER, "9223372036854775807", 2**63 - 1),
        (COUNT, "1", 1),
        (COUNT, "250", 250),
        (WINDOW, "10", 10),
        (RATE, "0.5", 0.5),
        (types.rate("N", 10), "10", 10.0),
        (WORDS, "never", "never"),
        (types.COMMAND, "pass show x", "pass show x"),
        (types.any_text("X", ["a"]), "", ""),
    ],
)  # fmt: skip
def test_parse_text(value_type: ValueType, text: str, value: Any) -> None:
    """The text of a flag or variable becomes the value."""
    assert value_type.parse(text) == value


@pytest.mark.parametrize(
    ("value_type", "text"),
    [
        (STRING, ""),
        (STRING, "a\udcff"),
        (types.BOOLEAN, "maybe"),
        (types.DURATION, "0"),
        (types.DURATION, "soon"),
        (types.REGION, "mars"),
        (types.URL, "http://example.com"),
        (types.URL, f"wss://user:{PASSWORD}@example.com"),
        (types.PROXY, f"http://user:{PASSWORD}@bad host"),
        (types.PROXY, f"http://user:{PASSWORD}@host:port"),
        (types.PROXY, f"socks5://user:{PASSWORD}@host"),
        (types.REGION_URLS, "mars=wss://example.com"),
        (types.REGION_URLS, "fra"),
        (INTEGER, ""),
        (INTEGER, "-1"),
        (INTEGER, "1.5"),
        (INTEGER, "²"),
        (INTEGER, "many"),
        (INTEGER, "9" * 5000),
        (COUNT, "0"),
        (WINDOW, "0"),
        (WINDOW, "11"),
        (WINDOW, "1_0"),
        (RATE, "0"),
        (RATE, "nan"),
        (RATE, "-1"),
        (types.rate("N", 10), "10.1"),
        (WORDS, PASSWORD),
        (WORDS, ""),
    ],
)
def test_wrong_text_is_an_error_that_does_not_quote_it(value_type: ValueType, text: str) -> None:
    """The message continues a sentence that begins with the option's name."""
    with pytest.raises(ValueError, match=r"^(must|is|has|contains|names|with) ") as caught:
        value_type.parse(text)
    assert PASSWORD not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("value_type", "text", "message"),
    [
        (INTEGER, "x", "must be a whole number"),
        (COUNT, "0", "must be a whole number, 1 or more"),
        (WINDOW, "11", "must be a whole number from 1 to 10"),
        (RATE, "0", "must be a number above 0"),
        (types.rate("N", 10_000), "0", "must be a number above 0, at most 10000"),
        (types.DURATION, "0s", "must be more than zero"),
        (WORDS, "blue", "must be auto, always or never"),
        (WORDS, "alwys", "must be auto, always or never; did you mean always?"),
    ],
)
def test_an_error_states_the_bounds_or_the_choices(
    value_type: ValueType, text: str, message: str
) -> None:
    """The user sees what would be right."""
    with pytest.raises(ValueError, match=r".+") as caught:
        value_type.parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value_type", "stored", "value"),
    [
        (STRING, "x", "x"),
        (types.BOOLEAN, False, False),
        (types.DURATION, 20, 20.0),
        (types.DURATION, 0.5, 0.5),
        (types.DURATION, "5m", 300.0),
        (WINDOW, 4, 4),
        (RATE, 2, 2.0),
        (RATE, 0.1, 0.1),
        (types.COMMAND, ["pass", "show"], ("pass", "show")),
        (types.COMMAND, "pass show", "pass show"),
    ],
)
def test_a_profile_stores_toml_types(value_type: ValueType, stored: Any, value: Any) -> None:
    """Numbers, booleans and lists need no quotes."""
    assert value_type.from_profile(stored) == value


@pytest.mark.parametrize(
    ("value_type", "stored"),
    [
        (STRING, 5),
        (STRING, ["a"]),
        (STRING, {"a": "b"}),
        (types.BOOLEAN, "true"),
        (types.BOOLEAN, 1),
        (types.DURATION, True),
        (types.DURATION, -1),
        (types.DURATION, float("inf")),
        (types.DURATION, 0),
        (WINDOW, True),
        (WINDOW, 1.0),
        (RATE, "1"),
        (types.COMMAND, []),
        (types.COMMAND, ["a", ""]),
        (types.COMMAND, ["a", 1]),
    ],
)
def test_another_toml_type_is_an_error(value_type: ValueType, stored: Any) -> None:
    """The message states the expected type."""
    with pytest.raises(ValueError, match=r"^must "):
        value_type.from_profile(stored)


@pytest.mark.parametrize(
    ("value_type", "texts", "stored"),
    [
        (types.DURATION, ["5m"], "5m"),
        (types.URL, ["wss://example.com"], "wss://example.com"),
        (types.BOOLEAN, ["yes"], True),
        (WINDOW, ["4"], 4),
        (types.COMMAND, ["pass show"], "pass show"),
        (types.COMMAND, ["pass", "show"], ["pass", "show"]),
    ],
)
def test_text_is_stored_as_its_toml_type(
    value_type: ValueType, texts: list[str], stored: Any
) -> None:
    """A string stays as the user wrote it."""
    assert value_type.to_profile(texts) == stored


@pytest.mark.parametrize("texts", [[], ["1", "2"], ["x"]])
def test_only_one_valid_text_is_stored(texts: list[str]) -> None:
    """Only commands are lists."""
    with pytest.raises(ValueError, match=r"^(takes one VALUE|must be)"):
        WINDOW.to_profile(texts)


@pytest.mark.parametrize(
    ("value_type", "value", "text"),
    [
        (types.DURATION, 20.0, "20s"),
        (types.BOOLEAN, True, "true"),
        (RATE, 2.0, "2"),
        (types.COMMAND, ("pass", "show"), "pass show"),
        (types.COMMAND, "pass show", "pass show"),
        (types.URL, server_url("wss://Example.com"), "wss://Example.com"),
        (types.REGION_URLS, {"fra": server_url("ws://[::1]")}, "fra=ws://[::1]"),
        (types.PROXY, "none", "none"),
        (types.PROXY, Proxy("proxy", 3128), "http://proxy:3128"),
        (types.PROXY, Proxy("proxy", 3128, "user", PASSWORD), "http://***@proxy:3128"),
        (types.SECRET, PASSWORD, "***"),
        (types.SECRET, "Bearer " + "a" * 15 + "wxyz", "***"),
        (types.SECRET, "Bearer " + "a" * 16 + "wxyz\n", "***wxyz"),
    ],
)
def test_format_leaves_out_secrets(value_type: ValueType, value: Any, text: str) -> None:
    """A token of twenty characters or more shows its last four; a proxy never its credentials."""
    assert value_type.format(value) == text


@pytest.mark.parametrize(
    ("value_type", "value", "json_value"),
    [
        (types.DURATION, 20.0, 20.0),
        (types.URL, server_url("wss://Example.com"), "wss://Example.com"),
        (types.REGION_URLS, {"fra": server_url("ws://[::1]")}, {"fra": "ws://[::1]"}),
        (types.PROXY, Proxy("proxy", 1, "user", PASSWORD), "http://***@proxy:1"),
        (types.SECRET, PASSWORD, "***"),
    ],
)
def test_json_keeps_types_and_leaves_out_secrets(
    value_type: ValueType, value: Any, json_value: Any
) -> None:
    """A URL is shown as the user wrote it."""
    assert value_type.to_json(value) == json_value


@pytest.mark.parametrize(
    ("value_type", "completion"),
    [
        (types.BOOLEAN, Completion.NONE),
        (STRING, Completion.TEXT),
        (types.PATH, Completion.FILE),
        (types.PROFILE_NAME, Completion.PROFILE),
        (WORDS, Completion.CHOICES),
        (types.any_text("X", ["a"]), Completion.CHOICES),
        (types.any_text("X"), Completion.TEXT),
    ],
)
def test_a_type_determines_what_shells_offer(value_type: ValueType, completion: Completion) -> None:
    """The completion scripts follow from the types."""
    assert value_type.completion is completion


@pytest.mark.parametrize(
    ("type_", "text", "problem"),
    [
        (types.URL, '"wss://h/"', "is in quotes; remove them"),
        (types.URL, "h.example/x", "has no scheme; it must begin with wss://"),
        (types.integer("N"), "9" * 20, "is too large; it must be a whole number"),
    ],
)
def test_what_is_wrong_is_named(type_: types.ValueType, text: str, problem: str) -> None:
    """T139: quotes around a URL, a URL without scheme, a number that is too large."""
    with pytest.raises(ValueError, match=problem):
        type_.parse(text)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_an_identifier_does_not_end_in_a_line_end(end: str) -> None:
    """T142: it comes from a file with CRLF."""
    assert types.identifier("ID").parse("x") == "x"
    with pytest.raises(ValueError, match=r"^must not end in a line end$"):
        types.identifier("ID").parse(f"x{end}")
    with pytest.raises(ValueError, match=r"^must not be empty$"):
        types.identifier("ID").parse("")

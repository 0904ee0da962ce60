"""Kinds of values: what is read, from text and from a profile, and what is shown."""

from typing import Any

import pytest

from rtmcli.settings import types
from rtmcli.settings.types import SettingType

SECRET = "s3cr3t-pw"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (types.STRING, "a b", "a b"),
        (types.BOOLEAN, "yes", True),
        (types.BOOLEAN, "TRUE", True),
        (types.BOOLEAN, "0", False),
        (types.BOOLEAN, "off", False),
        (types.DURATION, "1m", 60.0),
        (types.REGION, "fra", "fra"),
        (types.URL, "wss://example.com/x", "wss://example.com/x"),
        (types.PROXY, "none", "none"),
        (types.PROXY, "proxy:3128", "proxy:3128"),
        (types.REGION_URLS, "fra=ws://[::1]:1 dal=ws://127.0.0.1:2",
         {"fra": "ws://[::1]:1", "dal": "ws://127.0.0.1:2"}),
        (types.INTEGER, "12", 12),
        (types.WINDOW, "10", 10),
        (types.RATE, "0.5", 0.5),
        (types.COMMAND, "pass show x", "pass show x"),
    ],
)  # fmt: skip
def test_text_is_read(kind: SettingType, text: str, value: Any) -> None:
    """What a flag or a variable holds becomes the value."""
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (types.STRING, ""),
        (types.STRING, "a\udcff"),
        (types.BOOLEAN, "maybe"),
        (types.DURATION, "0"),
        (types.DURATION, "soon"),
        (types.REGION, "mars"),
        (types.URL, "http://example.com"),
        (types.URL, f"wss://user:{SECRET}@example.com"),
        (types.PROXY, f"http://user:{SECRET}@bad host"),
        (types.PROXY, f"http://user:{SECRET}@host:port"),
        (types.PROXY, f"socks5://user:{SECRET}@host"),
        (types.REGION_URLS, "mars=wss://example.com"),
        (types.REGION_URLS, "fra"),
        (types.INTEGER, "-1"),
        (types.INTEGER, "1.5"),
        (types.INTEGER, "9" * 5000),
        (types.WINDOW, "0"),
        (types.WINDOW, "11"),
        (types.WINDOW, "1_0"),
        (types.RATE, "0"),
        (types.RATE, "nan"),
        (types.RATE, "-1"),
    ],
)
def test_text_that_does_not_fit_is_an_error_that_never_quotes_it(
    kind: SettingType, text: str
) -> None:
    """The words complete a sentence which begins with the name, and hold no part of the value."""
    with pytest.raises(ValueError, match=r"^(must|is|has|holds|names|with) ") as caught:
        kind.parse(text)
    assert SECRET not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("kind", "held", "value"),
    [
        (types.STRING, "x", "x"),
        (types.BOOLEAN, False, False),
        (types.DURATION, 20, 20.0),
        (types.DURATION, 0.5, 0.5),
        (types.DURATION, "5m", 300.0),
        (types.WINDOW, 4, 4),
        (types.RATE, 2, 2.0),
        (types.RATE, 0.1, 0.1),
        (types.COMMAND, ["pass", "show"], ("pass", "show")),
        (types.COMMAND, "pass show", "pass show"),
    ],
)
def test_a_profile_holds_typed_values(kind: SettingType, held: Any, value: Any) -> None:
    """TOML's own types count: numbers, booleans, lists of words."""
    assert kind.from_profile(held) == value


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        (types.STRING, 5),
        (types.STRING, ["a"]),
        (types.STRING, {"a": "b"}),
        (types.BOOLEAN, "true"),
        (types.BOOLEAN, 1),
        (types.DURATION, True),
        (types.DURATION, -1),
        (types.DURATION, float("inf")),
        (types.DURATION, 0),
        (types.WINDOW, True),
        (types.WINDOW, 1.0),
        (types.RATE, "1"),
        (types.COMMAND, []),
        (types.COMMAND, ["a", ""]),
        (types.COMMAND, ["a", 1]),
    ],
)
def test_another_type_in_a_profile_is_an_error(kind: SettingType, held: Any) -> None:
    """A wrong type is told by what is wanted."""
    with pytest.raises(ValueError, match=r"^must "):
        kind.from_profile(held)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (types.DURATION, 20.0, "20s"),
        (types.BOOLEAN, True, "true"),
        (types.RATE, 2.0, "2"),
        (types.COMMAND, ("pass", "show"), "pass show"),
        (types.COMMAND, "pass show", "pass show"),
        (types.REGION_URLS, {"fra": "ws://[::1]"}, "fra=ws://[::1]"),
        (types.PROXY, "none", "none"),
        (types.PROXY, "http://proxy:3128", "http://proxy:3128"),
        (types.PROXY, f"http://user:{SECRET}@proxy:3128", "http://***@proxy:3128"),
        (types.PROXY, f"user:{SECRET}@proxy", "http://***@proxy:80"),
        (types.SECRET, SECRET, "***"),
        (types.SECRET, "Bearer " + "a" * 15 + "wxyz", "***"),
        (types.SECRET, "Bearer " + "a" * 16 + "wxyz\n", "***wxyz"),
    ],
)
def test_a_value_is_shown_without_what_is_secret(kind: SettingType, value: Any, shown: str) -> None:
    """A token shows its last four characters from twenty on; a proxy never its credentials."""
    assert kind.format(value) == shown

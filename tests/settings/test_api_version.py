"""The version of the API: flag, variable, profile, URL, default."""

from pathlib import Path

import pytest

from rtmcli.errors import UsageError
from rtmcli.settings.api_version import choose_version, find_flags

CONFIG = """
default_profile = "old"

[profiles.old]
api = "3.0"

[profiles.new]
api = "3.6"

[profiles.address]
url = "wss://example.com/v3.6/agent/rtm/ws"
"""
URL_3_6 = "wss://example.com/v3.6/agent/rtm/ws"


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Write a configuration with profiles of both versions; return its path."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    return str(path)


def chosen(words: str, **environ: str) -> str:
    """Return the version for a command line."""
    return str(choose_version(find_flags(words.split()), environ).value)


@pytest.mark.parametrize(
    ("words", "variables", "version"),
    [
        ("x", {}, "3.0"),
        ("x --api 3.6", {}, "3.6"),
        ("--api=3.6 x", {}, "3.6"),
        ("x", {"RTM_API": "3.6"}, "3.6"),
        ("x --api 3.0", {"RTM_API": "3.6"}, "3.0"),
        ("x --profile new", {}, "3.6"),
        ("x", {"RTM_PROFILE": "new"}, "3.6"),
        ("x", {"RTM_PROFILE": "new", "RTM_API": "3.0"}, "3.0"),
        ("x --profile new", {"RTM_API": "3.0"}, "3.6"),
        ("x --profile address", {}, "3.6"),
        ("x --profile address --api 3.0", {}, "3.0"),
        ("x --profile address --region fra", {}, "3.0"),
        (f"x --url {URL_3_6}", {"RTM_PROFILE": "address"}, "3.6"),
        (f"x --url {URL_3_6}", {"RTM_PROFILE": "old"}, "3.0"),
        ("x", {"RTM_URL": URL_3_6, "RTM_PROFILE": "address"}, "3.6"),
        ("x -- --api 3.6", {}, "3.0"),
        ("x -- y --profile new", {}, "3.0"),
    ],
)
def test_the_sources_of_the_version(
    words: str, variables: dict[str, str], version: str, config: str
) -> None:
    """Flag, variable, profile, the URL in effect, default; a flag's profile comes before both."""
    assert chosen(words, RTM_CONFIG=config, **variables) == version


def test_a_url_of_another_form_says_nothing() -> None:
    """The default holds."""
    assert chosen("x", RTM_URL="ws://127.0.0.1:1/any/path") == "3.0"


@pytest.mark.parametrize(
    ("words", "variables", "message"),
    [
        ("x --api 3.7", {}, "--api must be 3.0 or 3.6"),
        ("x", {"RTM_API": "3"}, "RTM_API must be 3.0 or 3.6"),
        ("--api 3.0 x --api 3.6", {}, "--api is given twice: 3.0 and 3.6"),
        (
            "x --url wss://h/v3.4/agent/rtm/ws",
            {},
            "--url names API 3.4, which rtm does not speak; choose 3.0 or 3.6 with --api",
        ),
    ],
)
def test_an_unknown_version_is_a_usage_error(
    words: str, variables: dict[str, str], message: str
) -> None:
    """The message names the source and the known versions."""
    with pytest.raises(UsageError) as raised:
        chosen(words, **variables)
    assert raised.value.message == message


def test_a_profile_with_an_unknown_version_is_an_error(tmp_path: Path) -> None:
    """The message names file and line."""
    path = tmp_path / "config.toml"
    path.write_text('[profiles.default]\napi = "3.5"\n')
    with pytest.raises(UsageError) as raised:
        chosen("x", RTM_CONFIG=str(path))
    assert raised.value.message == f"{path}:2: api must be 3.0 or 3.6"


def test_under_rtm_sandbox_no_profile_counts(config: str) -> None:
    """A script with --profile runs in the sandbox as it stands."""
    assert chosen("x --profile new", RTM_CONFIG=config, RTM_SANDBOX="1") == "3.0"


def test_the_same_version_may_be_given_twice() -> None:
    """An alias may set it."""
    assert chosen("--api 3.6 x --api 3.6") == "3.6"


def test_the_words_before_the_end_of_options_count() -> None:
    """A flag without a value is left to the parser."""
    assert find_flags(["x", "--api"]) == {}
    assert find_flags(["--profile=p", "x", "--url", "u", "--", "--url", "v"]) == {
        "profile": "p",
        "url": "u",
    }

"""Precedence: flag, then variable, then profile, then default."""

from pathlib import Path
from typing import Any

import pytest

from rtmcli.errors import UsageError
from rtmcli.settings.resolve import Resolved, load_settings, login_params, resolve

FLAGS: dict[str, Any] = {"timeout": "1s"}
ENVIRON = {"RTM_TIMEOUT": "2s"}
PROFILE = {"timeout": 3.0}


@pytest.mark.parametrize(
    ("flags", "environ", "profile", "value"),
    [
        (FLAGS, ENVIRON, PROFILE, Resolved(1.0, "flag", "--timeout")),
        ({}, ENVIRON, PROFILE, Resolved(2.0, "variable", "RTM_TIMEOUT")),
        ({"timeout": None}, {"RTM_TIMEOUT": ""}, PROFILE, Resolved(3.0, "profile")),
        ({}, {}, {}, Resolved(20.0, "default")),
    ],
)
def test_the_first_that_is_there_holds(
    flags: dict[str, Any], environ: dict[str, str], profile: dict[str, Any], value: Resolved
) -> None:
    """Flag before variable before profile before default; an empty variable is none."""
    assert resolve(flags, environ, profile)["timeout"] == value


def test_a_switch_is_taken_as_it_is() -> None:
    """The command line has read a switch already; no counts as well."""
    found = resolve({"reconnect": False}, {"RTM_RECONNECT": "yes"}, {})
    assert found["reconnect"] == Resolved(False, "flag", "--no-reconnect")


def test_a_login_says_what_is_set() -> None:
    """What is not set is not said; a session and a dry run say the same."""
    zone = {"RTM_TIMEZONE": "Europe/Warsaw"}
    assert login_params(resolve({}, {}, {})) == {"reconnect": True}
    assert login_params(resolve({"reconnect": False}, zone, {})) == {
        "reconnect": False,
        "timezone": "Europe/Warsaw",
    }


def test_a_flag_may_be_repeated() -> None:
    """Each occurrence adds to the value; none at all is no flag."""
    regions = ["fra=ws://127.0.0.1:1", "dal=ws://127.0.0.1:2"]
    assert len(resolve({"region_url": regions}, {}, {})["region_url"].value) == 2
    assert resolve({"region_url": []}, {}, {})["region_url"].origin == "default"


@pytest.mark.parametrize(
    ("flags", "environ", "message"),
    [
        ({"timeout": "soon"}, {}, "--timeout must be a duration such as 500ms, 10s, 5m or 1h"),
        ({}, {"RTM_REGION": "mars"}, "RTM_REGION must be dal or fra"),
        ({}, {"RTM_RECONNECT": "perhaps"}, "RTM_RECONNECT must be true or false"),
    ],
)
def test_a_wrong_value_is_blamed_on_where_it_came_from(
    flags: dict[str, Any], environ: dict[str, str], message: str
) -> None:
    """The message begins with the flag or the variable."""
    with pytest.raises(UsageError) as caught:
        resolve(flags, environ, {})
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("flags", "environ", "profile", "timeout"),
    [
        ({"profile": "home"}, {"RTM_PROFILE": "work"}, Resolved("home", "flag", "--profile"), 2.0),
        ({}, {"RTM_PROFILE": "work"}, Resolved("work", "variable", "RTM_PROFILE"), 1.0),
        ({}, {}, Resolved("work", "profile"), 1.0),
    ],
)
def test_a_profile_is_named_by_flag_variable_or_file(
    tmp_path: Path,
    flags: dict[str, Any],
    environ: dict[str, str],
    profile: Resolved,
    timeout: float,
) -> None:
    """The profile's own name has the same precedence; the file's default_profile comes last."""
    path = tmp_path / "config.toml"
    path.write_text(
        'default_profile = "work"\n[profiles.work]\ntimeout = 1\n[profiles.home]\ntimeout = 2\n'
    )
    found = load_settings(flags, {**environ, "RTM_CONFIG": str(path)})
    assert found["profile"] == profile
    assert found["timeout"] == Resolved(timeout, "profile")


def test_without_a_file_there_is_no_profile(tmp_path: Path) -> None:
    """No configuration file is no error, and no profile."""
    found = load_settings({}, {"HOME": str(tmp_path)})
    assert found["profile"] == Resolved(None, "default")

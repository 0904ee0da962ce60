"""Precedence: flag, then variable, then profile, then default."""

import os
from pathlib import Path
from typing import Any

import pytest

from rtmcli.catalogue.v3_0 import API
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
def test_the_first_source_wins(
    flags: dict[str, Any], environ: dict[str, str], profile: dict[str, Any], value: Resolved
) -> None:
    """Flag, variable, profile, default; an empty variable is ignored."""
    assert resolve(API, flags, environ, profile)["timeout"] == value


def test_a_switch_is_not_text() -> None:
    """The command line has parsed it; --no-x is a value, too."""
    found = resolve(API, {"reconnect": False}, {"RTM_RECONNECT": "yes"}, {})
    assert found["reconnect"] == Resolved(False, "flag", "--no-reconnect")


def test_login_params_are_the_values_that_are_set() -> None:
    """For a session and for a dry run."""
    zone = {"RTM_TIMEZONE": "Europe/Warsaw"}
    assert login_params(API, resolve(API, {}, {}, {})) == {"reconnect": True}
    assert login_params(API, resolve(API, {"reconnect": False}, zone, {})) == {
        "reconnect": False,
        "timezone": "Europe/Warsaw",
    }


def test_a_flag_may_be_repeated() -> None:
    """Each occurrence adds to the value."""
    regions = ["fra=ws://127.0.0.1:1", "dal=ws://127.0.0.1:2"]
    assert len(resolve(API, {"region_url": regions}, {}, {})["region_url"].value) == 2
    assert resolve(API, {"region_url": []}, {}, {})["region_url"].origin == "default"


@pytest.mark.parametrize(
    ("flags", "environ", "message"),
    [
        ({"timeout": "soon"}, {}, "--timeout must be a duration such as 500ms, 10s, 5m or 1h"),
        ({}, {"RTM_REGION": "mars"}, "RTM_REGION must be dal or fra"),
        ({}, {"RTM_RECONNECT": "perhaps"}, "RTM_RECONNECT must be true or false"),
    ],
)
def test_an_error_names_the_flag_or_the_variable(
    flags: dict[str, Any], environ: dict[str, str], message: str
) -> None:
    """The message begins with the name."""
    with pytest.raises(UsageError) as caught:
        resolve(API, flags, environ, {})
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
    """The precedence is the same; default_profile in the file comes last."""
    path = tmp_path / "config.toml"
    path.write_text(
        'default_profile = "work"\n[profiles.work]\ntimeout = 1\n[profiles.home]\ntimeout = 2\n'
    )
    found = load_settings(API, flags, {**environ, "RTM_CONFIG": str(path)})
    assert found["profile"] == profile
    assert found["timeout"] == Resolved(timeout, "profile")


def test_a_configuration_file_is_optional(tmp_path: Path) -> None:
    """Without it there is no profile."""
    found = load_settings(API, {}, {"HOME": str(tmp_path)})
    assert found["profile"] == Resolved(None, "default")


WORK = """
[profiles.b]
region = "fra"
author_id = "b@x"
token = "token-b"

[profiles.where]
region = "fra"
"""


@pytest.mark.parametrize(
    ("flags", "environ", "expected"),
    [
        (
            {"profile": "b"},
            {"RTM_URL": "ws://127.0.0.1:1", "RTM_TOKEN_FILE": "/x", "RTM_AUTHOR_ID": "a@x"},
            {
                "url": None,
                "region": "fra",
                "token": "token-b",
                "token_file": None,
                "author_id": "b@x",
            },
        ),
        ({"profile": "b", "region": "dal"}, {"RTM_REGION": "fra"}, {"region": "dal"}),
        ({"profile": "b"}, {"RTM_TIMEOUT": "2s"}, {"timeout": 2.0}),
        ({}, {"RTM_PROFILE": "b", "RTM_REGION": "dal"}, {"region": "dal", "token": "token-b"}),
        ({}, {"RTM_PROFILE": "b", "RTM_TOKEN_FILE": "/x"}, {"token": None, "token_file": "/x"}),
        ({"profile": "where"}, {"RTM_URL": "ws://127.0.0.1:1"}, {"url": None, "region": "fra"}),
        ({"profile": "where"}, {"RTM_TOKEN": "mine"}, {"token": "mine"}),
        ({"region": "fra"}, {"RTM_URL": "ws://127.0.0.1:1"}, {"url": None, "region": "fra"}),
        ({"region": "fra"}, {"RTM_URL": "not a URL"}, {"url": None, "region": "fra"}),
        ({"token_file": "/f"}, {"RTM_TOKEN": "mine"}, {"token": None, "token_file": "/f"}),
    ],
)
def test_a_profile_that_a_flag_names_comes_before_the_variables(
    tmp_path: Path, flags: dict[str, Any], environ: dict[str, str], expected: dict[str, Any]
) -> None:
    """T113: a loop over profiles acts on each license; where and who are one setting each."""
    path = tmp_path / "config.toml"
    path.write_text(WORK)
    path.chmod(0o600)
    found = load_settings(API, flags, {**environ, "RTM_CONFIG": str(path)})
    assert {name: found[name].value for name in expected} == expected


def test_a_sandbox_accepts_any_profile_and_reads_none(tmp_path: Path) -> None:
    """T113: a script with --profile runs in the sandbox as it stands."""
    environ = {"RTM_SANDBOX": "1", "RTM_TOKEN": "t", "RTM_CONFIG": str(tmp_path / "missing")}
    found = load_settings(API, {"profile": "prod"}, environ)
    assert (found["profile"].value, found["token"].value) == ("prod", "t")


def test_an_unclear_sandbox_variable_is_an_error() -> None:
    """It decides whether profiles count."""
    with pytest.raises(UsageError, match=r"^RTM_SANDBOX must be "):
        load_settings(API, {}, {"RTM_SANDBOX": "maybe", "RTM_TOKEN": "t"})


def test_a_default_file_that_is_not_usable_is_ignored_if_it_is_not_needed(tmp_path: Path) -> None:
    """T138: HOME may be that of another user; server and token come from variables."""
    path = tmp_path / "rtmcli" / "config.toml"
    path.parent.mkdir()
    path.write_text("[profiles.default]\ntimeout = 1\n")
    path.chmod(0)
    if os.geteuid() == 0:
        os.chown(path, 54_321, -1)
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "RTM_TOKEN": "t"}
    with pytest.raises(UsageError, match=str(path)):
        load_settings(API, {}, environ)
    ignored: list[str] = []
    complete = {**environ, "RTM_REGION": "fra"}
    assert load_settings(API, {}, complete, ignored.append)["timeout"].origin == "default"
    assert ignored[0].startswith(f"{path}")
    with pytest.raises(UsageError, match=str(path)):
        load_settings(API, {"profile": "x"}, complete)

"""From options to a connector: settings, secrets, warnings, log lines."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import FaultServer

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.connection import make_connector, settings_from_options
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stderr import redactor
from rtmcli.cli.io.stdin import expand_file, read_value
from rtmcli.errors import UsageError
from rtmcli.session.options import ConnectOptions

SECRET = "Zx81-Qy42-secret"
LAZY_MODULES = {
    "getpass",
    "rtmcli.settings.token_command",
    "rtmcli.settings.toml",
    "rtmcli.settings.writing",
    "ssl",
    "tomli_w",
    "tomllib",
}
LOCAL_URL = "ws://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("RTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RTM_CONFIG", os.devnull)
    monkeypatch.setenv("RTM_TOKEN", SECRET)


def connect_options_from(
    options: Mapping[str, Any], login: Mapping[str, Any] | None = None
) -> ConnectOptions:
    """Make a connector and return its options."""
    return make_connector(
        API, settings_from_options(API, {"url": LOCAL_URL, **options}), login
    ).options


def test_a_token_is_redacted_once_it_is_read() -> None:
    """Before the first connection."""
    settings_from_options(API, {})
    assert redactor.redact_json(f'"{SECRET}"'.encode()) == b'"***"'


def test_a_refreshed_token_is_redacted(tmp_path: Path) -> None:
    """Like the first one."""
    path = tmp_path / "token"
    path.write_text("first-token-1")
    path.chmod(0o600)
    options = connect_options_from({"token_file": str(path)})
    path.write_text("second-token-2")
    assert options.credentials.refresh(60.0) == "Bearer second-token-2"
    assert redactor.redact_json(b'"second-token-2"') == b'"***"'


def test_login_fields_are_added() -> None:
    """The fields of `rtm login` replace those of the settings."""
    options = connect_options_from({}, {"reconnect": False, "push_notifications": {}})
    assert options.credentials.login_fields == {"reconnect": False, "push_notifications": {}}


@pytest.mark.parametrize("verbose", [0, 1, 2])
def test_status_is_logged_with_verbose(verbose: int, capfd: pytest.CaptureFixture[str]) -> None:
    """Without -v, nothing."""
    connect_options_from({"verbose": verbose}).on_status("connecting")
    assert capfd.readouterr().err == ("rtm: connecting\n" if verbose else "")


@pytest.mark.parametrize("quiet", [False, True])
def test_warnings_are_printed_unless_quiet(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], *, quiet: bool
) -> None:
    """T117: such as that of a token file that others may read."""
    path = tmp_path / "token"
    path.write_text(SECRET)
    path.chmod(0o644)
    stderr.be_quiet(on=quiet)
    connect_options_from({"token_file": str(path)})
    warning = f"rtm: warning: --token-file {path}: readable by others; run chmod 600 {path}\n"
    assert capfd.readouterr().err == ("" if quiet else warning)


@pytest.mark.parametrize("read", [partial(read_value, "@-"), partial(expand_file, "@-")])
def test_standard_input_has_one_use(read: Callable[[], object]) -> None:
    """It cannot be both the token and the payload, or a value of a flag."""
    settings_from_options(API, {"token_file": "-", "payload": "{}"})
    with pytest.raises(UsageError, match="both the token and a value"):
        read()


def test_only_the_flag_means_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable would consume the input of every command."""
    monkeypatch.setenv("RTM_TOKEN_FILE", "-")
    with pytest.raises(UsageError, match="RTM_TOKEN_FILE: only --token-file can be -"):
        settings_from_options(API, {})


@pytest.mark.parametrize(
    ("configuration", "loaded"),
    [("", set()), ("[profiles.default]\n", {"tomllib", "rtmcli.settings.toml"})],
)
def test_a_call_imports_only_what_it_needs(
    tmp_path: Path, configuration: str, loaded: set[str]
) -> None:
    """The TOML parser only if there is a file; no modules to write, prompt or encrypt."""
    path = tmp_path / "config.toml"
    path.write_text(configuration)
    code = (
        "import sys; from rtmcli.cli.app import run; run(['get-customers']);"
        "print(*sys.modules, file=sys.stderr)"
    )
    with FaultServer() as server:
        env = {"RTM_CONFIG": str(path), "RTM_URL": server.url, "RTM_TOKEN": SECRET}
        result = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, check=True, text=True
        )
    assert result.stdout == "{}\n"
    assert set(result.stderr.split()) & LAZY_MODULES == loaded

"""From settings to `ConnectOptions`: endpoint, proxy, credentials, timers, callbacks."""

import os
from pathlib import Path
from typing import Any

import pytest

from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import AuthError, UsageError
from rtmcli.protocol.reconnection import Backoff
from rtmcli.session.deadline import Deadline
from rtmcli.session.dial import dial
from rtmcli.session.endpoint import Endpoint, Proxy
from rtmcli.session.options import ConnectOptions, Timers
from rtmcli.settings.connect_options import Callbacks, make_connect_options
from rtmcli.settings.resolve import load_settings

DAL = Endpoint(True, "api.livechatinc.com", 443, "/v3.0/agent/rtm/ws")
FRA = Endpoint(True, "api-fra.livechatinc.com", 443, "/v3.0/agent/rtm/ws")
LOCAL = "ws://127.0.0.1:8730/v3.0/agent/rtm/ws"
PROXY = "http://user:s3cr3t-pw@proxy:3128"


class RecordedCallbacks:
    """Callbacks that record their arguments."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.secrets: list[str] = []
        self.statuses: list[str] = []

    @property
    def callbacks(self) -> Callbacks:
        """Return the callbacks."""
        return Callbacks(self.warnings.append, self.secrets.append, self.statuses.append)


def connect_options(flags: dict[str, Any], /, **variables: str) -> ConnectOptions:
    """Make the options for a command line in an environment."""
    return recorded_connect_options(flags, RecordedCallbacks(), **variables)


def recorded_connect_options(
    flags: dict[str, Any], recorded: RecordedCallbacks, /, **variables: str
) -> ConnectOptions:
    """Make the options; record the callbacks."""
    environ = {"RTM_CONFIG": os.devnull, "RTM_TOKEN": "abc", **variables}
    return make_connect_options(
        API, load_settings(API, flags, environ), environ, recorded.callbacks
    )


@pytest.mark.parametrize(
    ("flags", "variables", "endpoint"),
    [
        ({}, {}, DAL),
        ({}, {"RTM_TOKEN": "fra:abc"}, FRA),
        ({}, {"RTM_TOKEN": "Bearer fra-abc"}, FRA),
        ({}, {"RTM_TOKEN": "mars:abc"}, DAL),
        ({"region": "dal"}, {"RTM_TOKEN": "fra:abc"}, DAL),
        ({}, {"RTM_REGION": "fra", "RTM_TOKEN": "dal:abc"}, FRA),
        ({"url": LOCAL, "region": "fra"}, {}, Endpoint(False, "127.0.0.1", 8730, FRA.resource)),
        (
            {"region": "fra", "region_url": ["fra=ws://[::1]:5/x"]},
            {},
            Endpoint(False, "::1", 5, "/x"),
        ),
    ],
)
def test_the_endpoint_is_that_of_the_url_the_region_or_the_token(
    flags: dict[str, Any], variables: dict[str, str], endpoint: Endpoint
) -> None:
    """The URL, else the region, else the region in the token's prefix, else dal."""
    assert connect_options(flags, **variables).route.endpoint == endpoint


@pytest.mark.parametrize(
    ("flags", "regions"),
    [
        ({}, {"dal": DAL, "fra": FRA}),
        ({"region": "fra"}, {"dal": DAL, "fra": FRA}),
        ({"url": "wss://example.com"}, {}),
        ({"url": LOCAL, "region_url": [f"fra={LOCAL}2", "dal=wss://example.com/x"]},
         {"fra": Endpoint(False, "127.0.0.1", 8730, "/v3.0/agent/rtm/ws2"),
          "dal": Endpoint(True, "example.com", 443, "/x")}),
    ],
)  # fmt: skip
def test_redirects_lead_only_to_known_hosts(flags: dict[str, Any], regions: object) -> None:
    """With --url, only to those of --region-url."""
    assert connect_options(flags).regions == regions


@pytest.mark.parametrize(
    ("flags", "variables", "proxy"),
    [
        ({}, {}, None),
        ({}, {"https_proxy": "http://p:1"}, Proxy("p", 1)),
        ({}, {"HTTPS_PROXY": "p:1"}, Proxy("p", 1)),
        ({}, {"ALL_PROXY": "http://p"}, Proxy("p", 80)),
        ({}, {"all_proxy": "http://a:1", "https_proxy": "http://h:1"}, Proxy("h", 1)),
        ({}, {"http_proxy": "http://p:1"}, None),
        ({}, {"https_proxy": "http://p:1", "no_proxy": "livechatinc.com"}, None),
        ({"proxy": "none"}, {"https_proxy": "http://p:1"}, None),
        ({"proxy": "q:2"}, {"https_proxy": "http://p:1", "no_proxy": "*"}, Proxy("q", 2)),
        ({}, {"RTM_PROXY": PROXY}, Proxy("proxy", 3128, "user", "s3cr3t-pw")),
        ({"url": LOCAL, "proxy": "q:2"}, {"https_proxy": "socks5://p"}, None),
    ],
)
def test_a_proxy_comes_from_the_setting_or_the_usual_variables(
    flags: dict[str, Any], variables: dict[str, str], proxy: Proxy | None
) -> None:
    """`none` turns the proxy off; no_proxy applies to the usual variables; loopback has none."""
    assert connect_options(flags, **variables).route.proxy == proxy


def test_each_region_has_its_own_proxy() -> None:
    """no_proxy applies to the host of the region."""
    made = connect_options({}, https_proxy="http://p:1", no_proxy="api-fra.livechatinc.com")
    assert (made.route.proxy, made.proxy_for(DAL)) == (Proxy("p", 1), Proxy("p", 1))
    assert made.proxy_for(FRA) is None


@pytest.mark.parametrize(
    "url", ["socks5h://u:s3cr3t-pw@p:1", "https://u:s3cr3t-pw@p", "http://b d"]
)
def test_an_invalid_proxy_error_names_the_variable(url: str) -> None:
    """The message says what to do, and never quotes the URL."""
    with pytest.raises(UsageError, match=r"^ALL_PROXY (names|must|contains)") as caught:
        connect_options({}, ALL_PROXY=url)
    assert "s3cr3t-pw" not in caught.value.message


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("flag", "--ca-file"),
        ("variable", "RTM_CA_FILE"),
        ("profile", "ca_file of the profile default"),
    ],
)
def test_a_wrong_ca_file_is_named_by_its_source(tmp_path: Path, source: str, name: str) -> None:
    """T118: a variable or a profile is named, not the flag that was not given."""
    path, config = tmp_path / "ca.pem", tmp_path / "config.toml"
    config.write_text(f"[profiles.default]\nca_file = '{path}'\n" if source == "profile" else "")
    made = connect_options(
        {"url": "wss://127.0.0.1:9"} | ({"ca_file": str(path)} if source == "flag" else {}),
        RTM_CONFIG=str(config),
        RTM_CA_FILE=str(path) if source == "variable" else "",
    )
    with pytest.raises(UsageError) as missing:
        dial(made.route, Deadline(0.0))
    assert missing.value.message == f"{name} {path}: no such file or directory"
    path.write_text("not PEM")
    with pytest.raises(UsageError) as invalid:
        dial(made.route, Deadline(0.0))
    assert invalid.value.message == f"{name} {path}: contains no PEM certificate"


@pytest.mark.parametrize(
    ("flags", "variables", "source"),
    [
        ({"url": LOCAL}, {}, "--url"),
        ({}, {"RTM_URL": LOCAL}, "RTM_URL"),
        ({}, {}, ""),
        ({}, {"RTM_REGION": "fra"}, ""),
    ],
)
def test_the_source_of_the_url_is_known(
    flags: dict[str, Any], variables: dict[str, str], source: str
) -> None:
    """T118: the error of a license in another region names it."""
    assert connect_options(flags, **variables).url_source == source


@pytest.mark.parametrize("value", ["socks5://p:1", "https://p:1", "http://a b", "http://u#@p"])
def test_a_wrong_proxy_variable_is_not_called_a_flag(value: str) -> None:
    """T118: the message names the variable, and no other source."""
    with pytest.raises(UsageError, match=r"^RTM_PROXY ") as caught:
        connect_options({}, RTM_PROXY=value)
    assert "--" not in caught.value.message


def test_secrets_are_reported_as_soon_as_they_are_read(tmp_path: Path) -> None:
    """Token, refreshed token, password of the proxy."""
    path, recorded = tmp_path / "token", RecordedCallbacks()
    path.write_text("first")
    path.chmod(0o600)
    made = recorded_connect_options({"token_file": str(path)}, recorded, RTM_PROXY=PROXY)
    path.write_text("second")
    assert made.credentials.token == "Bearer first"
    assert made.credentials.refresh(60.0) == "Bearer second"
    assert sorted(recorded.secrets) == ["Bearer first", "Bearer second", "s3cr3t-pw"]


def test_dangers_are_warned_about_once(tmp_path: Path) -> None:
    """A token file that others may read, and a file of TLS keys."""
    path, recorded = tmp_path / "token", RecordedCallbacks()
    path.write_text("abc")
    path.chmod(0o644)
    recorded_connect_options({"token_file": str(path)}, recorded, SSLKEYLOGFILE="/tmp/keys")
    assert [warning.partition(":")[0] for warning in recorded.warnings] == [
        f"--token-file {path}",
        "SSLKEYLOGFILE is set",
    ]
    recorded_connect_options({"url": LOCAL}, recorded, SSLKEYLOGFILE="/tmp/keys")
    assert (len(recorded.warnings), recorded.statuses) == (2, [])


def test_callbacks_are_optional(tmp_path: Path) -> None:
    """Without them the options are the same."""
    path = tmp_path / "token"
    path.write_text("abc")
    path.chmod(0o644)
    environ = {"RTM_CONFIG": os.devnull, "RTM_TOKEN_FILE": str(path)}
    made = make_connect_options(API, load_settings(API, {}, environ), environ)
    assert made.credentials.token == "Bearer abc"
    made.on_status("nothing")
    made.route.on_step("dns", None)


def test_login_fields_and_timers_are_as_set() -> None:
    """Each setting has its place in the options."""
    made = connect_options(
        {
            "author_id": "bot",
            "reconnect": False,
            "timeout": "1s",
            "close_timeout": "2s",
            "ping_interval": "3s",
            "pong_timeout": "4s",
            "backoff": "5s",
            "backoff_cap": "6s",
            "max_message_size": "7000",
            "ca_file": "ca.pem",
        },
        RTM_TIMEZONE="Europe/Warsaw",
    )
    assert made.credentials.login_fields == {"reconnect": False, "timezone": "Europe/Warsaw"}
    assert made.timers == Timers(1.0, 2.0, 3.0, 4.0, Backoff(5.0, 6.0))
    assert (made.max_size, made.route.ca_file) == (7000, "ca.pem")


def test_a_token_is_required() -> None:
    """Without one there is no connection."""
    with pytest.raises(AuthError):
        connect_options({}, RTM_TOKEN="")

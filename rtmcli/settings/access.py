"""From settings to the session's `Access`: endpoint, region, proxy, token, timers."""

from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue import API
from rtmcli.errors import UsageError
from rtmcli.protocol.conversation import Backoff
from rtmcli.session.access import Access, Identity, Timers
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import (
    Endpoint,
    Proxy,
    parse_proxy,
    parse_url,
    region_endpoint,
    region_of,
    regions_for,
)
from rtmcli.settings.resolve import Value
from rtmcli.settings.tokens import find_token


def make_access(settings: Mapping[str, Value], environ: Mapping[str, str]) -> Access:
    """Put the access together; what can be wrong is found before the token is asked for."""
    url, region = settings["url"].value, settings["region"].value
    if region is not None and region not in API.regions:
        raise UsageError(f"--region must be {' or '.join(API.regions)}, not {region}")
    endpoint = parse_url(url) if url else region_endpoint(region or API.home)
    proxy = _proxy(endpoint, settings["proxy"].value, environ)
    token = find_token(settings["token_file"].value, environ)
    if not url and not region:
        endpoint = region_endpoint(region_of(token) or API.home)
    login: dict[str, Any] = {"reconnect": settings["reconnect"].value}
    if settings["timezone"].value:
        login["timezone"] = settings["timezone"].value
    return Access(
        Route(endpoint, proxy, settings["ca_file"].value),
        Identity(token, login=login, author_id=settings["author_id"].value),
        _timers(settings),
        regions_for(endpoint, bool(url), {}),
    )


def _timers(settings: Mapping[str, Value]) -> Timers:
    return Timers(
        answer=settings["timeout"].value,
        close=settings["close_timeout"].value,
        ping=settings["ping_interval"].value,
        pong=settings["pong_timeout"].value,
        backoff=Backoff(settings["backoff"].value, settings["backoff_cap"].value),
    )


def _proxy(endpoint: Endpoint, given: str | None, environ: Mapping[str, str]) -> Proxy | None:
    if endpoint.is_loopback or given == "none":
        return None
    if given:
        return parse_proxy(given)
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        if environ.get(name):
            return parse_proxy(environ[name])
    return None

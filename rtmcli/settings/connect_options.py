"""Make `ConnectOptions` from settings: endpoint, region, proxy, token, timers."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from rtmcli import time_limit
from rtmcli.catalogue.api import Api
from rtmcli.catalogue.service import DEFAULT_REGION
from rtmcli.errors import UsageError
from rtmcli.protocol.reconnection import Backoff
from rtmcli.session.dial import Route, noop
from rtmcli.session.endpoint import (
    Endpoint,
    Proxy,
    allowed_regions,
    for_api,
    parse_proxy,
    proxy_from_environ,
    region_endpoint,
    region_from_token,
)
from rtmcli.session.options import ConnectOptions, Credentials, Timers
from rtmcli.settings.resolve import Resolved, describe_source, login_params
from rtmcli.settings.tokens import find_token_source, report_exposure, reread
from rtmcli.settings.types import NO_PROXY

KEY_LOG_ENVVAR = "SSLKEYLOGFILE"  # a file of TLS session keys


class Callbacks(NamedTuple):
    """Callbacks; `on_secret` gets each secret before anything could print it."""

    on_warning: Callable[[str], None] = noop
    on_secret: Callable[[str], None] = noop
    on_status: Callable[[str], None] = noop  # for -v


NO_CALLBACKS = Callbacks()


def make_connect_options(
    api: Api,
    settings: Mapping[str, Resolved],
    environ: Mapping[str, str],
    callbacks: Callbacks = NO_CALLBACKS,
) -> ConnectOptions:
    """Make the options; raise `UsageError` or `AuthError` if a value is wrong or missing."""
    credentials = make_credentials(api, settings, environ, callbacks)
    return connect_options_for(api, settings, environ, credentials, callbacks)


def connect_options_for(
    api: Api,
    settings: Mapping[str, Resolved],
    environ: Mapping[str, str],
    credentials: Credentials,
    callbacks: Callbacks = NO_CALLBACKS,
) -> ConnectOptions:
    """Make the options for known credentials."""
    route = make_route(api, settings, environ, callbacks, credentials.token)
    regions = allowed_regions(bool(settings["url"].value), _region_endpoints(settings))
    query = _query(settings)
    return ConnectOptions(
        api,
        route,
        credentials,
        make_timers(settings),
        {region: for_api(endpoint, api, query) for region, endpoint in regions.items()},
        partial(_find_proxy, settings["proxy"], environ, callbacks),
        settings["max_message_size"].value,
        callbacks.on_status,
        url_source=describe_source(settings, "url") if settings["url"].value else "",
    )


def make_route(
    api: Api,
    settings: Mapping[str, Resolved],
    environ: Mapping[str, str],
    callbacks: Callbacks = NO_CALLBACKS,
    token: str = "",
) -> Route:
    """Make the route; the region defaults to the one that the token's prefix names."""
    if settings["url"].value:
        endpoint = settings["url"].value.endpoint
    else:
        region = settings["region"].value or region_from_token(token) or DEFAULT_REGION
        endpoint = _region_endpoints(settings).get(region) or region_endpoint(region)
    endpoint = for_api(endpoint, api, _query(settings))
    if endpoint.secure and environ.get(KEY_LOG_ENVVAR):
        callbacks.on_warning(
            f"{KEY_LOG_ENVVAR} is set: "
            "anyone who can read that file can decrypt this connection and its token"
        )
    proxy = _find_proxy(settings["proxy"], environ, callbacks, endpoint)
    ca_file = settings["ca_file"].value
    return Route(endpoint, proxy, ca_file, ca_file_source=describe_source(settings, "ca_file"))


def make_credentials(
    api: Api,
    settings: Mapping[str, Resolved],
    environ: Mapping[str, str],
    callbacks: Callbacks = NO_CALLBACKS,
) -> Credentials:
    """Read the token, and collect the other fields of the login."""
    token_source = find_token_source(settings, environ)
    report_exposure(token_source, settings, callbacks.on_warning, callbacks.on_status)

    def refresh(timeout: float) -> str | None:
        token = reread(token_source, settings, timeout)
        callbacks.on_secret(token or "")
        return token

    token = token_source.read(time_limit.remaining())
    callbacks.on_secret(token)
    return Credentials(token, refresh, login_params(api, settings))


def make_timers(settings: Mapping[str, Resolved]) -> Timers:
    """Make the timers."""
    return Timers(
        response_timeout=settings["timeout"].value,
        close_timeout=settings["close_timeout"].value,
        ping_interval=settings["ping_interval"].value,
        ping_timeout=settings["pong_timeout"].value,
        backoff=Backoff(settings["backoff"].value, settings["backoff_cap"].value),
    )


def _query(settings: Mapping[str, Resolved]) -> dict[str, str | None]:
    return {"organization_id": settings["organization_id"].value}


def _region_endpoints(settings: Mapping[str, Resolved]) -> dict[str, Endpoint]:
    urls = settings["region_url"].value or {}
    return {region: url.endpoint for region, url in urls.items()}


def _find_proxy(
    setting: Resolved, environ: Mapping[str, str], callbacks: Callbacks, endpoint: Endpoint
) -> Proxy | None:
    """Return the proxy for an endpoint, if any."""
    if endpoint.is_loopback or setting.value == NO_PROXY:
        return None
    proxy: Proxy | None = setting.value or _proxy_from_environ(endpoint, environ)
    if proxy:
        callbacks.on_secret(proxy.password or "")
    return proxy


def _proxy_from_environ(endpoint: Endpoint, environ: Mapping[str, str]) -> Proxy | None:
    name, url = proxy_from_environ(endpoint, environ) or ("", "")
    try:
        return parse_proxy(url) if url else None
    except ValueError as error:
        raise UsageError(f"{name} {error}; --proxy none uses no proxy") from None

"""From settings to the session's `Access`: endpoint, region, proxy, token, timers."""

from collections.abc import Callable, Mapping
from functools import partial

from rtmcli.catalogue import API
from rtmcli.errors import UsageError
from rtmcli.protocol.conversation import Backoff
from rtmcli.row import Row
from rtmcli.session.access import Access, Identity, Timers
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import (
    Endpoint,
    Proxy,
    parse_proxy,
    parse_url,
    proxy_for,
    region_endpoint,
    region_of,
    regions_for,
)
from rtmcli.settings.resolve import Value, login_members
from rtmcli.settings.tokens import ask_again, find_source, is_exposed

KEY_LOG = "SSLKEYLOGFILE"  # where OpenSSL's users write the keys of their connections


def _ignore(_: str) -> None:
    pass


class Listeners(Row):
    """Who is told what; `secret` gets all that must never be shown, as soon as it is known."""

    warning: Callable[[str], None] = _ignore
    secret: Callable[[str], None] = _ignore


SILENT = Listeners()


def make_access(
    settings: Mapping[str, Value],
    environ: Mapping[str, str],
    listeners: Listeners = SILENT,
) -> Access:
    """Put the access together; raise `UsageError` or `AuthError` for what is wrong or missing."""
    return access_of(settings, environ, make_identity(settings, environ, listeners), listeners)


def access_of(
    settings: Mapping[str, Value],
    environ: Mapping[str, str],
    identity: Identity,
    listeners: Listeners = SILENT,
) -> Access:
    """Put the access together for one who is known already."""
    route = make_route(settings, environ, listeners, identity.token)
    return Access(
        route,
        identity,
        make_timers(settings),
        regions_for(bool(settings["url"].value), _region_urls(settings)),
        partial(_proxy, settings["proxy"], environ, listeners),
        settings["max_message_size"].value,
    )


def make_route(
    settings: Mapping[str, Value],
    environ: Mapping[str, str],
    listeners: Listeners = SILENT,
    token: str = "",
) -> Route:
    """Find the way to the server; where nothing else names the region, the token's prefix does."""
    if settings["url"].value:
        endpoint = parse_url(settings["url"].value)
    else:
        region = settings["region"].value or region_of(token) or API.home
        endpoint = _region_urls(settings).get(region) or region_endpoint(region)
    if endpoint.secure and environ.get(KEY_LOG):
        listeners.warning(
            f"{KEY_LOG} is set: whoever reads that file can read this connection and its token"
        )
    proxy = _proxy(settings["proxy"], environ, listeners, endpoint)
    return Route(endpoint, proxy, settings["ca_file"].value)


def make_identity(
    settings: Mapping[str, Value],
    environ: Mapping[str, str],
    listeners: Listeners = SILENT,
) -> Identity:
    """Ask for the token, and lay out what the login says beside it."""
    source = find_source(settings, environ)
    exposed = is_exposed(settings)
    if source.setting == "token_file" and exposed:
        listeners.warning(exposed)

    def renew(patience: float) -> str | None:
        token = ask_again(source, settings, patience)
        listeners.secret(token or "")
        return token

    token = source.ask(settings["max_time"].value)
    listeners.secret(token)
    return Identity(token, renew, login_members(settings), settings["author_id"].value)


def make_timers(settings: Mapping[str, Value]) -> Timers:
    """Lay out how long things may take."""
    return Timers(
        answer=settings["timeout"].value,
        close=settings["close_timeout"].value,
        ping=settings["ping_interval"].value,
        pong=settings["pong_timeout"].value,
        backoff=Backoff(settings["backoff"].value, settings["backoff_cap"].value),
    )


def _region_urls(settings: Mapping[str, Value]) -> dict[str, Endpoint]:
    urls = settings["region_url"].value or {}
    return {region: parse_url(url) for region, url in urls.items()}


def _proxy(
    given: Value, environ: Mapping[str, str], listeners: Listeners, endpoint: Endpoint
) -> Proxy | None:
    """Find the proxy on the way to an endpoint; `none` is none."""
    if endpoint.is_loopback or given.value == "none":
        return None
    found = (given.source, given.value) if given.value else proxy_for(endpoint, environ)
    if found is None:
        return None
    name, url = found
    try:
        proxy = parse_proxy(url)
    except ValueError as error:
        raise UsageError(f"{name} {error}") from None
    listeners.secret(proxy.password or "")
    return proxy

"""From the options of a command to a `Connector`: settings, token, timers, messages at `-v`."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rtmcli.cli.report import HIDDEN
from rtmcli.settings.resolve import Value, resolve

if TYPE_CHECKING:
    from rtmcli.session.connecting import Connector


def settings_of(options: Mapping[str, Any]) -> dict[str, Value]:
    """Find the value of every setting for this command line."""
    return resolve(options, os.environ, {})


def connector_of(
    settings: Mapping[str, Value], login: Mapping[str, Any] | None = None
) -> "Connector":
    """Make what opens the sessions; `login` adds to or replaces members of the login's payload."""
    from rtmcli.session.connecting import Connector  # noqa: PLC0415  # loads websockets
    from rtmcli.settings.access import make_access  # noqa: PLC0415  # loads websockets

    access = make_access(settings, os.environ)
    HIDDEN.add(access.identity.token)
    if access.route.proxy and access.route.proxy.password:
        HIDDEN.add(access.route.proxy.password)
    if login:
        merged = {**access.identity.login, **login}
        access = access._replace(identity=access.identity._replace(login=merged))
    return Connector(access)

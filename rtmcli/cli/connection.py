"""From the options of a command to a `Connector`: settings, token, timers, messages at `-v`."""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rtmcli.cli import report
from rtmcli.cli.report import HIDDEN
from rtmcli.errors import UsageError
from rtmcli.settings import resolve
from rtmcli.settings.resolve import Value

if TYPE_CHECKING:
    from rtmcli.session.access import Access
    from rtmcli.session.connecting import Connector
    from rtmcli.settings.access import Listeners

_STDIN = "-"
_INPUTS = ("payload", "action")  # options that may ask for standard input


def settings_of(options: Mapping[str, Any]) -> dict[str, Value]:
    """Find the value of every setting for this command line."""
    flags = {**options, "verbose": options.get("verbose") or None}  # it counts: none is 0
    settings = resolve.settings_of(flags, os.environ)
    if settings["token_file"].value == _STDIN:
        if settings["token_file"].origin != resolve.FLAG:
            raise UsageError(f"{settings['token_file'].source}: only --token-file may be -")
        if _STDIN in [options.get(name) for name in _INPUTS]:
            raise UsageError("standard input cannot be both the token and the payload")
    HIDDEN.add(settings["token"].value or "")
    return settings


def connector_of(
    settings: Mapping[str, Value], login: Mapping[str, Any] | None = None
) -> "Connector":
    """Make what opens the sessions; `login` adds to or replaces members of the login's payload."""
    from rtmcli.session.connecting import Connector  # noqa: PLC0415  # only who connects
    from rtmcli.settings.access import make_access  # noqa: PLC0415  # only who connects

    access = make_access(settings, os.environ, listeners())
    if login:
        merged = {**access.identity.login, **login}
        access = access._replace(identity=access.identity._replace(login=merged))
    if settings["verbose"].value:
        access = access._replace(notice=tell)
    if settings["verbose"].value > 1:
        access = access._replace(route=access.route._replace(passed=_teller(access)))
    return Connector(access)


def _teller(access: "Access") -> Callable[[str, Any], None]:
    """Make what tells of each step of connecting, with what it found."""
    from rtmcli.cli.origins import listed  # noqa: PLC0415  # few ask for so much
    from rtmcli.flows.doctor import facts_of  # noqa: PLC0415  # few ask for so much

    return lambda name, found: tell(f"{name}: {listed(facts_of(name, found, access)) or 'done'}")


def listeners() -> "Listeners":
    """Make those who are told of dangers and of secrets."""
    from rtmcli.settings.access import Listeners  # noqa: PLC0415  # only who connects

    return Listeners(warn, HIDDEN.add)


def warn(message: str) -> None:
    """Tell what is dangerous, and done nevertheless."""
    report.write(f"rtm: warning: {message}")


def tell(message: str) -> None:
    """Tell what happens, for those who asked by `-v`."""
    report.write(f"rtm: {message}")

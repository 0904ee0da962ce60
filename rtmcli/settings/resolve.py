"""Which value holds: flag, then variable, then profile, then default."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from rtmcli.settings.rows import SETTINGS


class Value(NamedTuple):
    """A setting's value and where it came from: flag, variable, profile or default."""

    value: Any
    origin: str


def resolve(
    flags: Mapping[str, Any], environ: Mapping[str, str], profile: Mapping[str, Any]
) -> dict[str, Value]:
    """Find the value of every setting; raise `UsageError` that names the bad one.

    `flags` holds text for options with a value and bool for switches; None is absent.
    """
    found = {}
    for setting in SETTINGS:
        given = flags.get(setting.name)
        if given is not None:
            value = setting.read(given, setting.option) if isinstance(given, str) else given
            found[setting.name] = Value(value, "flag")
        elif environ.get(setting.variable):
            value = setting.read(environ[setting.variable], setting.variable)
            found[setting.name] = Value(value, "variable")
        elif setting.name in profile:
            found[setting.name] = Value(profile[setting.name], "profile")
        else:
            found[setting.name] = Value(setting.default, "default")
    return found

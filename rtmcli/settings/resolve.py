"""Which value holds: flag, then variable, then profile, then default."""

from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue import API
from rtmcli.errors import UsageError
from rtmcli.row import Row
from rtmcli.settings import profiles
from rtmcli.settings.rows import NAMES, SETTINGS, Setting

DEFAULT, PROFILE, VARIABLE, FLAG = "default", "profile", "variable", "flag"


class Value(Row):
    """A setting's value and where it came from: flag, variable, profile or default."""

    value: Any
    origin: str = DEFAULT
    source: str = ""  # what to blame for it: `--url`, `RTM_URL`


def settings_of(flags: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Value]:
    """Find the value of every setting, with the profile that flag, variable or file names.

    `flags` holds text for options with a value, lists of text for those that may be repeated and
    bool for switches; None is absent. Raises `UsageError` that names what is wrong, and where.
    """
    given = _given(NAMES["profile"], flags, environ)
    profile = profiles.choose(
        given.value if given else None, given.source if given else "", environ
    )
    settings = resolve(flags, environ, profile.values)
    if not given and profile.name:
        settings["profile"] = Value(profile.name, PROFILE)
    return settings


def resolve(
    flags: Mapping[str, Any], environ: Mapping[str, str], profile: Mapping[str, Any]
) -> dict[str, Value]:
    """Find the value of every setting; `profile` holds values that have been read already."""
    return {
        setting.name: _given(setting, flags, environ) or _kept(setting, profile)
        for setting in SETTINGS
    }


def login_members(settings: Mapping[str, Value]) -> dict[str, Any]:
    """Lay out what the settings have to say at a login."""
    found = {name: settings[name].value for name in API.entry.settings}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _given(setting: Setting, flags: Mapping[str, Any], environ: Mapping[str, str]) -> Value | None:
    given = flags.get(setting.name)
    if given is None or given == []:
        text = environ.get(setting.variable)
        return _read(setting, text, VARIABLE, setting.variable) if text else None
    positive, _, negative = setting.option.partition("/")
    if isinstance(given, list):
        given = " ".join(given)
    if isinstance(given, str):
        return _read(setting, given, FLAG, positive)
    return Value(given, FLAG, positive if given else negative)


def _read(setting: Setting, text: str, origin: str, source: str) -> Value:
    try:
        return Value(setting.kind.read(text), origin, source)
    except ValueError as error:
        raise UsageError(f"{source} {error}") from None


def _kept(setting: Setting, profile: Mapping[str, Any]) -> Value:
    if setting.name in profile:
        return Value(profile[setting.name], PROFILE)
    return Value(setting.default)

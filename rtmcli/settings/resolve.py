"""Resolve each setting: flag, then variable, then profile, then default."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from rtmcli.catalogue import API
from rtmcli.errors import UsageError
from rtmcli.settings import profiles
from rtmcli.settings.definitions import BY_NAME, SETTINGS, Setting

DEFAULT, PROFILE, ENVVAR, FLAG = "default", "profile", "variable", "flag"


class Resolved(NamedTuple):
    """A setting's value and its origin: flag, variable, profile or default."""

    value: Any
    origin: str = DEFAULT
    source_name: str = ""  # the flag or variable, as errors name it: `--url`, `RTM_URL`


def load_settings(flags: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Resolved]:
    """Resolve every setting, with the profile that the flag, variable or file names.

    `flags` holds text for options with a value, lists of text for those that may be repeated and
    bool for switches; None is absent. Raises `UsageError` that names the wrong flag, variable or
    line of the file.
    """
    given = _from_flag_or_envvar(BY_NAME["profile"], flags, environ)
    profile = profiles.select(
        given.value if given else None, given.source_name if given else "", environ
    )
    settings = resolve(flags, environ, profile.values)
    if not given and profile.name:
        settings["profile"] = Resolved(profile.name, PROFILE)
    return settings


def resolve(
    flags: Mapping[str, Any], environ: Mapping[str, str], profile: Mapping[str, Any]
) -> dict[str, Resolved]:
    """Resolve every setting; the values of `profile` are parsed already."""
    return {
        setting.name: _from_flag_or_envvar(setting, flags, environ)
        or _from_profile_or_default(setting, profile)
        for setting in SETTINGS
    }


def from_flag_or_envvar(
    name: str, flags: Mapping[str, Any], environ: Mapping[str, str]
) -> Resolved | None:
    """Resolve one setting without the profile; return None if neither source has it."""
    return _from_flag_or_envvar(BY_NAME[name], flags, environ)


def login_params(settings: Mapping[str, Resolved]) -> dict[str, Any]:
    """Return the parameters of a login that come from settings."""
    params = {name: settings[name].value for name in API.login_spec.profile_params}
    return {name: value for name, value in params.items() if value not in (None, "")}


def _from_flag_or_envvar(
    setting: Setting, flags: Mapping[str, Any], environ: Mapping[str, str]
) -> Resolved | None:
    given = flags.get(setting.name)
    if given is None or given == []:
        text = environ.get(setting.envvar)
        return _parse(setting, text, ENVVAR, setting.envvar) if text else None
    positive, _, negative = setting.option.partition("/")
    if isinstance(given, list):
        given = " ".join(given)
    if isinstance(given, str):
        return _parse(setting, given, FLAG, positive)
    return Resolved(given, FLAG, positive if given else negative)


def _parse(setting: Setting, text: str, origin: str, source_name: str) -> Resolved:
    try:
        return Resolved(setting.type.parse(text), origin, source_name)
    except ValueError as error:
        raise UsageError(f"{source_name} {error}") from None


def _from_profile_or_default(setting: Setting, profile: Mapping[str, Any]) -> Resolved:
    if setting.name in profile:
        return Resolved(profile[setting.name], PROFILE)
    return Resolved(setting.default)

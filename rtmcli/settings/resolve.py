"""Resolve each setting: flag, then variable, then profile, then default.

If a flag names the profile, the profile comes before the variables, so that a loop over profiles
acts on each license. The settings of a group are one: the first source that has any of them
silences the later sources of all of them, so that no token is sent to the host of another license.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.errors import UsageError
from rtmcli.settings import profiles
from rtmcli.settings.definitions import BY_NAME, SETTINGS, Setting
from rtmcli.settings.types import BOOLEAN

DEFAULT, PROFILE, ENVVAR, FLAG = "default", "profile", "variable", "flag"
SANDBOX_ENVVAR = "RTM_SANDBOX"  # set by `rtm sandbox -- COMMAND`: no profile is read
_GROUPS = (("url", "region"), ("token", "token_file", "token_command"))
_PROFILE_LAST = (FLAG, ENVVAR, PROFILE)
_PROFILE_BEFORE_VARIABLES = (FLAG, PROFILE, ENVVAR)


class Resolved(NamedTuple):
    """A setting's value and its origin: flag, variable, profile or default."""

    value: Any
    origin: str = DEFAULT
    source_name: str = ""  # the flag or variable, as errors name it: `--url`, `RTM_URL`


def load_settings(
    api: Api,
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    on_ignored: Callable[[str], object] = lambda _: None,
) -> dict[str, Resolved]:
    """Resolve every setting, with the profile that the flag, variable or file names.

    `flags` holds text for options with a value, lists of text for those that may be repeated and
    bool for switches; None is absent. If flags and variables name both server and token, a default
    file that cannot be used is ignored, and `on_ignored` receives the reason. Raises `UsageError`
    that names the wrong flag, variable or line of the file.
    """
    profile, order = _select_profile(flags, environ, on_ignored)
    settings = resolve(api, flags, environ, profile.values, order)
    if settings["profile"].origin == DEFAULT and profile.name:
        settings["profile"] = Resolved(profile.name, PROFILE)
    if settings["api"].value is None:
        settings["api"] = Resolved(api.version)
    return settings


def load_some_settings(
    names: Sequence[str], flags: Mapping[str, Any], environ: Mapping[str, str]
) -> dict[str, Resolved]:
    """Resolve settings that every version of the API has; see `load_settings`."""
    profile, order = _select_profile(flags, environ)
    rows = [BY_NAME[name] for name in names]
    return _resolve_rows(rows, flags, environ, profile.values, order)


def _is_in_sandbox(environ: Mapping[str, str]) -> bool:
    text = environ.get(SANDBOX_ENVVAR, "")
    try:
        return bool(text) and bool(BOOLEAN.parse(text))
    except ValueError as error:
        raise UsageError(f"{SANDBOX_ENVVAR} {error}") from None


def _select_profile(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    on_ignored: Callable[[str], object] = lambda _: None,
) -> tuple[profiles.Profile, Sequence[str]]:
    """Return the profile in use, and the order of the sources."""
    given = _from_flag_or_envvar(BY_NAME["profile"], flags, environ)
    if _is_in_sandbox(environ):
        profile = profiles.Profile()
    else:
        try:
            profile = profiles.select(
                given.value if given else None, given.source_name if given else "", environ
            )
        except profiles.InaccessibleConfigError as error:
            if given or not _is_complete(flags, environ):
                raise
            on_ignored(f"{error.message}; ignored")
            profile = profiles.Profile()
    return profile, _PROFILE_BEFORE_VARIABLES if given and given.origin == FLAG else _PROFILE_LAST


def resolve(
    api: Api,
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    profile: Mapping[str, Any],
    order: Sequence[str] = _PROFILE_LAST,
) -> dict[str, Resolved]:
    """Resolve every setting; the values of `profile` are parsed already.

    A setting that the version does not know keeps its default.
    """
    known = [setting for setting in SETTINGS if setting.is_known_to(api)]
    resolved = _resolve_rows(known, flags, environ, profile, order)
    return {
        setting.name: resolved.get(setting.name, Resolved(setting.default)) for setting in SETTINGS
    }


def _resolve_rows(
    rows: Sequence[Setting],
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    profile: Mapping[str, Any],
    order: Sequence[str],
) -> dict[str, Resolved]:
    origins = {row.name: _first_origin(row, flags, environ, profile, order) for row in rows}
    for group in _GROUPS:
        names = [name for name in group if name in origins]
        first = min((origins[name] for name in names), key=(*order, DEFAULT).index, default=DEFAULT)
        for name in names:
            if origins[name] != first:
                origins[name] = DEFAULT
    return {row.name: _from_origin(row, origins[row.name], flags, environ, profile) for row in rows}


def _is_complete(flags: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Return whether flags or variables name both the server and the token."""
    return all(
        any(
            _first_origin(BY_NAME[name], flags, environ, {}, _PROFILE_LAST) != DEFAULT
            for name in group
        )
        for group in _GROUPS
    )


def _first_origin(
    setting: Setting,
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    profile: Mapping[str, Any],
    order: Sequence[str],
) -> str:
    present = {
        FLAG: flags.get(setting.name) not in (None, []),
        ENVVAR: bool(environ.get(setting.envvar)),
        PROFILE: setting.name in profile,
    }
    return next((origin for origin in order if present[origin]), DEFAULT)


def _from_origin(
    setting: Setting,
    origin: str,
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    profile: Mapping[str, Any],
) -> Resolved:
    match origin:
        case "flag":
            return _from_flag(setting, flags[setting.name])
        case "variable":
            return _parse(setting, environ[setting.envvar], ENVVAR, setting.envvar)
        case "profile":
            return Resolved(profile[setting.name], PROFILE)
        case _:
            return Resolved(setting.default)


def from_flag_or_envvar(
    name: str, flags: Mapping[str, Any], environ: Mapping[str, str]
) -> Resolved | None:
    """Resolve one setting without the profile; return None if neither source has it."""
    return _from_flag_or_envvar(BY_NAME[name], flags, environ)


def describe_source(settings: Mapping[str, Resolved], name: str) -> str:
    """Return where a setting's value comes from, as errors name it."""
    resolved = settings[name]
    if resolved.origin == PROFILE:
        return f"{name} of the profile {settings['profile'].value}"
    return resolved.source_name or BY_NAME[name].option


def login_params(api: Api, settings: Mapping[str, Resolved]) -> dict[str, Any]:
    """Return the parameters of every login that come from settings."""
    params = {name: settings[name].value for name in api.login_spec.profile_params}
    return {name: value for name, value in params.items() if value not in (None, "")}


def request_fields(api: Api, settings: Mapping[str, Resolved]) -> dict[str, Any]:
    """Return the members of every request that come from settings."""
    fields = {name: settings[name].value for name in api.request_fields if name in settings}
    return {name: value for name, value in fields.items() if value is not None}


def _from_flag_or_envvar(
    setting: Setting, flags: Mapping[str, Any], environ: Mapping[str, str]
) -> Resolved | None:
    origin = _first_origin(setting, flags, environ, {}, _PROFILE_LAST)
    return None if origin == DEFAULT else _from_origin(setting, origin, flags, environ, {})


def _from_flag(setting: Setting, given: Any) -> Resolved:
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

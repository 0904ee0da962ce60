"""Choose the version of the API, before the command line is parsed.

The order is that of every setting: flag, variable, profile. If none of them has it, the path of
the URL decides (`/v3.6/agent/rtm/ws`), else it is the default version.
"""

from collections.abc import Iterator, Mapping, Sequence

from rtmcli import time_limit
from rtmcli.catalogue.versions import DEFAULT_VERSION, VERSIONS
from rtmcli.errors import UsageError
from rtmcli.session.endpoint import version_in_url
from rtmcli.settings.definitions import BY_NAME
from rtmcli.settings.resolve import Resolved, from_flag_or_envvar, load_some_settings

# The settings that decide on the version, and on whether and how long to read the configuration.
_NAMES = ("api", "profile", "url", "region", "token_file", "max_time")
_FLAGS = {BY_NAME[name].option: name for name in _NAMES}
_END_OF_OPTIONS = "--"


def find_flags(arguments: Sequence[str]) -> dict[str, str]:
    """Return the flags that matter for the version; raise `UsageError` if two versions are given.

    The parser will read the same values, except behind an option whose value looks like a flag,
    which it refuses.
    """
    flags: dict[str, str] = {}
    for name, value in _iter_flags(arguments):
        if name == "api" and flags.get(name, value) != value:
            raise UsageError(f"--api is given twice: {flags[name]} and {value}")
        flags[name] = value
    return flags


def _iter_flags(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    words = iter(arguments)
    for word in words:
        if word == _END_OF_OPTIONS:
            return
        flag, separator, value = word.partition("=")
        if flag in _FLAGS:
            following = value if separator else next(words, None)
            if following is not None:
                yield _FLAGS[flag], following


def choose_version(flags: Mapping[str, str], environ: Mapping[str, str]) -> Resolved:
    """Choose the version, from the flags that `find_flags` found, variables and the profile.

    Raises:
        UsageError: a source names no version that there is, or the configuration cannot be read.

    """
    limit = from_flag_or_envvar("max_time", flags, environ)
    if limit:  # the configuration may be a pipe
        time_limit.start(limit.value, limit.value)
    settings = load_some_settings(("api", "url", "region"), flags, environ)
    if settings["api"].value:
        return settings["api"]
    url = settings["url"]
    version = version_in_url(url.value.endpoint) if url.value else None
    if version is None:
        return Resolved(DEFAULT_VERSION)
    if version not in VERSIONS:
        raise UsageError(
            f"{url.source_name or 'url of the profile'} names API {version}, which rtm does not "
            f"speak; choose {' or '.join(VERSIONS)} with --api"
        )
    return Resolved(version, url.origin, url.source_name)

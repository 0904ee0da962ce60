"""What to say about a name that belongs to another version of the API."""

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Renamed
from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.cli.options import API_OPTION
from rtmcli.errors import UsageError
from rtmcli.protocol import suggestions
from rtmcli.protocol.escaping import truncate
from rtmcli.settings.definitions import SETTINGS

_API_FLAG = API_OPTION.flags[0]


def command_hint(api: Api, name: str) -> str:
    """Say to which version a command belongs, and what it is in this one; else an empty string."""
    action = name.replace("-", "_")
    for renames in api.load_renames():
        if action in renames.actions:
            command = action.replace("_", "-")
            return (
                f"{command} belongs to API {renames.version} "
                f"(rtm {_API_FLAG} {renames.version} {command}); "
                f"{_in_this_version(api, renames.actions[action], hyphens=True)}"
            )
    return ""


def push_hint(api: Api, name: str) -> str:
    """Say to which version a push belongs, and what it is in this one; else an empty string."""
    for renames in api.load_renames():
        if name in renames.pushes:
            renamed = renames.pushes[name]
            return f"{name} is a push of API {renames.version}; {_in_this_version(api, renamed)}"
    return ""


def check_push(api: Api, name: str, flag: str) -> None:
    """Raise `UsageError` if a version has no push of that name."""
    known = [push.name for push in api.pushes]
    if name not in known:
        hint = push_hint(api, name)
        explanation = f": {hint}" if hint else suggestions.did_you_mean(name, known)
        raise UsageError(
            f"{flag}: unknown push {truncate(name)}{explanation} (--no-validate accepts any name)"
        )


def param_hint(api: Api, action: str, path: str) -> str:
    """Say what a parameter of another version is called in this one; else an empty string."""
    for renames in api.load_renames():
        renamed = renames.params.get(action, {}).get(path)
        if renamed is None:
            continue
        if not renamed.names:
            return f"{path} is not in API {api.version}{_note(renamed)}"
        flags = [param.flag for param in api.methods[action].params if param.path in renamed.names]
        names = f"{' or '.join(renamed.names)} in API {api.version} ({', '.join(flags)})"
        return f"{path} is called {names}{_note(renamed)}"
    return ""


def flag_hint(api: Api, action: str, flag: str) -> str:
    """Say to which version an unknown flag belongs; else an empty string."""
    for setting in SETTINGS:
        if setting.has_flag and flag in setting.option.split("/"):
            known = [version for version in VERSIONS if setting.is_known_to(load(version))]
            return f"it is an option of API {' and '.join(known)}, and this is API {api.version}"
    for renames in api.load_renames():
        for path in renames.params.get(action, {}):
            if flag == "--" + path.replace(".", "-").replace("_", "-"):
                return param_hint(api, action, path)
    return ""


def _in_this_version(api: Api, renamed: Renamed, *, hyphens: bool = False) -> str:
    names = " or ".join(renamed.names)
    if hyphens:
        names = names.replace("_", "-")
    what = f"it is {names}" if names else "there is none"
    return f"in API {api.version} {what}{_note(renamed)}"


def _note(renamed: Renamed) -> str:
    return f": {renamed.note}" if renamed.note else ""
